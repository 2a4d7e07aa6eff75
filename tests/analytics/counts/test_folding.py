"""Folding with every crash, retry, overlap and late event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.counts import folding
from chalicelib.analytics.counts.counts import EVERYONE, Counts, close_day, fold, merge
from chalicelib.analytics.counts.failures import Failures
from chalicelib.analytics.counts.folding import LEASE, Folded, run
from chalicelib.analytics.counts.journeys import with_journeys
from chalicelib.analytics.counts.periods import ALL_TIME, BUCKET, Level, Period, bucket_of, day_of
from chalicelib.analytics.counts.ports import Progress, Superseded
from chalicelib.analytics.counts.sections import Section, section_of
from chalicelib.analytics.event import Event
from chalicelib.errors import Unavailable
from tests.analytics.counts.fakes import CountStore, Interrupted, context_of, write_all
from tests.analytics.counts.makers import NOON, event, events
from tests.examples import examples

LONG = timedelta(days=400)


def started(at: datetime = NOON) -> CountStore:
    """A store whose first run, at ``at``, found nothing."""
    store = CountStore()
    store.clock.now = at
    run_until_done(store)
    return store


def run_until_done(store: CountStore) -> Folded:
    store.clock.now += BUCKET  # until a bucket has closed, a run does nothing
    return run(context_of(store), store.clock() + LONG)


def expected(some: Iterable[Event], folded_to: datetime) -> dict[tuple[str, Period], Counts]:
    """All counts, folded at once from all events."""
    found: dict[tuple[str, Period], list[Counts]] = {}
    for each in some:
        period = bucket_of(each.at)
        if period.end > folded_to:
            continue
        for issuer_id, counts in fold([each]).items():
            whole = period
            while whole.level is not Level.DAY:
                found.setdefault((issuer_id, whole), []).append(counts)
                whole = whole.parent
                if whole.end > folded_to:
                    break
            else:
                for longer in (whole, whole.parent, ALL_TIME):
                    found.setdefault((issuer_id, longer), []).append(counts)
    return {key: stored_form(merge(parts), key[1].level) for key, parts in found.items()}


def stored_form(counts: Counts, level: Level) -> Counts:
    """What is stored of ``counts`` of a period of ``level``."""
    match level:
        case Level.DAY:
            return close_day(counts)
        case Level.MONTH:
            return Counts(counts.cells, counts.touches)
        case Level.ALL:
            return with_journeys(Counts(section_of(counts, Section.ACHIEVEMENTS).cells, counts.touches))
        case _:
            return counts


@given(events())
@examples(30)
def test_counts_of_every_period_equal_one_fold_over_all_events(some: list[Event]) -> None:
    store = started()
    write_all(store, some)
    store.clock.advance(days=5)
    run_until_done(store)
    assert store.saved is not None
    assert store.counted() == expected(some, store.saved.folded_to)


@given(events(timedelta(hours=30)), st.data())
@examples(30)
def test_events_that_come_in_any_order_and_late_are_counted_once(some: list[Event], data: st.DataObject) -> None:
    """Each event is stored when it happened or up to two days later, perhaps several times, between any runs."""
    store = started()
    waits = st.sampled_from([timedelta(), timedelta(minutes=4), timedelta(hours=2), timedelta(days=2)])
    when = sorted(
        ((each.at + data.draw(waits), each) for each in [*some, *some[:5]]), key=lambda pair: (pair[0], pair[1].id)
    )
    for at, each in when:
        if at > store.clock() + timedelta(hours=1):
            run_until_done(store)
        store.clock.now = max(at, store.clock())
        store.write(each)
    store.clock.advance(days=4)
    run_until_done(store)
    assert store.saved is not None
    assert store.counted() == expected(some, store.saved.folded_to)
    assert store.notes == set()


def sample() -> list[Event]:
    """Events around midnight, so that every level is folded."""
    midnight = NOON.replace(hour=0) + timedelta(days=1)
    minutes = (-70, -10, -9, -1, 1, 2, 30)
    some = [event(at=midnight + timedelta(minutes=each), visitor=str(each % 2)) for each in minutes]
    return [*some, event(at=midnight, issuer_id="south")]


def at_call(store: CountStore, nth: int, act: Callable[[], None]) -> Callable[[], bool]:
    """Call ``act`` at the ``nth`` call (from 1) of ``store``; the result tells whether it was called."""
    calls = 0

    def hook() -> None:
        nonlocal calls
        calls += 1
        if calls == nth:
            act()

    store.hook = hook
    return lambda: calls >= nth


def interrupt() -> None:
    raise Interrupted


@pytest.mark.slow
def test_crash_before_or_after_any_call_changes_nothing() -> None:
    """Exhaustive: the run ends at its n-th call, and the next one finishes; each point, until a run has fewer calls."""
    for nth in count(1):
        store = prepared()
        crashed = at_call(store, nth, interrupt)
        with suppress(Interrupted):
            run_until_done(store)
        store.hook = lambda: None
        store.clock.now += LEASE
        run_until_done(store)
        assert_exact(store)
        assert store.notes == set()
        if not crashed():
            break
    assert nth > 50


def prepared() -> CountStore:
    """A store with events to fold, one of them late."""
    store = started(NOON.replace(hour=22))
    some = sample()
    write_all(store, some[1:])
    store.clock.advance(hours=4)
    run_until_done(store)
    store.write(some[0])
    store.write(event(at=store.clock() - timedelta(minutes=1)))
    store.clock.advance(hours=1)
    return store


def all_events(store: CountStore) -> list[Event]:
    return [each for bucket in store.by_bucket.values() for each in bucket.values()]


def assert_exact(store: CountStore) -> None:
    assert store.saved is not None
    assert store.counted() == expected(all_events(store), store.saved.folded_to)


def take_over(store: CountStore) -> None:
    """Another run, and late events before and after it."""
    store.hook = lambda: None
    store.clock.now += LEASE
    store.write(event(at=sample()[1].at))
    run_until_done(store)
    store.write(event(at=sample()[2].at))


@pytest.mark.slow
def test_run_that_was_taken_over_overwrites_nothing() -> None:
    """Exhaustive: at its n-th call a run pauses; meanwhile events come late and another run takes over; it goes on."""
    for nth in count(1):
        store = prepared()
        paused = at_call(store, nth, partial(take_over, store))
        run_until_done(store)
        store.hook = lambda: None
        store.clock.now += LEASE
        run_until_done(store)
        assert_exact(store)
        if not paused():
            break
    assert nth > 50


def test_folding_again_changes_nothing() -> None:
    store = prepared()
    run_until_done(store)
    before = store.counted()
    mine = folding.start(context_of(store))
    assert mine is not None
    buckets: folding.Changed = {Period(Level.BUCKET, start): set() for start in store.by_bucket}
    for _ in range(2):
        folding.fold_buckets(context_of(store), mine, buckets, mine.folded_to, Failures(store))
        assert store.counted() == before


def test_event_is_counted_at_most_five_minutes_after_it_happened() -> None:
    store = started()
    one = event(at=bucket_of(store.clock()).start)
    store.write(one)
    while ("north", bucket_of(one.at)) not in store.counted():
        store.clock.advance(seconds=60)  # the schedule
        run(context_of(store), store.clock() + LONG)
    assert store.clock() - one.at <= timedelta(minutes=5)


def test_only_one_run_works_at_a_time_until_its_lease_is_over() -> None:
    store = started()
    assert folding.start(context_of(store)) is not None
    assert folding.start(context_of(store)) is None
    store.clock.now += LEASE
    assert folding.start(context_of(store)) is not None


def test_run_stops_in_time_and_the_next_one_continues() -> None:
    store = started()
    store.write(event(at=store.clock()))
    store.clock.advance(days=3)
    assert run(context_of(store), store.clock()).buckets == 0
    assert run_until_done(store).buckets == timedelta(days=3) // BUCKET + 1
    assert_exact(store)


def test_run_makes_one_read_until_a_bucket_has_closed_and_then_writes_its_progress_twice() -> None:
    store = started()
    calls: list[Progress | None] = []
    store.hook = lambda: calls.append(store.saved)
    before = store.saved
    for _ in range(3):
        run(context_of(store), store.clock() + LONG)
    assert calls == [before] * 3
    calls.clear()
    run_until_done(store)
    assert len(set(calls)) == 3  # as before, with the number of the run, and at its end


def test_event_of_a_bucket_that_is_partly_expired_is_not_counted() -> None:
    store = started()
    store.write(event(at=store.clock() - timedelta(days=399, hours=1)))
    done = run_until_done(store)
    assert (done.late, done.too_old) == (1, 1)
    assert store.counted() == {}
    assert store.notes == set()


def test_superseded_run_ends_quietly() -> None:
    store = prepared()

    def refuse(*_: object) -> None:
        raise Superseded

    store.save = refuse  # type: ignore[method-assign]
    run_until_done(store)


def test_unique_visitors_of_a_day_are_folded_from_keys() -> None:
    store = started(NOON)
    write_all(store, [event(at=NOON + timedelta(hours=n), visitor=str(n % 2)) for n in range(1, 9)])
    store.clock.advance(days=2)
    run_until_done(store)
    assert store.counted()["north", day_of(NOON.date())].visitors[EVERYONE] == 2


@pytest.mark.parametrize("level", [Level.BUCKET, Level.HOUR, Level.DAY, Level.MONTH])
def test_period_ends_where_its_parent_may(level: Level) -> None:
    period = bucket_of(NOON.replace(hour=23, minute=59, day=30))
    while period.level is not level:
        period = period.parent
    assert level is Level.MONTH or period.end == period.parent.end


def failing(store: CountStore, issuer_id: str, level: Level) -> list[str]:
    """Let saving the counts of an issuer in periods of ``level`` fail; the periods in which it did."""
    failed: list[str] = []
    save = store.save

    def try_to_save(of: str, period: Period, counts: Counts, number: int, *, shrunk: bool = False) -> None:
        if of == issuer_id and period.level is level:
            failed.append(period.name)
            raise ValueError("too strange to be counted")
        save(of, period, counts, number, shrunk=shrunk)

    store.save = try_to_save  # type: ignore[method-assign]
    return failed


@pytest.mark.parametrize("level", list(Level))
def test_issuer_that_cannot_be_counted_stops_no_other_and_is_retried(level: Level) -> None:
    store = started(NOON.replace(hour=22))
    write_all(store, sample())
    write_all(store, [event(at=each.at, issuer_id="south") for each in sample()])
    store.clock.advance(hours=30)
    failed = failing(store, "north", level)
    result = run_until_done(store)
    assert failed
    assert {failure.issuer_id for failure in result.failed} == {"north"}
    assert store.saved is not None
    right = expected(all_events(store), store.saved.folded_to)
    assert {key: counts for key, counts in store.counted().items() if key[0] == "south"} == {
        key: counts for key, counts in right.items() if key[0] == "south"
    }
    failed.clear()
    run_until_done(store)
    assert failed, "it is retried, once in a run"
    assert len(failed) == len(set(failed))
    del store.save  # type: ignore[attr-defined]
    assert run_until_done(store).failed == ()
    assert store.notes == set()
    assert_exact(store)


def test_counts_that_cannot_be_read_stop_no_other_issuer() -> None:
    store = started(NOON.replace(hour=22))
    write_all(store, [event(at=each.at, issuer_id=of) for each in sample() for of in ("north", "south", "east")])
    parts = store.parts

    def unreadable(whole: Period, issuer_ids: object = None) -> object:
        for part in parts(whole, issuer_ids):  # type: ignore[arg-type]
            if part[0] == "north":
                raise Unavailable("unreadable", code="storage_unreadable")
            yield part

    store.parts = unreadable  # type: ignore[method-assign,assignment]
    store.clock.advance(hours=30)
    result = run_until_done(store)
    assert {failure.issuer_id for failure in result.failed} == {"north"}
    assert store.saved is not None
    right = expected(all_events(store), store.saved.folded_to)
    others = {key: counts for key, counts in store.counted().items() if key[0] != "north"}
    assert others == {key: counts for key, counts in right.items() if key[0] != "north"}


def test_failure_that_cannot_be_noted_ends_the_run_before_its_progress() -> None:
    store = prepared()
    failing(store, "north", Level.BUCKET)
    before = store.saved

    def note_failure(_: object) -> None:
        raise Unavailable("down", code="storage_down")

    store.note_failure = note_failure  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        run_until_done(store)
    assert store.saved is not None
    assert before is not None
    assert store.saved.folded_to == before.folded_to


def test_events_of_a_bucket_are_passed_on_after_they_are_counted_and_again_if_that_failed() -> None:
    store = started(NOON.replace(hour=22))
    write_all(store, [event(at=store.clock()), event(at=store.clock(), issuer_id="south")])
    passed: list[tuple[str, int]] = []
    broken = {"north"}

    def publish(issuer_id: str, events: Sequence[Event]) -> None:
        if issuer_id in broken:
            raise Unavailable("the queue is away")
        passed.append((issuer_id, len(events)))

    store.clock.advance(minutes=10)
    context = replace(context_of(store), publish=publish)
    result = run(context, store.clock() + timedelta(seconds=50))
    assert ([failure.issuer_id for failure in result.failed], passed) == (["north"], [("south", 1)])
    broken.clear()
    store.clock.now += BUCKET
    run(context, store.clock() + timedelta(seconds=50))
    assert ("north", 1) in passed
    assert {issuer_id for issuer_id, _ in store.counted()} == {"north", "south"}
