"""Stores an event, or keeps it where it can be replayed from; a page is served either way."""

from __future__ import annotations

from chalicelib.analytics.event import Event
from chalicelib.analytics.ports import EventStore, Fallback


class Recorder:
    """Writes events to a journal, with a fallback."""

    def __init__(self, event_store: EventStore, fallback: Fallback) -> None:
        self._journal = event_store
        self._fallback = fallback

    def record(self, event: Event) -> None:
        """Store ``event``, or keep it whole with the reason why it is not stored. Never raises.

        A write whose reply was lost may be kept although it was stored: the replay then changes nothing.
        """
        try:
            self._journal.write(event)
        except Exception as error:  # noqa: BLE001 - whatever broke, the page is served and the event is not lost
            self._fallback.keep(event, error)
