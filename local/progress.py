"""Progress messages on standard output."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

TICK = 2.0  # seconds between dots, so that a slow step does not look like a hang


@contextmanager
def step(message: str) -> Iterator[None]:
    """Print `message`, a dot every two seconds, and the duration if it is longer than that."""
    began = time.monotonic()
    done = threading.Event()

    def tick() -> None:
        while not done.wait(TICK):
            _say(".")

    ticker = threading.Thread(target=tick, daemon=True)
    _say(f"{message} ...")
    ticker.start()
    try:
        yield
    except BaseException:
        _say(" failed\n")
        raise
    else:
        taken = time.monotonic() - began
        _say(f" {taken:.0f} s\n" if taken >= TICK else " done\n")
    finally:
        done.set()
        ticker.join()


def say(message: str) -> None:
    """Print one line."""
    _say(f"{message}\n")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
