"""Archive the events of each day as gzipped JSON lines, outside the database, for queries by other programs.

A day is written as a whole from the stored events, so a repeated, overlapping or interrupted run changes nothing. A day
that got events afterwards is written again. The archive holds no event that the database does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from chalicelib.analytics.counts.folding import SAFELY_KEPT
from chalicelib.analytics.counts.periods import day_of
from chalicelib.analytics.counts.ports import BucketReader
from chalicelib.analytics.event import Event
from chalicelib.analytics.event_json import MEMBERS, from_wire, to_wire
from chalicelib.errors import Malformed, Unavailable

CATCH_UP_DAYS = 7
"""How many days back a run writes what earlier runs missed. Events are kept for at least as long."""


class LateDay(NamedTuple):
    """A note that a day got an event after it was over."""

    day: date
    event_id: str
    """The latest such event. A note that changes while its day is being written is not deleted."""


class LateDays(Protocol):
    """The notes that writers of events leave. All methods raise `Unavailable`."""

    def late_days(self) -> list[LateDay]:
        """The notes, strongly consistent."""

    def forget_late_day(self, note: LateDay) -> None:
        """Delete ``note``, unless it has changed."""


class EventArchive(Protocol):
    """Stores the lines of each day. All methods raise `Unavailable`."""

    def days(self) -> list[date]:
        """The days that are stored, in order."""

    def lines(self, day: date) -> Iterator[str]:
        """The lines of ``day``; none if it is not stored."""

    def save(self, day: date, lines: Iterable[str]) -> None:
        """Store the lines of ``day``, replacing any stored ones."""

    def rewrite(self, day: date, change: Callable[[str], str]) -> bool:
        """Pass each stored line through ``change`` and return whether any differs. Stores nothing if the day was saved
        meanwhile."""

    def delete(self, day: date) -> None:
        """Delete ``day`` if it is stored."""


@dataclass(frozen=True, slots=True)
class ArchiveContext:
    """Dependencies of archiving."""

    reader: BucketReader
    late_days: LateDays
    archive: EventArchive
    erased: Callable[[Collection[str]], Collection[str]]
    """Returns which of some credential ids were erased. They are recorded an hour before the event search starts, so a
    run during that search leaves no traces of them."""
    clock: Callable[[], datetime]
    retention: timedelta
    """How long events are kept."""


@dataclass(slots=True)
class ArchiveRun:
    """What a run did."""

    written: int = 0
    """Days."""
    deleted: int = 0
    """Days whose events have expired."""
    left: int = 0
    """Days left for the next run, because time ran out."""


def run(context: ArchiveContext, until: datetime) -> ArchiveRun:
    """Write the days that are missing or have changed, and delete those that have expired. Safe to repeat.

    Starts no day after ``until``. Raises `Unavailable`; the next run continues.
    """
    result, today = ArchiveRun(), context.clock().date()
    stored = context.archive.days()
    for day in stored:
        if day < today - context.retention:
            context.archive.delete(day)
            result.deleted += 1
    notes = {note.day: note for note in context.late_days.late_days()}
    missing = {today - timedelta(days=back) for back in range(1, CATCH_UP_DAYS + 1)} - set(stored)
    for day in sorted({*missing, *notes}):
        if context.clock() >= until:
            result.left += 1
            continue
        # Events of a day expire one by one, so later it would lose some that are archived.
        if day_of(day).start >= context.clock() - context.retention + SAFELY_KEPT:
            context.archive.save(day, _lines(context, day))
            result.written += 1
        if day in notes:
            context.late_days.forget_late_day(notes[day])
    return result


def line_of(event: Event) -> str:
    """Serialize an event as a line, without empty members."""
    return json.dumps({name: value for name, value in to_wire(event).items() if value is not None}) + "\n"


def event_of(line: str) -> Event:
    """The event in a line. Raises `Unavailable`."""
    try:
        return from_wire({**dict.fromkeys(MEMBERS), **json.loads(line)})
    except (ValueError, TypeError, Malformed) as error:
        raise Unavailable("An archived event cannot be read.", code="archive_unreadable") from error


def without_people(line: str, erased: Collection[str]) -> str:
    """The line, anonymized if its credential was ``erased``."""
    event = event_of(line)
    return line_of(event.anonymized()) if event.credential_id in erased else line


def _lines(context: ArchiveContext, day: date) -> Iterator[str]:
    for hour in day_of(day).parts():
        for bucket in hour.parts():
            events = sorted(context.reader.events(bucket), key=lambda event: event.id)
            erased = context.erased({event.credential_id for event in events if event.credential_id is not None})
            for event in events:
                yield line_of(event.anonymized() if event.credential_id in erased else event)
