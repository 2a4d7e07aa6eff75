"""A holder's profile: self-declared details, none of them verified."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.award.input import text_rules
from chalicelib.directory.profiles.consent import Subject, Visibility
from chalicelib.directory.profiles.languages import CODES
from chalicelib.errors import LaurelError, Refused
from chalicelib.language.phrase import phrase

MAX_NAME = 100
"""Maximum characters, as many as a card shows in two lines."""
MAX_HEADLINE = 160
MAX_PLACE = 100
MAX_LANGUAGES = 10
MAX_LINKS = 5
"""Maximum links: a portfolio, a code host, two social networks and one more; a longer list would serve only
spammers."""
MAX_LINK = 300
"""Maximum characters of a link: addresses of people's own pages are short."""


class OpenTo(StrEnum):
    """A topic that a holder can be contacted about."""

    WORK = "work"
    FREELANCE = "freelance"
    INTERNSHIP = "internship"
    MENTORING = "mentoring"
    VOLUNTEERING = "volunteering"
    SPEAKING = "speaking"


@dataclass(frozen=True, slots=True)
class Details:
    """Self-declared details of a holder. Empty means not stated."""

    name: str = ""
    headline: str = ""
    place: str = ""
    languages: tuple[str, ...] = ()
    """Keys of `CODES`."""
    links: tuple[str, ...] = ()
    open_to: tuple[OpenTo, ...] = ()

    def stated(self) -> frozenset[Subject]:
        """The fields that are not empty."""
        values = {
            Subject.NAME: self.name,
            Subject.HEADLINE: self.headline,
            Subject.PLACE: self.place,
            Subject.LANGUAGES: self.languages,
            Subject.LINKS: self.links,
            Subject.OPEN_TO: self.open_to,
        }
        return frozenset(subject for subject, value in values.items() if value)


@dataclass(frozen=True, slots=True)
class Profile:
    """The stored profile of one mailbox, which only its holder sees. Others see `Published`."""

    mailbox: str
    """Digest of the holder's address (`delivery.mailbox.digest`)."""
    holder_id: str
    """Random: it tells nothing about the address, and a new profile gets another one."""
    details: Details
    changed_at: datetime
    """When it was last changed; distinguishes a repeated change from a new one."""
    visibility: Mapping[Subject, Visibility] = field(default_factory=dict)
    """The holder's latest choice for each field, even for an empty one and while the profile is not published. It only
    fills in the form: the ledger alone decides who may see what."""
    version: int = 0


class BadDetails(LaurelError):
    """Some fields have errors: one sentence per field."""

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
    for subject, value, limit in (
        (Subject.NAME, details.name, MAX_NAME),
        (Subject.HEADLINE, details.headline, MAX_HEADLINE),
        (Subject.PLACE, details.place, MAX_PLACE),
    ):
        if value and not _is_accepted(text_rules.check_name, value, limit):
            yield (
                subject,
                phrase("Enter one line of at most {limit} characters, without invisible characters.", limit=limit),
            )
    if len(details.languages) > MAX_LANGUAGES or not set(CODES) >= set(details.languages):
        yield Subject.LANGUAGES, phrase("Choose at most {limit} languages.", limit=MAX_LANGUAGES)
    if len(details.links) > MAX_LINKS:
        yield Subject.LINKS, phrase("Enter at most {limit} links, one per line.", limit=MAX_LINKS)
    elif not all(len(link) <= MAX_LINK and _is_accepted(text_rules.check_https, link) for link in details.links):
        yield (
            Subject.LINKS,
            phrase("Each link must start with https:// and have at most {limit} characters.", limit=MAX_LINK),
        )


def _is_accepted(rule: Callable[..., None], value: str, *limits: int) -> bool:
    try:
        rule("text", value, *limits)
    except Refused:
        return False
    return True
