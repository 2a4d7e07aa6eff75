"""In-memory ports of the archive of events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from chalicelib.analytics.archive import LateDay
from chalicelib.analytics.counts.periods import Period, bucket_of
from chalicelib.analytics.event import Event


@dataclass
class EventArchive:
    """`analytics.archive.EventArchive`."""

    stored: dict[date, tuple[str, ...]] = field(default_factory=dict)

    def days(self) -> list[date]:
        return sorted(self.stored)

    def lines(self, day: date) -> Iterator[str]:
        return iter(self.stored.get(day, ()))

    def save(self, day: date, lines: Iterable[str]) -> None:
        self.stored[day] = tuple(lines)

    def rewrite(self, day: date, change: Callable[[str], str]) -> bool:
        before = self.stored.get(day, ())
        after = tuple(map(change, before))
        if after != before:
            self.stored[day] = after
        return after != before

    def delete(self, day: date) -> None:
        self.stored.pop(day, None)


@dataclass
class StoredEvents:
    """`analytics.counts.ports.BucketReader` and `analytics.archive.LateDays`."""

    stored: dict[str, Event] = field(default_factory=dict)
    notes: dict[date, str] = field(default_factory=dict)

    def add(self, *events: Event) -> None:
        self.stored |= {event.id: event for event in events}

    def add_late(self, event: Event) -> None:
        self.add(event)
        self.notes[event.at.date()] = event.id

    def events(self, bucket: Period) -> Iterator[Event]:
        return iter([event for event in reversed(self.stored.values()) if bucket_of(event.at) == bucket])

    def late_days(self) -> list[LateDay]:
        return [LateDay(day, event_id) for day, event_id in self.notes.items()]

    def forget_late_day(self, note: LateDay) -> None:
        if self.notes.get(note.day) == note.event_id:
            del self.notes[note.day]
