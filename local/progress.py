"""Progress messages on standard output, drawn by rich."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def step(message: str) -> Iterator[None]:
    """Show a spinner on a terminal while the step runs; then print ``message`` and how long the step took."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    began = time.monotonic()
    if not console.is_terminal:
        say(f"{message} ...")
    try:
        with console.status(f"{message} ..."):
            yield
    except BaseException:
        say(f"{message}: failed")
        raise
    say(f"{message}: done in {time.monotonic() - began:.0f} s")


def say(message: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()
