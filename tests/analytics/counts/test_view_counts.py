"""View counts on a credential's page, copied by the fold."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.counts.folding import run
from chalicelib.analytics.counts.view_counts import ByPeople, ViewCounts
from chalicelib.analytics.event import Event, Kind, VisitorClass
from tests.analytics.counts.fakes import CountStore, Interrupted, context_of, write_all
from tests.analytics.counts.makers import NOON, event
from tests.examples import examples

SHOWN, OTHER, NORTH = "a" * 26, "b" * 26, "north"


def shown(store: CountStore) -> ViewCounts:
    (found,) = store.view_counts(NORTH)
    return found


def show(store: CountStore) -> None:
    store.shown[NORTH, SHOWN] = 0, ViewCounts(SHOWN)


def fold(store: CountStore, **later: float) -> None:
    store.clock.advance(**later)
    run(context_of(store), store.clock() + timedelta(days=99))


def started() -> CountStore:
    store = CountStore()
    store.clock.now = NOON
    fold(store)
    return store


def of(kind: Kind, at: datetime, credential_id: str = SHOWN, who: VisitorClass = VisitorClass.PERSON) -> Event:
    return event(kind, at, credential_id=credential_id, visitor_class=who)


def test_people_are_counted_and_programs_and_other_credentials_are_not() -> None:
    store = started()
    show(store)
    write_all(
        store,
        [
            *(of(Kind.VIEW, NOON) for _ in range(3)),
            of(Kind.VERIFICATION, NOON),
            of(Kind.VIEW, NOON, who=VisitorClass.KNOWN_BOT),
            of(Kind.VERIFICATION, NOON, who=VisitorClass.KNOWN_BOT),
            of(Kind.VIEW, NOON, credential_id=OTHER),
            of(Kind.SHARED, NOON),
        ],
    )
    fold(store, hours=6)
    assert not shown(store).complete, "counted at midnight"
    fold(store, hours=12)
    assert shown(store) == ViewCounts(SHOWN, complete=True, months={"2026-11": ByPeople(3, 1)})


def test_months_before_the_choice_are_counted_with_the_next_day_that_has_events() -> None:
    store = started()
    write_all(store, [of(Kind.VIEW, NOON), of(Kind.VIEW, NOON)])
    fold(store, days=40)
    show(store)
    write_all(store, [of(Kind.SHARED, store.clock(), credential_id=OTHER)])
    fold(store, days=1)
    assert shown(store).total == ByPeople(2, 0)


def test_view_counts_that_were_hidden_meanwhile_are_not_stored_again() -> None:
    store = started()
    store.save_view_counts(NORTH, ViewCounts(SHOWN, complete=True), 9)
    assert store.view_counts(NORTH) == []


def test_a_late_event_changes_the_month_that_it_is_in() -> None:
    store = started()
    show(store)
    write_all(store, [of(Kind.VIEW, NOON)])
    fold(store, days=20)
    write_all(store, [of(Kind.VIEW, NOON + timedelta(hours=1)), of(Kind.VIEW, store.clock())])
    fold(store, days=1)
    assert shown(store).months == {"2026-11": ByPeople(2), "2026-12": ByPeople(1)}


@examples(60)
@given(
    times=st.lists(st.integers(0, 60 * 24 * 50), min_size=1, max_size=12),
    end=st.integers(0, 400),
    chosen=st.integers(0, 50),
)
def test_interruptions_change_nothing(times: list[int], end: int, chosen: int) -> None:
    store = started()
    views = sorted((NOON + timedelta(minutes=each) for each in times), reverse=True)
    calls = 0

    def hook() -> None:
        nonlocal calls
        calls += 1
        if calls == end:
            raise Interrupted

    store.hook = hook
    for day in range(53):
        if day == chosen:
            show(store)
        while views and views[-1] <= store.clock():
            write_all(store, [of(Kind.VIEW, views.pop())])
        try:
            fold(store, days=1)
        except Interrupted:
            fold(store, minutes=3)
    store.hook = lambda: None
    write_all(store, [of(Kind.VIEW, store.clock())])
    fold(store, days=1)
    assert shown(store).complete
    assert shown(store).total == ByPeople(len(times) + 1)


@pytest.mark.parametrize("months", [{}, {"2026-10": ByPeople(1, 2), "2026-11": ByPeople(30, 4)}])
def test_the_total_is_the_sum_of_the_months(months: dict[str, ByPeople]) -> None:
    assert ViewCounts(SHOWN, complete=True, months=months).total == (ByPeople(31, 6) if months else ByPeople())
