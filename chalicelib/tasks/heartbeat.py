"""Renew the lease of a task while its handler runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

from chalicelib.errors import Unavailable
from chalicelib.tasks.task_queue import LEASE, Task, TaskQueue

INTERVAL = LEASE / 4
"""Time between renewals: two may fail, and the lease is still renewed before it ends."""
MAX_RENEWALS = int(timedelta(minutes=15) / INTERVAL)
"""No function runs longer than 15 minutes (Lambda quotas), so a handler that hangs does not keep its task for ever."""

Beat = Callable[[], bool]
"""Renews one lease; False when there is nothing left to renew."""
Heart = Callable[[Beat], AbstractContextManager[None]]
"""Calls a beat at intervals, of `INTERVAL` in a deployment, for as long as the block runs."""


def beat(tasks: TaskQueue, task: Task, clock: Callable[[], datetime]) -> Beat:
    """The beat of a claimed ``task``. A renewal that storage did not confirm is tried again at the next one."""

    def renew() -> bool:
        try:
            return tasks.renew(task, clock())
        except Unavailable:
            return True

    return renew


@contextmanager
def threaded(renew: Beat, interval: timedelta = INTERVAL) -> Iterator[None]:
    """`Heart` in a thread, because a handler is busy or waits for the network."""
    ended = threading.Event()

    def run() -> None:
        for _ in range(MAX_RENEWALS):
            if ended.wait(interval.total_seconds()) or not renew():
                return

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()  # so that no renewal is under way when the task is deleted or postponed
