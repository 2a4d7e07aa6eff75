"""The issuer as shown on the page of a credential: what is proven about it, and what it only states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from chalicelib.award.input import colours
from chalicelib.credential.issuer import Issuer
from chalicelib.http.html import text
from chalicelib.http.public import verdict_text
from chalicelib.verify.report import Finding, Report

_EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
"""Addresses that may become a link: nothing in them can end the address or add a subject or text to the email."""


@dataclass(frozen=True, slots=True)
class Brand:
    """Logo and accent colour of the issuer, from Laurel's record: they are not signed and prove nothing."""

    logo: str | None
    accent: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """The issuer's email address; ``url`` is None if the issuer is not proven, because a forger would link its own."""

    email: str
    url: str | None


@dataclass(frozen=True, slots=True)
class IssuerView:
    """The issuer. ``caution`` is a warning if the issuer is not known; ``domain`` is proven by its key.

    ``behind`` says which domain is behind a name that no registry confirms.
    """

    name: str
    did: str
    url: str | None
    domain: str | None
    caution: str | None
    behind: str | None = None
    description: str | None = None
    """Signed, as the issuer describes itself; so is the contact."""
    contact: Contact | None = None
    brand: Brand | None = None
    """None unless the issuer is proven."""

    @property
    def vouched(self) -> bool:
        """Whether the name is confirmed, and not only claimed by the issuer."""
        return self.caution is None and self.behind is None


def issuer_view(report: Report, registered: Issuer | None, claimed: Mapping[str, object], base_url: str) -> IssuerView:
    """Build the view; ``registered`` is the issuer in Laurel's record, ``claimed`` what the credential says."""
    did = text.optional_text(claimed.get("id")) or ""
    finding = next((item for item in report.findings if item.check == "issuer"), None)
    proven, own = verdict_text.issuer_proven(report), registered is not None and registered.did == did
    # Only a registered name is a fact: a domain confirms a key, neither the name nor the URL that the issuer claims.
    behind = finding.message if finding is not None and finding.code == "issuer_domain_proven" else None
    vouched = proven and behind is None
    domain = text.domain(did)
    if not proven and domain == urlsplit(base_url).netloc:
        domain = None  # it is Laurel's own, which says nothing about who uses Laurel
    name, url = text.optional_text(claimed.get("name")), claimed.get("url")
    if vouched and registered is not None and own:
        name, url = registered.name, registered.url
    return IssuerView(
        name=name or "an unnamed issuer",
        did=did,
        # No link: a forger would link to the organization it imitates, or to a site of its own that confirms it.
        url=text.https(url) if vouched else None,
        domain=domain,
        caution=None if proven else _caution(finding, domain),
        behind=behind,
        description=text.optional_text(claimed.get("description")),
        contact=_contact(claimed.get("email"), linked=vouched),
        brand=_brand(registered, base_url) if proven and registered is not None and own else None,
    )


def shown_image(url: object, base_url: str) -> str | None:
    """Return ``url`` if the image is ours or embedded: any other host would learn who views which credential."""
    own = isinstance(url, str) and url.startswith(f"{base_url}/images/")
    return url if isinstance(url, str) and (own or text.picture(url)) else None


def _caution(finding: Finding | None, domain: str | None) -> str:
    message = finding.message if finding else "Laurel did not check whether the issuer is known."
    if domain is None:
        return f"{message} Anyone can use any name, so contact the issuer using details that you look up yourself."
    return (
        f"{message} Laurel can only confirm that the key belongs to {text.isolated(domain)}. "
        "Make sure that this is the organization you expect."
    )


def _contact(email: object, *, linked: bool) -> Contact | None:
    address = text.optional_text(email)
    if address is None:
        return None
    return Contact(address, f"mailto:{address}" if linked and _EMAIL.fullmatch(address) else None)


def _brand(registered: Issuer, base_url: str) -> Brand | None:
    brand = Brand(shown_image(registered.image, base_url), colours.readable(registered.accent))
    return brand if brand.logo or brand.accent else None
