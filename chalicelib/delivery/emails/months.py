"""A month as written in a CV."""

from __future__ import annotations

from datetime import datetime

from chalicelib.language.phrase import Phrase, phrase

_MONTHS = (
    phrase("January {year}"),
    phrase("February {year}"),
    phrase("March {year}"),
    phrase("April {year}"),
    phrase("May {year}"),
    phrase("June {year}"),
    phrase("July {year}"),
    phrase("August {year}"),
    phrase("September {year}"),
    phrase("October {year}"),
    phrase("November {year}"),
    phrase("December {year}"),
)


def month_of(at: datetime) -> Phrase:
    """Return the month, such as `March 2026`."""
    return phrase(_MONTHS[at.month - 1].template, year=at.year)
