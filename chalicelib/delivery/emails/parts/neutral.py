"""Emails of unidentified issuers. They contain no text, image, colour or link of the issuer except its name, which is
marked as unproven: anyone can create an issuer and would otherwise choose what Laurel writes."""

from __future__ import annotations

import re

from chalicelib.credential.issuer import Issuer
from chalicelib.credential.quotation import escape_quotes
from chalicelib.delivery.emails.parts.branding import LAUREL, Brand
from chalicelib.delivery.emails.parts.email_content import Button, EmailContent, Kind
from chalicelib.delivery.emails.parts.text import line
from chalicelib.language.phrase import Phrase, phrase

NAME = 60
"""Maximum characters of a claimed name, too few for a message."""
UNVERIFIED = Brand(phrase("Unverified sender"))
"""Instead of the issuer's name as the sender, and instead of its logo and colour."""

_LINK = re.compile(r"://|@|[^\W_][.。．｡][^\W_]{2,}|\d{5,}|\d[\d ()/+-]{6,}\d")
"""Text that email clients turn into a link: URLs, domains, addresses, phone numbers."""
_TEXTS = {
    Kind.ISSUED: (
        phrase("You have received a digital credential"),
        phrase("{organization} has issued a digital credential to you."),
    ),
    Kind.CORRECTED: (
        phrase("A digital credential has been corrected"),
        phrase(
            "{organization} has corrected a digital credential that it issued to you. The corrected credential "
            "replaces it."
        ),
    ),
    Kind.RENEWED: (
        phrase("A digital credential has been renewed"),
        phrase("{organization} has renewed a digital credential that it issued to you."),
    ),
    Kind.REVOKED: (
        phrase("A digital credential has been revoked"),
        phrase(
            "{organization} has revoked a digital credential that it issued to you. Its page shows the reason, if any."
        ),
    ),
    Kind.SUSPENDED: (
        phrase("A digital credential has been suspended"),
        phrase(
            "{organization} has suspended a digital credential that it issued to you. "
            "Its page shows the reason, if any."
        ),
    ),
    Kind.REINSTATED: (
        phrase("A digital credential has been reinstated"),
        phrase("{organization} has reinstated a digital credential that it issued to you. The suspension has ended."),
    ),
}


def claimed(issuer: Issuer) -> Phrase:
    """How a sentence names an unidentified issuer; without its name if that contains a link."""
    name = _printable(issuer)
    if name is None:
        return phrase("An organization whose identity is not verified")
    return phrase("An organization that calls itself “{name}” (not verified)", name=name)


def claimed_within(issuer: Issuer) -> Phrase:
    """The same within a sentence."""
    name = _printable(issuer)
    if name is None:
        return phrase("an organization whose identity is not verified")
    return phrase("an organization that calls itself “{name}” (not verified)", name=name)


def _printable(issuer: Issuer) -> str | None:
    name = escape_quotes(line(issuer.name, NAME))
    return None if not name or _LINK.search(name) else name


def about_credential(kind: Kind, email: str, issuer: Issuer, my: str, unsubscribe: str) -> EmailContent:
    """Compose the email of ``kind`` about a credential. Raises `ValueError` for a kind that needs an identified
    issuer."""
    if kind not in _TEXTS:
        raise ValueError(f"{kind} is not sent for an issuer that is not identified")
    subject, statement = _TEXTS[kind]
    return EmailContent(
        kind=kind,
        to=email,
        subject=phrase(subject),
        preview=phrase("Laurel has not verified who sent it."),
        brand=UNVERIFIED,
        greeting=phrase("Hello,"),
        paragraphs=(
            phrase(statement, organization=claimed(issuer)),
            phrase(
                "Laurel has not verified who this organization is. Any name shown here was chosen by the organization."
            ),
            phrase("If you did not expect this email, you can ignore it, or unsubscribe below."),
        ),
        main=Button(phrase("View the credential"), my),
        why=phrase(
            "You are receiving this email because this organization entered the address {email}. It can see whether "
            "the link above is opened.",
            email=email,
        ),
        settings=f"{my}#settings",
        unsubscribe=unsubscribe,
    )


def invitation(email: str, issuer: Issuer, role: str, link: str) -> EmailContent:
    """Compose the email to a new member."""
    return EmailContent(
        kind=Kind.INVITATION,
        to=email,
        subject="You have been added to an organization on Laurel",
        preview="Laurel has not verified who this organization is.",
        brand=LAUREL,
        greeting="Hello,",
        paragraphs=(
            f"{claimed(issuer)} has added you as a member. Your role is {role}.",
            "Laurel has not verified who this organization is. If you did not expect this email, you can ignore it.",
            "To accept, sign in with this email address. You do not need a password.",
        ),
        main=Button("Sign in to Laurel", link),
        why="You are receiving this email because an owner of this organization entered this address.",
    )
