"""Do what is due: claim, handle, strike off. A task is done at least once, so every handler is idempotent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.award.tasks import Task, Tasks

Handler = Callable[[Task], None]
"""Does a task. It may be called again for a task that it did, and by two workers at once. It returns within `SLICE`:
what takes longer is cut, and a handler that did one piece adds the task of the next (same kind and subject, due now)
before it returns. Whatever it raises makes it be called again later, ten times in all."""

SLICE = timedelta(seconds=20)
"""How long one call of a handler may take: a round is 50 s, and the function that runs it is stopped after 90."""
ATTEMPTS = 10
"""Calls of a handler for one task before it is parked: with the pauses between them, twelve to twenty-four hours."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
FACTOR = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """A call of a handler that failed."""

    task: Task
    code: str
    error: Exception | None
    parked: bool


@dataclass(slots=True)
class Worked:
    """What a round did."""

    done: int = 0
    postponed: int = 0
    parked: int = 0


def run(
    tasks: Tasks,
    handlers: Mapping[str, Handler],
    *,
    clock: Callable[[], datetime],
    until: datetime,
    entropy: Callable[[int], bytes],
    told: Callable[[Fault], None],
) -> Worked:
    """Do what is due, until nothing is or it is ``until``. ``told`` hears of each fault as it happens."""
    raise NotImplementedError
