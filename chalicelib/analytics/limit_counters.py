"""The port of the counters behind limits."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class LimitCounters(Protocol):
    """Counters that start at 0 and expire. Every method raises `Unavailable` when storage does not respond."""

    def add(self, name: str, amount: int, limit: int, expires: datetime) -> bool:
        """Add ``amount`` to a counter unless it would exceed ``limit``, and return whether it was added. Atomic."""

    def give_back(self, name: str, amount: int) -> None:
        """Subtract an amount that was added but not used. Does nothing if the counter has expired."""

    def value(self, name: str) -> int:
        """The current value, strongly consistent."""
