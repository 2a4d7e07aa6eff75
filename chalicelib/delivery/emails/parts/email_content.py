"""The content of an email; `chalicelib.email` renders it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.delivery.emails.parts.branding import Brand
from chalicelib.language.languages import DEFAULT


class Kind(StrEnum):
    """The reason for an email."""

    ISSUED = "issued"
    """A credential was issued."""
    CORRECTED = "corrected"
    """A corrected credential replaces one that the holder already has."""
    RENEWED = "renewed"
    """A renewed credential replaces one that the holder already has."""
    REVOKED = "revoked"
    """The issuer revoked a credential."""
    SUSPENDED = "suspended"
    """The issuer suspended a credential."""
    REINSTATED = "reinstated"
    """The issuer reinstated a suspended credential."""
    UNOPENED = "unopened"
    """The holder has not viewed the credential for a week."""
    UNSHARED = "unshared"
    """The holder has viewed the credential but not shared it."""
    RENEWAL = "renewal"
    """The credential expires soon."""
    SURVEY_6 = "survey_6"
    """The issuer asks how the credential helped, six months after issue."""
    SURVEY_12 = "survey_12"
    """The same a year after issue."""
    HOLDER_LINK = "holder_link"
    """The holder requested a new link to their credentials."""
    ERASURE = "erasure"
    """Everything about the recipient will be deleted, and they can cancel it."""
    SIGN_IN = "sign_in"
    """A member of an issuer signs in."""
    INVITATION = "invitation"
    """A person was added as a member of an issuer."""
    REPORTED = "reported"
    """A visitor reported a credential, to its issuer or to the operators."""
    CONTACT_CONFIRMATION = "contact_confirmation"
    """The recipient wrote a message to a holder, and confirms their address."""
    CONTACT = "contact"
    """Someone sent the holder a message through their profile."""
    SAVED_NEWS = "saved_news"
    """News about people or searches that the recipient has saved."""
    ENDPOINT_PAUSED = "endpoint_paused"
    """An endpoint of the issuer was paused, because it accepted no messages."""
    WATCH_NEWS = "watch_news"
    """The verdict on a watched credential has changed."""
    SUMMARY = "summary"
    """What changed in a month, for members of an issuer who subscribed to it."""


FROM_LAUREL = frozenset(
    {
        Kind.SIGN_IN,
        Kind.HOLDER_LINK,
        Kind.ERASURE,
        Kind.INVITATION,
        Kind.REPORTED,
        Kind.CONTACT_CONFIRMATION,
        Kind.CONTACT,
        Kind.SAVED_NEWS,
        Kind.ENDPOINT_PAUSED,
        Kind.WATCH_NEWS,
        Kind.SUMMARY,
    }
)
"""Emails from Laurel itself; all others are from an issuer."""
REMINDERS = frozenset({Kind.UNOPENED, Kind.UNSHARED, Kind.RENEWAL, Kind.SURVEY_6, Kind.SURVEY_12})
"""Emails that the recipient did not request: sent at most once each, and never at night."""
REQUESTED = frozenset({Kind.SIGN_IN, Kind.HOLDER_LINK, Kind.ERASURE, Kind.CONTACT_CONFIRMATION})
"""Emails that the recipient has just requested: sent even after they unsubscribed."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button with its text and link."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image by its URL, with the text shown while images are off."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Tip:
    """One way to use a credential."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class EmailContent:
    """One email to one recipient."""

    kind: Kind
    to: str
    subject: str
    preview: str
    """Preview text that an inbox shows beside the subject."""
    brand: Brand
    greeting: str
    paragraphs: tuple[str, ...]
    main: Button
    why: str
    """Why the recipient receives this email."""
    quotation: tuple[str, ...] = ()
    """Lines written by someone else, quoted after the paragraphs; never translated."""
    after: tuple[str, ...] = ()
    """Paragraphs after the quotation."""
    other: Button | None = None
    badge: Picture | None = None
    tips: tuple[Tip, ...] = ()
    next_step: str | None = None
    """A sentence about the next step of a pathway."""
    next_url: str | None = None
    settings: str | None = None
    """URL of the settings on the holder's page."""
    unsubscribe: str | None = None
    """URL to unsubscribe from the issuer's emails; None when there is nothing to unsubscribe from."""
    unsubscribe_text: str | None = None
    """The text of the unsubscribe link, if it does not concern an issuer's emails."""
    reply_to: str | None = None
    language: str = DEFAULT
    """The language that the texts are in."""
