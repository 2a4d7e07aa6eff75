"""Comparing counts with events, and repairing them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.analytics.counts.counts import NOTHING, fold
from chalicelib.analytics.counts.folding import LEASE
from chalicelib.analytics.counts.periods import ALL_TIME, Period, bucket_of, day_of, month_of
from chalicelib.analytics.counts.recount import Difference, recount
from chalicelib.errors import Refused
from tests.analytics.counts.fakes import CountStore, context_of, write_all
from tests.analytics.counts.makers import NOON, event
from tests.analytics.counts.test_folding import assert_exact, run_until_done, started

DAY = NOON.date()
BUCKET = bucket_of(NOON + timedelta(minutes=1))
LEVELS = [BUCKET, BUCKET.parent, day_of(DAY)]


@pytest.fixture
def store() -> CountStore:
    store = started(NOON)
    write_all(store, [event(at=NOON + timedelta(minutes=n)) for n in (1, 2, 70)])
    store.clock.advance(days=2)
    run_until_done(store)
    return store


def test_right_counts_have_no_differences(store: CountStore) -> None:
    assert recount(context_of(store), DAY) == []
    assert recount(context_of(store), DAY + timedelta(days=2)) == []


@pytest.mark.parametrize("period", LEVELS)
@pytest.mark.parametrize("issuer_id", ["north", "south"])
def test_wrong_counts_are_found_and_repaired(store: CountStore, period: Period, issuer_id: str) -> None:
    right = len(store.counted())
    wrong = fold(event() for _ in range(9))["north"]
    store.save(issuer_id, period, wrong, 2)
    if period == day_of(DAY) and issuer_id == "south":
        return  # nothing says that this issuer had a day
    expected = {"north": {BUCKET: 2, BUCKET.parent: 2, day_of(DAY): 3}}.get(issuer_id, {}).get(period, 0)
    differences = [Difference(issuer_id, period, 9, expected)]
    assert recount(context_of(store), DAY)[:1] == differences
    assert recount(context_of(store), DAY, repair=True)[:1] == differences
    assert recount(context_of(store), DAY, repair=True) == []
    assert len(store.counted()) == right
    store.clock.now += LEASE
    run_until_done(store)
    assert_exact(store)


def test_missing_counts_are_found_and_repaired_in_every_period(store: CountStore) -> None:
    for period in (*LEVELS, month_of(DAY), ALL_TIME):
        store.save("north", period, NOTHING, 2)
    assert [each.period for each in recount(context_of(store), DAY, repair=True)] == LEVELS
    assert_exact(store)


def test_repair_that_was_interrupted_after_the_day_is_completed_by_the_next(store: CountStore) -> None:
    for period in (month_of(DAY), ALL_TIME):
        store.save("north", period, NOTHING, 2)
    assert recount(context_of(store), DAY, repair=True) == []
    assert_exact(store)


def test_repair_takes_over_from_a_run_that_works(store: CountStore) -> None:
    store.save("north", BUCKET, NOTHING, 2)
    store.hook = lambda: None
    taken = store.saved
    recount(context_of(store), DAY, repair=True)
    assert store.saved is not None
    assert taken is not None
    assert store.saved.number == taken.number + 1
    assert_exact(store)


def test_comparing_writes_nothing(store: CountStore) -> None:
    store.save("north", BUCKET, NOTHING, 2)
    before, saved = dict(store.stored), store.saved
    recount(context_of(store), DAY)
    assert (store.stored, store.saved) == (before, saved)


def test_day_whose_events_may_have_expired_is_refused(store: CountStore) -> None:
    with pytest.raises(Refused):
        recount(context_of(store), DAY - timedelta(days=399))


def test_nothing_was_counted_before_the_first_run() -> None:
    assert recount(context_of(CountStore()), DAY) == []
