"""The months that figures about people cover, chosen so that no two figures differ by a small group of people.

Such a figure counts whole months only. A month in which fewer than `MIN_GROUP` credentials were issued is counted
together with the following ones, always the same, so every figure is a sum of groups that are large enough, and so is
the difference of any two. Within a group, an achievement with few credentials is left out, and others with it if it
could be subtracted (`suppressed`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from chalicelib.analytics.counts.counts import Step
from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.counts.periods import day_of, month_of
from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.kpi.left_out import LeftOut
from chalicelib.analytics.kpi.suppression import MIN_GROUP, suppressed

Group = tuple[str, ...]
"""Months, such as `2026-11`, that are counted together."""
_OF_EXPIRY = frozenset({Stage.EXPIRED.value, Stage.RENEWED_IN_TIME.value})


@dataclass(frozen=True, slots=True)
class People:
    """The steps that figures may be made of."""

    steps: Mapping[Step, int]
    hidden: Mapping[str, frozenset[LeftOut]] = field(default_factory=dict)
    """Stages (`Stage.ISSUED`, `Stage.EXPIRED`) of which people are left out, and why."""


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
    return People(steps, {stage: reasons for stage, reasons in hidden.items() if reasons})


def within(month: str, months: Days) -> bool:
    """Whether ``month`` is one of ``months``."""
    return months.first <= date.fromisoformat(f"{month}-01") <= months.last


def _shown(
    journeys: Mapping[Step, int], base: Stage, months: Days, achievement: str | None
) -> tuple[frozenset[str], frozenset[LeftOut]]:
    """The months whose people in stage ``base`` may be shown, and why others are left out."""
    sizes: dict[str, Counter[str]] = defaultdict(Counter)
    for step, many in journeys.items():
        if step.stage == base.value:
            sizes[step.month][step.achievement] += many
    asked = {
        month: of.total() if achievement is None else of[achievement]
        for month, of in sizes.items()
        if within(month, months)
    }
    grouped = groups({month: of.total() for month, of in sizes.items()})
    whole = [group for group in grouped if all(within(each, months) for each in group)]
    shown = frozenset(month for group in whole if not _left_out(group, sizes, achievement) for month in group)
    hidden = {month: many for month, many in asked.items() if many and month not in shown}
    together = {month: sum(asked[each] for each in group) for group in whole for month in group}
    return shown, _reasons(hidden, together)


def _reasons(hidden: Mapping[str, int], together: Mapping[str, int]) -> frozenset[LeftOut]:
    """Why the people of the months ``hidden`` are left out; ``together`` are the people of the group of each month
    whose group is in the period."""
    if not hidden:
        return frozenset()
    if sum(hidden.values()) < MIN_GROUP:
        return frozenset({LeftOut.FEW})
    reasons = {why_left_out(together.get(month, many), whole=month in together) for month, many in hidden.items()}
    return frozenset(LeftOut.FEW_A_MONTH if each is LeftOut.FEW else each for each in reasons)


def why_left_out(many: int, *, whole: bool) -> LeftOut:
    """Why ``many`` people of a group of months, or of a month whose group is not in the period as a ``whole``, are left
    out."""
    if many < MIN_GROUP:
        return LeftOut.FEW
    return LeftOut.OTHERS if whole else LeftOut.COMBINED


def _left_out(group: Group, sizes: Mapping[str, Counter[str]], achievement: str | None) -> bool:
    if achievement is None:
        return False
    together: Counter[str] = sum((sizes[month] for month in group), Counter())
    return achievement in suppressed(together)


def _end(month: str) -> date:
    return month_of(date.fromisoformat(f"{month}-01")).end.date()


def cohort_groups(sizes: Mapping[str, int], months: Days) -> Iterator[tuple[Group, bool]]:
    """``months`` in which anything was issued, in groups that are whole, and alone (False) if they are not."""
    whole = [group for group in groups(sizes) if all(within(month, months) for month in group)]
    grouped = {month: group for group in whole for month in group}
    for month in sorted(month for month in sizes if within(month, months)):
        group = grouped.get(month, (month,))
        if month == group[0]:
            yield group, month in grouped
