"""The archive holds the stored events of each day, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.analytics import archive
from chalicelib.analytics.archive import ArchiveContext, ArchiveRun
from chalicelib.analytics.event import Event, Kind
from chalicelib.errors import Unavailable
from tests.analytics.fakes import EventArchive, StoredEvents

NOW = datetime(2026, 11, 30, 0, 50, tzinfo=UTC)
YESTERDAY = date(2026, 11, 29)
CREDENTIAL, OTHER = "c" * 26, "d" * 26


@dataclass
class World:
    """Stored and archived events, and a clock."""

    events: StoredEvents = field(default_factory=StoredEvents)
    archive: EventArchive = field(default_factory=EventArchive)
    erased: set[str] = field(default_factory=set)
    now: datetime = NOW

    def run(self, until: datetime | None = None) -> ArchiveRun:
        def erased(ids: Collection[str]) -> Collection[str]:
            return self.erased & set(ids)

        context = ArchiveContext(self.events, self.events, self.archive, erased, lambda: self.now, timedelta(days=400))
        return archive.run(context, until or self.now + timedelta(minutes=5))

    def archived(self, day: date = YESTERDAY) -> list[Event]:
        return [archive.event_of(line) for line in self.archive.lines(day)]


def event(number: int, at: datetime, credential_id: str | None = CREDENTIAL) -> Event:
    return Event(
        f"01KAHZ{number:020}", Kind.VIEW, at, credential_id, "north", "welding", "valid", "ab" * 16, "jobs.example"
    )


@pytest.fixture
def world() -> World:
    return World()


def test_a_day_is_archived_once_it_is_over_with_all_of_its_events(world: World) -> None:
    first, last = datetime(2026, 11, 29, tzinfo=UTC), datetime(2026, 11, 29, 23, 59, 59, 999999, tzinfo=UTC)
    stored = [event(1, first), event(2, first + timedelta(hours=9)), event(3, last)]
    world.events.add(*reversed(stored), event(4, last + timedelta(microseconds=1)))
    world.run()
    assert world.archived() == stored
    assert date(2026, 11, 30) not in world.archive.stored


def test_a_repeated_run_writes_nothing_and_an_overwritten_day_is_the_same(world: World) -> None:
    world.events.add(*(event(number, NOW - timedelta(hours=number + 1)) for number in range(9)))
    assert world.run().written == archive.CATCH_UP_DAYS
    before = dict(world.archive.stored)
    assert world.run() == ArchiveRun()
    del world.archive.stored[YESTERDAY]
    world.run()
    assert world.archive.stored == before


def test_nights_that_were_missed_are_written_later(world: World) -> None:
    world.run()
    for day in range(5):
        world.events.add(event(day, NOW + timedelta(days=day)))
    world.now += timedelta(days=5)
    assert world.run().written == 5
    assert [len(world.archived(date(2026, 11, 30) + timedelta(days=day))) for day in range(5)] == [1] * 5


def test_a_late_event_reaches_the_archive_and_the_note_is_forgotten(world: World) -> None:
    world.run()
    late = event(1, NOW - timedelta(days=90))
    world.events.add_late(late)
    assert world.run().written == 1
    assert world.archived(late.at.date()) == [late]
    assert world.events.notes == {}


def test_an_event_that_comes_while_its_day_is_written_is_archived_by_the_next_run(world: World) -> None:
    first, second = event(1, NOW - timedelta(days=3)), event(2, NOW - timedelta(days=3))
    world.events.add_late(first)
    save = world.archive.save

    def save_and_add(day: date, lines: object) -> None:
        save(day, lines)  # type: ignore[arg-type]
        if day == first.at.date():
            world.archive.__dict__.pop("save")
            world.events.add_late(second)

    world.archive.__dict__["save"] = save_and_add
    world.run()
    assert world.archived(first.at.date()) == [first]
    world.run()
    assert world.archived(first.at.date()) == [first, second]


def test_a_day_is_deleted_with_its_events_and_never_shrinks_before(world: World) -> None:
    old = NOW.date() - timedelta(days=400)
    for days in (0, 1):
        world.archive.save(old - timedelta(days=days), [archive.line_of(event(days, NOW))])
    world.events.notes[old] = "01KAHZ"  # an event of a day of which others have expired
    assert world.run().deleted == 1
    assert world.archive.days()[0] == old
    assert len(world.archived(old)) == 1
    assert world.events.notes == {}


def test_run_begins_no_day_after_its_time(world: World) -> None:
    assert world.run(until=world.now) == ArchiveRun(left=archive.CATCH_UP_DAYS)
    assert world.archive.stored == {}


def test_events_of_an_erased_credential_are_archived_anonymized(world: World) -> None:
    """Also while their items are still being searched: a run that wrote them then would bring them back."""
    world.events.add(event(1, NOW - timedelta(hours=2)), event(2, NOW - timedelta(hours=2), OTHER))
    world.erased.add(CREDENTIAL)
    world.run()
    assert [(one.credential_id, one.visitor) for one in world.archived()] == [(None, None), (OTHER, "ab" * 16)]


def test_line_is_rewritten_only_for_an_erased_credential() -> None:
    line = archive.line_of(event(1, NOW))
    assert archive.without_people(line, {OTHER}) == line
    changed = archive.without_people(line, {CREDENTIAL})
    assert json.loads(line).keys() - json.loads(changed).keys() == {"credential_id", "visitor"}
    assert archive.without_people(changed, {CREDENTIAL}) == changed


def test_line_has_the_members_of_the_event_and_no_others() -> None:
    assert json.loads(archive.line_of(event(1, NOW))) == {
        "id": "01KAHZ" + "1".zfill(20), "kind": "view", "at": "2026-11-30T00:50:00.000000Z",
        "credential_id": CREDENTIAL, "issuer_id": "north", "achievement_id": "welding", "verdict": "valid",
        "visitor": "ab" * 16,
        "referrer": "jobs.example",
    }  # fmt: skip


@pytest.mark.parametrize("line", ["", "{", "[]", '{"id": "x"}', "null"])
def test_a_line_that_is_not_an_event_stops_what_reads_it(line: str) -> None:
    with pytest.raises(Unavailable):
        archive.without_people(line, set())
