"""Ports of analytics."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from chalicelib.analytics.event import Event


class EventStore(Protocol):
    """Stores events."""

    def write(self, event: Event) -> None:
        """Store ``event`` once, by its id. Raises `Unavailable` when the result is unknown or the write failed."""


class Fallback(Protocol):
    """Keeps events that the event store did not accept, for a later replay (the log)."""

    def keep(self, event: Event, error: Exception) -> None:
        """Keep the complete ``event``. Must not raise."""


class Salts(Protocol):
    """Stores one secret salt per day, destroyed when the day is over."""

    def create(self, day: date, fresh: bytes) -> bytes:
        """Store ``fresh`` as the salt of ``day`` unless one exists; return the stored salt. Raises `Unavailable`."""

    def destroy_before(self, day: date) -> int:
        """Delete all salts of days before ``day``; return how many were deleted. Raises `Unavailable`."""
