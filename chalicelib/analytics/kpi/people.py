"""Which months figures about people are made of, so that no two figures differ by a small group of people.

Such a figure counts whole months only. A month in which fewer than `MIN_GROUP` credentials were issued is counted
together with the following ones, always the same, so every figure is a sum of groups that are large enough, and so is
the difference of any two. Within a group, an achievement with few credentials is left out, and others with it if it
could be subtracted (`suppressed`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.analytics.counts.counts import Step
from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.counts.periods import day_of, month_of
from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.kpi.suppression import MIN_GROUP, suppressed

Group = tuple[str, ...]
"""Months, such as `2026-11`, that are counted together."""
_OF_EXPIRY = frozenset({Stage.EXPIRED.value, Stage.RENEWED_IN_TIME.value})


@dataclass(frozen=True, slots=True)
class People:
    """The steps that figures may be made of."""

    steps: Mapping[Step, int]
    hidden: frozenset[str] = frozenset()
    """Stages (`Stage.ISSUED`, `Stage.EXPIRED`) of which people are left out, because they are too few."""


def whole_months(days: Days, today: date) -> Days | None:
    """The whole months in ``days``, the current one up to yesterday; None if there are none.

    People are counted up to last midnight, so today is not included.
    """
    first = days.first if days.first.day == 1 else month_of(days.first).end.date()
    end = month_of(days.last).end.date()
    complete = days.last == end - timedelta(days=1) or days.last + timedelta(days=1) >= today
    last = (end if complete else month_of(days.last).start.date()) - timedelta(days=1)
    return Days(first, last) if first <= last else None


def groups(sizes: Mapping[str, int]) -> list[Group]:
    """Group months of ``sizes`` so that each group has `MIN_GROUP` people. The last months may be in none, until they
    have enough."""
    found: list[Group] = []
    open_group: list[str] = []
    for month in sorted(sizes):
        open_group.append(month)
        if sum(sizes[each] for each in open_group) >= MIN_GROUP:
            found.append(tuple(open_group))
            open_group = []
    return found


def visible(journeys: Mapping[Step, int], months: Days | None, today: date, achievement: str | None) -> People:
    """The steps of ``months`` that may be shown, limited to an achievement."""
    if months is None:
        return People({})
    before_today = {month for month in {step.month for step in journeys} if _end(month) <= day_of(today).start.date()}
    issued, hidden_issued = _shown(journeys, Stage.ISSUED, months, achievement)
    expired, hidden_expired = _shown(
        {step: many for step, many in journeys.items() if step.month in before_today},
        Stage.EXPIRED, months, achievement,
    )  # fmt: skip
    steps = {
        step: many
        for step, many in journeys.items()
        if achievement in (None, step.achievement) and step.month in (expired if step.stage in _OF_EXPIRY else issued)
    }
    hidden = {Stage.ISSUED.value: hidden_issued, Stage.EXPIRED.value: hidden_expired}
    return People(steps, frozenset(stage for stage, some in hidden.items() if some))


def within(month: str, months: Days) -> bool:
    """Whether ``month`` is one of ``months``."""
    return months.first <= date.fromisoformat(f"{month}-01") <= months.last


def _shown(
    journeys: Mapping[Step, int], base: Stage, months: Days, achievement: str | None
) -> tuple[frozenset[str], bool]:
    """The months whose people in stage ``base`` may be shown, and whether others are left out."""
    sizes: dict[str, Counter[str]] = defaultdict(Counter)
    for step, many in journeys.items():
        if step.stage == base.value:
            sizes[step.month][step.achievement] += many
    asked = {
        month
        for month, of in sizes.items()
        if within(month, months) and (of.total() if achievement is None else of[achievement])
    }
    grouped = groups({month: of.total() for month, of in sizes.items()})
    shown = frozenset(
        month
        for group in grouped
        if all(within(each, months) for each in group) and not _left_out(group, sizes, achievement)
        for month in group
    )
    return shown, bool(asked - shown)


def _left_out(group: Group, sizes: Mapping[str, Counter[str]], achievement: str | None) -> bool:
    if achievement is None:
        return False
    together: Counter[str] = sum((sizes[month] for month in group), Counter())
    return achievement in suppressed(together)


def _end(month: str) -> date:
    return month_of(date.fromisoformat(f"{month}-01")).end.date()


def cohort_groups(sizes: Mapping[str, int], months: Days) -> Iterator[Group]:
    """``months`` in which anything was issued, in groups that may be shown, and alone if they may not."""
    whole = [group for group in groups(sizes) if all(within(month, months) for month in group)]
    grouped = {month: group for group in whole for month in group}
    for month in sorted(month for month in sizes if within(month, months)):
        group = grouped.get(month, (month,))
        if month == group[0]:
            yield group
