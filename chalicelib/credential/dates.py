"""Timestamps in credentials: XSD dateTimeStamp, always with a timezone (VC Data Model 2.0, 4.9); and days in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from chalicelib.errors import Malformed

_STAMP = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
    r"(\.\d{1,9})?(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))",
    re.ASCII,
)


def parse(text: object) -> datetime:
    """Parse ``text`` as a timestamp in UTC. Raises `Malformed` with code `date_malformed`."""
    match = _STAMP.fullmatch(text) if isinstance(text, str) and len(text) <= 40 else None
    if match is None or not isinstance(text, str):
        raise Malformed(f"{str(text)[:40]!r} is not a date and time with a timezone.", code="date_malformed")
    fraction = match.group(1)
    if fraction and len(fraction) > 7:
        # datetime has microsecond precision; finer digits do not affect validity.
        text = text.replace(fraction, fraction[:7], 1)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed(f"{text!r} is not a calendar date.", code="date_malformed") from error


def write(moment: datetime) -> str:
    """``moment`` in UTC to the second, as `parse` reads it."""
    # Not `strftime`, whose %Y has no leading zeros on Linux: a year before 1000 would not be a valid date.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def next_day(now: datetime) -> datetime:
    """The next midnight in UTC, when daily limits reset."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
