"""Restrict all contenders to one core."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pinned_to_one_core() -> Iterator[None]:
    """Pin this process and every process started meanwhile to the last core. Otherwise a peer's compiler and garbage
    collector threads would run on other cores at no cost."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
