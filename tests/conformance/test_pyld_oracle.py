"""Our quads equal PyLD's, or we refuse: never a third thing. PyLD's own faults are named in the oracle."""

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


def ours(document: Any) -> bytes | None:
    """Our canonical form; None when we refuse."""
    try:
        return rdfc.canonicalize(to_quads(document))
    except CanonicalError as refusal:
        event(f"refused: {refusal.code}")
        return None


def assert_equal_or_refused(document: Any) -> None:
    canonical = ours(document)
    if canonical is not None:
        event("compared")
        assert canonical == oracle.canonical(document)


@vectors.needs_vectors
def test_the_examples_are_there() -> None:
    assert len(EXAMPLES) == 7
    assert len(DOCUMENTS) == 47


@vectors.needs_vectors
@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_published_document_has_the_quads_that_pyld_sees(path: Path) -> None:
    document = vectors.load(path)
    assert rdfc.canonicalize(to_quads(document)) == oracle.canonical(document)


@vectors.needs_vectors
@pytest.mark.parametrize("path", EXAMPLES, ids=str)
def test_every_example_is_labelled_as_pyld_labels_it(path: Path) -> None:
    document = vectors.load(path)
    assert rdfc.canonicalize(to_quads(document)) == oracle.normalized(document)


PROOF = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
LOOK_ALIKES: dict[str, Any] = {
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


@pytest.mark.parametrize("members", LOOK_ALIKES.values(), ids=LOOK_ALIKES)
@pytest.mark.parametrize("identified", [{"id": "urn:credential"}, {}], ids=["with id", "without id"])
def test_graphs_that_look_alike_are_labelled_as_pyld_labels_them(members: Any, identified: Any) -> None:
    document = {"@context": [generated.V2, generated.OB], "type": "VerifiableCredential", **identified, **members}
    assert rdfc.canonicalize(to_quads(document)) == oracle.normalized(document)


@settings(relaxed, max_examples=400)
@given(generated.documents())
def test_a_generated_document_has_the_quads_that_pyld_sees_or_is_refused(document: dict[str, Any]) -> None:
    assert_equal_or_refused(document)


@settings(relaxed, max_examples=150)
@given(generated.documents(odd=False))
def test_a_well_formed_generated_document_is_mostly_accepted_and_equal(document: dict[str, Any]) -> None:
    assert_equal_or_refused(document)


@vectors.needs_vectors
@settings(relaxed, max_examples=500)
@given(st.data())
def test_a_mutated_example_has_the_quads_that_pyld_sees_or_is_refused(data: st.DataObject) -> None:
    original = vectors.load(data.draw(st.sampled_from(SMALL)))
    mutant = copy.deepcopy(original)
    for _ in range(data.draw(st.integers(1, 3))):
        generated.mutate(data.draw, mutant)
    assert_equal_or_refused(mutant)


SMALL = [path for path in DOCUMENTS if path.name != "fullOpenBadge.json"]
