"""Show how far a longer task has come, on standard error, so that standard output stays for results."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_WIDTH = 30


class Bar:
    """A bar on a terminal; elsewhere (a log, a pipe) a line for every quarter."""

    def __init__(self, title: str, stream: TextIO) -> None:
        self._title, self._stream = title, stream
        self._terminal = stream.isatty()
        self._quarters = 0

    def __call__(self, done: int, steps: int) -> None:
        """Show that ``done`` of ``steps`` is done."""
        if self._terminal:
            filled = _WIDTH * done // steps
            self._write(f"\r{self._title} [{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{steps}")
        elif 4 * done // steps > self._quarters:
            self._quarters = 4 * done // steps
            self._write(f"{self._title}: {done} of {steps}\n")

    def end(self) -> None:
        """Leave the line, so that what is written next begins a new one."""
        if self._terminal:
            self._write("\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class Count:
    """A number that grows, of a whole that nobody knows; it is shown on a terminal only."""

    def __init__(self, title: str, stream: TextIO) -> None:
        self._title, self._stream = title, stream
        self._terminal = stream.isatty()

    def __call__(self, number: int) -> None:
        """Show ``number``."""
        if self._terminal:
            self._stream.write(f"\r{self._title}: {number:,}")
            self._stream.flush()

    def end(self) -> None:
        """Leave the line, so that what is written next begins a new one."""
        if self._terminal:
            self._stream.write("\n")


@contextmanager
def counter(title: str) -> Iterator[Count]:
    """A `Count` on standard error for the time of the block."""
    shown = Count(title, sys.stderr)
    try:
        yield shown
    finally:
        shown.end()


@contextmanager
def bar(title: str) -> Iterator[Bar]:
    """A `Bar` on standard error for the time of the block."""
    shown = Bar(title, sys.stderr)
    try:
        yield shown
    finally:
        shown.end()
