"""The W3C test suite of RDFC-1.0 (w3c/rdf-canon): all 64 evaluations, all 21 maps, and the poison graph."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import pytest

from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.errors import CanonicalError
from tests.verify.canonical import nquads, vectors

pytestmark = vectors.needs_vectors

FOLDER = "rdf-canon"
DIGESTS = {"SHA256": hashlib.sha256, "SHA384": hashlib.sha384}
ENTRIES: list[dict[str, Any]] = (
    vectors.load(f"{FOLDER}/manifest.jsonld")["entries"] if (vectors.ROOT / FOLDER).is_dir() else []
)


def entries(kind: str) -> list[Any]:
    return [pytest.param(entry, id=entry["id"][1:]) for entry in ENTRIES if entry["type"] == f"rdfc:{kind}"]


def quads_of(entry: dict[str, Any]) -> Any:
    return nquads.read((vectors.ROOT / FOLDER / entry["action"]).read_text(encoding="utf-8"))


def digest_of(entry: dict[str, Any]) -> Any:
    return DIGESTS[entry.get("hashAlgorithm", "SHA256")]


def test_the_suite_is_complete() -> None:
    kinds = Counter(entry["type"] for entry in ENTRIES)
    assert kinds == {"rdfc:RDFC10EvalTest": 64, "rdfc:RDFC10MapTest": 21, "rdfc:RDFC10NegativeEvalTest": 1}


@pytest.mark.parametrize("entry", entries("RDFC10EvalTest"))
def test_evaluation(entry: dict[str, Any]) -> None:
    expected = (vectors.ROOT / FOLDER / entry["result"]).read_bytes()
    assert rdfc.canonicalize(quads_of(entry), digest=digest_of(entry)) == expected


@pytest.mark.parametrize("entry", entries("RDFC10MapTest"))
def test_map(entry: dict[str, Any]) -> None:
    expected = vectors.load(f"{FOLDER}/{entry['result']}")
    labels = rdfc.issue(quads_of(entry), digest=digest_of(entry))
    assert {node[2:]: label[2:] for node, label in labels.items()} == expected


@pytest.mark.parametrize("entry", entries("RDFC10NegativeEvalTest"))
def test_the_poison_graph_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(CanonicalError) as caught:
        rdfc.canonicalize(quads_of(entry), digest=digest_of(entry))
    assert caught.value.code == "canonical_budget"
