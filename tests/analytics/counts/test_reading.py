"""Reading counts of days."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.analytics.counts.counts import EVERYONE
from chalicelib.analytics.counts.reading import CountReader, Days
from chalicelib.analytics.counts.sections import Section
from tests.analytics.counts.fakes import CountStore
from tests.analytics.counts.makers import NOON, event
from tests.analytics.counts.test_folding import run_until_done, started

FIRST = date(2026, 11, 21)
SPAN = 75
"""From 21 November to the morning of 4 February."""


@cache
def stored() -> tuple[CountStore, Counter[date]]:
    """One event every 17 hours."""
    store, expected = started(NOON), Counter[date]()
    for n in range(1, SPAN * 24 // 17):
        one = event(at=NOON + timedelta(hours=17 * n))
        store.clock.now = one.at
        store.write(one)
        expected[one.at.date()] += 1
    store.clock.advance(hours=1, minutes=40)
    run_until_done(store)
    return store, expected


@pytest.mark.slow
@given(st.integers(-3, SPAN + 3), st.integers(1, SPAN + 5))
@example(start=72, many=3)  # the month that is not over, up to yesterday
def test_total_of_any_days_is_the_sum_of_their_events(start: int, many: int) -> None:
    store, events = stored()
    days = Days(FIRST + timedelta(days=start), FIRST + timedelta(days=start + many - 1))
    expected = sum(times for day, times in events.items() if day in days)
    for section in (Section.TOTALS, Section.ACHIEVEMENTS, Section.CELLS):
        assert sum(CountReader(store).total("north", days, section).cells.values()) == expected
    touches = CountReader(store).total("north", days, Section.CREDENTIALS).touches
    assert sum(seen.times for seen in touches.values()) == expected
    series = dict(CountReader(store).series("north", days, Section.TOTALS))
    assert list(series) == sorted(day for day in events if day in days)
    assert all(sum(counts.cells.values()) == events[day] for day, counts in series.items())
    assert all(counts.visitors == {EVERYONE: 1} for counts in series.values())


def test_other_issuers_have_nothing() -> None:
    store, _ = stored()
    days = Days(FIRST, FIRST + timedelta(days=SPAN))
    assert CountReader(store).total("south", days, Section.CELLS).empty
    assert list(CountReader(store).series("nor", days, Section.TOTALS)) == []
    assert CountReader(CountStore()).total("north", days, Section.CELLS).empty


@pytest.mark.parametrize(
    ("days", "before"),
    [
        (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        (("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31")),
        (("2026-03-01", "2026-03-30"), ("2026-02-01", "2026-02-28")),
        (("2026-11-01", "2026-11-22"), ("2026-10-01", "2026-10-22")),
        (("2026-09-01", "2026-11-22"), ("2026-06-01", "2026-08-22")),
        (("2026-03-02", "2026-03-31"), ("2026-01-31", "2026-03-01")),
    ],
)
def test_days_are_compared_with_as_many_months_or_days_before(days: tuple[str, str], before: tuple[str, str]) -> None:
    assert Days(*map(date.fromisoformat, days)).before == Days(*map(date.fromisoformat, before))


@pytest.mark.parametrize("section", [Section.TOTALS, Section.VISITORS])
def test_today_is_counted_as_far_as_it_has_gone(section: Section) -> None:
    store, _ = stored()
    today = store.clock().date()
    ((day, counts),) = CountReader(store).series("north", Days(today, today), section)
    assert day == today
    assert counts.visitors[EVERYONE] == 1
