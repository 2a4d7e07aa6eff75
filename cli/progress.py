"""Progress bars on standard error, drawn by rich. Standard output is reserved for results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

Bar = Callable[[int, int], None]
"""Called with the number of finished steps and of all steps."""
Counter = Callable[[int], None]
"""Called with the number of items so far."""

Stages = Callable[[str, int, int | None], None]
"""Called with the title of a stage, the number of finished steps, and the number of all steps if it is known."""


@contextmanager
def bar(title: str) -> Iterator[Bar]:
    """A progress bar on a terminal; elsewhere (a log, a pipe) one line per quarter."""
    if not sys.stderr.isatty():
        yield _quarters(title)
        return
    with _drawn() as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, steps: progress.update(task, completed=done, total=steps)


@contextmanager
def stages() -> Iterator[Stages]:
    """A progress bar for each stage of some work on a terminal; elsewhere one line when each stage begins."""
    started: dict[str, TaskID] = {}
    if not sys.stderr.isatty():
        yield lambda title, _done, _steps: _note_once(started, title)
        return
    with _drawn() as progress:

        def update(title: str, done: int, steps: int | None) -> None:
            if title not in started:
                started[title] = progress.add_task(title, total=None)
            progress.update(started[title], completed=done, total=steps)

        yield update


def _drawn() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


def _note_once(started: dict[str, TaskID], title: str) -> None:
    if title not in started:
        started[title] = TaskID(len(started))
        sys.stderr.write(f"{title}\n")
        sys.stderr.flush()


@contextmanager
def counter(title: str) -> Iterator[Counter]:
    """A count of unknown total, shown on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with Console(stderr=True).status(f"{title}: 0") as status:
        yield lambda number: status.update(f"{title}: {number:,}")


def _quarters(title: str) -> Bar:
    shown = 0

    def update(done: int, steps: int) -> None:
        nonlocal shown
        if (quarter := 4 * done // steps) > shown:
            shown = quarter
            sys.stderr.write(f"{title}: {done} of {steps}\n")
            sys.stderr.flush()

    return update
