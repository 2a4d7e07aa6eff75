"""Progress bars on standard error, drawn by rich. Standard output is reserved for results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Bar = Callable[[int, int], None]
"""Called with the number of finished steps and of all steps."""
Counter = Callable[[int], None]
"""Called with the number of items so far."""


@contextmanager
def bar(title: str) -> Iterator[Bar]:
    """A progress bar on a terminal; elsewhere (a log, a pipe) one line per quarter."""
    if not sys.stderr.isatty():
        yield _quarters(title)
        return
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, steps: progress.update(task, completed=done, total=steps)


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
