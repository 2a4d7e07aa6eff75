"""Figures about people cannot be subtracted from each other to learn about a few."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.counts.counts import Step
from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.kpi.people import groups, visible, whole_months
from chalicelib.analytics.kpi.suppression import MIN_GROUP

TODAY = date(2026, 12, 10)
MONTHS = [f"2026-{month:02}" for month in range(1, 7)]
RANGES = [Days(date(2026, a, 1), date(2026, b, 28)) for a in range(1, 7) for b in range(a, 7)]
SIZES = st.dictionaries(
    st.tuples(st.sampled_from(MONTHS), st.sampled_from(["welding", "care", "law"])), st.integers(1, 30), max_size=12
)


def issued(sizes: dict[tuple[str, str], int]) -> dict[Step, int]:
    return {Step(month, of, Stage.ISSUED.value, 0): many for (month, of), many in sizes.items()}


@given(SIZES)
def test_no_two_periods_differ_by_a_small_group(sizes: dict[tuple[str, str], int]) -> None:
    steps = issued(sizes)
    shown = [
        {step.month: many for step, many in by_month(visible(steps, whole_months(days, TODAY), TODAY, None).steps)}
        for days in RANGES
    ]
    for one, other in combinations(shown, 2):
        rest = sum(one[month] for month in one.keys() - other.keys())
        assert rest == 0 or rest >= MIN_GROUP


@given(SIZES)
def test_no_filter_leaves_a_small_group(sizes: dict[tuple[str, str], int]) -> None:
    steps, year = issued(sizes), Days(date(2026, 1, 1), date(2026, 12, 31))
    everyone = Counter({step.month: many for step, many in by_month(visible(steps, year, TODAY, None).steps)})
    for achievement in ("welding", "care", "law"):
        found = visible(steps, year, TODAY, achievement).steps
        assert not found or sum(found.values()) >= MIN_GROUP
        for step, many in found.items():
            everyone[step.month] -= many
    for group in groups({month: sum(many for (at, _), many in sizes.items() if at == month) for month in MONTHS}):
        rest = sum(everyone[month] for month in group)
        assert rest == 0 or rest >= MIN_GROUP


def by_month(steps: object) -> list[tuple[Step, int]]:
    found: Counter[str] = Counter()
    for step, many in steps.items():  # type: ignore[attr-defined]
        found[step.month] += many
    return [(Step(month, "", Stage.ISSUED.value, 0), many) for month, many in found.items()]


def test_parts_of_months_are_not_counted() -> None:
    assert whole_months(Days(date(2026, 3, 2), date(2026, 3, 31)), TODAY) is None
    assert whole_months(Days(date(2026, 3, 2), date(2026, 5, 30)), TODAY) == Days(date(2026, 4, 1), date(2026, 4, 30))
    assert whole_months(Days(date(2026, 12, 1), TODAY), TODAY) == Days(date(2026, 12, 1), date(2026, 12, 31))


def test_the_current_month_has_gone_as_far_as_yesterday() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert whole_months(Days(date(2026, 12, 1), yesterday), TODAY) == Days(date(2026, 12, 1), date(2026, 12, 31))
    assert whole_months(Days(date(2026, 12, 1), yesterday - timedelta(days=1)), TODAY) is None


def test_small_months_are_counted_with_the_following_ones() -> None:
    assert groups({"2026-01": 20, "2026-02": 3, "2026-04": 9, "2026-05": 10, "2026-06": 9}) == [
        ("2026-01",), ("2026-02", "2026-04"), ("2026-05",),
    ]  # fmt: skip


def test_credentials_that_end_this_month_are_not_counted_yet() -> None:
    step = Step("2026-12", "", Stage.EXPIRED.value, 0)
    months = Days(date(2026, 12, 1), date(2026, 12, 31))
    assert visible({step: 20}, months, TODAY, None).steps == {}
    assert visible({step: 20}, months, date(2027, 1, 1), None).steps == {step: 20}
