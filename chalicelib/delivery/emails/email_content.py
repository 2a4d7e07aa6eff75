"""What a letter says. How it looks is the business of `chalicelib.email`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.delivery.emails.branding import Brand


class Kind(StrEnum):
    """Why a letter is written."""

    ISSUED = "issued"
    """A credential was issued."""
    UNOPENED = "unopened"
    """A week went by and nobody looked at it."""
    UNSHARED = "unshared"
    """Its holder looked at it and has shown it to nobody."""
    RENEWAL = "renewal"
    """It will expire soon."""
    HOLDER_LINK = "holder_link"
    """The holder asked for a fresh link to their credentials."""
    SIGN_IN = "sign_in"
    """Somebody who works for an issuer signs in."""
    INVITATION = "invitation"
    """Somebody becomes a member of an issuer."""


OURS = frozenset({Kind.SIGN_IN, Kind.HOLDER_LINK, Kind.INVITATION})
"""Letters that Laurel itself writes; all others are an issuer's."""
REMINDERS = frozenset({Kind.UNOPENED, Kind.UNSHARED, Kind.RENEWAL})
"""Letters that nobody asked for: at most once each, and never at night."""
ASKED_FOR = frozenset({Kind.SIGN_IN, Kind.HOLDER_LINK})
"""Letters whose reader has just asked for them: an unsubscription does not hold them back."""


@dataclass(frozen=True, slots=True)
class Button:
    """Words that lead to ``url``."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its address, and what stands there while pictures are off."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Tip:
    """One thing that a holder can do with a credential."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one reader, as it is going to be read."""

    kind: Kind
    to: str
    subject: str
    preview: str
    """What an inbox shows beside the subject."""
    brand: Brand
    greeting: str
    paragraphs: tuple[str, ...]
    main: Button
    why: str
    """Why its reader gets it."""
    other: Button | None = None
    badge: Picture | None = None
    tips: tuple[Tip, ...] = ()
    next_step: str | None = None
    """Where the credential leads: a line about the next step of its pathway."""
    next_url: str | None = None
    settings: str | None = None
    """The holder's own page."""
    unsubscribe: str | None = None
    """Where no more mail of this issuer can be asked for; None where there is nothing to be unsubscribed from."""
    reply_to: str | None = None
