"""What analytics needs from outside."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from chalicelib.analytics.event import Event


class EventStore(Protocol):
    """The store of events."""

    def write(self, event: Event) -> None:
        """Store ``event``, once by its id. Raises `Unavailable` when it is not certain that it is stored."""


class Fallback(Protocol):
    """Where an event goes, whole, when the journal does not take it (the log, from which it is replayed)."""

    def keep(self, event: Event, error: Exception) -> None:
        """Keep ``event``; must not raise."""


class Salts(Protocol):
    """The secret of each day, which is destroyed when the day is over."""

    def create(self, day: date, fresh: bytes) -> bytes:
        """The salt of ``day``: ``fresh`` if there was none yet, else the one that was there. Raises `Unavailable`."""

    def destroy_before(self, day: date) -> int:
        """Delete the salts of every day before ``day``; how many there were. Raises `Unavailable`."""
