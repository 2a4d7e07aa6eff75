"""Time zones of holders, by their IANA names."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from chalicelib.errors import Refused


@cache
def names() -> frozenset[str]:
    """Every name that the tz database has here, also old ones and those of no place."""
    return frozenset(available_timezones())


def check_zone(zone: str) -> None:
    """Raises `Refused` (`bad_zone`) when there is no time zone of that name: its holder would be written to at an hour
    that nobody has chosen."""
    if zone not in names():
        raise Refused(
            f"{zone[:80]!r} is not a timezone name such as Europe/Berlin or America/New_York.", code="bad_zone"
        )


def usable(zone: str | None) -> str | None:
    """``zone`` as it was stored once, None when there is none of that name: it was not always looked up before."""
    return zone if zone in names() else None
