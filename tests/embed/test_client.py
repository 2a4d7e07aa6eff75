"""The ES module of clients: its size, and that a published version never changes."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from chalicelib.embed import client

MAX_BYTES = 3072
PUBLISHED = {"v1.js": "ffcffa0eb39cd32ca3db41a45f926de0da798ceb6d77532c2741ec81b7cce10e"}
"""SHA-256 of each version. Websites pin them with Subresource Integrity: once a release has published a version, never
change its digest here, but add another version."""
COPY = Path(__file__).parents[2] / "clients" / "js"


@pytest.mark.parametrize("file", PUBLISHED)
def test_a_version_is_small_and_has_not_changed(file: str) -> None:
    source = client.module(file)
    assert source is not None
    assert len(source.encode()) <= MAX_BYTES
    assert hashlib.sha256(source.encode()).hexdigest() == PUBLISHED[file]


def test_every_version_is_listed_and_the_newest_one_is_the_latest() -> None:
    files = {path.name for path in Path(client.__file__).parent.glob("*.js")}
    assert files == set(PUBLISHED)
    assert max(files, key=lambda file: int(file[1:-3])) == client.LATEST


def test_the_distribution_has_the_newest_version_and_a_type_for_each_export() -> None:
    source = (COPY / "laurel.js").read_text()
    assert source == client.module(client.LATEST)
    names = set(re.findall(r"^export (?:async )?(?:function|class) (\w+)", source, re.MULTILINE))
    assert names == {"LaurelError", "verify", "verifyBatch"}
    assert names == set(
        re.findall(r"^export (?:function|class) (\w+)", (COPY / "laurel.d.ts").read_text(), re.MULTILINE)
    )
    listed = json.loads((COPY / "package.json").read_text())
    assert set(listed["files"]) == {"laurel.js", "laurel.d.ts"}


def test_it_writes_no_html_stores_nothing_and_names_no_host() -> None:
    source = client.module(client.LATEST) or ""
    for word in (
        "document.",
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "eval",
        "Function(",
        "cookie",
        "localStorage",
    ):
        assert word not in source
    assert "://" not in source


@pytest.mark.parametrize("file", ["v2.js", "v0.js", "v01.js", "../v1.js", "v1.js\n", "v1.mjs", "__init__.py"])
def test_only_an_existing_version_is_found(file: str) -> None:
    assert client.module(file) is None
