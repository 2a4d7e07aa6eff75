"""All time from the newest month and what is kept of those before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.counts.all_time import MONTHS, of_all_time
from chalicelib.analytics.counts.counts import Counts, fold, merge
from chalicelib.analytics.counts.journeys import journeys
from chalicelib.analytics.counts.periods import Period, month_of
from chalicelib.analytics.counts.sections import Part, Section, section_of
from chalicelib.analytics.event import RETURNING, Event, Kind
from tests.analytics.counts.fakes import CountStore, Interrupted
from tests.analytics.counts.makers import event
from tests.examples import examples

FIRST = datetime(2026, 7, 1, tzinfo=UTC)
ISSUER = "north"
_KINDS = [
    Kind.ISSUED, Kind.DELIVERED, Kind.OPENED, Kind.VIEW, Kind.SHARED, Kind.REFERRAL, Kind.RENEWED, Kind.REVOKED,
    Kind.CLICK,
]  # fmt: skip


class Kept(CountStore):
    """Counts of months, folded from the events that it was given, and the sections that were read of them."""

    def __init__(self) -> None:
        super().__init__()
        self.months: dict[Period, list[Event]] = defaultdict(list)
        self.numbers = count(1)
        self.read: list[tuple[Period, Part]] = []

    def add(self, events: Sequence[Event]) -> Period:
        """Count ``events`` in their months; the earliest."""
        changed = {month_of(each.at.date()) for each in events}
        for each in events:
            self.months[month_of(each.at.date())].append(each)
        for month in changed:
            self.save(ISSUER, month, replace(fold(self.months[month])[ISSUER], visits=frozenset()), next(self.numbers))
        return min(changed)

    def all_time(self, changed: Period) -> Counts:
        return of_all_time(self, ISSUER, changed, next(self.numbers))

    def expected(self) -> Counts:
        everything = merge(fold(events)[ISSUER] for events in self.months.values())
        cells = section_of(everything, Section.ACHIEVEMENTS).cells
        return Counts(cells, journeys=journeys(everything.touches))

    def section(self, issuer_id: str, period: Period, section: Part) -> Counts:
        self.read.append((period, section))
        return super().section(issuer_id, period, section)


def counted(counts: Counts) -> Counts:
    """What is stored of all time: not what it was made from."""
    return replace(counts, touches={})


@st.composite
def some_events(draw: st.DrawFn) -> list[Event]:
    """Of few credentials, over five months."""
    at = FIRST + timedelta(minutes=draw(st.integers(0, 150 * 24 * 60)))
    until = draw(st.one_of(st.none(), st.just(at + timedelta(days=draw(st.integers(0, 120))))))
    kinds = draw(st.lists(st.sampled_from(_KINDS), min_size=1, max_size=3))
    return [
        event(
            kind,
            at,
            credential_id=draw(st.sampled_from("abc")) * 26,
            achievement_id=draw(st.sampled_from(["welding", "care"])),
            target=RETURNING if kind is Kind.ISSUED else None,
            valid_until=until if kind is Kind.ISSUED else None,
        )
        for kind in kinds
    ]


@given(st.lists(some_events(), min_size=1, max_size=8))
@examples(60)
def test_all_time_is_that_of_all_months_whenever_their_events_come(steps: list[list[Event]]) -> None:
    store = Kept()
    for events in steps:
        assert counted(store.all_time(store.add(events))) == store.expected()


@given(st.lists(some_events(), min_size=2, max_size=6), st.integers(1, 12))
@examples(60)
def test_crash_at_any_call_changes_nothing(steps: list[list[Event]], nth: int) -> None:
    store = Kept()
    for events in steps[:-1]:
        store.all_time(store.add(events))
    changed, calls = store.add(steps[-1]), count(1)

    def crash() -> None:
        if next(calls) == nth:
            raise Interrupted

    store.hook = crash
    with suppress(Interrupted):
        store.all_time(changed)
    store.hook = lambda: None
    assert counted(store.all_time(changed)) == store.expected()


def a_year() -> Iterator[list[Event]]:
    for month in range(12):
        at = FIRST + timedelta(days=31 * month)
        yield [event(Kind.ISSUED, at, credential_id=f"{month:026}"), event(Kind.VIEW, at, credential_id=f"{month:026}")]


def test_a_day_reads_the_credentials_of_the_newest_month_only() -> None:
    store = Kept()
    for events in a_year():
        newest = store.add(events)
        store.all_time(newest)
    store.read.clear()
    assert counted(store.all_time(newest)) == store.expected()
    assert [period for period, section in store.read if section is Section.CREDENTIALS] == [newest]


def test_first_events_are_kept_of_one_month_and_made_again_when_an_older_one_changes() -> None:
    store = Kept()
    for events in a_year():
        newest = store.add(events)
        store.all_time(newest)
    (kept,) = [month for month, found in store.sections(ISSUER, *MONTHS, Section.FIRSTS) if not found.empty]
    assert kept == month_of(newest.start.date() - timedelta(days=1))
    late = event(Kind.SHARED, FIRST + timedelta(days=40), credential_id=f"{0:026}")
    assert counted(store.all_time(store.add([late]))) == store.expected()
