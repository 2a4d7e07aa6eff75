"""Change data that other writers change at the same time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection
from typing import TypeVar

from chalicelib.errors import Unavailable

K = TypeVar("K")
V = TypeVar("V")

ATTEMPTS = 100
"""Attempts at a change. Of 32 writers of one item, one succeeds each time, so the last needs 32."""
FIRST_PAUSE_SECONDS = 0.005
MAX_PAUSE_SECONDS = 0.2
"""The longest pause between attempts grows from the first to the second (exponential back-off with full jitter)."""


def until_done(changes: dict[K, V], attempted: Callable[[dict[K, V]], dict[K, V]]) -> None:
    """Repeat ``attempted``, which returns the changes to try again. Raises `Unavailable`."""
    for attempt in range(ATTEMPTS):
        if not changes:
            return
        if attempt:
            time.sleep(random.uniform(0, min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt)))
        changes = attempted(changes)
    if changes:
        raise Unavailable("The directory is being changed by too many writers.", code="storage_busy")


def until_true(attempted: Callable[[], bool]) -> None:
    """Repeat ``attempted`` until it succeeds. Raises `Unavailable`."""
    until_done({"": attempted}, lambda waiting: {} if attempted() else waiting)


def settle(
    keys: Collection[K],
    used: Callable[[Collection[K]], Collection[K]],
    follow: Callable[[Collection[K], Collection[K]], None],
) -> None:
    """Make derived items agree with the postings: ``follow`` gets the keys that are used and those that are not.

    Writers call this after they have added the first or removed the last use of a key. It checks again after each
    change, so the last of several simultaneous writers has seen what the others did. Raises `Unavailable`.
    """

    def attempted(before: dict[K, bool]) -> dict[K, bool]:
        follow([key for key in before if before[key]], [key for key in before if not before[key]])
        found = used(before)
        return {key: key in found for key in before if (key in found) != before[key]}

    if keys:
        found = used(keys)
        until_done({key: key in found for key in keys}, attempted)
