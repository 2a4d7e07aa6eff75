"""When a reminder is due, and when it may go out.

A reminder never reaches a bedside: between 21:00 and 08:00 of the reader's zone nothing goes out that they did not ask
for. Where the zone is not known, it goes out in the hour from 12:00 UTC: it is then day (08:00 to 21:00) in every zone
from UTC-4 to UTC+8, from Brazil to China, where more than four in five people live; no other hour does better.
The first letter about a credential follows at once, by day and by night: it answers something that its reader has done.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from chalicelib.award.input.timezones import names

MORNING = time(8, 0)
EVENING = time(21, 0)
HOUR_UTC = 12
"""Where no zone is known."""
MARGIN = timedelta(minutes=5)
"""Nothing is begun this shortly before the evening: between the look at the clock and the sending lie some calls."""

UNOPENED_AFTER = timedelta(days=7)
UNSHARED_AFTER = timedelta(days=7)
"""After it was first opened."""
RENEWAL_BEFORE = timedelta(days=30)
RENEWAL_PART = 4
"""A short-lived credential is spoken of when the last quarter of its life begins."""

_STEP = timedelta(minutes=15)
"""Offsets of zones are multiples of it (tz database, since 1972)."""


@cache
def zones() -> tuple[str, ...]:
    """Every zone that a reader may choose, by name: those of a place, and UTC."""
    return ("UTC", *sorted(name for name in names() if "/" in name and not name.startswith("Etc/")))


def known(zone: str | None) -> ZoneInfo | None:
    """The IANA zone named ``zone``; None when there is none of that name."""
    return ZoneInfo(zone) if zone is not None and zone in names() else None


def allowed(now: datetime, zone: str | None) -> bool:
    """Whether a reminder may go out at ``now`` to a reader in ``zone``."""
    place = known(zone)
    if place is None:
        return now.astimezone(UTC).hour == HOUR_UTC and (now + MARGIN).astimezone(UTC).hour == HOUR_UTC
    return _is_day(now, place) and _is_day(now + MARGIN, place)


def _is_day(moment: datetime, place: ZoneInfo) -> bool:
    return MORNING <= moment.astimezone(place).time() < EVENING


def next_allowed(moment: datetime, zone: str | None) -> datetime:
    """The first moment from ``moment`` on, to the quarter of an hour, at which a reminder may go out."""
    if allowed(moment, zone):
        return moment
    start = moment.astimezone(UTC)
    step = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0) + _STEP
    # Stepped and not computed: a clock that is put back or forward makes some local times twice, and some never.
    while not allowed(step, zone):
        step += _STEP
    return step


def unopened_due(sent_at: datetime, zone: str | None) -> datetime:
    """When a credential that nobody looked at is spoken of again."""
    return next_allowed(sent_at + UNOPENED_AFTER, zone)


def unshared_due(opened_at: datetime, zone: str | None) -> datetime:
    """When a holder who has shown a credential to nobody is told how."""
    return next_allowed(opened_at + UNSHARED_AFTER, zone)


def renewal_due(issued_at: datetime, valid_until: datetime, zone: str | None) -> datetime:
    """When the end of a credential is announced."""
    life = max(valid_until - issued_at, timedelta())
    return next_allowed(valid_until - min(RENEWAL_BEFORE, life / RENEWAL_PART), zone)
