"""Record events without failing the request: store each event, or keep it for a later replay."""

from __future__ import annotations

from chalicelib.analytics.event import Event
from chalicelib.analytics.ports import EventStore, Fallback


class Recorder:
    """Writes events to the event store, with a fallback."""

    def __init__(self, event_store: EventStore, fallback: Fallback) -> None:
        self._event_store = event_store
        self._fallback = fallback

    def record(self, event: Event) -> None:
        """Store ``event``, or pass it to the fallback with the error. Never raises.

        When the reply to a successful write is lost, the event is both stored and kept; replaying it changes nothing.
        """
        try:
            self._event_store.write(event)
        except Exception as error:  # noqa: BLE001 - an event error must not fail the request
            self._fallback.keep(event, error)
