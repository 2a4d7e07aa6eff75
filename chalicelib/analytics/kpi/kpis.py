"""The key figures and their formulas. A formula is shown beside its figure, so it says exactly what is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.event import Kind
from chalicelib.analytics.kpi.figures import Figures
from chalicelib.analytics.kpi.suppression import too_small


class Unit(StrEnum):
    """The unit of a figure."""

    COUNT = "count"
    RATIO = "ratio"
    """A number such as 1.27 that may be written as 127%."""
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
    by_achievement: bool = True
    """Whether it can be filtered by achievement."""


def _events(kind: Kind, *, machine: bool | None = False) -> Callable[[Figures], Value]:
    return lambda figures: Value(figures.events(kind, machine=machine))


def _ratio(numerator: int, denominator: int) -> Value:
    return Value(numerator / denominator if denominator else None, numerator, denominator)


def _share(stage: Stage, of: Stage = Stage.ISSUED) -> Callable[[Figures], Value]:
    def compute(figures: Figures) -> Value:
        people = figures.credentials(of)
        if not people or too_small(people):
            return Value(None, suppressed=bool(people) or of.value in figures.hidden)
        return _ratio(figures.credentials(stage), people)

    return compute


def _per_event(numerator: Kind, denominator: Kind) -> Callable[[Figures], Value]:
    return lambda figures: _ratio(figures.events(numerator), figures.events(denominator))


def _median_hours(stage: Stage) -> Callable[[Figures], Value]:
    def compute(figures: Figures) -> Value:
        hours = figures.hours(stage)
        people = sum(hours.values())
        if not people or too_small(people):
            return Value(None, suppressed=bool(people) or Stage.ISSUED.value in figures.hidden)
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


_OF_ISSUED = "of the credentials issued in the whole months of the period, up to last midnight UTC"

KPIS = (
    Kpi(
        "issued", "Credentials issued", "Number of credentials issued in the period.", Unit.COUNT, _events(Kind.ISSUED)
    ),
    Kpi(
        "delivery_rate",
        "Delivery rate",
        f"Credentials whose email was delivered ÷ credentials issued, {_OF_ISSUED}.",
        Unit.RATIO,
        _share(Stage.DELIVERED),
    ),
    Kpi(
        "open_rate",
        "Open rate",
        f"Credentials whose holder followed the link in an email ÷ credentials issued, {_OF_ISSUED}.",
        Unit.RATIO,
        _share(Stage.OPENED),
    ),
    Kpi(
        "share_rate",
        "Share rate",
        f"Credentials shared at least once ÷ credentials issued, {_OF_ISSUED}.",
        Unit.RATIO,
        _share(Stage.SHARED),
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
        "Number of visits by people to an enrolment page from a credential's or an achievement's page.",
        Unit.COUNT,
        _events(Kind.REFERRAL),
        by_visitor=True,
    ),
    Kpi(
        "referral_reach",
        "Referral reach",
        f"Credentials with at least one referral ÷ credentials issued, {_OF_ISSUED}. At most 100%.",
        Unit.RATIO,
        _share(Stage.REFERRED),
    ),
    Kpi(
        "referrals_per_share",
        "Referrals per share",
        "Referrals by people ÷ shares, both in the period. May be above 100%.",
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
        f"Credentials issued to holders who already had one of this issuer ÷ credentials issued, {_OF_ISSUED}.",
        Unit.RATIO,
        _share(Stage.RETURNING),
    ),
    Kpi(
        "renewal_rate",
        "Renewal rate",
        "Credentials renewed before their end date ÷ credentials whose end date came, in the whole months of the "
        "period that are over, without revoked ones.",
        Unit.RATIO,
        _share(Stage.RENEWED_IN_TIME, Stage.EXPIRED),
    ),
    Kpi(
        "directory_impressions",
        "Directory impressions",
        "Pages of directory results, viewed by people, that list someone with a valid credential from this issuer.",
        Unit.COUNT,
        _events(Kind.LISTED),
        by_visitor=True,
        by_achievement=False,
    ),
    Kpi(
        "profile_views",
        "Profile views",
        "Views by people of profiles that show credentials from this issuer.",
        Unit.COUNT,
        _events(Kind.PROFILE_VIEW),
        by_visitor=True,
        by_achievement=False,
    ),
    Kpi(
        "contacts_per_impression",
        "Directory impressions to contact",
        "Messages relayed to holders ÷ directory impressions, both in the period.",
        Unit.RATIO,
        _per_event(Kind.CONTACTED, Kind.LISTED),
        by_achievement=False,
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
