"""The durable task queue with at-least-once delivery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

LEASE = timedelta(minutes=15)
"""How long a claim lasts before another worker may take the task: the maximum run time of a Lambda function."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be done for an issuer, not before ``due``.

    ``kind`` names the handler; ``subject`` is the id of what it is done to. Kind, issuer, subject and ``due`` are the
    task's identity: the same one is stored once. It holds no personal data: a handler reads that when it is due.
    """

    kind: str
    issuer_id: str
    subject: str
    due: datetime
    attempts: int = 0
    """How often a worker has started it."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A task that was given up on, ``task.due`` being when; ``code`` says at what it failed last."""

    task: Task
    code: str


class TaskQueue(Protocol):
    """Where tasks are kept until they are done. Every method raises `Unavailable` when storage does not answer."""

    def add(self, tasks: Sequence[Task]) -> None:
        """Store new tasks one by one; a task that is already stored is ignored."""

    def due(self, now: datetime, limit: int) -> Iterator[Task]:
        """What is due and no worker has, strongly read: shard after shard, of each the oldest ``limit``."""

    def claim(self, task: Task, now: datetime) -> bool:
        """Take ``task``, as it was read, for `LEASE`; its attempts go up by one. False when another worker has it, or
        it is done."""

    def done(self, task: Task) -> None:
        """Delete a finished task; a task that is already gone is ignored."""

    def postpone(self, task: Task, due: datetime) -> None:
        """Let go of a claimed task until ``due``. One that another worker took since is left to that worker."""

    def park(self, task: Task, code: str, now: datetime) -> None:
        """Set a claimed task aside: it is not due again until somebody asks for it."""

    def parked(self, limit: int) -> Iterator[Parked]:
        """Dead letters, oldest first."""

    def retry(self, parked: Parked, now: datetime) -> None:
        """Make a parked task due now, with its attempts forgotten. Raises `NotFound` when it is not parked."""

    def drop(self, parked: Parked) -> None:
        """Forget a parked task; one that is gone already is no fault."""
