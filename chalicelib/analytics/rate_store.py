"""The port of token buckets, which limit how much a caller may do in how much time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol


class Taken(NamedTuple):
    """The result of `RateStore.take`."""

    wait: timedelta
    """How long until there is room; zero if it was taken."""
    refills_in: timedelta
    """How long until the bucket is full."""


class RateStore(Protocol):
    """Keeps for each bucket the moment at which it is full (the theoretical arrival time of the generic cell rate
    algorithm, ITU-T I.371, annex A)."""

    def take(self, name: str, now: datetime, span: timedelta, limit: timedelta) -> Taken:
        """Move the moment of ``name``, which is at least ``now``, later by ``span``, atomically. When it would then be
        more than ``limit`` after ``now``, nothing changes. Raises `Unavailable`."""

    def give_back(self, name: str, span: timedelta) -> None:
        """Move the moment earlier by the part of a span that was not used. Raises `Unavailable`."""
