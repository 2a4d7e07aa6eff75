from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.verify.pipeline import CHECKS
from chalicelib.verify.report import CORE, Finding, Outcome, Verdict, verdict_of, worst_of

NAMES = [check.name for check in CHECKS]
FAILED_CODES = {"dates": ["expired", "not_yet_valid"], "status": ["revoked", "suspended"]}


def finding(name: str, outcome: Outcome, code: str = "code") -> Finding:
    return Finding(NAMES.index(name) + 1, name, outcome, code, "A sentence.")


def all_passed(**changes: Finding) -> list[Finding]:
    return [changes.get(name, finding(name, Outcome.PASSED)) for name in NAMES]


def test_an_empty_report_is_not_valid() -> None:
    assert verdict_of([]) is Verdict.UNKNOWN


def test_a_report_with_only_passed_checks_is_valid() -> None:
    assert verdict_of(all_passed()) is Verdict.VALID


@pytest.mark.parametrize("name", CORE)
def test_a_core_check_decides_before_all_others(name: str) -> None:
    revoked = finding("status", Outcome.FAILED, "revoked")
    assert verdict_of(all_passed(**{name: finding(name, Outcome.FAILED), "status": revoked})) is Verdict.INVALID
    assert verdict_of(all_passed(**{name: finding(name, Outcome.UNKNOWN), "status": revoked})) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("name", "code", "verdict"),
    [
        ("dates", "expired", Verdict.EXPIRED),
        ("dates", "not_yet_valid", Verdict.NOT_YET_VALID),
        ("status", "revoked", Verdict.REVOKED),
        ("status", "suspended", Verdict.SUSPENDED),
        ("dates", "another", Verdict.INVALID),
        ("status", "another", Verdict.INVALID),
    ],
)
def test_a_failed_date_or_status_check_determines_the_verdict(name: str, code: str, verdict: Verdict) -> None:
    assert verdict_of(all_passed(**{name: finding(name, Outcome.FAILED, code)})) is verdict


def test_revoked_takes_precedence_over_expired() -> None:
    findings = all_passed(
        dates=finding("dates", Outcome.FAILED, "expired"), status=finding("status", Outcome.FAILED, "revoked")
    )
    assert verdict_of(findings) is Verdict.REVOKED


@pytest.mark.parametrize("name", ["dates", "status", "recipient"])
def test_an_unknown_check_is_never_valid(name: str) -> None:
    assert verdict_of(all_passed(**{name: finding(name, Outcome.UNKNOWN)})) is Verdict.UNKNOWN


@pytest.mark.parametrize(("name", "outcome"), list(itertools.product(["issuer", "extras"], Outcome)))
def test_issuer_and_extras_never_change_the_verdict(name: str, outcome: Outcome) -> None:
    assert verdict_of(all_passed(**{name: finding(name, outcome)})) is Verdict.VALID


def test_a_recipient_other_than_the_requested_one_is_invalid() -> None:
    assert verdict_of(all_passed(recipient=finding("recipient", Outcome.FAILED))) is Verdict.INVALID


findings_of_any_kind = st.lists(
    st.sampled_from(NAMES).flatmap(
        lambda name: st.builds(
            finding,
            st.just(name),
            st.sampled_from(Outcome),
            st.sampled_from([*FAILED_CODES.get(name, []), "code"]),
        )
    ),
    unique_by=lambda found: found.check,
)


@given(findings_of_any_kind)
def test_valid_requires_every_required_check_to_pass(findings: list[Finding]) -> None:
    outcomes = {found.check: found.outcome for found in findings}
    if verdict_of(findings) is Verdict.VALID:
        assert all(outcomes[name] is Outcome.PASSED for name in (*CORE, "dates"))
        assert outcomes["status"] in (Outcome.PASSED, Outcome.NOT_APPLICABLE)
        assert outcomes.get("recipient", Outcome.NOT_APPLICABLE) in (Outcome.PASSED, Outcome.NOT_APPLICABLE)


def test_the_worst_of_no_verdicts_is_unknown() -> None:
    assert worst_of(()) is Verdict.UNKNOWN
