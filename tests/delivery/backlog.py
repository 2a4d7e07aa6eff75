"""A backlog of deferred emails, and what it writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from chalicelib.delivery.handlers import handlers
from chalicelib.delivery.limits import deferred
from chalicelib.delivery.ports import DeferredEmail
from chalicelib.tasks.task_queue import Task
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

    def retry_deferred(self, rounds: int = 10) -> None:
        """Go to the time when the deferred emails are tried again, and run the worker."""
        self.now = max([self.now, *(task.due for task in self.senders())])
        self.work(rounds)

    def senders(self) -> list[Task]:
        return [task for task in self.tasks.status if task.kind == deferred.KIND]

    def sent_per_address(self) -> Counter[str]:
        return Counter(email.to for email in self.mailer.sent)

    def writes(self) -> int:
        return self.tasks.writes + self.store.writes  # type: ignore[attr-defined]
