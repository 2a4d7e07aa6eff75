"""The key figures and their formulas. A formula is shown beside its figure, so it says exactly what is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.event import RETURNING, Kind
from chalicelib.analytics.kpi.figures import Figures
from chalicelib.analytics.kpi.suppression import too_small


class Unit(StrEnum):
    """The unit of a figure."""

    COUNT = "count"
    RATIO = "ratio"
    """A number such as 1.27 that may be written as 127 %."""
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Value:
    """A figure; ``value`` is None if it is suppressed or if there is nothing to divide by."""

    value: float | None
    numerator: int | None = None
    denominator: int | None = None
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure: its code, its name, its formula in words, and how it is computed."""

    code: str
    name: str
    formula: str
    unit: Unit
    compute: Callable[[Figures], Value]
    by_visitor: bool = False
    """Whether it can be limited to a channel or a country: only what visitors do has one."""


def _events(kind: Kind, *, machine: bool | None = False) -> Callable[[Figures], Value]:
    return lambda figures: Value(figures.events(kind, machine=machine))


def _ratio(numerator: int, denominator: int) -> Value:
    return Value(numerator / denominator if denominator else None, numerator, denominator)


def _share_of_issued(stage: Stage) -> Callable[[Figures], Value]:
    def compute(figures: Figures) -> Value:
        issued = figures.credentials(Stage.ISSUED)
        if too_small(issued):
            return Value(None, suppressed=True)
        return _ratio(figures.credentials(stage), issued)

    return compute


def _per_event(numerator: Kind, denominator: Kind) -> Callable[[Figures], Value]:
    return lambda figures: _ratio(figures.events(numerator), figures.events(denominator))


def _re_enrolment(figures: Figures) -> Value:
    issued = figures.events(Kind.ISSUED)
    if too_small(issued):
        return Value(None, suppressed=True)
    return _ratio(figures.events(Kind.ISSUED, detail=RETURNING), issued)


def _median_hours(stage: Stage) -> Callable[[Figures], Value]:
    def compute(figures: Figures) -> Value:
        hours = figures.hours(stage)
        people = sum(hours.values())
        if too_small(people):
            return Value(None, suppressed=True)
        return Value(median(hours), denominator=people)

    return compute


def median(times: Mapping[int, int]) -> float | None:
    """The median of values with their frequencies ``times``; for an even number, the mean of the middle two."""
    number = sum(times.values())
    if not number:
        return None
    positions, passed, middle = ((number - 1) // 2, number // 2), 0, []
    for value, occurs in sorted(times.items()):
        middle += [value for position in positions if passed <= position < passed + occurs]
        passed += occurs
    return (middle[0] + middle[1]) / 2


_OF_ISSUED = "of the credentials issued in the period, up to last midnight UTC"

KPIS = (
    Kpi(
        "issued", "Credentials issued", "Number of credentials issued in the period.", Unit.COUNT, _events(Kind.ISSUED)
    ),
    Kpi(
        "delivery_rate",
        "Delivery rate",
        f"Credentials whose email was delivered ÷ credentials issued, {_OF_ISSUED}.",
        Unit.RATIO,
        _share_of_issued(Stage.DELIVERED),
    ),
    Kpi(
        "open_rate",
        "Open rate",
        f"Credentials whose holder followed the link in an email ÷ credentials issued, {_OF_ISSUED}.",
        Unit.RATIO,
        _share_of_issued(Stage.OPENED),
    ),
    Kpi(
        "share_rate",
        "Share rate",
        f"Credentials shared at least once ÷ credentials issued, {_OF_ISSUED}.",
        Unit.RATIO,
        _share_of_issued(Stage.SHARED),
    ),
    Kpi(
        "shares",
        "Shares",
        "Number of times that someone started to share a credential, on any platform.",
        Unit.COUNT,
        _events(Kind.SHARED),
        by_visitor=True,
    ),
    Kpi(
        "views",
        "Views",
        "Views of credential pages by people. Programs are counted separately.",
        Unit.COUNT,
        _events(Kind.VIEW),
        by_visitor=True,
    ),
    Kpi(
        "machine_views",
        "Views by programs",
        "Views of credential pages by programs, link previews and prefetches.",
        Unit.COUNT,
        _events(Kind.VIEW, machine=True),
        by_visitor=True,
    ),
    Kpi(
        "views_per_share",
        "Views per share",
        "Views by people ÷ shares, both in the period.",
        Unit.RATIO,
        _per_event(Kind.VIEW, Kind.SHARED),
    ),
    Kpi(
        "referrals",
        "Referrals",
        "Visits by people to an enrolment page from a credential's or an achievement's page.",
        Unit.COUNT,
        _events(Kind.REFERRAL),
        by_visitor=True,
    ),
    Kpi(
        "referral_reach",
        "Referral reach",
        f"Credentials with at least one referral ÷ credentials issued, {_OF_ISSUED}. At most 100 %.",
        Unit.RATIO,
        _share_of_issued(Stage.REFERRED),
    ),
    Kpi(
        "referrals_per_share",
        "Referrals per share",
        "Referrals by people ÷ shares, both in the period. May be above 100 %.",
        Unit.RATIO,
        _per_event(Kind.REFERRAL, Kind.SHARED),
    ),
    Kpi(
        "verifications",
        "Verifications by programs",
        "Verification reports that programs received.",
        Unit.COUNT,
        _events(Kind.VERIFICATION, machine=None),
        by_visitor=True,
    ),
    Kpi(
        "re_enrolment_rate",
        "Re-enrolment rate",
        "Credentials issued to holders who already had one from this issuer ÷ credentials issued, both in the period.",
        Unit.RATIO,
        _re_enrolment,
    ),
    Kpi(
        "renewal_rate",
        "Renewal rate",
        f"Credentials that were renewed ÷ credentials issued, {_OF_ISSUED}.",
        Unit.RATIO,
        _share_of_issued(Stage.RENEWED),
    ),
    *(
        Kpi(
            f"hours_to_first_{noun}",
            f"Time to first {noun}",
            f"Median of the whole hours from issue to the first {noun}, {_OF_ISSUED}. Others are left out.",
            Unit.HOURS,
            _median_hours(stage),
        )
        for noun, stage in (("view", Stage.VIEWED), ("share", Stage.SHARED), ("referral", Stage.REFERRED))
    ),
)


def change(now: Value, before: Value) -> float | None:
    """The relative change since the period before, such as 0.25; None if there is nothing to compare with."""
    if now.value is None or not before.value:
        return None
    return now.value / before.value - 1
