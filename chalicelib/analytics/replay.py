"""Puts the events that only the log has into the journal. Running it again changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.analytics.event import Event
from chalicelib.analytics.event_json import UNSTORED, from_wire
from chalicelib.analytics.ports import EventStore
from chalicelib.errors import Malformed

_LONGEST_LINE = 256 * 1024
"""CloudWatch Logs keeps at most this many bytes as one event (its quotas page); an export puts one on a line."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did."""

    stored: int
    """Events that the journal has now, those included that it had already."""
    other: int
    """Lines that are about something else."""
    malformed: tuple[int, ...]
    """The numbers, from 1, of the lines that hold an event which cannot be read."""


def replay(lines: Iterable[str], event_store: EventStore) -> Replayed:
    """Store every event in ``lines`` (see `event_in`).

    Raises `Unavailable` when the journal does not take one: run it again later, from the start.
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
            event_store.write(event)
            stored += 1
    return Replayed(stored, other, tuple(malformed))


def event_in(line: str) -> Event | None:
    """The event that a line of the log keeps, or None when the line is about something else.

    A line is the JSON object that was logged, bare, or behind a time stamp (as CloudWatch's export to S3 and ``aws
    logs tail`` write it), or as the ``message`` of another object (as a subscription delivers it).
    Raises `Malformed` when there should be an event in it and cannot be read.
    """
    if UNSTORED not in line:
        return None
    if len(line) > _LONGEST_LINE:
        raise Malformed("This line is longer than any logged event.", code="not_an_event")
    logged = _object_in(line)
    message = logged.get("message")
    if UNSTORED not in logged and isinstance(message, str):
        logged = _object_in(message)
    if UNSTORED not in logged:
        return None
    return from_wire(logged[UNSTORED])


def _object_in(text: str) -> dict[str, object]:
    """The JSON object that ``text`` ends with, empty when none begins in it."""
    start = text.find("{")
    try:
        value = json.loads(text[start:] if start >= 0 else "{}")
    except (ValueError, RecursionError) as error:
        raise Malformed("This line contains an event but is not JSON.", code="not_an_event") from error
    if not isinstance(value, dict):
        raise Malformed("This line contains an event but is not a JSON object.", code="not_an_event")
    return value
