"""Record events without failing the request: store each event, or keep it for a later replay."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.analytics.event import Event
from chalicelib.analytics.ports import EventStore, Fallback

THREADS = 10
"""Events that are stored at the same time: the connections that botocore keeps open."""


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

    def record_all(self, events: Sequence[Event]) -> None:
        """`record` each of ``events``, a few, at the same time. Never raises."""
        if len(events) == 1:
            self.record(events[0])
        elif events:
            from concurrent.futures import ThreadPoolExecutor  # only pages of the directory have several

            with ThreadPoolExecutor(min(len(events), THREADS)) as pool:
                list(pool.map(self.record, events))
