"""The store of counts, on the fake and on the real engine."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.analytics.counts.all_time import MONTHS
from chalicelib.analytics.counts.counts import (
    EVERYONE,
    NOTHING,
    Counts,
    Dimension,
    Seen,
    Step,
    Touch,
    close_day,
    fold,
    merge,
)
from chalicelib.analytics.counts.folding import FoldContext, run
from chalicelib.analytics.counts.periods import ALL_TIME, Level, Period, bucket_of, day_of, month_of
from chalicelib.analytics.counts.ports import MAX_DONE, CountStore, Late, Progress, Superseded
from chalicelib.analytics.counts.reading import CountReader
from chalicelib.analytics.counts.sections import Section, by_achievement, section_of, sections_at
from chalicelib.analytics.counts.view_counts import ByPeople, ViewCounts
from chalicelib.analytics.ports import EventStore
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.view_counts import ViewCountsItem
from chalicelib.dynamo.stores.analytics.counts import MAX_PAYLOAD, DynamoCountStore
from chalicelib.dynamo.stores.analytics.events import DynamoEventStore
from chalicelib.dynamo.tables import Put, Tables
from tests.analytics.counts import fakes
from tests.analytics.counts.fakes import Clock
from tests.analytics.counts.makers import NOON, event
from tests.contract.samples import RETENTION

HOUR = bucket_of(NOON).parent
DAY = HOUR.parent


class Engine:
    """A count store, the events that it counts, and their clock."""

    def __init__(self, store: CountStore, events: EventStore, clock: Clock) -> None:
        self.store, self.events, self.clock = store, events, clock

    def run(self) -> None:
        numbers = random.Random(7)
        context = FoldContext(self.events, self.store, self.clock, numbers.randbytes, RETENTION)  # type: ignore[arg-type]
        run(context, self.clock() + timedelta(days=99))


@pytest.fixture
def fake_engine() -> Engine:
    store = fakes.CountStore()
    return Engine(store, store, store.clock)


@pytest.fixture
def real_engine(tables: Tables) -> Engine:
    clock = Clock()
    return Engine(DynamoCountStore(tables, RETENTION), DynamoEventStore(tables, clock, RETENTION), clock)


@pytest.fixture(params=["fake_engine", "real_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.getfixturevalue(request.param)


@pytest.fixture
def store(engine: Engine) -> CountStore:
    return engine.store


def some(visitor: str = "v") -> Counts:
    return fold([event(visitor=visitor, country="DE"), event(visitor="w")])["north"]


def test_parts_are_read_issuer_by_issuer(store: CountStore) -> None:
    buckets = HOUR.parts()
    assert len(buckets) == 20
    for issuer_id in ("south", "north", "nor"):
        for bucket in (buckets[3], buckets[1]):
            store.save(issuer_id, bucket, some(issuer_id), 1)
    store.save("north", DAY.parts()[13], some(), 1)
    expected = [
        (issuer_id, bucket, some(issuer_id)) for issuer_id in ("nor", "north", "south") for bucket in buckets[1:4:2]
    ]
    assert list(store.parts(HOUR)) == expected
    assert list(store.parts(HOUR, {"north"})) == expected[2:4]
    assert list(store.parts(HOUR, set())) == []
    assert list(store.parts(DAY)) == [("north", DAY.parts()[13], some())]


def test_counts_are_overwritten_but_not_by_an_earlier_run(store: CountStore) -> None:
    bucket = HOUR.parts()[0]
    for number in (2, 2, 3):
        store.save("north", bucket, some(str(number)), number)
        assert list(store.parts(HOUR)) == [("north", bucket, some(str(number)))]
    with pytest.raises(Superseded):
        store.save("north", bucket, NOTHING, 2)
    assert list(store.parts(HOUR)) == [("north", bucket, some("3"))]


def test_longer_periods_are_stored_in_sections(store: CountStore) -> None:
    counts = close_day(some())
    store.save("north", DAY, counts, 1)
    assert store.section("north", DAY, Section.TOTALS).visitors == {EVERYONE: 2}
    assert store.section("north", DAY, Section.VISITORS).visitors[Dimension("country", "DE")] == 1
    for section in sections_at(Level.DAY):
        assert store.section("north", DAY, section) == section_of(counts, section)
        assert store.section("south", DAY, section) == NOTHING
        assert store.section("north", day_of(NOON.date() + timedelta(days=1)), section) == NOTHING


def test_counts_by_achievement_are_apart_and_replaced_when_they_have_shrunk(store: CountStore) -> None:
    welding, care = (close_day(fold([event(achievement_id=each)])["north"]) for each in ("welding", "care"))
    store.save("north", DAY, merge([welding, care]), 1)
    parts = by_achievement("welding"), by_achievement("care")
    assert parts[0] != parts[1]
    assert [store.section("north", DAY, part).cells for part in parts] == [welding.cells, care.cells]
    store.save("north", DAY, care, 2, shrunk=True)
    assert [store.section("north", DAY, part).cells for part in parts] == [{}, care.cells]
    assert store.section("north", month_of(NOON.date()), parts[0]) == NOTHING


def test_how_far_credentials_got_is_stored_by_achievement(store: CountStore) -> None:
    step = Step("2026-11", "welding", "shared", 3)
    issued = step._replace(stage="issued", hours=0)
    store.save("north", ALL_TIME, Counts(journeys={step: 2, issued: 5}), 1)
    assert store.section("north", ALL_TIME, by_achievement("welding")).journeys == {step: 2, issued: 5}
    assert store.section("north", ALL_TIME, Section.SIZES).journeys == {issued: 5}
    assert CountReader(store).journeys("north", "welding") == {step: 2, issued: 5}
    assert CountReader(store).journeys("north", "care") == {issued: 5}


def test_range_of_days_or_months_is_read_in_order_and_without_other_periods(store: CountStore) -> None:
    days = [day_of(NOON.date() + timedelta(days=n)) for n in (12, 0, 1, 9, 10)]
    for period in [*days, month_of(NOON.date()), ALL_TIME]:
        store.save("north", period, close_day(some()), 1)
    found = list(store.sections("north", days[1], days[3], Section.TOTALS))
    assert [period for period, _ in found] == [days[1], days[2], days[3]]
    assert [period for period, _ in store.sections("north", *MONTHS, Section.CELLS)] == [month_of(NOON.date())]
    assert list(store.sections("south", days[1], days[3], Section.CELLS)) == []


def test_large_counts_are_read_as_they_were_saved(store: CountStore) -> None:
    rolls = random.Random(7)
    for size in (40_000, 30_000, 1):
        touches = {Touch("a", rolls.randbytes(13).hex(), "view"): Seen(n, n) for n in range(size)}
        store.save("north", DAY, Counts(touches=touches), 1)
        assert store.section("north", DAY, Section.CREDENTIALS).touches == touches


def test_chunks_are_in_partitions_of_their_own_and_those_of_replaced_counts_are_deleted(tables: Tables) -> None:
    store, rolls = DynamoCountStore(tables, RETENTION), random.Random(7)
    bucket = HOUR.parts()[0]

    def chunks() -> list[list[Any]]:
        ranges = [keys.payload_chunks(keys.part_counts("north", bucket), number) for number in range(9)]
        return [list(tables.query(tables.events, each)) for each in ranges]

    numbers = set()
    for size in (60_000, 90_000, 40_000):
        touches = {Touch("a", rolls.randbytes(13).hex(), "view"): Seen(n, n) for n in range(size)}
        store.save("north", bucket, Counts(touches=touches), 1)
        stored = [found for found in chunks() if found]
        assert [len(found) for found in stored] == [1] * len(stored)
        assert all(len(one["payload"]["B"]) <= MAX_PAYLOAD for (one,) in stored)
        numbers.add(len(stored))
    assert len(numbers) == 3
    assert min(numbers) > 1


def test_section_is_saved_by_itself_but_not_by_an_earlier_run(store: CountStore) -> None:
    month = month_of(NOON.date())
    store.save_part("north", month, Section.FIRSTS, Counts(touches=some().touches), 2)
    assert store.section("north", month, Section.FIRSTS).touches == some().touches
    assert store.section("north", month, Section.TOTALS).empty
    assert list(store.sections("north", *MONTHS, Section.TOTALS)) == []
    with pytest.raises(Superseded):
        store.save_part("north", month, Section.FIRSTS, NOTHING, 1)


def test_progress_is_saved_only_by_the_last_run(store: CountStore) -> None:
    assert store.progress() is None
    first = Progress(1, NOON, NOON, "one")
    store.save_progress(first, 0)
    assert store.progress() == first
    with pytest.raises(Superseded):
        store.save_progress(replace(first, owner="two"), 0)
    second = Progress(2, NOON + timedelta(minutes=3), NOON, "two")
    store.save_progress(second, 1)
    with pytest.raises(Superseded):
        store.save_progress(first, 1)
    store.save_progress(replace(second, busy_until=NOON + timedelta(seconds=1)), 2)
    assert store.progress() == replace(second, busy_until=NOON + timedelta(seconds=1))


def test_late_event_is_noted_and_its_note_is_removed_with_the_progress(engine: Engine) -> None:
    engine.clock.now = NOON + timedelta(hours=2)
    events = [event(at=NOON + timedelta(minutes=n)) for n in range(5)]
    for one in [*reversed(events), events[0]]:
        engine.events.write(one)
    engine.events.write(event(at=engine.clock()))
    notes = [Late(bucket_of(one.at).start, one.id) for one in events]
    assert engine.store.late(MAX_DONE) == notes
    assert engine.store.late(2) == notes[:2]
    engine.store.save_progress(Progress(1, NOON, NOON, "one"), 0, notes[:3])
    assert engine.store.late(MAX_DONE) == notes[3:]
    with pytest.raises(Superseded):
        engine.store.save_progress(Progress(1, NOON, NOON, "two"), 0, notes[3:])
    assert engine.store.late(MAX_DONE) == notes[3:]


def test_events_are_counted_in_every_period(engine: Engine) -> None:
    start = NOON + timedelta(hours=10)  # late, because every three minutes until the end are read
    engine.clock.now = start
    engine.run()
    some_events = [
        event(at=start + timedelta(hours=n), visitor=None if n % 2 else "v", referrer=None, credential_id="c" * 26)
        for n in (0, 1, 3, 8, 13, 20, 25)
    ]
    for one in some_events:
        engine.clock.now = max(engine.clock.now, one.at)
        engine.events.write(one)
    engine.clock.now = start + timedelta(hours=27)
    engine.events.write(event(at=start))
    engine.run()
    counted = engine.store.section("north", ALL_TIME, Section.ACHIEVEMENTS)
    assert sum(counted.cells.values()) == len(some_events) + 1
    days = engine.store.sections("north", DAY, Period(Level.DAY, DAY.start + timedelta(days=9)), Section.TOTALS)
    assert [sum(counts.cells.values()) for _, counts in days] == [3, 5]
    assert engine.store.late(MAX_DONE) == []


def test_issuers_whose_counting_failed_are_noted_after_all_events(store: CountStore) -> None:
    notes = [
        Late.of_issuer(DAY.start, "north"),
        Late.of_issuer(HOUR.start, "north"),
        Late.of_issuer(HOUR.start, "south"),
    ]
    for note in [*reversed(notes), notes[0]]:
        store.note_failure(note)
    assert store.late(MAX_DONE) == notes
    assert [note.failed_issuer for note in store.late(1)] == ["north"]
    store.save_progress(Progress(1, NOON, NOON), 0, notes[:2])
    assert store.late(MAX_DONE) == notes[2:]


def test_parts_are_listed_without_their_counts(store: CountStore) -> None:
    buckets = HOUR.parts()
    for issuer_id, bucket in (("south", buckets[3]), ("north", buckets[1]), ("north", buckets[0])):
        store.save(issuer_id, bucket, some(), 1)
    assert sorted(store.stored_parts(HOUR)) == [("north", buckets[0]), ("north", buckets[1]), ("south", buckets[3])]


def test_inconsistent_store_reads_the_same_counts(tables: Tables) -> None:
    DynamoCountStore(tables, RETENTION).save("north", DAY, close_day(some()), 1)
    store = DynamoCountStore(tables, RETENTION, consistent=False)
    assert store.section("north", DAY, Section.TOTALS).visitors == {EVERYONE: 2}
    assert [period for period, _ in store.sections("north", DAY, DAY, Section.CELLS)] == [DAY]


def test_view_counts_are_overwritten_by_later_runs_only_and_never_created(tables: Tables) -> None:
    store, one = DynamoCountStore(tables, RETENTION), "c" * 26
    counted = ViewCounts(one, complete=True, months={"2026-10": ByPeople(3, 1), "2026-11": ByPeople(12)})
    store.save_view_counts("north", counted, 5)
    assert store.view_counts("north") == []
    tables.put(tables.credentials, Put(ViewCountsItem.of("north", ViewCounts(one), 0).raw()))
    store.save_view_counts("north", counted, 5)
    assert (store.view_counts("north"), store.view_counts("south")) == ([counted], [])
    with pytest.raises(Superseded):
        store.save_view_counts("north", ViewCounts(one), 4)
    assert store.view_counts("north") == [counted]
