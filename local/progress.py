"""Say what is being done, and keep saying so while it takes long."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

TICK = 2.0  # seconds after which silence would look like a hang


@contextmanager
def step(words: str) -> Iterator[None]:
    """Print `words`, a dot every two seconds, and the seconds taken when they were more than that."""
    began = time.monotonic()
    done = threading.Event()

    def tick() -> None:
        while not done.wait(TICK):
            _say(".")

    ticker = threading.Thread(target=tick, daemon=True)
    _say(f"{words} ...")
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


def say(words: str) -> None:
    """One whole line."""
    _say(f"{words}\n")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
