"""Deferred emails: a backlog costs writes for what leaves it, and a killed worker loses and doubles nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.access.rate_limits import Limit
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.handlers import handlers
from chalicelib.delivery.limits import deferred, quota
from chalicelib.delivery.ports import DeferredEmail, NotSent
from chalicelib.tasks.task_queue import LEASE, Task
from tests.delivery.backlog import DAY, MORNING, Backlog, KilledError
from tests.delivery.fakes import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def quota_of(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(quota, "UNPROVEN_ISSUER", Limit("emails", 200, DAY))
    return 200


def test_a_backlog_of_100_000_costs_writes_only_for_what_is_sent(quota_of: int) -> None:
    backlog = Backlog()
    waiting = [DeferredEmail("north", MORNING, "deliver", f"{number:026}") for number in range(100_000 - 1000)]
    ids = backlog.issue_many(1000)
    backlog.tasks.status.clear()
    for email in [DeferredEmail("north", MORNING - DAY, "deliver", one) for one in ids] + waiting:
        Store.add_deferred(backlog.store, email)
    deferred.schedule_retry(backlog.delivery_context, "north", MORNING)
    for _ in range(3):
        before, sent = backlog.writes(), len(backlog.mailer.sent)
        backlog.retry_deferred()
        assert len(backlog.mailer.sent) - sent == quota_of
        # Of each email: its deletion here, and the reminder that it plans.
        assert backlog.writes() - before <= 2 * quota_of + 30
        assert len(backlog.senders()) == 1
    assert len(backlog.store.deferred("north", backlog.now, 200_000)) == 100_000 - 3 * quota_of


def test_emails_over_the_quota_are_sent_once_on_the_following_days(quota_of: int) -> None:
    backlog = Backlog()
    backlog.issue_many(450)
    backlog.work(10)
    for sent in (200, 400, 450):
        assert len(backlog.mailer.sent) == sent
        if backlog.senders():
            backlog.retry_deferred()
    assert set(backlog.sent_per_address().values()) == {1}
    assert not backlog.senders()
    assert not backlog.store.deferred("north", backlog.now + DAY, 1)


def test_issuers_wake_up_spread_over_the_day() -> None:
    times = [deferred.retry_time(f"issuer-{number}", MORNING) for number in range(2000)]
    midnight = datetime(2026, 6, 3, tzinfo=UTC)
    assert all(midnight <= time <= midnight + deferred.SPREAD for time in times)
    per_hour = Counter(time.hour for time in times)
    assert max(per_hour.values()) < 2 * 2000 / 16


@pytest.mark.parametrize("where", ["add_deferred", "delete_deferred"])
@pytest.mark.parametrize("nth", [1, 30])
def test_a_killed_worker_loses_and_doubles_nothing(quota_of: int, where: str, nth: int) -> None:
    backlog = Backlog()
    backlog.issue_many(250)
    calls = Counter[str]()

    def kill(name: str) -> bool:
        calls[name] += 1
        return name == where and calls[name] == nth

    backlog.store.killed_by = kill  # type: ignore[attr-defined]
    for _ in range(6):
        try:
            backlog.work(10)
            if backlog.senders():
                backlog.retry_deferred()
        except KilledError:
            backlog.now += LEASE
            backlog.work(10)
    assert calls[where] >= nth
    assert len(backlog.mailer.sent) == 250
    assert set(backlog.sent_per_address().values()) == {1}


def test_two_workers_at_once_send_each_email_once(quota_of: int) -> None:
    backlog = Backlog()
    backlog.issue_many(250)
    backlog.work(10)
    [task] = backlog.senders()
    backlog.now = task.due
    send = handlers(backlog.delivery_context)[deferred.KIND]
    original, nested = backlog.mailer.failure, []

    def other_worker() -> Exception | None:
        if not nested:
            nested.append(1)
            send(task)
        return None

    backlog.mailer.failure = other_worker
    send(task)
    backlog.mailer.failure = original
    backlog.now += LEASE
    backlog.work(10)
    assert len(backlog.mailer.sent) == 250
    assert set(backlog.sent_per_address().values()) == {1}


def test_an_email_for_a_recipient_who_has_had_enough_does_not_stop_the_others(quota_of: int) -> None:
    backlog = Backlog()
    ids = backlog.issue_many(60, "same@example.org")
    backlog.issue_many(0)
    backlog.email = "other@example.org"
    backlog.issue("y" * 26, 90_000)
    backlog.tasks.status.clear()
    for number, credential_id in enumerate([*ids, "y" * 26]):
        backlog.store.add_deferred(
            DeferredEmail("north", MORNING - DAY + timedelta(seconds=number), "deliver", credential_id)
        )
    deferred.schedule_retry(backlog.delivery_context, "north", MORNING)
    backlog.work(3)
    assert backlog.sent_per_address() == {"same@example.org": quota.PER_RECIPIENT.max_count, "other@example.org": 1}
    for _ in range(5):
        backlog.retry_deferred()
    assert backlog.sent_per_address() == {"same@example.org": 60, "other@example.org": 1}


def test_moves_of_one_issuer_are_limited_each_day(quota_of: int) -> None:
    backlog = Backlog()
    for credential_id in backlog.issue_many(deferred.MOVES.max_count + 500, "same@example.org"):
        Store.add_deferred(backlog.store, DeferredEmail("north", MORNING - DAY, "deliver", credential_id))
    backlog.tasks.status.clear()
    deferred.schedule_retry(backlog.delivery_context, "north", MORNING)
    backlog.work(20)
    assert backlog.store.writes <= 2 * deferred.MOVES.max_count + 20  # type: ignore[attr-defined]
    assert len(backlog.mailer.sent) == quota.PER_RECIPIENT.max_count
    assert len(backlog.senders()) == 1


def test_an_outage_keeps_the_backlog_and_one_bad_email_does_not_stop_it(quota_of: int) -> None:
    backlog = Backlog()
    backlog.issue_many(220)
    backlog.work(10)
    backlog.mailer.failure = lambda: NotSent("not now")
    backlog.retry_deferred(3)
    backlog.mailer.failure = lambda: None
    assert len(backlog.store.deferred("north", backlog.now, 100)) > 20 - deferred.MAX_FAILURES - 3
    backlog.now += timedelta(hours=2)
    backlog.work(30)
    assert len(backlog.mailer.sent) == 220
    assert set(backlog.sent_per_address().values()) == {1}


def test_a_status_email_over_the_quota_is_deferred_and_sent(quota_of: int) -> None:
    backlog = Backlog()
    [credential_id] = backlog.issue_many(1)
    backlog.work(2)
    today = int(backlog.now.timestamp() // 86_400)
    backlog.counted["emails", today, "north"] = quota_of
    record = backlog.issuer_store.record(credential_id)
    revoked = replace(record, status=replace(record.status, state=type(record.status.state).REVOKED, at=backlog.now))
    backlog.issuer_store._records[credential_id] = revoked
    backlog.tasks.add([Task("status_changed", "north", credential_id, backlog.now)])
    backlog.work(2)
    assert [email.kind for email in backlog.mailer.sent] == [Kind.ISSUED]
    backlog.retry_deferred()
    assert [email.kind for email in backlog.mailer.sent] == [Kind.ISSUED, Kind.REVOKED]
