"""The committed tables match the pinned contexts, and the compiler stops at anything it cannot represent."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.verify.canonical import tables
from tests.verify.canonical import vectors
from tools import contexts

INDEX = json.loads((contexts.CONTEXTS / "index.json").read_bytes())


def test_the_committed_tables_are_current() -> None:
    assert contexts.TABLES.read_bytes() == contexts.compile_tables(), "run python tools/contexts.py"


@pytest.mark.parametrize("url", INDEX)
def test_every_bundled_file_matches_its_pinned_hash(url: str) -> None:
    data = (contexts.CONTEXTS / INDEX[url]["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == INDEX[url]["sha256"] == tables.CONTEXTS[url]


@pytest.mark.parametrize("url", INDEX)
def test_every_bundled_file_names_its_source_and_licence(url: str) -> None:
    assert INDEX[url]["source"]
    assert INDEX[url]["licence"]
    assert (contexts.CONTEXTS / INDEX[url]["licence_file"]).is_file()


@vectors.needs_vectors
def test_the_newer_3_0_3_context_only_adds_terms() -> None:
    older = vectors.load("contexts/ob-v3p0-context-3.0.3.json")["@context"]
    newer = json.loads((contexts.CONTEXTS / "ob-v3p0-context-3.0.3.json").read_bytes())["@context"]
    assert {name: newer[name] for name in older} == older
    assert set(newer) - set(older) == {"endorsementJwt", "jti"}


UNFAITHFUL = [
    ("an unknown keyword", {"@base": "https://example.com/"}),
    ("an unknown member", {"a": {"@id": "urn:a", "@reverse": "urn:b"}}),
    ("an unknown container", {"a": {"@id": "urn:a", "@container": "@language"}}),
    ("another alias", {"id": "@id", "type": "@type", "identifier": "@id"}),
    ("id without type", {"id": "@id"}),
    ("id as a member", {"id": "urn:id", "type": "@type"}),
    ("a term without @id", {"a": {"@type": "@id"}}),
    ("a relative IRI", {"a": "b"}),
    ("a cycle", {"a": "b", "b": "a"}),
    ("a compact IRI as a term", {"a:b": "urn:a"}),
    ("a nested context by URL", {"a": {"@id": "urn:a", "@context": "https://example.com/"}}),
    ("two names for one member", {"name": "https://schema.org/name", "title": "https://schema.org/name"}),
    ("two names for one class", {"Person": "https://schema.org/Person", "Human": "https://schema.org/Person"}),
]


@pytest.mark.parametrize("context", [row[1] for row in UNFAITHFUL], ids=[row[0] for row in UNFAITHFUL])
def test_a_context_that_the_tables_cannot_represent_stops_the_compiler(tmp_path: Path, context: dict[str, Any]) -> None:
    with pytest.raises(contexts.Unsupported):
        contexts.compile_tables(folder(tmp_path, context))


def test_a_file_that_does_not_match_its_pinned_hash_stops_the_compiler(tmp_path: Path) -> None:
    (folder(tmp_path, {"a": "urn:a"}) / "one.json").write_text('{"@context": {"a": "urn:b"}}')
    with pytest.raises(contexts.Unsupported, match="pinned"):
        contexts.compile_tables(tmp_path)


def folder(path: Path, context: dict[str, Any]) -> Path:
    """Write a folder with one context and its pinned hash."""
    data = json.dumps({"@context": context}).encode()
    (path / "one.json").write_bytes(data)
    index = {"https://example.com/one": {"file": "one.json", "sha256": hashlib.sha256(data).hexdigest()}}
    (path / "index.json").write_text(json.dumps(index))
    return path


def test_the_cache_is_bounded() -> None:
    assert tables.apply.cache_info().maxsize == 256
