"""Compare the outcomes of two groups: an association, which is not a proof of a cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, median

from chalicelib.analytics.kpi.suppression import MIN_GROUP
from chalicelib.outcomes import intervals
from chalicelib.outcomes.intervals import Interval

SHARE = "difference of proportions (Newcombe)"
MEAN = "difference of means (Welch)"
SHIFT = "shift of the median (Hodges-Lehmann)"
MAX_SHIFT_PEOPLE = 10_000
"""Maximum people of both groups for whom the shift of the median is computed, in half a second."""
PAIRED_SHARE = "change of the proportion (Bonett-Price)"
PAIRED_MEAN = "mean change per person (paired t)"
PAIRED_MEDIAN = "median change per person"


class Compared(StrEnum):
    """What is compared."""

    HOLDERS = "holders"
    """Holders with people without the credential."""
    BEFORE_AFTER = "before_after"
    """Holders after the credential was issued with themselves before."""


@dataclass(frozen=True, slots=True)
class Group:
    """The outcomes of a group; for a yes/no outcome, the median is None and the mean is the proportion of yes."""

    name: str
    people: int
    mean: float
    median: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The first group less the second, by a method. Some methods have no interval."""

    method: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two groups and their differences; none if a group is too small."""

    names: tuple[str, str]
    groups: tuple[Group, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def suppressed(self) -> bool:
        """Whether a group has fewer than `MIN_GROUP` people."""
        return not self.groups


def between(names: tuple[str, str], first: Sequence[float], second: Sequence[float], *, yes_no: bool) -> Comparison:
    """Compare different people. A yes is 1, a no 0."""
    if min(len(first), len(second)) < MIN_GROUP:
        return Comparison(names)
    groups = tuple(_group(name, values, yes_no=yes_no) for name, values in zip(names, (first, second), strict=True))
    if yes_no:
        counted = [(round(sum(values)), len(values)) for values in (first, second)]
        return Comparison(names, groups, (_difference(SHARE, intervals.difference_of_shares(*counted)),))
    differences = [_difference(MEAN, intervals.difference_of_means(first, second))]
    if len(first) + len(second) <= MAX_SHIFT_PEOPLE:
        differences.append(_difference(SHIFT, intervals.shift(first, second)))
    return Comparison(names, groups, tuple(differences))


def within(names: tuple[str, str], pairs: Mapping[str, tuple[float, float]], *, yes_no: bool) -> Comparison:
    """Compare the same people at two times: ``pairs`` has the later value and the earlier one of each."""
    if len(pairs) < MIN_GROUP:
        return Comparison(names)
    later, earlier = ([pair[at] for pair in pairs.values()] for at in (0, 1))
    groups = tuple(_group(name, values, yes_no=yes_no) for name, values in zip(names, (later, earlier), strict=True))
    changes = [after - before for after, before in pairs.values()]
    if yes_no:
        change = intervals.change_of_share(changes.count(1), changes.count(-1), len(changes))
        return Comparison(names, groups, (_difference(PAIRED_SHARE, change),))
    mean = _difference(PAIRED_MEAN, intervals.mean_change(changes))
    return Comparison(names, groups, (mean, Difference(PAIRED_MEDIAN, median(changes))))


def _group(name: str, values: Sequence[float], *, yes_no: bool) -> Group:
    return Group(name, len(values), fmean(values), None if yes_no else median(values))


def _difference(method: str, found: Interval) -> Difference:
    return Difference(method, found.value, found.low, found.high)
