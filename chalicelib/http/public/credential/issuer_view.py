"""The issuer as shown on the page of a credential: proven facts and its own statements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.award.input import colours, fonts
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.key_location import KeyLocation, key_location
from chalicelib.credential.record import IMAGE_NAME
from chalicelib.http.html import text
from chalicelib.http.public.credential import verdict_text
from chalicelib.language.phrase import Phrase, phrase
from chalicelib.verify.report import Finding, Report

_EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
"""Addresses that may become a link: nothing in them can end the address or add a subject or text to the email."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The issuer in Laurel's current record. It is not signed, so it is never shown as the issuer's statement."""

    registered_name: str | None
    """The name that the operators registered."""
    accent: str | None
    """The issuer's colour, which states nothing."""
    font: str | None
    """The name of its font, which states nothing either."""


@dataclass(frozen=True, slots=True)
class Contact:
    """The issuer's email address; ``url`` is None if the issuer is not proven, because a forger would link its own."""

    email: str
    url: str | None


@dataclass(frozen=True, slots=True)
class IssuerView:
    """The issuer, as the verified credential describes it. ``recorded``, ``caution`` and ``behind`` are Laurel's.

    ``caution`` is a warning if the issuer is not known. ``behind`` says which domain is behind a name that no registry
    confirms.
    """

    name: str
    did: str
    url: str | None
    location: KeyLocation | None
    """The location of its key; None if that does not identify it."""
    caution: str | None
    behind: str | None = None
    description: str | None = None
    contact: Contact | None = None
    logo: str | None = None
    """None unless the name is confirmed: a domain confirms a key, and its owner can copy any organization's logo."""
    recorded: Recorded | None = None
    """None unless the issuer is proven and hosted here."""

    @property
    def named(self) -> bool:
        """Whether it states a name; otherwise `name` has words of ours, which are not quoted."""
        return not isinstance(self.name, Phrase)

    @property
    def vouched(self) -> bool:
        """Whether the name is confirmed, and not only claimed by the issuer."""
        return self.caution is None and self.behind is None


def issuer_view(report: Report, registered: Issuer | None, claimed: Mapping[str, object], base_url: str) -> IssuerView:
    """Build the view; ``claimed`` is the issuer in the verified credential, ``registered`` the issuer in Laurel's
    record.

    Everything that the issuer states is taken from ``claimed``: the record can be edited after the credential was
    issued, by the issuer itself.
    """
    did = text.optional_text(claimed.get("id")) or ""
    finding = next((item for item in report.findings if item.check == "issuer"), None)
    proven = verdict_text.issuer_proven(report)
    # Only a registered name is a fact: a domain confirms a key, neither the name nor the URL that the issuer claims.
    behind = finding.message if finding is not None and finding.code == "issuer_domain_proven" else None
    vouched = proven and behind is None
    location = None if proven or _is_hosted(report) else key_location(did, _key_documents(report), base_url)
    recorded = _recorded(registered) if proven and registered is not None and registered.did == did else None
    name = text.optional_text(claimed.get("name"))
    if name is None and vouched and recorded is not None:
        name = recorded.registered_name  # check 8 passes without a name in the credential, because none contradicts it
    return IssuerView(
        name=name or phrase("an unnamed issuer"),
        did=did,
        # No link: a forger would link to the organization it imitates, or to a site of its own that confirms it.
        url=text.https(claimed.get("url")) if vouched else None,
        location=location,
        caution=None if proven else _caution(finding, location),
        behind=behind,
        description=text.optional_text(claimed.get("description")),
        contact=_contact(claimed.get("email"), linked=vouched),
        logo=shown_image(claimed.get("image"), base_url) if vouched else None,
        recorded=recorded,
    )


def shown_image(url: object, base_url: str) -> str | None:
    """Return ``url`` if the image is ours or embedded: any other host would learn who views which credential."""
    if not isinstance(url, str):
        return None
    prefix = f"{base_url}/images/"
    # Only an image: `/images/../badge/...` would show the verdict on another credential.
    own = url.startswith(prefix) and IMAGE_NAME.fullmatch(url.removeprefix(prefix)) is not None
    return url if own or text.picture(url) else None


def _is_hosted(report: Report) -> bool:
    """Whether it is a badge without a signature, so that there is no key."""
    return any(finding.code == "hosted_matches" for finding in report.findings)


def _key_documents(report: Report) -> list[str]:
    """The URLs that the signer's key was read from."""
    return [item.url for finding in report.findings if finding.check == "signer" for item in finding.evidence]


def _caution(finding: Finding | None, location: KeyLocation | None) -> str:
    message = phrase(finding.message if finding else "Laurel did not check whether the issuer is known.")
    if location is None:
        return phrase(
            "{finding} Anyone can use any name, so contact the issuer using details that you look up yourself.",
            finding=message,
        )
    if location.domain is None:
        return phrase(
            "{finding} Its key is published at {place}, which is not a domain of its own, so it does not show who the "
            "issuer is. Contact the issuer using details that you look up yourself.",
            finding=message,
            place=text.isolated(location.place),
        )
    return phrase(
        "{finding} Laurel can only confirm that the key belongs to {domain}. Make sure that this is the organization "
        "you expect.",
        finding=message,
        domain=text.isolated(location.domain),
    )


def _contact(email: object, *, linked: bool) -> Contact | None:
    address = text.optional_text(email)
    if address is None:
        return None
    return Contact(address, f"mailto:{address}" if linked and _EMAIL.fullmatch(address) else None)


def _recorded(registered: Issuer) -> Recorded:
    return Recorded(
        text.optional_text(registered.registered_as), colours.readable(registered.accent), fonts.known(registered.font)
    )
