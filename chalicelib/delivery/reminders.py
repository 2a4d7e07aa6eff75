"""The times when reminders are due and may be sent.

No reminder is sent between 21:00 and 08:00 in the recipient's timezone. If the timezone is unknown, it is sent between
12:00 and 13:00 UTC, which is daytime (08:00 to 21:00) from UTC-4 to UTC+8, where more than four in five people live; no
other hour does better. The first email about a credential is sent at once at any time, because it follows an action of
the recipient.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.award.input.timezones import names

MORNING = time(8, 0)
EVENING = time(21, 0)
HOUR_UTC = 12
"""Used when the timezone is unknown."""
MARGIN = timedelta(minutes=5)
"""No sending starts within this time before the evening, because sending takes time."""

UNOPENED_AFTER = timedelta(days=7)
UNSHARED_AFTER = timedelta(days=7)
"""After the credential was first opened."""
RENEWAL_BEFORE = timedelta(days=30)
RENEWAL_PART = 4
"""For a short-lived credential, the reminder is due when the last quarter of its validity begins."""

_STEP = timedelta(minutes=15)
"""Timezone offsets are multiples of 15 minutes (tz database, since 1972)."""


def known(zone: str | None) -> ZoneInfo | None:
    """The IANA timezone named ``zone``; None when unknown."""
    return ZoneInfo(zone) if zone is not None and zone in names() else None


def allowed(now: datetime, zone: str | None) -> bool:
    """Whether a reminder may be sent at ``now`` to a recipient in ``zone``."""
    place = known(zone)
    if place is None:
        return now.astimezone(UTC).hour == HOUR_UTC and (now + MARGIN).astimezone(UTC).hour == HOUR_UTC
    return _is_day(now, place) and _is_day(now + MARGIN, place)


def _is_day(moment: datetime, place: ZoneInfo) -> bool:
    return MORNING <= moment.astimezone(place).time() < EVENING


def next_allowed(moment: datetime, zone: str | None) -> datetime:
    """The first quarter of an hour from ``moment`` on when a reminder may be sent."""
    if allowed(moment, zone):
        return moment
    start = moment.astimezone(UTC)
    step = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0) + _STEP
    # Stepped instead of calculated, because clock changes skip some local times and repeat others.
    while not allowed(step, zone):
        step += _STEP
    return step


def unopened_due(sent_at: datetime, zone: str | None) -> datetime:
    """When to remind a holder who has not opened a credential."""
    return next_allowed(sent_at + UNOPENED_AFTER, zone)


def unshared_due(opened_at: datetime, zone: str | None) -> datetime:
    """When to remind a holder who has not shared a credential."""
    return next_allowed(opened_at + UNSHARED_AFTER, zone)


def renewal_due(issued_at: datetime, valid_until: datetime, zone: str | None) -> datetime:
    """When to remind a holder that a credential expires."""
    life = max(valid_until - issued_at, timedelta())
    return next_allowed(valid_until - min(RENEWAL_BEFORE, life / RENEWAL_PART), zone)
