"""The durable task queue with at-least-once delivery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

LEASE = timedelta(minutes=2)
"""How long a claim lasts before another worker may take the task. The worker renews it while its handler runs, so this
is how long the task of a worker that died waits. It is longer than the worker's function may run (90 s)."""
QUICK_ATTEMPTS = 3
"""Claims with the shortest lease. After these, a task whose workers die waits twice as long each time: ten attempts
take eight hours, so a release that kills its workers can be replaced before its tasks are dead letters."""


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
    """The number of times that a worker has started the task."""


def lease(attempts: int) -> timedelta:
    """How long the claim of the ``attempts``-th attempt lasts."""
    factor: int = 2 ** max(0, attempts - QUICK_ATTEMPTS)
    return LEASE * factor


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
        """Claim ``task``, as it was read, for its `lease` and count the attempt. False when another worker claimed it
        or it is done."""

    def renew(self, task: Task, now: datetime) -> bool:
        """Extend the lease of a claimed task to `lease` from ``now``. False when another worker has claimed it since or
        it is done."""

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
