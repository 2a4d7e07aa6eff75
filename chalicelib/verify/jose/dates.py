"""NumericDate, seconds since 1970 (RFC 7519, 2), and its comparison with credential timestamps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.credential import dates
from chalicelib.errors import Malformed

_LAST = 253_402_300_799
"""The end of the year 9999; credentials cannot express a later time."""


def read(value: object) -> datetime:
    """Convert a NumericDate to a datetime. Raises `Malformed` with code `claims_malformed`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST:
        raise Malformed(
            "A date among the token's claims is not a number of seconds since 1970.", code="claims_malformed"
        )
    return datetime.fromtimestamp(value, UTC)


def is_same_second(moment: datetime, stamp: object) -> bool:
    """Whether ``stamp`` denotes ``moment``, to within a second: claims often drop the fraction of a second.

    Raises `Malformed` with code `date_malformed` when ``stamp`` is not a date.
    """
    return abs(dates.parse(stamp) - moment) < timedelta(seconds=1)
