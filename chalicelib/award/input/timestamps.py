"""Parse dates as people type them: a day or an RFC 3339 timestamp."""

from __future__ import annotations

from datetime import datetime

from chalicelib.credential import dates
from chalicelib.errors import Malformed

_FORMS = "is not a date such as 2026-11-30 or a time such as 2026-11-30T09:00:00Z."


def start(text: str) -> datetime:
    """Parse ``text`` as a start time; a day starts at midnight UTC. Raises `Malformed`."""
    return _read(text, "T00:00:00Z")


def end(text: str) -> datetime:
    """Parse ``text`` as an end time; a day ends at 23:59:59 UTC. Raises `Malformed`."""
    return _read(text, "T23:59:59Z")


def _read(text: str, time_of_day: str) -> datetime:
    try:
        return dates.parse(text if "T" in text else text + time_of_day)
    except Malformed as error:
        raise Malformed(f"{text[:40]!r} {_FORMS}", code=error.code) from error
