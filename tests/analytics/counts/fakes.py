"""In-memory ports of the counting engine. `Interrupted` ends a run before or after any of its calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chalicelib.analytics.counts.counts import NOTHING, Counts
from chalicelib.analytics.counts.counts_json import from_bytes, to_bytes
from chalicelib.analytics.counts.folding import FoldContext
from chalicelib.analytics.counts.periods import Level, Period, bucket_of, is_late
from chalicelib.analytics.counts.ports import Late, Progress, Superseded
from chalicelib.analytics.counts.sections import Part, Section, section_of
from chalicelib.analytics.counts.view_counts import ViewCounts
from chalicelib.analytics.event import Event


class Interrupted(BaseException):
    """The end of the process."""


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: datetime = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class CountStore:
    """`analytics.counts.ports.CountStore`, `BucketReader` and `EventStore`."""

    clock: Clock = field(default_factory=Clock)
    stored: dict[tuple[str, Period], tuple[int, bytes]] = field(default_factory=dict)
    own_parts: dict[tuple[str, Period, Part], tuple[int, Counts]] = field(default_factory=dict)
    """What is stored in a section of its own, beside ``stored``, which has the others."""
    shown: dict[tuple[str, str], tuple[int, ViewCounts]] = field(default_factory=dict)
    notes: set[Late] = field(default_factory=set)
    saved: Progress | None = None
    by_bucket: dict[datetime, dict[str, Event]] = field(default_factory=dict)
    hook: Callable[[], None] = lambda: None
    """Called before and after every call."""

    def write(self, event: Event) -> None:
        self.by_bucket.setdefault(bucket_of(event.at).start, {}).setdefault(event.id, event)
        if is_late(event.at, self.clock()):
            self.notes.add(Late(bucket_of(event.at).start, event.id))

    def events(self, bucket: Period) -> Iterator[Event]:
        self.hook()
        found = list(self.by_bucket.get(bucket.start, {}).values())
        self.hook()
        return iter(found)

    def progress(self, *, latest: bool = True) -> Progress | None:
        self.hook()
        return self.saved

    def save_progress(self, progress: Progress, since: int, done: Sequence[Late] = ()) -> None:
        self.hook()
        if (self.saved.number if self.saved else 0) != since:
            raise Superseded
        self.saved = progress
        self.notes -= set(done)
        self.hook()

    def late(self, limit: int) -> list[Late]:
        self.hook()
        return sorted(self.notes, key=lambda note: (note.failed_issuer is not None, note))[:limit]

    def note_failure(self, note: Late) -> None:
        self.hook()
        self.notes.add(note)
        self.hook()

    def stored_parts(self, whole: Period) -> list[tuple[str, Period]]:
        self.hook()
        short = (Level.BUCKET, Level.HOUR)
        return sorted(key for key in self.stored if key[1].level in short and key[1].parent == whole)

    def save(self, issuer_id: str, period: Period, counts: Counts, number: int, *, shrunk: bool = False) -> None:
        self.hook()
        before, _ = self.stored.get((issuer_id, period), (0, b""))
        if before > number:
            raise Superseded
        self.stored[issuer_id, period] = number, to_bytes(counts)
        self.hook()

    def save_part(self, issuer_id: str, period: Period, part: Part, counts: Counts, number: int) -> None:
        self.hook()
        before, _ = self.own_parts.get((issuer_id, period, part), (0, NOTHING))
        if before > number:
            raise Superseded
        self.own_parts[issuer_id, period, part] = number, counts
        self.hook()

    def view_counts(self, issuer_id: str) -> list[ViewCounts]:
        self.hook()
        return [one for (owner, _), (_, one) in sorted(self.shown.items()) if owner == issuer_id]

    def save_view_counts(self, issuer_id: str, view_counts: ViewCounts, number: int) -> None:
        self.hook()
        key = issuer_id, view_counts.credential_id
        if key in self.shown and self.shown[key][0] > number:
            raise Superseded
        if key in self.shown:
            self.shown[key] = number, view_counts
        self.hook()

    def parts(self, whole: Period, issuer_ids: Collection[str] | None = None) -> Iterator[tuple[str, Period, Counts]]:
        self.hook()
        found = sorted(
            (issuer_id, period, data)
            for (issuer_id, period), (_, data) in self.stored.items()
            if period.level in (Level.BUCKET, Level.HOUR)
            and period.parent == whole
            and (issuer_ids is None or issuer_id in issuer_ids)
        )
        return ((issuer_id, period, from_bytes(data)) for issuer_id, period, data in found)

    def section(self, issuer_id: str, period: Period, section: Part) -> Counts:
        if section is Section.FIRSTS:
            return self.own_parts.get((issuer_id, period, section), (0, NOTHING))[1]
        _, data = self.stored.get((issuer_id, period), (0, None))
        return NOTHING if data is None else section_of(from_bytes(data), section)

    def sections(self, issuer_id: str, first: Period, last: Period, section: Part) -> Iterator[tuple[Period, Counts]]:
        periods = sorted(period for owner, period in self.stored if owner == issuer_id)
        for period in periods:
            if period.level is first.level and first.start <= period.start <= last.start:
                yield period, self.section(issuer_id, period, section)

    def counted(self) -> dict[tuple[str, Period], Counts]:
        """Everything that is stored and not empty."""
        found = {key: from_bytes(data) for key, (_, data) in self.stored.items()}
        return {key: counts for key, counts in found.items() if not counts.empty}


def context_of(store: CountStore) -> FoldContext:
    numbers = iter(range(1_000_000))
    return FoldContext(store, store, store.clock, lambda size: next(numbers).to_bytes(size), timedelta(days=400))


def write_all(store: CountStore, events: Iterable[Event]) -> None:
    for event in events:
        store.write(event)
