"""An issuer as shown on its own pages: proven facts and its own statements.

Nothing here is signed: everything comes from Laurel's record, which the issuer edits itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from chalicelib.award.input import colours, fonts
from chalicelib.credential.issuer import Issuer
from chalicelib.http.directory.issuer_directory import directory_url
from chalicelib.http.html import text
from chalicelib.http.public.credential.issuer_view import shown_image
from chalicelib.language.phrase import phrase

UNPROVEN = "The issuer’s identity is not proven."


@dataclass(frozen=True, slots=True)
class Profile:
    """An issuer. ``proven`` decides what may be linked, indexed and shown in its own colours."""

    id: str
    did: str
    page: str
    name: str
    proven: bool
    registered: bool
    """Whether the operators registered the name. A domain confirms who uses it, not the name itself."""
    domains: tuple[str, ...]
    standing: str
    """The identity behind the name, in one or two sentences."""
    description: str | None
    url: str | None
    """Its website as stated."""
    url_linked: bool
    email: str | None
    logo: str | None
    """None unless the name is registered: the owner of a domain can copy any organization's logo."""
    accent: str | None
    """None unless the issuer is proven, like the next two."""
    font: str | None
    footer: str | None
    directory: str | None
    """The URL of its own directory, if it has one."""


def profile_of(issuer: Issuer, now: datetime, base_url: str) -> Profile:
    """Build the profile of ``issuer`` as of ``now``."""
    domains = tuple(proof.domain for proof in issuer.proven(now))
    proven = issuer.identified(now)
    return Profile(
        id=issuer.id,
        did=issuer.did,
        page=issuer_url(base_url, issuer.id),
        name=text.optional_text(issuer.name) or issuer.id,
        proven=proven,
        registered=issuer.registered,
        domains=domains,
        standing=_identity_sentence(issuer.registered, domains),
        description=text.optional_text(issuer.description),
        url=text.https(issuer.url),
        url_linked=issuer.registered,
        email=text.optional_text(issuer.email),
        logo=shown_image(issuer.image, base_url) if issuer.registered else None,
        accent=colours.readable(issuer.accent) if proven else None,
        font=fonts.known(issuer.font) if proven else None,
        footer=text.optional_text(issuer.footer) if proven else None,
        directory=directory_url(base_url, issuer.id) if issuer.has_directory(now) else None,
    )


def issuer_url(base_url: str, issuer_id: str) -> str:
    """The public page of an issuer."""
    return f"{base_url}/issuers/{issuer_id}"


def to_json(profile: Profile) -> dict[str, object]:
    """Serialize a profile: facts known to Laurel, and separately the issuer's statements."""
    return {
        "id": profile.id,
        "did": profile.did,
        "url": profile.page,
        "proven": profile.proven,
        "name_registered": profile.registered,
        "domains": list(profile.domains),
        "directory": profile.directory,
        "stated_by_issuer": {
            "name": profile.name,
            "description": profile.description,
            "website": profile.url,
            "email": profile.email,
        },
    }


def _identity_sentence(registered: bool, domains: tuple[str, ...]) -> str:
    vouched = phrase("The operator of this service vouches for this name.")
    if not domains:
        return (
            vouched
            if registered
            else phrase("Anyone can use any name. Contact the organization using details that you look up yourself.")
        )
    by_domain = _by_domain(domains)
    if registered:
        return phrase("{sentence} {more}", sentence=vouched, more=by_domain)
    return phrase("{sentence} {more}", sentence=by_domain, more=phrase("The issuer chose this name itself."))


def _by_domain(domains: tuple[str, ...]) -> str:
    if len(domains) == 1:
        return phrase("This issuer has verified the domain {name}.", name=domains[0])
    listed = reduce(lambda first, second: phrase("{first} and {second}", first=first, second=second), domains)
    return phrase("This issuer has verified the domains {names}.", names=listed)
