"""The link preview image, and the QR code of a credential's link."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.credential.build import credential_url
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, public
from chalicelib.http.core.routing import Routes
from chalicelib.http.embed import opening
from chalicelib.http.embed.artefact_of import artefact_of
from chalicelib.http.public.documents import IMAGE_SECONDS, SANDBOX
from chalicelib.settings import Function

CARD_SECONDS = 3600
"""How long a preview is cached. It has no verdict, so only the issuer's proof and colour can change in it."""
_HEADERS = {"Content-Security-Policy": SANDBOX, "Cross-Origin-Resource-Policy": "cross-origin"}


def routes(services: Services) -> Routes:
    """Create the routes `/c/{id}/card.png` and `/c/{id}/qr.svg`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/c/{id}/card.png", access=PUBLIC, missing=opening.MISSING)
    def card(request: Request, credential_id: str) -> Reply:
        from chalicelib.embed.artefacts import share_image  # imported here: most requests draw nothing

        # No visit: a program that prepares a preview has shown nothing yet.
        opened = services.hosted_reports.open(opening.checked(credential_id), None)
        image = share_image.png(artefact_of(services, opened), opening.image_language(request))
        return public(request, Reply(image, "image/png", headers=_HEADERS), CARD_SECONDS)

    @bound.bind("/c/{id}/qr.svg", access=PUBLIC, missing=opening.MISSING)
    def code(request: Request, credential_id: str) -> Reply:
        from chalicelib.embed.artefacts import qr  # imported here: most requests draw nothing

        record = services.hosted_reports.shown_record(opening.checked(credential_id))
        drawing = qr.svg(credential_url(bound.base_url, record.id))
        return public(request, Reply(drawing, "image/svg+xml", headers=_HEADERS), IMAGE_SECONDS, immutable=True)

    for path in tuple(bound.methods):
        bound.preflight(path)
    return bound
