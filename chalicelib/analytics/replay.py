"""Copy events from the fallback log to the event store. Idempotent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chalicelib.analytics.event import Event
from chalicelib.analytics.event_json import UNSTORED, from_wire
from chalicelib.analytics.ports import EventStore
from chalicelib.errors import Malformed

_MAX_LINE = 256 * 1024
"""The maximum size of a CloudWatch Logs event in bytes (its quotas page); an export writes one event per line."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result of a replay."""

    stored: int
    """Events that are now in the event store, including those already there."""
    other: int
    """Lines without an event."""
    malformed: tuple[int, ...]
    """Line numbers, from 1, of events that cannot be parsed."""


def replay(
    lines: Iterable[str], event_store: EventStore, is_erased: Callable[[str], bool] = lambda _credential_id: False
) -> Replayed:
    """Store every event in ``lines`` (see `event_in`); those of an erased credential without it and its visitor.

    Raises `Unavailable` when the event store does not accept an event: run the replay again later, from the start.
    """
    stored = other = 0
    malformed: list[int] = []
    for number, line in enumerate(lines, start=1):
        try:
            event = event_in(line)
        except Malformed:
            malformed.append(number)
            continue
        if event is None:
            other += 1
        else:
            if event.credential_id is not None and is_erased(event.credential_id):
                event = event.anonymized()
            event_store.write(event)
            stored += 1
    return Replayed(stored, other, tuple(malformed))


def event_in(line: str) -> Event | None:
    """Parse the event in a log line; None when the line has none.

    A line is the logged JSON object, alone, after a timestamp (as CloudWatch's export to S3 and ``aws logs tail``
    write it), or as the ``message`` of another object (as a subscription delivers it).
    Raises `Malformed` when the line holds an event that cannot be parsed.
    """
    if UNSTORED not in line:
        return None
    if len(line) > _MAX_LINE:
        raise Malformed("This line is longer than any logged event.", code="not_an_event")
    logged = _object_in(line)
    message = logged.get("message")
    if UNSTORED not in logged and isinstance(message, str):
        logged = _object_in(message)
    if UNSTORED not in logged:
        return None
    return from_wire(logged[UNSTORED])


def _object_in(text: str) -> dict[str, object]:
    """The JSON object at the end of ``text``; empty when there is none."""
    start = text.find("{")
    try:
        value = json.loads(text[start:] if start >= 0 else "{}")
    except (ValueError, RecursionError) as error:
        raise Malformed("This line contains an event but is not JSON.", code="not_an_event") from error
    if not isinstance(value, dict):
        raise Malformed("This line contains an event but is not a JSON object.", code="not_an_event")
    return value
