"""The custom element: its size, and that a published version never changes."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from chalicelib.embed import element

MAX_GZIP = 2048
LONG_URL = "https://credentials.university-of-somewhere.example"
PUBLISHED = {"v1": "6c940cda6cbc6aec606003ac50e00abaa09fdfc09aa6f45f62ce0a852e4834a4"}
"""SHA-256 of the sources of each version, script and style sheet together. Websites pin them with Subresource
Integrity: once a release has published a version, never change its digest here, but add another version."""


def test_script_is_small() -> None:
    assert len(gzip.compress(element.script(LONG_URL).encode(), 9)) <= MAX_GZIP


def test_script_contains_its_host_and_no_other() -> None:
    script = element.script(LONG_URL)
    assert f'base="{LONG_URL}"' in script
    assert script.count("http") - script.count("http://www.w3.org/") == 1
    for word in ("cookie", "localStorage", "sessionStorage", "eval", "innerHTML", "BASE_URL", "STYLE"):
        assert word not in script


@pytest.mark.parametrize("version", PUBLISHED)
def test_published_version_has_not_changed(version: str) -> None:
    folder = Path(element.__file__).parent
    sources = (folder / f"{version}.js").read_bytes() + (folder / f"{version}.css").read_bytes()
    assert hashlib.sha256(sources).hexdigest() == PUBLISHED[version]


@pytest.mark.parametrize("file", ["v1.js", "v2.js", "v01.js", "../v1.js", "v1.js\n", "v1.css", "v0.js"])
def test_only_an_existing_version_is_found(file: str) -> None:
    assert element.version_of(file) == ("v1" if file == "v1.js" else None)
