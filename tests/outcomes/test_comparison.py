"""Comparisons of groups: what is compared, and what is refused."""

from __future__ import annotations

import pytest

from chalicelib.outcomes import comparison, table
from chalicelib.outcomes.comparison import Comparison
from chalicelib.outcomes.outcome import Measure

NAMES = ("Holders", "Others")
TEN = [float(number) for number in range(10)]


@pytest.mark.parametrize(
    ("first", "second"), [(TEN[:9], TEN), (TEN, TEN[:9]), ([], TEN)], ids=["first", "second", "none"]
)
@pytest.mark.parametrize("yes_no", [True, False], ids=["yes-no", "number"])
def test_a_group_below_ten_is_refused(first: list[float], second: list[float], *, yes_no: bool) -> None:
    found = comparison.between(NAMES, first, second, yes_no=yes_no)
    assert found == Comparison(NAMES)
    assert found.suppressed


def test_fewer_than_ten_people_before_and_after_are_refused() -> None:
    assert comparison.within(NAMES, {str(one): (1, 0) for one in range(9)}, yes_no=True).suppressed


def test_numbers_have_counts_medians_and_differences() -> None:
    found = comparison.between(NAMES, [each + 4 for each in TEN], [*TEN, 10.0], yes_no=False)
    assert [(group.people, group.mean, group.median) for group in found.groups] == [(10, 8.5, 8.5), (11, 5, 5)]
    assert [(each.method, each.value) for each in found.differences] == [
        (comparison.MEAN, 3.5), (comparison.SHIFT, pytest.approx(3.5, abs=0.5)),
    ]  # fmt: skip


def test_yes_or_no_has_proportions() -> None:
    found = comparison.between(NAMES, [1.0] * 9 + [0.0], [1.0] * 3 + [0.0] * 7, yes_no=True)
    assert [(group.people, group.mean, group.median) for group in found.groups] == [(10, 0.9, None), (10, 0.3, None)]
    (difference,) = found.differences
    assert difference.value == pytest.approx(0.6)
    assert difference.low is not None
    assert 0 < difference.low < 0.6


def test_the_same_people_are_compared_in_pairs() -> None:
    pairs = {str(each): (each + 2 + each % 2, each) for each in TEN}
    found = comparison.within(NAMES, pairs, yes_no=False)
    assert [(each.method, each.value) for each in found.differences] == [
        (comparison.PAIRED_MEAN, 2.5), (comparison.PAIRED_MEDIAN, 2.5),
    ]  # fmt: skip
    changed = comparison.within(NAMES, {str(each): (1, each % 2) for each in TEN}, yes_no=True)
    assert changed.differences[0].value == pytest.approx(0.5)


@pytest.mark.slow
def test_shift_of_the_median_is_left_out_for_more_people_than_half_a_second_allows() -> None:
    half = [float(number) for number in range(comparison.MAX_SHIFT_PEOPLE // 2)]
    found = [comparison.between(NAMES, first, half, yes_no=False).differences for first in (half, [*half, 1.0])]
    assert [[each.method for each in one] for one in found] == [[comparison.MEAN, comparison.SHIFT], [comparison.MEAN]]
    assert "up to 10,000 people" in table.note(Measure("north", "pay", "EUR"))
