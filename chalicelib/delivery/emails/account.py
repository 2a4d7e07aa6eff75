"""Compose the emails that are not about a credential: sign-in links, links that a holder requested, invitations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.credential.issuer import Issuer
from chalicelib.credential.quotation import escape_quotes
from chalicelib.delivery.emails.parts import neutral
from chalicelib.delivery.emails.parts.branding import LAUREL
from chalicelib.delivery.emails.parts.email_content import Button, EmailContent, Kind
from chalicelib.delivery.emails.parts.text import line
from chalicelib.delivery.emails.parts.translated import translated
from chalicelib.delivery.links import WIDE_VALIDITY
from chalicelib.language.languages import DEFAULT
from chalicelib.language.phrase import phrase, plural


class RequestedOn(StrEnum):
    """Where a link to a holder's page was requested, and so what the person who requested it has proven."""

    OWN_PAGE = "own_page"
    """On the holder's own page."""
    EARLIER_LINK = "earlier_link"
    """With a link from an earlier email, which does not open the holder's page: it has expired, or only unsubscribes or
    cancels a deletion."""
    SIGNED_IN = "signed_in"
    """In the console, after signing in with the address."""
    CREDENTIAL_PAGE = "credential_page"
    """On the public page of a credential, where anyone can enter any address."""


_WHY: Mapping[RequestedOn, str] = {
    RequestedOn.OWN_PAGE: phrase(
        "You are receiving this email because someone, probably you, requested it on your page. No one else "
        "has seen the link."
    ),
    RequestedOn.EARLIER_LINK: phrase(
        "You are receiving this email because someone, probably you, requested it with a link from an earlier email. "
        "No one else has seen the new link."
    ),
    RequestedOn.SIGNED_IN: phrase(
        "You are receiving this email because someone, probably you, signed in with this address and requested it. "
        "No one else has seen the link."
    ),
    RequestedOn.CREDENTIAL_PAGE: phrase(
        "You are receiving this email because someone, probably you, entered this address on the public page of one "
        "of your credentials. If it was not you, you can ignore this email. No one else has seen the link."
    ),
}


def sign_in(email: str, link: str, minutes: int, language: str = DEFAULT) -> EmailContent:
    """Compose the email with a sign-in link for a member of an issuer, in ``language``."""
    content = EmailContent(
        kind=Kind.SIGN_IN,
        to=email,
        subject=phrase("Sign in to Laurel"),
        preview=plural(
            "Use this link to sign in. It works once and expires in {count} minute.",
            "Use this link to sign in. It works once and expires in {count} minutes.",
            minutes,
        ),
        brand=LAUREL,
        greeting=phrase("Hello,"),
        paragraphs=(
            phrase("Use this link to sign in to Laurel."),
            plural(
                "It works once, in the browser where you requested it, and expires in {count} minute.",
                "It works once, in the browser where you requested it, and expires in {count} minutes.",
                minutes,
            ),
        ),
        main=Button(phrase("Sign in"), link),
        why=phrase(
            "You are receiving this email because someone, probably you, asked to sign in with this address. "
            "If it was not you, you can ignore this email. No one can sign in without this link."
        ),
    )
    return translated(content, language)


def holder_link(
    email: str,
    link: str,
    language: str = DEFAULT,
    *,
    opens_all_issuers: bool,
    ends_earlier: bool,
    requested_on: RequestedOn = RequestedOn.OWN_PAGE,
    has_deleted: bool = False,
) -> EmailContent:
    """Compose the email with a link to the holder's page that the holder requested, in ``language``.

    ``opens_all_issuers``: it opens the credentials of all issuers, for `links.WIDE_VALIDITY`. The issuer of another
    link is not named, because this email comes from Laurel, and an issuer chooses its own name. ``has_deleted``: the
    holder has deleted their data, with all links of that time.
    """
    earlier = _earlier(ends=ends_earlier, has_deleted=has_deleted)
    content = EmailContent(
        kind=Kind.HOLDER_LINK,
        to=email,
        subject=phrase("Your link to all your credentials")
        if opens_all_issuers
        else phrase("Your link to your credentials from one issuer"),
        preview=phrase("{sentence} {more}", sentence=phrase("It opens your credentials and settings."), more=earlier),
        brand=LAUREL,
        greeting=phrase("Hello,"),
        paragraphs=(
            _opens(opens_all_issuers),
            earlier,
            phrase("Keep this link private. To share a credential, share the link to its own page instead."),
        ),
        main=Button(phrase("Open your credentials"), link),
        why=_WHY[requested_on],
    )
    return translated(content, language)


def _earlier(*, ends: bool, has_deleted: bool) -> str:
    if ends:
        return phrase("Earlier links no longer work.")
    if has_deleted:
        return phrase("Links from before you deleted your data no longer work.")
    return phrase("Requesting this link does not end earlier links.")


def _opens(opens_all_issuers: bool) -> str:
    if not opens_all_issuers:
        return phrase(
            "Use this link to view the credentials that one issuer has issued to you and to change your settings."
        )
    return plural(
        "Use this link to view all credentials issued to this address and to change your settings. It works for "
        "{count} hour.",
        "Use this link to view all credentials issued to this address and to change your settings. It works for "
        "{count} hours.",
        WIDE_VALIDITY // timedelta(hours=1),
    )


def invitation(email: str, issuer: Issuer, role: str, link: str, now: datetime) -> EmailContent:
    """Compose the email to a new member of an issuer. A name that the operators have not registered is quoted, because
    a domain confirms a key and not the name."""
    if not issuer.identified(now):
        return neutral.invitation(email, issuer, role, link)
    domain = issuer.vouching_domain(now)
    name = line(issuer.name) if domain is None else f"“{escape_quotes(line(issuer.name))}”"
    confirmed = domain and f"This organization has verified the domain {domain}. Laurel has not verified its name."
    return EmailContent(
        kind=Kind.INVITATION,
        to=email,
        subject=f"You have been added to {name} on Laurel",
        preview=f"Your role is {role}. Sign in with this email address.",
        brand=LAUREL,
        greeting="Hello,",
        paragraphs=(
            f"You have been added to {name} on Laurel. Your role is {role}.",
            *([confirmed] if confirmed else []),
            "Sign in with this email address. You do not need a password.",
        ),
        main=Button("Sign in to Laurel", link),
        why=f"You are receiving this email because an owner of {name} added this address.",
    )
