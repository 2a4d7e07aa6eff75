"""NumericDate: seconds since 1970 (RFC 7519, 2), and the stamps that credentials write for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.credential import dates
from chalicelib.errors import Malformed

_LAST = 253_402_300_799
"""The end of the year 9999; credentials cannot write a later moment."""


def read(value: object) -> datetime:
    """The moment that ``value`` is. Raises `Malformed` with code `claims_malformed`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST:
        raise Malformed(
            "A date among the token's claims is not a number of seconds since 1970.", code="claims_malformed"
        )
    return datetime.fromtimestamp(value, UTC)


def stands_for(moment: datetime, stamp: object) -> bool:
    """Whether ``stamp`` is ``moment``. Less than a second apart is: claims often drop what a stamp has below it.

    Raises `Malformed` with code `date_malformed` when ``stamp`` is no date.
    """
    return abs(dates.parse(stamp) - moment) < timedelta(seconds=1)
