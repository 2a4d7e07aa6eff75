"""The key figures and their formulas. A formula is shown beside its figure, so it says exactly what is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.analytics.counts.journeys import Stage
from chalicelib.analytics.event import Kind
from chalicelib.analytics.kpi.figures import Figures
from chalicelib.analytics.kpi.left_out import LeftOut
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
    left_out: frozenset[LeftOut] = frozenset()
    """Why people are left out of it, whether it is suppressed or about the others."""


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure: its code, its name, its formula in words, and how it is computed."""

    code: str
    name: str
    formula: str
    unit: Unit
    compute: Callable[[Figures], Value]
    by_visitor: bool = False
    """Whether it can be filtered by channel or country; only visitor events have these."""
    by_achievement: bool = True
    """Whether it can be filtered by achievement."""
    grows: bool = False
    """Whether it rises for months after the credentials were issued, so that an earlier period has had more time."""


def _events(kind: Kind, *, machine: bool | None = False) -> Callable[[Figures], Value]:
    return lambda figures: Value(figures.events(kind, machine=machine))


def _ratio(numerator: int, denominator: int) -> Value:
    return Value(numerator / denominator if denominator else None, numerator, denominator)


def _share(stage: Stage, of: Stage = Stage.ISSUED) -> Callable[[Figures], Value]:
    def compute(figures: Figures) -> Value:
        people, left_out = figures.credentials(of), figures.left_out(of)
        if not people or too_small(people):
            return Value(None, suppressed=bool(people or left_out), left_out=left_out)
        return replace(_ratio(figures.credentials(stage), people), left_out=left_out)

    return compute


def _per_event(numerator: Kind, denominator: Kind) -> Callable[[Figures], Value]:
    return lambda figures: _ratio(figures.events(numerator), figures.events(denominator))


def _median_hours(stage: Stage) -> Callable[[Figures], Value]:
    def compute(figures: Figures) -> Value:
        hours, left_out = figures.hours(stage), figures.left_out(Stage.ISSUED)
        people = sum(hours.values())
        if too_small(people):
            return Value(None, suppressed=True)
        if not people:
            return Value(None, suppressed=bool(left_out), left_out=left_out)
        return Value(median(hours), denominator=people, left_out=left_out)

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


_OF_ISSUED = "for credentials issued in the whole months of the period, up to last midnight UTC"

KPIS = (
    Kpi(
        "issued",
        "Credentials issued",
        "Number of credentials issued in the period. A corrected credential is not counted again.",
        Unit.COUNT,
        _events(Kind.ISSUED),
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
        grows=True,
    ),
    Kpi(
        "share_rate",
        "Share rate",
        f"Credentials shared at least once ÷ credentials issued, {_OF_ISSUED}.",
        Unit.RATIO,
        _share(Stage.SHARED),
        grows=True,
    ),
    Kpi(
        "shares",
        "Shares",
        "Number of times that someone started to share a credential, on any platform.",
        Unit.COUNT,
        _events(Kind.SHARED),
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
        "Enrolment visits",
        "Number of visits by people to an enrolment page, from the page of a credential or an achievement. Called "
        "“referral” in CSV files.",
        Unit.COUNT,
        _events(Kind.REFERRAL),
        by_visitor=True,
    ),
    Kpi(
        "referral_reach",
        "Enrolment reach",
        f"Credentials that brought at least one enrolment visit ÷ credentials issued, {_OF_ISSUED}. At most 100%.",
        Unit.RATIO,
        _share(Stage.REFERRED),
        grows=True,
    ),
    Kpi(
        "referrals_per_share",
        "Enrolment visits per share",
        "Enrolment visits by people ÷ shares, both in the period. May be above 100%.",
        Unit.RATIO,
        _per_event(Kind.REFERRAL, Kind.SHARED),
    ),
    Kpi(
        "conversions",
        "Sign-ups",
        "Sign-ups that the issuer reported after an enrolment visit.",
        Unit.COUNT,
        _events(Kind.CONVERSION),
        by_visitor=True,
    ),
    Kpi(
        "conversions_per_referral",
        "Sign-ups per enrolment visit",
        "Sign-ups ÷ enrolment visits by people, both in the period.",
        Unit.RATIO,
        _per_event(Kind.CONVERSION, Kind.REFERRAL),
    ),
    Kpi(
        "conversions_per_share",
        "Sign-ups per share",
        "Sign-ups ÷ shares, both in the period.",
        Unit.RATIO,
        _per_event(Kind.CONVERSION, Kind.SHARED),
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
        f"Credentials issued to holders who already had one from this issuer ÷ credentials issued, {_OF_ISSUED}.",
        Unit.RATIO,
        _share(Stage.RETURNING),
    ),
    Kpi(
        "renewal_rate",
        "Renewal rate",
        "Credentials renewed before their end date ÷ credentials that reached their end date in the completed months "
        "of the period, excluding revoked ones.",
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
        "Contacts per directory impression",
        "Messages relayed to holders ÷ directory impressions, both in the period.",
        Unit.RATIO,
        _per_event(Kind.CONTACTED, Kind.LISTED),
        by_achievement=False,
    ),
    *(
        Kpi(
            f"hours_to_first_{noun}",
            f"Time to first {name}",
            f"Median time in whole hours from issue to the first {name}, {_OF_ISSUED}. Those without one are excluded.",
            Unit.HOURS,
            _median_hours(stage),
            grows=True,
        )
        for noun, name, stage in (
            ("view", "view", Stage.VIEWED),
            ("share", "share", Stage.SHARED),
            ("referral", "enrolment visit", Stage.REFERRED),
        )
    ),
)


def change(now: Value, before: Value) -> float | None:
    """The relative change since the previous period, such as 0.25; None if there is nothing to compare with."""
    if now.value is None or not before.value:
        return None
    return now.value / before.value - 1
