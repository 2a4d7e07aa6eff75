"""The people and searches that one person has saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.errors import Refused
from chalicelib.language.phrase import phrase

MAX_PEOPLE = 200
"""Maximum saved people: as many as a recruiter follows for a few positions. All are read whenever the list is shown."""
MAX_SEARCHES = 20
"""Maximum saved searches. Each costs at most `budget.HARD_CAP` read units a day."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A holder's id or a search (`searches.canonical`), and when it was saved: only later changes are reported."""

    value: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Saved:
    """The list of one person, who signs in with ``email``."""

    mailbox: str
    """Digest of the address, under which the list is stored."""
    email: str
    people: tuple[Entry, ...] = ()
    searches: tuple[Entry, ...] = ()
    emails: bool = True
    """Whether to email what is new."""
    lang: str | None = None
    """The language of these emails: that of the page on which something was last saved."""
    checked_at: datetime | None = None
    """The end of the time covered by the last check."""
    version: int = 0

    @property
    def is_checked(self) -> bool:
        """Whether there is anything to check each day."""
        return self.emails and bool(self.people or self.searches)


def with_person(saved: Saved, holder_id: str, now: datetime) -> Saved:
    """Add a person, the newest first. Raises `Refused` (`too_many_saved`)."""
    return replace(saved, people=_added(saved.people, holder_id, now, MAX_PEOPLE))


def with_search(saved: Saved, search: str, now: datetime) -> Saved:
    """Add a search, the newest first. Raises `Refused` (`too_many_saved`)."""
    return replace(saved, searches=_added(saved.searches, search, now, MAX_SEARCHES))


def without(saved: Saved, *values: str) -> Saved:
    """Remove people or searches."""
    people, searches = (
        tuple(one for one in entries if one.value not in values) for entries in (saved.people, saved.searches)
    )
    return replace(saved, people=people, searches=searches)


def _added(entries: tuple[Entry, ...], value: str, now: datetime, limit: int) -> tuple[Entry, ...]:
    if any(one.value == value for one in entries):
        return entries
    if len(entries) >= limit:
        detail = phrase("You can save at most {limit} of these. Remove some first.", limit=limit)
        raise Refused(detail, code="too_many_saved")
    return (Entry(value, now), *entries)
