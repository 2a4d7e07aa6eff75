"""The work that the checks of one request may do together, however many credentials it has."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.verify.canonical.errors import CanonicalError

TOTAL = 300_000
"""Units in a request. A unit takes 1 to 2 microseconds, so all of them take about half a second. The specification's
largest example badge needs 2,000; the most expensive credential within every other limit, with its lists, 220,000."""
STEP, QUAD, STATEMENT = 1, 2, 60
"""Units for a step of `rdfc`, for making or writing a quad, and for checking a signature of one statement."""
UNPACKED = 1_024
"""Number of bytes of a status list that are unpacked for a unit."""


@dataclass(slots=True)
class Work:
    """The units that are left."""

    left: int = TOTAL

    def spend(self, units: int) -> None:
        """Count ``units``. Raises `CanonicalError` (`too_much_at_once`) if they are more than what is left."""
        self.left -= units
        if self.left < 0:
            message = "Checking it together with everything else submitted takes too long. Try it alone."
            raise CanonicalError(message, code="too_much_at_once")
