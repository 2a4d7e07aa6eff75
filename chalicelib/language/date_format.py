"""Dates and numbers in every language but English, by the patterns of CLDR."""

from __future__ import annotations

from datetime import datetime

from chalicelib.language.date_patterns import PATTERNS


def day(code: str, value: datetime) -> str:
    """Format a date, such as `3. März 2026`."""
    return _filled(PATTERNS[code].day, code, value)


def minute(code: str, value: datetime) -> str:
    """Format a date and time."""
    return _filled(PATTERNS[code].minute, code, value)


def number(code: str, value: int) -> str:
    """Format a number, such as `1.234`."""
    return f"{value:,}".replace(",", PATTERNS[code].group)


def _filled(pattern: str, code: str, value: datetime) -> str:
    return pattern.format(
        day=value.day,
        month=PATTERNS[code].months[value.month - 1],
        number=value.month,
        year=value.year,
        hour=f"{value:%H}",
        minute=f"{value:%M}",
    )
