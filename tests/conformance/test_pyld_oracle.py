"""Laurel's quads equal PyLD's, or Laurel refuses the document. For PyLD's own bugs see the oracle."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.quads import to_quads
from tests.verify.canonical import generated, oracle, vectors

relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=False)

SIGNED_SUITES = ("vc-di-eddsa/**/*.json", "vc-di-ecdsa/**/*.json")
EXAMPLES = vectors.files("openbadges/*.json")
DOCUMENTS = EXAMPLES + [
    path
    for pattern in SIGNED_SUITES
    for path in vectors.files(pattern)
    if isinstance(document := vectors.load(path), dict) and "@context" in document
]


def laurel_canonical(document: Any) -> bytes | None:
    """Return Laurel's canonical form; None when Laurel refuses the document."""
    try:
        return rdfc.canonicalize(to_quads(document))
    except CanonicalError as error:
        event(f"refused: {error.code}")
        return None


def assert_equal_or_refused(document: Any) -> None:
    canonical = laurel_canonical(document)
    if canonical is not None:
        event("compared")
        assert canonical == oracle.canonical(document)


@vectors.needs_vectors
def test_the_vectors_are_complete() -> None:
    assert len(EXAMPLES) == 7
    assert len(DOCUMENTS) == 47


@vectors.needs_vectors
@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_published_document_gives_the_same_quads_as_pyld(path: Path) -> None:
    document = vectors.load(path)
    assert rdfc.canonicalize(to_quads(document)) == oracle.canonical(document)


@vectors.needs_vectors
@pytest.mark.parametrize("path", EXAMPLES, ids=str)
def test_every_example_gets_the_same_labels_as_in_pyld(path: Path) -> None:
    document = vectors.load(path)
    assert rdfc.canonicalize(to_quads(document)) == oracle.normalized(document)


PROOF = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
IDENTICAL_GRAPHS: dict[str, Any] = {
    "equal proofs": {"proof": [PROOF] * 3},
    "equal proofs of equal endorsements": {
        "endorsement": [{"type": ["VerifiableCredential", "EndorsementCredential"], "proof": PROOF}] * 3
    },
    "proofs that differ one level down": {
        "endorsement": [
            {
                "type": ["VerifiableCredential", "EndorsementCredential"],
                "issuer": {"name": name},
                "proof": [PROOF, PROOF],
            }
            for name in ("one", "one", "two")
        ]
    },
}


@pytest.mark.parametrize("members", IDENTICAL_GRAPHS.values(), ids=IDENTICAL_GRAPHS)
@pytest.mark.parametrize("identifier", [{"id": "urn:credential"}, {}], ids=["with id", "without id"])
def test_similar_graphs_get_the_same_labels_as_in_pyld(members: Any, identifier: Any) -> None:
    document = {"@context": [generated.V2, generated.OB], "type": "VerifiableCredential", **identifier, **members}
    assert rdfc.canonicalize(to_quads(document)) == oracle.normalized(document)


@settings(relaxed, max_examples=400)
@given(generated.documents())
def test_a_generated_document_gives_the_same_quads_as_pyld_or_is_refused(document: dict[str, Any]) -> None:
    assert_equal_or_refused(document)


@settings(relaxed, max_examples=150)
@given(generated.documents(odd=False))
def test_a_well_formed_generated_document_gives_the_same_quads_as_pyld(document: dict[str, Any]) -> None:
    assert_equal_or_refused(document)


@vectors.needs_vectors
@settings(relaxed, max_examples=500)
@given(st.data())
def test_a_mutated_example_gives_the_same_quads_as_pyld_or_is_refused(data: st.DataObject) -> None:
    original = vectors.load(data.draw(st.sampled_from(SMALL)))
    mutant = copy.deepcopy(original)
    for _ in range(data.draw(st.integers(1, 3))):
        generated.mutate(data.draw, mutant)
    assert_equal_or_refused(mutant)


SMALL = [path for path in DOCUMENTS if path.name != "fullOpenBadge.json"]
