"""Figures about people cannot be subtracted from each other to learn about a few."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.counts.counts import Step
from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.kpi.left_out import LeftOut
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


@pytest.mark.parametrize(
    ("sizes", "last", "why"),
    [
        ({("2026-01", "welding"): 18, ("2026-01", "care"): 7}, 1, {LeftOut.OTHERS}),
        ({("2026-01", "welding"): 7, ("2026-01", "care"): 18}, 1, {LeftOut.FEW}),
        ({("2026-01", "welding"): 7, ("2026-02", "welding"): 7, ("2026-01", "care"): 9, ("2026-02", "care"): 9}, 2,
         {LeftOut.FEW_A_MONTH}),
        ({("2026-01", "welding"): 3, ("2026-02", "welding"): 50}, 1, {LeftOut.FEW}),
        ({("2026-01", "welding"): 5, ("2026-02", "welding"): 15, ("2026-02", "care"): 7}, 2, {LeftOut.OTHERS}),
        ({("2026-01", "welding"): 18, ("2026-01", "care"): 7, ("2026-02", "welding"): 9, ("2026-02", "care"): 30}, 2,
         {LeftOut.OTHERS, LeftOut.FEW_A_MONTH}),
        ({("2026-01", "welding"): 18, ("2026-01", "care"): 12}, 1, set()),
    ],
    ids=["others", "few", "few-a-month", "first-of-group", "group", "both", "shown"],
)  # fmt: skip
def test_reason_why_an_achievement_is_left_out(sizes: dict[tuple[str, str], int], last: int, why: set[LeftOut]) -> None:
    months = Days(date(2026, 1, 1), date(2026, last, 28))
    hidden = visible(issued(sizes), whole_months(months, TODAY) or months, TODAY, "welding").hidden
    assert hidden.get(Stage.ISSUED.value, set()) == why


def test_month_that_is_combined_with_one_outside_the_period_says_so() -> None:
    sizes = {("2026-01", "welding"): 3, ("2026-02", "welding"): 50}
    february = Days(date(2026, 2, 1), date(2026, 2, 28))
    assert visible(issued(sizes), february, TODAY, None).hidden == {Stage.ISSUED.value: {LeftOut.COMBINED}}


@given(SIZES)
def test_whoever_is_left_out_is_left_out_for_a_true_reason(sizes: dict[tuple[str, str], int]) -> None:
    year = Days(date(2026, 1, 1), date(2026, 12, 31))
    for achievement in ("welding", "care", "law"):
        found = visible(issued(sizes), year, TODAY, achievement)
        left_out = sum(many for (_, of), many in sizes.items() if of == achievement) - sum(found.steps.values())
        why = found.hidden.get(Stage.ISSUED.value, frozenset())
        assert bool(left_out) == bool(why)
        assert (why == {LeftOut.FEW}) == (0 < left_out < MIN_GROUP)
