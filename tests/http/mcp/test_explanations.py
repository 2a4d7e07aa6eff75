"""What the code of a finding means."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.http.mcp import explanations
from chalicelib.http.mcp.finding_codes import CODES, NOT_REACHED
from chalicelib.verify.pipeline import CHECKS
from chalicelib.verify.report import Contained, Finding, Outcome, Report, Verdict

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text()


def test_codes_match_the_documentation_with_their_checks_and_outcomes() -> None:
    """`tests/http/test_docs.py` compares the page with the source of the checks."""
    rows = re.findall(r"^\|([^|]*)\| (\w+) \| (`.+) \|$", PAGE, re.MULTILINE)
    documented, check = set(), ""
    for name, outcome, codes in rows:
        if outcome not in list(Outcome):
            continue
        check = name.split()[-1] if name.strip() else check
        documented |= {(code, check, outcome) for code in re.findall(r"`(\w+)`", codes)}
    documented -= {(NOT_REACHED, "10", "unknown")}
    assert documented == {(code, check, outcome.value) for code, all_ in CODES.items() for check, outcome in all_}


@pytest.mark.parametrize("code", [*CODES, NOT_REACHED])
def test_every_code_is_explained_for_each_check(code: str) -> None:
    found = explanations.of_code(code)
    places = CODES.get(code, [(check.name, Outcome.UNKNOWN) for check in CHECKS[1:]])
    assert [(one.check, one.outcome) for one in found] == list(places)
    for one in found:
        assert one.meaning.startswith(CHECKS[one.number - 1].question)
        if one.outcome in (Outcome.FAILED, Outcome.UNKNOWN):
            assert one.what_to_do


@pytest.mark.parametrize(
    ("code", "headline"),
    [
        ("revoked", "This credential has been revoked."),
        ("signature_wrong", "This credential is not genuine."),
        ("recipient_differs", "This credential was not issued to this email address."),
        ("partly_unsigned", "The signature of this credential does not cover everything in it."),
    ],
)
def test_a_code_that_decides_the_verdict_says_so(code: str, headline: str) -> None:
    (found,) = explanations.of_code(code)
    assert headline in found.meaning


def test_unproven_issuer_of_an_endorsement_is_not_a_caveat_of_the_credential() -> None:
    def report(outcome: Outcome, contained: tuple[Contained, ...] = ()) -> Report:
        found = (Finding(8, "issuer", outcome, "x", ""),)
        return Report(Verdict.VALID, datetime(2026, 1, 1, tzinfo=UTC), None, None, found, (), contained)

    endorsed = report(Outcome.PASSED, (Contained("endorsement", report(Outcome.UNKNOWN)),))
    assert explanations.caveats(endorsed) == []
    assert [each["code"] for each in explanations.caveats(report(Outcome.UNKNOWN))] == ["issuer_not_proven"]


def test_a_code_that_cannot_change_the_verdict_says_so() -> None:
    for code in ("issuer_unproven", "schema_differs"):
        (found,) = explanations.of_code(code)
        assert found.what_to_do[0].startswith("This does not change the verdict.")
