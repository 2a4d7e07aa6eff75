"""Validation of holders' timezones by IANA name."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from chalicelib.errors import Refused


@cache
def names() -> frozenset[str]:
    """Every name in the installed tz database, including deprecated and non-geographic ones."""
    return frozenset(available_timezones())


def check_zone(zone: str) -> None:
    """Check that ``zone`` is a timezone name, since emails are sent at a local hour. Raises `Refused` (`bad_zone`)."""
    if zone not in names():
        raise Refused(
            f"{zone[:80]!r} is not a timezone name such as Europe/Berlin or America/New_York.", code="bad_zone"
        )


def usable(zone: str | None) -> str | None:
    """A stored ``zone``, or None when its name is unknown, because older records were stored without this check."""
    return zone if zone in names() else None
