"""Dates as people type them: a day, or a moment in RFC 3339."""

from __future__ import annotations

from datetime import datetime

from chalicelib.credential import dates
from chalicelib.errors import Malformed

_FORMS = "is not a date such as 2026-11-30 or a time such as 2026-11-30T09:00:00Z."


def start(text: str) -> datetime:
    """The moment that ``text`` names; a day begins at midnight UTC. Raises `Malformed`."""
    return _read(text, "T00:00:00Z")


def end(text: str) -> datetime:
    """The moment that ``text`` names; a day counts to its end, UTC. Raises `Malformed`."""
    return _read(text, "T23:59:59Z")


def _read(text: str, time_of_day: str) -> datetime:
    try:
        return dates.parse(text if "T" in text else text + time_of_day)
    except Malformed as error:
        raise Malformed(f"{text[:40]!r} {_FORMS}", code=error.code) from error
