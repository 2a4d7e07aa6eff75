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
    """A unit of work for an issuer, to run no earlier than ``due``.

    ``kind`` selects the handler; ``subject`` is the id of the object it acts on. Kind, issuer, subject and ``due``
    identify the task: a duplicate is stored once. A task holds no personal data; the handler reads it at run time.
    """

    kind: str
    issuer_id: str
    subject: str
    due: datetime
    attempts: int = 0
    """How many times a worker has started the task."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter. ``task.due`` is when it was moved here; ``code`` is its last error."""

    task: Task
    code: str


class TaskQueue(Protocol):
    """Stores tasks until they are done. Every method raises `Unavailable` when storage does not respond."""

    def add(self, tasks: Sequence[Task]) -> None:
        """Store new tasks one by one; a task that is already stored is ignored."""

    def due(self, now: datetime, limit: int) -> Iterator[Task]:
        """Yield due, unclaimed tasks with a consistent read: the oldest ``limit`` of each shard, shard by shard."""

    def claim(self, task: Task, now: datetime) -> bool:
        """Claim ``task``, as it was read, for `LEASE` and count the attempt. False when another worker claimed it or it
        is done."""

    def done(self, task: Task) -> None:
        """Delete a finished task; a task that is already gone is ignored."""

    def postpone(self, task: Task, due: datetime) -> None:
        """Release a claimed task until ``due``. A task that another worker has claimed since is left unchanged."""

    def move_to_dead_letters(self, task: Task, code: str, now: datetime) -> None:
        """Move a claimed task to the dead letters. It does not run again until `retry`."""

    def dead_letters(self, limit: int) -> Iterator[DeadLetter]:
        """Dead letters, oldest first."""

    def retry(self, dead_letter: DeadLetter, now: datetime) -> None:
        """Make a dead letter due now and reset its attempts. Raises `NotFound` when it is no longer there."""

    def drop(self, dead_letter: DeadLetter) -> None:
        """Delete a dead letter; one that is already gone is ignored."""
