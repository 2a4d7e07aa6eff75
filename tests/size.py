"""How many cases a test tries: a part of them in `make test`, all of them in `make test-full`."""

from __future__ import annotations

import os

FULL = os.environ.get("LAUREL_TEST_SIZE") == "full"
"""Whether `make test-full` runs the tests."""


def sized(*, full: int, usual: int) -> int:
    """``full`` in `make test-full`, and ``usual`` in all other runs."""
    return full if FULL else usual
