"""Deferred emails: a backlog costs writes for what leaves it, and a killed worker loses and doubles nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.access.rate_limits import Limit
from chalicelib.delivery import deferred, quota
from chalicelib.delivery.emails.email_content import Kind
from chalicelib.delivery.handlers import handlers
from chalicelib.delivery.ports import DeferredEmail, NotSent
from chalicelib.tasks.task_queue import LEASE, Task
from chalicelib.tasks.worker import Worker, run
from tests import fakes
from tests.delivery.fake_delivery import DeliveryFixture
from tests.delivery.fakes import Store

MORNING = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class KilledError(BaseException):
    """The worker was killed: no handler of exceptions runs."""


class CountingQueue(fakes.TaskQueue):
    """A queue that counts its writes."""

    writes = 0

    def add(self, tasks: Sequence[Task]) -> None:
        self.writes += len(tasks)
        super().add(tasks)

    def claim(self, task: Task, now: datetime) -> bool:
        self.writes += 1
        return super().claim(task, now)

    def done(self, task: Task) -> None:
        self.writes += 1
        super().done(task)

    def postpone(self, task: Task, due: datetime) -> None:
        self.writes += 2
        super().postpone(task, due)


class CountingStore(Store):
    """A store that counts the writes of deferred emails."""

    writes = 0
    killed_by: Callable[[str], bool] = staticmethod(lambda _: False)

    def add_deferred(self, email: DeferredEmail) -> None:
        self.writes += 1
        super().add_deferred(email)
        self._kill("add_deferred")

    def delete_deferred(self, email: DeferredEmail) -> None:
        self._kill("delete_deferred")
        self.writes += 1
        super().delete_deferred(email)

    def _kill(self, where: str) -> None:
        if self.killed_by(where):
            raise KilledError


@dataclass
class Backlog(DeliveryFixture):
    """An unproven issuer with many credentials, each for another person."""

    now: datetime = MORNING
    store: Store = field(default_factory=CountingStore)
    tasks: fakes.TaskQueue = field(default_factory=CountingQueue)

    def __post_init__(self) -> None:
        super().__post_init__()
        issuer = self.issuer_store.issuer("north")
        self.issuer_store.replace_issuer(replace(issuer, registered_as=None, domains=(), version=issuer.version + 1))
        self.tasks.status.clear()

    def issue_many(self, count: int, email: str | None = None) -> list[str]:
        ids = ["".join("abcdefghij"[int(digit)] for digit in f"{number:06}").rjust(26, "z") for number in range(count)]
        for number, credential_id in enumerate(ids):
            self.email = email or f"p{number}@example.org"
            self.issue(credential_id, 100 + number)
        return ids

    def work(self, rounds: int = 1) -> None:
        """Run the worker as the schedule does, ``rounds`` minutes."""
        for _ in range(rounds):
            worker = Worker(self.tasks, handlers(self.delivery_context), lambda: self.now, self.entropy, lambda _: None)
            run(worker, self.now + timedelta(seconds=50))
            self.now += timedelta(minutes=1)

    def wake_up(self, rounds: int = 10) -> None:
        """Go to the time when the deferred emails are tried again, and run the worker."""
        self.now = max([self.now, *(task.due for task in self.senders())])
        self.work(rounds)

    def senders(self) -> list[Task]:
        return [task for task in self.tasks.status if task.kind == deferred.KIND]

    def sent_per_address(self) -> Counter[str]:
        return Counter(email.to for email in self.mailer.sent)

    def writes(self) -> int:
        return self.tasks.writes + self.store.writes  # type: ignore[attr-defined]


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
    deferred.wake_up(backlog.delivery_context, "north", MORNING)
    for _ in range(3):
        before, sent = backlog.writes(), len(backlog.mailer.sent)
        backlog.wake_up()
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
            backlog.wake_up()
    assert set(backlog.sent_per_address().values()) == {1}
    assert not backlog.senders()
    assert not backlog.store.deferred("north", backlog.now + DAY, 1)


def test_issuers_wake_up_spread_over_the_day() -> None:
    times = [deferred.wake_up_time(f"issuer-{number}", MORNING) for number in range(2000)]
    midnight = datetime(2026, 6, 3, tzinfo=UTC)
    assert all(midnight <= time <= midnight + deferred.SPREAD for time in times)
    per_hour = Counter(time.hour for time in times)
    assert max(per_hour.values()) < 2 * 2000 / 16


@pytest.mark.parametrize("where", ["add_deferred", "delete_deferred"])
@pytest.mark.parametrize("nth", [1, 7, 30])
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
                backlog.wake_up()
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
    deferred.wake_up(backlog.delivery_context, "north", MORNING)
    backlog.work(3)
    assert backlog.sent_per_address() == {"same@example.org": quota.PER_RECIPIENT.max_count, "other@example.org": 1}
    for _ in range(5):
        backlog.wake_up()
    assert backlog.sent_per_address() == {"same@example.org": 60, "other@example.org": 1}


def test_moves_of_one_issuer_are_limited_each_day(quota_of: int) -> None:
    backlog = Backlog()
    for credential_id in backlog.issue_many(deferred.MOVES.max_count + 500, "same@example.org"):
        Store.add_deferred(backlog.store, DeferredEmail("north", MORNING - DAY, "deliver", credential_id))
    backlog.tasks.status.clear()
    deferred.wake_up(backlog.delivery_context, "north", MORNING)
    backlog.work(20)
    assert backlog.store.writes <= 2 * deferred.MOVES.max_count + 20  # type: ignore[attr-defined]
    assert len(backlog.mailer.sent) == quota.PER_RECIPIENT.max_count
    assert len(backlog.senders()) == 1


def test_an_outage_keeps_the_backlog_and_one_bad_email_does_not_stop_it(quota_of: int) -> None:
    backlog = Backlog()
    backlog.issue_many(220)
    backlog.work(10)
    backlog.mailer.failure = lambda: NotSent("not now")
    backlog.wake_up(3)
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
    backlog.wake_up()
    assert [email.kind for email in backlog.mailer.sent] == [Kind.ISSUED, Kind.REVOKED]
