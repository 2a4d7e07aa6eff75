"""Checks of hosted credentials while they change, and of many watches."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.credential import dates
from chalicelib.errors import Unavailable
from chalicelib.verifiers.watches import checking
from chalicelib.verifiers.watches.checking import CheckContext
from chalicelib.verifiers.watches.waking import Wake, WakeSubject
from chalicelib.verifiers.watches.watch import WatchName
from chalicelib.verify.report import Finding, Outcome, Report, Verdict
from tests.fakes import Counters
from tests.verifiers.watches.fakes import Wakes, WatchStore
from tests.verifiers.watches.test_verdicts import HOSTED, NOW

CREDENTIAL = HOSTED.credential_id or ""
START = "-01-01T00:00:00Z"
CHANGE = Wake(WakeSubject.CREDENTIAL, CREDENTIAL)


@dataclass
class Reports:
    """In place of `HostedReports`. ``after_read`` is called after each verification."""

    verdict: Verdict = Verdict.VALID
    after_read: Callable[[], None] = lambda: None
    read: int = 0
    asked: list[list[str]] = field(default_factory=list)

    def open_many(self, credential_ids: Sequence[str]) -> list[Any]:
        self.read += 1
        self.asked.append(list(credential_ids))
        outcome = Outcome.PASSED if self.verdict is Verdict.VALID else Outcome.FAILED
        finding = Finding(7, "status", outcome, self.verdict.value, "")
        report = Report(self.verdict, NOW, None, None, (finding,), ())
        self.after_read()
        return [SimpleNamespace(record=SimpleNamespace(id=each), report=report) for each in credential_ids]


@dataclass
class Checks:
    """Everything of one run."""

    store: WatchStore = field(default_factory=WatchStore)
    reports: Any = field(default_factory=Reports)
    wakes: Wakes = field(default_factory=Wakes)
    now: datetime = NOW

    @property
    def context(self) -> CheckContext:
        return CheckContext(
            self.store, self.reports, self.reports, Counters(), self.wakes.send, lambda: self.now, os.urandom
        )

    def told(self) -> list[str]:
        """The new verdicts of the events, in the order of their ids."""
        return [one.body.split('"after":"')[1].split('"')[0] for one in self.store.sent.values()]


@pytest.fixture
def checks() -> Checks:
    checks = Checks()
    checks.store.add(HOSTED, [])
    return checks


def test_change_between_verification_and_write_is_not_lost(checks: Checks) -> None:
    """The reinstatement's own check ran before the suspension was stored, so it saw nothing new."""
    checks.reports.verdict = Verdict.SUSPENDED

    def reinstate() -> None:
        if checks.reports.read == 1:
            checks.reports.verdict = Verdict.VALID
            checking.changed(checks.context, CHANGE)

    checks.reports.after_read = reinstate
    checking.changed(checks.context, CHANGE)
    assert checks.told() == ["suspended", "valid"]
    assert checks.store.watch(HOSTED.verifier_id, HOSTED.id).verdict is Verdict.VALID


def test_hosted_credential_without_an_answer_is_unknown_immediately(checks: Checks) -> None:
    finding = Finding(7, "status", Outcome.UNKNOWN, "status_unavailable", "", temporary=True)
    report = Report(Verdict.UNKNOWN, NOW, None, None, (finding,), ())
    checks.reports.open_many = lambda _ids: [SimpleNamespace(record=SimpleNamespace(id=CREDENTIAL), report=report)]
    checking.changed(checks.context, CHANGE)
    assert checks.told() == ["unknown"]
    assert checks.store.watch(HOSTED.verifier_id, HOSTED.id).unanswered == 0


def test_two_checks_of_one_change_store_one_event(checks: Checks) -> None:
    checks.reports.verdict = Verdict.REVOKED

    def check_too() -> None:
        if checks.reports.read == 1:
            checking.changed(checks.context, CHANGE)

    checks.reports.after_read = check_too
    checking.changed(checks.context, CHANGE)
    assert checks.told() == ["revoked"]


def test_credential_that_never_settles_is_tried_again_later(checks: Checks) -> None:
    def flip() -> None:
        checks.reports.verdict = Verdict.VALID if checks.reports.read % 2 else Verdict.SUSPENDED

    checks.reports.verdict, checks.reports.after_read = Verdict.SUSPENDED, flip
    with pytest.raises(Unavailable):
        checking.changed(checks.context, CHANGE)


def test_many_watches_are_checked_page_by_page_and_the_rest_in_another_call() -> None:
    checks = Checks()
    for number in range(60):
        checks.store.add(replace(HOSTED, id=f"{number:026}"), [])
    checks.reports.verdict = Verdict.REVOKED

    def pass_time() -> None:
        checks.now += timedelta(seconds=checking.RUN_SECONDS / 2)

    checks.reports.after_read = pass_time
    checking.changed(checks.context, CHANGE)
    assert len(checks.store.sent) == checking.PAGE
    continued = [wake for wake in checks.wakes.waiting if wake.about is WakeSubject.CREDENTIAL]
    assert [wake.subject for wake in continued] == [CREDENTIAL]
    assert continued[0].after is not None
    checks.reports.after_read = lambda: None
    checking.changed(checks.context, continued[0])
    assert len(checks.store.sent) == 60


def test_an_account_gets_only_some_of_its_events_immediately() -> None:
    checks = Checks()
    many = 3 * checking.PAGE
    for number in range(many):
        verifier_id = "other" if number == 7 else HOSTED.verifier_id
        checks.store.add(replace(HOSTED, id=f"{number:026}", verifier_id=verifier_id), [])
    checks.reports.verdict = Verdict.REVOKED
    checking.changed(checks.context, CHANGE)
    woken = [wake.verifier_id for wake in checks.wakes.waiting]
    assert (woken.count(HOSTED.verifier_id), woken.count("other")) == (checking.AT_ONCE, 1)
    tasks = [task for task in checks.store.tasks.status if task.kind == "watch_delivery"]
    assert len(tasks) == many


def test_nothing_is_verified_without_watches() -> None:
    checks = Checks()
    checking.changed(checks.context, CHANGE)
    assert checks.reports.asked in ([], [[]])
    assert checks.store.watches([WatchName("a", "b")]) == []


@pytest.mark.parametrize(
    ("verdict", "view", "expected"),
    [
        (
            Verdict.VALID,
            {"valid_from": "2026-01-01T00:00:00Z", "valid_until": "2027-01-01T00:00:00Z"},
            "2027-01-01T00:00:01Z",
        ),
        (Verdict.NOT_YET_VALID, {"valid_from": "2027-01-01T00:00:00Z"}, "2027-01-01T00:00:00Z"),
        (Verdict.VALID, {"valid_until": None}, None),
        (Verdict.VALID, {"valid_until": "9999-12-31T23:59:59Z"}, None),
        (Verdict.EXPIRED, {"valid_until": "2026-01-01T00:00:00Z"}, None),
        (Verdict.REVOKED, {"valid_until": "2027-01-01T00:00:00Z"}, None),
        (Verdict.INVALID, None, None),
    ],
)
def test_next_check_is_when_a_date_alters_the_verdict(
    checks: Checks, verdict: Verdict, view: dict[str, object] | None, expected: str | None
) -> None:
    report = Report(verdict, NOW, None, view, (), ())
    checks.reports.open_many = lambda _ids: [SimpleNamespace(record=SimpleNamespace(id=CREDENTIAL), report=report)]
    checking.changed(checks.context, CHANGE)
    planned = checks.store.watch(HOSTED.verifier_id, HOSTED.id).next_check
    assert (None if planned is None else dates.write(planned)) == expected
    assert [task.due for task in checks.store.tasks.status if task.kind == "watch_check"] == (
        [planned] if planned else []
    )
