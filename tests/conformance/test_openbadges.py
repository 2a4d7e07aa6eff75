"""The seven examples of the Open Badges 3.0 specification: read without loss, and never valid without a proof."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.verify.canonical import rdfc
from chalicelib.verify.canonical.quads import to_quads
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Outcome, Verdict
from tests import makers
from tests.conformance.meaning import quads
from tests.verify.canonical import vectors

pytestmark = vectors.needs_vectors

EXAMPLES = {
    "basicOpenBadgeCredential": 15,
    "fullOpenBadge": 356,
    "achievementAlignmentCase": 22,
    "achievementAlignmentCe": 22,
    "skillAssertionCase": 46,
    "skillAssertionCtdl": 41,
    "endorsement": 19,
}
"""Name: number of quads after canonicalisation, as the vectors' README states."""


@pytest.fixture(params=EXAMPLES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def example(name: str) -> dict[str, Any]:
    document: dict[str, Any] = vectors.load(f"openbadges/{name}.json")
    return document


def test_an_example_has_the_stated_number_of_quads(name: str) -> None:
    canonical = rdfc.canonicalize(to_quads(example(name)))
    assert canonical.count(b"\n") == EXAMPLES[name]


def test_an_example_gives_the_same_quads_as_pyld_without_dropped_members(name: str) -> None:
    assert rdfc.canonicalize(to_quads(example(name))).decode() == quads(example(name))


def test_an_unsigned_example_is_well_formed_but_invalid(name: str) -> None:
    source = (vectors.ROOT / "openbadges" / f"{name}.json").read_bytes()
    report = verify(source, resolver=makers.FakeResolver().resolver(), now=makers.NOW)
    findings = {finding.check: (finding.outcome, finding.code) for finding in report.findings}
    assert [findings[check][0] for check in ("format", "structure", "context")] == [Outcome.PASSED] * 3
    assert findings["proof"] == (Outcome.FAILED, "proof_missing")
    assert report.verdict is Verdict.INVALID
    assert report.credential is None


def test_an_example_signed_by_its_issuer_passes_the_core_checks_and_is_shown(name: str) -> None:
    document = example(name)
    document["issuer"]["id"] = makers.ISSUER_KEY.did
    report = verify(makers.as_bytes(makers.signed(document)), resolver=makers.FakeResolver().resolver(), now=makers.NOW)
    assert [finding.outcome for finding in report.findings[:5]] == [Outcome.PASSED] * 5
    assert report.credential is not None
    assert report.credential["id"] == document["id"]
