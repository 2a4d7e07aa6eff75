"""Dates as people type them: a day, or a moment in RFC 3339."""

from __future__ import annotations

from datetime import datetime

from chalicelib.credential import dates


def start(text: str) -> datetime:
    """The moment that ``text`` names; a day begins at midnight UTC. Raises `Malformed`."""
    return dates.parse(text if "T" in text else f"{text}T00:00:00Z")


def end(text: str) -> datetime:
    """The moment that ``text`` names; a day counts to its end, UTC. Raises `Malformed`."""
    return dates.parse(text if "T" in text else f"{text}T23:59:59Z")
