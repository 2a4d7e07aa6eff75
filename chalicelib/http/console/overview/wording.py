"""How figures and their dimensions are written in the console."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from chalicelib.analytics.counts.periods import month_of
from chalicelib.analytics.counts.reading import Days
from chalicelib.analytics.kpi.changes import percent
from chalicelib.analytics.kpi.kpis import Kpi, Unit, Value
from chalicelib.analytics.kpi.left_out import LeftOut
from chalicelib.analytics.kpi.tables import KpiFigure
from chalicelib.delivery.holder import timezones

CHANNELS: Mapping[str, str] = {
    "linkedin": "LinkedIn", "facebook": "Facebook", "x": "X", "whatsapp": "WhatsApp", "instagram": "Instagram",
    "reddit": "Reddit", "xing": "Xing", "youtube": "YouTube", "bluesky": "Bluesky", "threads": "Threads",
    "pinterest": "Pinterest", "tiktok": "TikTok", "telegram": "Telegram", "github": "GitHub", "medium": "Medium",
    "search": "Search engines", "email": "Email", "embed": "Widgets on websites", "copy": "Copied links",
    "device": "Device’s share menu", "website": "Other websites", "api": "Programs", "direct": "Direct visits",
    "linkedin_profile": "LinkedIn profile", "linkedin_post": "LinkedIn post",
}  # fmt: skip
VERDICTS: Mapping[str, str] = {
    "valid": "Valid", "expired": "Expired", "not_yet_valid": "Not valid yet", "revoked": "Revoked",
    "suspended": "Suspended", "invalid": "Not genuine", "unknown": "Unknown", "not_checked": "Not checked",
}  # fmt: skip
STAGES: Mapping[str, str] = {
    "issued": "Issued", "delivered": "Delivered", "opened": "Opened", "viewed": "Viewed", "shared": "Shared",
    "referred": "Enrolment visit", "renewed": "Renewed",
}  # fmt: skip
UNKNOWN_COUNTRY = "Not known"
NO_CHANNEL = "None (actions of issuers and holders)"
TOO_FEW = "Fewer than 10 people"
TOO_FEW_A_MONTH = "Fewer than 10 people a month"
PROTECTS_OTHERS = "Left out to protect small groups"
COMBINED = "Combined with another month"
NO_FIGURE = "–"
_PLAIN = frozenset({"views_per_share"})
"""Ratios that people read as a number rather than as a percentage."""
_PER_EVENT: Mapping[str, tuple[str, str]] = {
    "views_per_share": ("views", "shares"),
    "referrals_per_share": ("enrolment visits", "shares"),
    "conversions_per_referral": ("sign-ups", "enrolment visits"),
    "conversions_per_share": ("sign-ups", "shares"),
}
"""Ratios of two numbers of events; the others are shares of a set."""


def channel(code: str) -> str:
    """The name of a channel or platform."""
    return CHANNELS.get(code, code) if code else NO_CHANNEL


def country(code: str) -> str:
    """The name of a country."""
    return timezones.country_names().get(code, code) if code else UNKNOWN_COUNTRY


def value(kpi: Kpi, found: Value) -> str:
    """A figure, or why there is none."""
    if found.suppressed:
        return left_out(found.left_out)
    if found.value is None:
        return NO_FIGURE
    match kpi.unit:
        case Unit.COUNT:
            return f"{int(found.value):,}"
        case Unit.HOURS:
            return hours(found.value)
        case Unit.RATIO:
            return percent(found.value) if is_percentage(kpi) else f"{found.value:.1f}"


def left_out(reasons: Collection[LeftOut]) -> str:
    """Why a figure is not shown, in a few words; `left_out.because` says it in full."""
    if LeftOut.OTHERS in reasons:
        return PROTECTS_OTHERS
    if LeftOut.COMBINED in reasons:
        return COMBINED
    return TOO_FEW_A_MONTH if LeftOut.FEW_A_MONTH in reasons else TOO_FEW


def is_percentage(kpi: Kpi) -> bool:
    """Whether people read the figure in percent."""
    return kpi.unit is Unit.RATIO and kpi.code not in _PLAIN


def hours(many: float) -> str:
    """A time in hours, even if it is long, so that all times can be compared."""
    return "1 hour" if many == 1 else f"{many:,.1f}".removesuffix(".0") + " hours"


def base(kpi: Kpi, found: Value) -> str:
    """The numbers that a figure was computed from; empty for a number of events."""
    if found.value is None or found.denominator is None:
        return ""
    if kpi.unit is Unit.HOURS:
        return "1 credential" if found.denominator == 1 else f"{found.denominator:,} credentials"
    if kpi.code in _PER_EVENT:
        some, others = _PER_EVENT[kpi.code]
        return f"{found.numerator:,} {some}, {found.denominator:,} {others}"
    return f"{found.numerator:,} of {found.denominator:,}"


def with_base(kpi: Kpi, found: Value) -> str:
    """A figure with the numbers that it was computed from."""
    numbers = base(kpi, found)
    return f"{value(kpi, found)} ({numbers})" if numbers else value(kpi, found)


def change(figure: KpiFigure) -> str:
    """The comparison with the previous period; empty if the figure is not shown."""
    now, before = figure.now.value, figure.before.value
    if figure.now.suppressed:
        return ""
    if figure.before.suppressed:
        return "earlier figure not shown"
    if now is None or before is None:
        return "no earlier data to compare with"
    if not before and figure.kpi.unit is Unit.COUNT:
        return "none in the previous period" if now else "no earlier data to compare with"
    return _difference(figure, is_up=now > before)


def _difference(figure: KpiFigure, *, is_up: bool) -> str:
    was = with_base(figure.kpi, figure.before)
    if figure.kpi.grows:
        return f"{was} in the previous period, which has had more time"
    if value(figure.kpi, figure.now) == value(figure.kpi, figure.before):
        return "unchanged"
    return f"{'up' if is_up else 'down'} from {was}"


def days(some: Days) -> str:
    """A period in words, as short as it can be."""
    if some.first == some.last:
        return day(some.first)
    whole = some.first.day == 1 and (some.last + timedelta(days=1)).day == 1
    if whole:
        return months(some)
    first = day(some.first)
    if some.first.year == some.last.year:
        first = f"{some.first:%-d}" if some.first.month == some.last.month else f"{some.first:%-d %B}"
    return f"{first} to {day(some.last)}"


def months(some: Days) -> str:
    """Whole months in words."""
    last = f"{some.last:%B %Y}"
    if month_of(some.first) == month_of(some.last):
        return last
    first = f"{some.first:%B}" if some.first.year == some.last.year else f"{some.first:%B %Y}"
    return f"{first} to {last}"


def day(some: date) -> str:
    """A date, such as 3 March 2026."""
    return f"{some:%-d %B %Y}"


def month(name: str) -> date:
    """The first day of a month such as 2026-11."""
    return date.fromisoformat(f"{name}-01")
