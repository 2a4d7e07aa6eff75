"""The view of a hosted credential that is shared as an image or a document, with its pictures."""

from __future__ import annotations

from chalicelib.award.images import default_badge
from chalicelib.award.input import colours
from chalicelib.credential.record import IMAGE_NAME
from chalicelib.embed.artefacts.artefact import Artefact, Picture
from chalicelib.errors import NotFound, Unavailable
from chalicelib.http.core.ports import Services
from chalicelib.http.embed import badge_of
from chalicelib.http.public.credential_facts import Facts
from chalicelib.http.public.credential_page import page_of
from chalicelib.http.public.credential_view import of_hosted
from chalicelib.language.phrase import phrase
from chalicelib.reports.hosted import HostedReport

VOUCHED = phrase("The operator of this service vouches for this name.")
NOT_PROVEN = phrase("Who issued it is not proven.")


def artefact_of(services: Services, opened: HostedReport, *, rendered: bool = True) -> Artefact:
    """Build the view of ``opened``. Costs one read for each of its pictures.

    ``rendered`` means that Laurel draws the pictures itself: then an SVG that someone uploaded is replaced, because its
    author decides how long drawing it takes.
    """
    base_url = services.settings.base_url
    page = page_of(of_hosted(opened, base_url), base_url)
    view, facts = badge_of.of_page(page, opened, base_url), page.facts
    accent = colours.readable_or_default(facts.issuer.recorded.accent if facts and facts.issuer.recorded else None)
    title = view.claims.title if view.claims else ""
    # The drawn badge instead of a picture by someone who may only claim to be the issuer that it shows.
    picture = facts.image if facts and (facts.issuer.caution is None or not rendered) else None
    return Artefact(
        url=view.url,
        claims=view.claims,
        issuer_proof=_proof(facts),
        valid_from=facts.valid_from if facts else None,
        valid_until=facts.valid_until if facts else None,
        accent=accent,
        picture=_stored(services, picture, rendered=rendered)
        or Picture(default_badge.draw(title, accent), "image/svg+xml"),
        logo=_stored(services, facts.issuer.logo if facts else None, rendered=rendered),
    )


def _stored(services: Services, url: str | None, *, rendered: bool) -> Picture | None:
    """Read the image at ``url``; None if it is not stored here, cannot be read, or must not be ``rendered``."""
    name = IMAGE_NAME.fullmatch((url or "").removeprefix(f"{services.settings.base_url}/images/"))
    if name is None:
        return None
    try:
        found = services.public_store.image(name[1])
    except (NotFound, Unavailable):
        return None
    uploaded = found.media_type == "image/svg+xml" and not default_badge.is_drawn(found.content)
    return None if rendered and uploaded else Picture(found.content, found.media_type)


def _proof(facts: Facts | None) -> str:
    if facts is None:
        return ""
    return VOUCHED if facts.issuer.vouched else facts.issuer.behind or NOT_PROVEN
