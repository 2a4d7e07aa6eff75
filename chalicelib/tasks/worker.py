"""Run due tasks: claim, handle, delete. A task runs at least once, so every handler must be idempotent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest

from chalicelib.errors import LaurelError
from chalicelib.tasks.task_queue import Task, TaskQueue

Handler = Callable[[Task], None]
"""Does a task. It may be called again for a task that it did, and by two workers at once. It returns within `SLICE`:
what takes longer is cut, and a handler that did one piece adds the task of the next (same kind and subject, due now)
before it returns. Whatever it raises makes it be called again later, ten times in all."""

SLICE = timedelta(seconds=20)
"""How long one call of a handler may take: a round is 50 s, and the function that runs it is stopped after 90."""
WINDOW = 100
"""Tasks read of one shard at a time: some seconds of work, so what was read is still true when its turn comes."""
ATTEMPTS = 10
"""Calls of a handler for one task before it is parked. With the pauses between them that takes twelve to twenty-four
hours: an outage of a morning needs nobody's hand afterwards."""
COUNTED = 100
FIRST_PAUSE = timedelta(minutes=1)
FACTOR = 3
LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Fault:
    """A call of a handler that failed, or that could not be made because nobody handles the kind."""

    task: Task
    code: str
    parked: bool
    """Given up on; otherwise it is tried again later."""
    error: Exception | None


@dataclass(slots=True)
class Worked:
    """The result of one run."""

    done: int = 0
    failed: int = 0
    late: timedelta = timedelta()
    """How long the oldest task had been due at the last look into the list; zero when the list was worked off."""
    parked: int = 0
    """How many stand parked after the round, counted up to `COUNTED`."""


@dataclass(frozen=True, slots=True)
class Worker:
    """The dependencies of one run."""

    tasks: TaskQueue
    handlers: Mapping[str, Handler]
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    told: Callable[[Fault], None]
    """Called with each fault as it happens."""


def run(worker: Worker, until: datetime) -> Worked:
    """Do what is due until nothing is, or it is ``until``; a handler that began then is still waited for.

    Raises `Unavailable` when the list cannot be reached: what was claimed is found again when its lease ends.
    """
    worked = Worked()
    while (now := worker.clock()) < until:
        found = list(worker.tasks.due(now, WINDOW))
        worked.late = now - min((task.due for task in found), default=now)
        if not found:
            break
        for task in in_turn(found):
            if (now := worker.clock()) >= until:
                break
            if worker.tasks.claim(task, now):
                _do(worker, replace(task, attempts=task.attempts + 1), worked)
    worked.parked = sum(1 for _ in worker.tasks.parked(COUNTED))
    return worked


def in_turn(tasks: Iterable[Task]) -> Iterator[Task]:
    """One of each issuer, then a second one of each, and so on; of an issuer the oldest first. So one with a great
    many does not make the others wait."""
    by_issuer: dict[str, list[Task]] = defaultdict(list)
    for task in sorted(tasks, key=lambda one: one.due):
        by_issuer[task.issuer_id].append(task)
    return (task for turn in zip_longest(*by_issuer.values()) for task in turn if task is not None)


def pause(attempts: int, entropy: Callable[[int], bytes]) -> timedelta:
    """How long to wait after ``attempts`` calls in vain: exponential, at random between its half and its whole, so
    that what failed together does not come back together."""
    whole: timedelta = min(FIRST_PAUSE * FACTOR ** (attempts - 1), LONGEST_PAUSE)
    return whole * (1 + int.from_bytes(entropy(4)) / 2**32) / 2


def _do(worker: Worker, task: Task, worked: Worked) -> None:
    if task.attempts > ATTEMPTS:
        # Whoever did it before did not live to say how it failed: out of time or memory. Nobody else shall try.
        _put_off(worker, task, worked, "worker_died", None)
        return
    handler = worker.handlers.get(task.kind)
    if handler is None:
        # Added by a newer release, perhaps: the older one puts it off.
        _put_off(worker, task, worked, "no_handler", None)
        return
    try:
        handler(task)
    except Exception as error:  # noqa: BLE001 - a fault in one handler must not keep all other tasks from being done
        _put_off(worker, task, worked, error.code if isinstance(error, LaurelError) else "internal", error)
        return
    worker.tasks.done(task)
    worked.done += 1


def _put_off(worker: Worker, task: Task, worked: Worked, code: str, error: Exception | None) -> None:
    parked, now = task.attempts >= ATTEMPTS, worker.clock()
    if parked:
        worker.tasks.park(task, code, now)
    else:
        worker.tasks.postpone(task, now + pause(task.attempts, worker.entropy))
    worked.failed += 1
    worker.told(Fault(task, code, parked, error))
