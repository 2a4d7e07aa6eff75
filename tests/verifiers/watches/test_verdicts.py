"""The result of a check, and whether the verdict has changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.award.webhooks.webhook import Secret
from chalicelib.verifiers.watches import verdicts
from chalicelib.verifiers.watches.verdicts import Answer
from chalicelib.verifiers.watches.watch import Watch
from chalicelib.verify.report import Finding, Outcome, Report, Verdict

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
HOSTED = Watch(
    "w" * 26, "verifier", "d" * 64, "https://laurel.example/c/x", "c" * 26, "issuer", "https://jobs.example/", "ref",
    (Secret(b"s" * 32, NOW),), NOW, Verdict.VALID, since=NOW,
)  # fmt: skip
ELSEWHERE = replace(HOSTED, credential_id=None, issuer_id=None)
NOTHING = Answer(None, ("timeout",), LATER)


def report(verdict: Verdict, *findings: Finding) -> Report:
    return Report(verdict, NOW, None, None, findings, ())


def finding(check: str, outcome: Outcome, code: str, *, temporary: bool = False) -> Finding:
    return Finding(1, check, outcome, code, "", temporary=temporary)


def test_codes_are_those_of_the_checks_that_determine_the_verdict() -> None:
    found = report(
        Verdict.REVOKED,
        finding("proof", Outcome.PASSED, "proof_valid"),
        finding("status", Outcome.FAILED, "revoked"),
        finding("dates", Outcome.FAILED, "expired"),
        finding("issuer", Outcome.UNKNOWN, "issuer_unknown"),
    )
    assert verdicts.of_report(found) == Answer(Verdict.REVOKED, ("revoked", "expired"), NOW)


@pytest.mark.parametrize(("temporary", "expected"), [(True, None), (False, Verdict.UNKNOWN)])
def test_verdict_that_is_unknown_for_a_temporary_reason_is_no_answer(temporary: bool, expected: Verdict | None) -> None:
    found = report(Verdict.UNKNOWN, finding("status", Outcome.UNKNOWN, "status_unavailable", temporary=temporary))
    assert verdicts.of_report(found) == Answer(expected, ("status_unavailable",), NOW)


def test_same_verdict_causes_no_event_and_no_write_for_a_hosted_credential() -> None:
    answer = Answer(Verdict.VALID, (), LATER)
    assert verdicts.after_answer(HOSTED, answer, None) is HOSTED
    checked = verdicts.after_answer(ELSEWHERE, answer, LATER)
    assert (checked.checked, checked.next_check, checked.since, checked.version) == (LATER, LATER, NOW, 2)
    assert verdicts.event(ELSEWHERE, checked, "e", LATER) is None


def test_new_verdict_is_an_event_with_its_number() -> None:
    after = verdicts.after_answer(HOSTED, Answer(Verdict.SUSPENDED, ("suspended",), LATER), None)
    assert (after.changes, after.since, after.version) == (1, LATER, 2)
    delivery = verdicts.event(HOSTED, after, "e", LATER)
    assert delivery is not None
    assert delivery.due == LATER + verdicts.NET
    data = json.loads(delivery.body)["data"]
    assert (data["change"], data["before"], data["after"], data["codes"]) == (1, "valid", "suspended", ["suspended"])


def test_first_verdict_causes_no_event() -> None:
    new = replace(ELSEWHERE, verdict=None, since=None)
    for answer, verdict in ((Answer(Verdict.VALID, (), LATER), Verdict.VALID), (NOTHING, Verdict.UNKNOWN)):
        after = verdicts.after_answer(new, answer, LATER)
        assert (after.verdict, after.changes) == (verdict, 0)
        assert verdicts.event(new, after, "e", LATER) is None


def test_only_the_third_check_without_an_answer_makes_the_verdict_unknown() -> None:
    watch = ELSEWHERE
    for number in range(1, verdicts.MAX_UNANSWERED + 1):
        watch = verdicts.after_answer(watch, NOTHING, LATER)
        expected = Verdict.VALID if number < verdicts.MAX_UNANSWERED else Verdict.UNKNOWN
        assert (watch.verdict, watch.unanswered) == (expected, number)
    assert (watch.changes, watch.codes) == (1, ("timeout",))


def test_an_answer_resets_the_count() -> None:
    watch = verdicts.after_answer(ELSEWHERE, NOTHING, LATER)
    watch = verdicts.after_answer(watch, Answer(Verdict.VALID, (), LATER), LATER)
    assert watch.unanswered == 0


def test_disabled_watch_gets_no_event() -> None:
    after = verdicts.after_answer(HOSTED, Answer(Verdict.REVOKED, ("revoked",), LATER), None)
    assert verdicts.event(HOSTED, replace(after, disabled=NOW), "e", LATER) is None
