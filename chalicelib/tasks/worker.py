"""Run due tasks: claim, handle, delete. A task runs at least once, so every handler must be idempotent."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from chalicelib.errors import LaurelError
from chalicelib.tasks.heartbeat import Heart, beat, threaded
from chalicelib.tasks.task_queue import Task, TaskQueue

Handler = Callable[[Task], None]
"""Handles a task. It may be called again for a completed task, and by two workers at once after a worker was paused for
longer than its lease. It must return within
`SLICE`: split longer work, and add the task for the next part (same kind and subject, due now) before returning. Any
exception causes a retry, up to `MAX_ATTEMPTS` calls in all."""

SLICE = timedelta(seconds=20)
"""Maximum time of one handler call: a run lasts 50 s, and its function times out after 90 s."""
READ_LIMIT = 100
"""Tasks read from one shard at a time: a few seconds of work, so that they are still current when they run."""
MAX_ATTEMPTS = 10
"""Maximum handler calls for one task before it becomes a dead letter. With the pauses between them that takes 12 to 24
hours, so an outage of a few hours needs no manual work."""
MAX_DEAD_LETTERS_COUNTED = 100
FIRST_PAUSE = timedelta(minutes=1)
FACTOR = 3
MAX_PAUSE = timedelta(hours=6)
_NONE, _SECOND = timedelta(), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class TaskFailure:
    """A failed handler call, or a task whose kind has no handler."""

    task: Task
    code: str
    is_final: bool
    """True when the task became a dead letter; otherwise it will be retried."""
    error: Exception | None


@dataclass(slots=True)
class RunResult:
    """The result of one run."""

    done: int = 0
    failed: int = 0
    late: timedelta = timedelta()
    """The delay of the oldest task at the last read; zero when the queue was empty."""
    dead_letters: int = 0
    """Number of dead letters after the run, counted up to `MAX_DEAD_LETTERS_COUNTED`."""


@dataclass(frozen=True, slots=True)
class Worker:
    """The dependencies of one run."""

    tasks: TaskQueue
    handlers: Mapping[str, Handler]
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    on_failure: Callable[[TaskFailure], None]
    """Called with each failure when it occurs."""
    heart: Heart = threaded
    """Renews the lease of a task while its handler runs."""


def run(worker: Worker, until: datetime) -> RunResult:
    """Run due tasks until none is left or the time is ``until``; a handler that has started is allowed to finish.

    Raises `Unavailable` when the queue does not respond; a claimed task becomes due again when its lease ends.
    """
    result = RunResult()
    spent: dict[str, timedelta] = {}
    while (now := worker.clock()) < until:
        found = list(worker.tasks.due(now, READ_LIMIT))
        result.late = now - min((task.due for task in found), default=now)
        if not found:
            break
        for task in round_robin_by_issuer(found, spent):
            if (now := worker.clock()) >= until:
                break
            if worker.tasks.claim(task, now):
                _do(worker, replace(task, attempts=task.attempts + 1), result)
            spent[task.issuer_id] = spent.get(task.issuer_id, _NONE) + worker.clock() - now
    result.dead_letters = sum(1 for _ in worker.tasks.dead_letters(MAX_DEAD_LETTERS_COUNTED))
    return result


def round_robin_by_issuer(tasks: Iterable[Task], spent: Mapping[str, timedelta]) -> Iterator[Task]:
    """Interleave tasks by issuer, oldest first within each issuer, so that an issuer with many tasks does not delay the
    others. Nor does one with slow tasks: an issuer for which more seconds were ``spent``, as the caller counts them
    meanwhile, comes after the others."""
    by_issuer: dict[str, deque[Task]] = defaultdict(deque)
    for task in sorted(tasks, key=lambda one: one.due):
        by_issuer[task.issuer_id].append(task)

    def turn(number: int, order: int, issuer_id: str) -> tuple[int, int, int, str]:
        return spent.get(issuer_id, _NONE) // _SECOND, number, order, issuer_id

    turns = [turn(0, order, issuer_id) for order, issuer_id in enumerate(by_issuer)]
    heapify(turns)
    while turns:
        _, number, order, issuer_id = heappop(turns)
        yield by_issuer[issuer_id].popleft()
        if by_issuer[issuer_id]:
            heappush(turns, turn(number + 1, order, issuer_id))


def pause(attempts: int, entropy: Callable[[int], bytes]) -> timedelta:
    """The delay after ``attempts`` failed calls: exponential backoff, `jittered`."""
    return jittered(min(FIRST_PAUSE * FACTOR ** (attempts - 1), MAX_PAUSE), entropy)


def jittered(longest: timedelta, entropy: Callable[[int], bytes]) -> timedelta:
    """Between half and all of ``longest``, so that tasks that failed together are not retried together."""
    return longest * (1 + int.from_bytes(entropy(4)) / 2**32) / 2


def _do(worker: Worker, task: Task, result: RunResult) -> None:
    if task.attempts > MAX_ATTEMPTS:
        # Earlier workers ended without reporting an error, by timeout or out of memory, so do not try again.
        _fail(worker, task, result, "worker_died", None)
        return
    handler = worker.handlers.get(task.kind)
    if handler is None:
        # A newer release may have added this kind during a deployment, so retry later.
        _fail(worker, task, result, "no_handler", None)
        return
    try:
        with worker.heart(beat(worker.tasks, task, worker.clock)):
            handler(task)
    except Exception as error:  # noqa: BLE001 - an error in one handler must not stop the other tasks
        _fail(worker, task, result, error.code if isinstance(error, LaurelError) else "internal", error)
        return
    worker.tasks.done(task)
    result.done += 1


def _fail(worker: Worker, task: Task, result: RunResult, code: str, error: Exception | None) -> None:
    is_final, now = task.attempts >= MAX_ATTEMPTS, worker.clock()
    if is_final:
        worker.tasks.move_to_dead_letters(task, code, now)
    else:
        worker.tasks.postpone(task, now + pause(task.attempts, worker.entropy))
    result.failed += 1
    worker.on_failure(TaskFailure(task, code, is_final, error))
