"""The intervals agree with SciPy 1.17.1 and statsmodels 0.15.0, whose answers are in `oracle.json`.

    python -m tests.outcomes.oracle > tests/outcomes/oracle.json

writes the file, and a slow test compares it with them.
"""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.outcomes import intervals
from chalicelib.outcomes.student_t import critical_value
from tests.outcomes import oracle

EXPECTED: dict[str, Any] = json.loads(Path(__file__).with_name("oracle.json").read_text(encoding="utf-8"))
NUMBERS = list(zip(oracle.cases(), EXPECTED["numbers"], strict=True))
SHARES = list(zip(oracle.SHARES, EXPECTED["shares"], strict=True))
each_number = pytest.mark.parametrize("number", range(len(NUMBERS)))
each_share = pytest.mark.parametrize("number", range(len(SHARES)))


def _limits(found: intervals.Interval) -> list[float]:
    return [found.low, found.high]


def _close(expected: object) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.slow
def test_the_stored_answers_are_those_of_the_oracles() -> None:
    assert json.loads(json.dumps(oracle.answers())) == _nested(EXPECTED)


def _nested(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _nested(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_nested(each) for each in value]
    return _close(value)


def test_quantiles_of_students_t() -> None:
    assert [critical_value(freedom) for freedom in oracle.FREEDOMS] == _close(EXPECTED["t"])


@each_number
def test_difference_of_means_is_welchs(number: int) -> None:
    case, expected = NUMBERS[number]
    assert _limits(intervals.difference_of_means(case["first"], case["second"])) == _close(expected["welch"])


@each_number
def test_shift_is_that_of_hodges_and_lehmann(number: int) -> None:
    case, expected = NUMBERS[number]
    found = intervals.shift(case["first"], case["second"])
    assert [found.value, *_limits(found)] == _close(expected["shift"])


@each_number
def test_mean_change_is_that_of_the_paired_t_test(number: int) -> None:
    case, expected = NUMBERS[number]
    changes = [after - before for after, before in zip(case["first"], case["second"], strict=False)]
    assert _limits(intervals.mean_change(changes)) == _close(expected["paired"])


@each_share
def test_share_is_wilsons(number: int) -> None:
    (yes, people, _, _), expected = SHARES[number]
    assert _limits(intervals.share(yes, people)) == _close(expected["wilson"])


@each_share
def test_difference_of_shares_is_newcombes(number: int) -> None:
    (yes, people, others_yes, others), expected = SHARES[number]
    found = intervals.difference_of_shares((yes, people), (others_yes, others))
    assert _limits(found) == _close(expected["newcombe"])


def test_newcombes_own_example() -> None:
    # Statistics in Medicine 17 (1998), table II, column (a): 56/70 and 48/80.
    found = intervals.difference_of_shares((56, 70), (48, 80))
    assert [round(each, 4) for each in (found.value, found.low, found.high)] == [0.2, 0.0524, 0.3339]


def test_change_of_share_is_that_of_bonett_and_price() -> None:
    # The example of ci.prop.ps in the R package statpsych: 12 no-no, 26 no-yes, 4 yes-no, 6 yes-yes.
    found = intervals.change_of_share(26, 4, 48)
    assert [round(each, 7) for each in _limits(found)] == [0.2548067, 0.6251933]


def test_equal_values_have_an_interval_without_width() -> None:
    same = [3.0] * 12
    assert intervals.difference_of_means(same, same) == intervals.Interval(0, 0, 0)
    assert intervals.mean_change(same) == intervals.Interval(3, 3, 3)
    assert intervals.shift(same, same) == intervals.Interval(0, 0, 0)


VALUES = st.sampled_from([0.1, 0.2, 0.3, 0.7, 1.1, 2.2, 1e-9, 1e12, -3.3]) | st.floats(-1e6, 1e6).map(
    lambda value: round(value, 2)
)
GROUPS = st.lists(VALUES, min_size=10, max_size=30) | st.builds(lambda value, size: [value] * size, VALUES, st.just(10))


@given(GROUPS, GROUPS)
@example([1.1] * 10, [0.1] * 10)
@example([1.1] * 10 + [0.5] * 2, [0.1] * 10)
def test_constant_groups_and_ties_have_the_shift_of_the_definition(first: list[float], second: list[float]) -> None:
    differences = sorted(one - other for one in first for other in second)
    n, m = len(first), len(second)
    rank = max(math.floor(n * m / 2 - intervals.Z * math.sqrt(n * m * (n + m + 1) / 12)), 1)
    limits = [differences[rank - 1], differences[n * m - rank]]
    found = intervals.shift(first, second)
    near = {"rel": 1e-9, "abs": (differences[-1] - differences[0]) * 1e-15}
    assert [found.value, *_limits(found)] == pytest.approx([median(differences), *limits], **near)


@pytest.mark.slow
def test_the_shift_of_large_groups_does_not_compute_all_differences() -> None:
    values = [float(number * 7919 % 20_011) for number in range(20_000)]
    start = time.process_time()
    assert intervals.shift([value + 5 for value in values], values).value == pytest.approx(5)
    assert time.process_time() - start < 10  # 400 million differences would take minutes
