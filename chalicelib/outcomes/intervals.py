"""Differences between two groups with a 95 % interval, by standard formulas; docs/outcomes.md lists them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, median, variance

from chalicelib.outcomes.student_t import CONFIDENCE, critical_value

Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
_STEPS = 60
"""Each halves the range that a difference is looked for in; a floating-point number has 53 bits."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


def share(yes: int, people: int) -> Interval:
    """A proportion, with the interval of Wilson (1927)."""
    p, z2 = yes / people, Z * Z
    centre = (p + z2 / (2 * people)) / (1 + z2 / people)
    half = Z * math.sqrt(p * (1 - p) / people + z2 / (4 * people * people)) / (1 + z2 / people)
    return Interval(p, max(centre - half, 0.0), min(centre + half, 1.0))


def difference_of_shares(first: tuple[int, int], second: tuple[int, int]) -> Interval:
    """The first proportion less the second, each as (yes, people): Newcombe (1998), method 10."""
    one, two = share(*first), share(*second)
    value = one.value - two.value
    low = value - math.hypot(one.value - one.low, two.high - two.value)
    return Interval(value, low, value + math.hypot(one.high - one.value, two.value - two.low))


def difference_of_means(first: Sequence[float], second: Sequence[float]) -> Interval:
    """The first mean less the second: Welch (1947), for groups of different variance."""
    value = fmean(first) - fmean(second)
    parts = [(variance(group) / len(group), len(group)) for group in (first, second)]
    error = sum(part for part, _ in parts)
    if error == 0:
        return Interval(value, value, value)
    freedom = error * error / sum(part * part / (people - 1) for part, people in parts)
    half = critical_value(freedom) * math.sqrt(error)
    return Interval(value, value - half, value + half)


def mean_change(changes: Sequence[float]) -> Interval:
    """The mean of the changes of each person, with the interval of the paired t-test (Student 1908)."""
    value = fmean(changes)
    error = math.sqrt(variance(changes) / len(changes))
    half = critical_value(len(changes) - 1) * error if error else 0.0
    return Interval(value, value - half, value + half)


def change_of_share(gained: int, lost: int, people: int) -> Interval:
    """The proportion after less that before of the same people, ``gained`` of whom went from no to yes and ``lost``
    from yes to no: the adjusted Wald interval of Bonett and Price (2012)."""
    p, q = (gained + 1) / (people + 2), (lost + 1) / (people + 2)
    half = Z * math.sqrt((p + q - (p - q) ** 2) / (people + 2))
    return Interval((gained - lost) / people, max(p - q - half, -1.0), min(p - q + half, 1.0))


def shift(first: Sequence[float], second: Sequence[float]) -> Interval:
    """The median of all differences between a value of the first group and one of the second: Hodges and Lehmann
    (1963), with the large-sample interval of Moses (Hollander and Wolfe, Nonparametric Statistical Methods, 4.3)."""
    ordered, others = sorted(first), sorted(second)
    n, m = len(ordered), len(others)
    rank = max(math.floor(n * m / 2 - Z * math.sqrt(n * m * (n + m + 1) / 12)), 1)
    middle = [_nth_difference(ordered, others, each) for each in {(n * m + 1) // 2, n * m // 2 + 1}]
    low, high = (_nth_difference(ordered, others, each) for each in (rank, n * m + 1 - rank))
    return Interval(median(middle), low, high)


def _nth_difference(first: Sequence[float], second: Sequence[float], rank: int) -> float:
    """The ``rank``-th smallest of all differences (1 is the smallest) between sorted groups, without computing all."""
    low, high = first[0] - second[-1], first[-1] - second[0]
    if _up_to(first, second, low) >= rank:
        return low
    for _ in range(_STEPS):
        middle = low + (high - low) / 2
        if _up_to(first, second, middle) >= rank:
            high = middle
        else:
            low = middle
    return max(
        value - second[at] for value, at in zip(first, _starts(first, second, high), strict=True) if at < len(second)
    )


def _up_to(first: Sequence[float], second: Sequence[float], most: float) -> int:
    """How many differences are at most ``most``."""
    return sum(len(second) - at for at in _starts(first, second, most))


def _starts(first: Sequence[float], second: Sequence[float], most: float) -> Iterator[int]:
    """For each of ``first``, the position in ``second`` from which on the differences are at most ``most``.

    It compares the differences themselves: ``value - most`` is rounded, and would miss those that equal ``most``."""
    at = 0
    for value in first:
        while at < len(second) and value - second[at] > most:
            at += 1
        yield at
