"""A holder's profile: what they state about themselves. None of it is verified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.award.input import text_rules
from chalicelib.directory.consent import Subject
from chalicelib.directory.languages import LANGUAGES
from chalicelib.errors import LaurelError, Refused

MAX_NAME = 100
"""Characters, as many as a card shows in two lines."""
MAX_HEADLINE = 160
MAX_PLACE = 100
MAX_LANGUAGES = 10
MAX_LINKS = 5
"""A portfolio, a code host, two social networks and one more; a longer list would serve only spammers."""
MAX_LINK = 300
"""Characters of a link: addresses of people's own pages are short."""


class OpenTo(StrEnum):
    """What a holder may be asked about."""

    WORK = "work"
    FREELANCE = "freelance"
    INTERNSHIP = "internship"
    MENTORING = "mentoring"
    VOLUNTEERING = "volunteering"
    SPEAKING = "speaking"


@dataclass(frozen=True, slots=True)
class Details:
    """What a holder states. Empty means not stated."""

    name: str = ""
    headline: str = ""
    place: str = ""
    languages: tuple[str, ...] = ()
    """Keys of `LANGUAGES`."""
    links: tuple[str, ...] = ()
    open_to: tuple[OpenTo, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """The stored profile of one mailbox, which only its holder sees. What others see is `Published`."""

    mailbox: str
    """Digest of the holder's address (`delivery.mailbox.digest`)."""
    holder_id: str
    """Random: it tells nothing about the address, and a new profile gets another one."""
    details: Details
    changed_at: datetime
    """When it was last changed: tells a repeated change from another one."""
    version: int = 0


class BadDetails(LaurelError):
    """Some fields have errors: a sentence by field."""

    code = "refused"

    def __init__(self, errors: Mapping[Subject, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


def check(details: Details) -> None:
    """Check the limits of every field. Raises `BadDetails`."""
    errors = dict(_errors(details))
    if errors:
        raise BadDetails(errors)


def _errors(details: Details) -> Iterator[tuple[Subject, str]]:
    for subject, label, value, limit in (
        (Subject.NAME, "name", details.name, MAX_NAME),
        (Subject.HEADLINE, "headline", details.headline, MAX_HEADLINE),
        (Subject.PLACE, "place", details.place, MAX_PLACE),
    ):
        try:
            if value:
                text_rules.check_name(label, value, limit)
        except Refused as error:
            yield subject, error.detail
    if len(details.languages) > MAX_LANGUAGES or not LANGUAGES.keys() >= set(details.languages):
        yield Subject.LANGUAGES, f"Choose at most {MAX_LANGUAGES} languages."
    link_error = _link_error(details.links)
    if link_error:
        yield Subject.LINKS, link_error


def _link_error(links: tuple[str, ...]) -> str | None:
    if len(links) > MAX_LINKS:
        return f"Enter at most {MAX_LINKS} links, one per line."
    for link in links:
        if len(link) > MAX_LINK:
            return f"A link is longer than {MAX_LINK} characters."
        try:
            text_rules.check_https("link", link)
        except Refused as error:
            return error.detail
    return None
