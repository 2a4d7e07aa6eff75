"""The view of a hosted credential that is shared as an image or a document, with its pictures."""

from __future__ import annotations

import re
from collections.abc import Callable

from chalicelib.award.images import default_badge
from chalicelib.award.input import colours
from chalicelib.credential.record import IMAGE_NAME, Image
from chalicelib.embed.artefacts.artefact import Artefact, Picture
from chalicelib.errors import NotFound, Unavailable
from chalicelib.http.core.ports import Services
from chalicelib.http.embed import badge_of
from chalicelib.http.public.credential.credential_facts import Facts
from chalicelib.http.public.credential.credential_page import page_of
from chalicelib.http.public.credential.credential_view import of_hosted
from chalicelib.language.phrase import phrase, with_values
from chalicelib.reports.hosted import HostedReport

VOUCHED = phrase("The operator of this service vouches for this name.")
NOT_PROVEN = phrase("The issuer’s identity is not proven.")
MAX_DOMAIN, MAX_DOMAINS = 70, 115
"""Maximum characters of one domain, and of all domains together, that fit on their lines. Any registered domain fits: a
label has at most 63 characters."""
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)


Images = Callable[[str], Image]
"""Reads the image with a SHA-256. Raises `NotFound`, `Unavailable`."""


def artefact_of(services: Services, opened: HostedReport, *, rendered: bool = True) -> Artefact:
    """Build the view of ``opened``. Costs one read for each of its pictures.

    ``rendered`` means that Laurel draws the pictures itself: then an SVG that someone uploaded is replaced, because its
    author decides how long drawing it takes.
    """
    return artefact_with(opened, services.settings.base_url, services.public_store.image, rendered=rendered)


def artefact_with(opened: HostedReport, base_url: str, images: Images, *, rendered: bool = True) -> Artefact:
    """Build the view as `artefact_of` does, with pictures read by ``images``."""
    page = page_of(of_hosted(opened, base_url), base_url)
    view, facts = badge_of.of_page(page, opened, base_url), page.facts
    accent = colours.readable_or_default(facts.issuer.recorded.accent if facts and facts.issuer.recorded else None)
    title = view.claims.title if view.claims else ""
    # Draw a badge instead of using a picture by someone who may only claim to be this issuer.
    picture = facts.image if facts and (facts.issuer.caution is None or not rendered) else None
    return Artefact(
        # At the base URL, because what is printed must outlive the host of an issuer.
        url=page.url or "",
        claims=view.claims,
        issuer_proof=_proof(facts),
        valid_from=facts.valid_from if facts else None,
        valid_until=facts.valid_until if facts else None,
        accent=accent,
        picture=_stored(images, base_url, picture, rendered=rendered)
        or Picture(default_badge.draw(title, accent), "image/svg+xml"),
        logo=_stored(images, base_url, facts.issuer.logo if facts else None, rendered=rendered),
    )


def _stored(images: Images, base_url: str, url: str | None, *, rendered: bool) -> Picture | None:
    """Read the image at ``url``; None if it is not stored here, cannot be read, or must not be ``rendered``."""
    name = IMAGE_NAME.fullmatch((url or "").removeprefix(f"{base_url}/images/"))
    if name is None:
        return None
    try:
        found = images(name[1])
    except (NotFound, Unavailable):
        return None
    uploaded = found.media_type == "image/svg+xml" and not default_badge.is_drawn(found.content)
    return None if rendered and uploaded else Picture(found.content, found.media_type)


def _proof(facts: Facts | None) -> str:
    if facts is None:
        return ""
    if facts.issuer.vouched:
        return VOUCHED
    return with_short_domains(facts.issuer.behind) if facts.issuer.behind else NOT_PROVEN


def with_short_domains(sentence: str) -> str:
    """Shorten the domains in ``sentence`` at their start, because the end of a domain, which identifies its owner, must
    not be cut."""
    room = min(MAX_DOMAIN, MAX_DOMAINS // max(len(_DOMAIN.findall(sentence)), 1))

    def shortened(text: str) -> str:
        return _DOMAIN.sub(lambda domain: domain[0] if len(domain[0]) <= room else f"…{domain[0][1 - room :]}", text)

    return with_values(sentence, shortened)
