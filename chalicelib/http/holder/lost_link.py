"""The page `/c/{id}/holder`, on which a holder without an email from Laurel requests the link to their own page."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.credential import email_address
from chalicelib.credential.build import credential_url
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.delivery import links
from chalicelib.delivery.holder import lost_link
from chalicelib.errors import NotFound, Refused
from chalicelib.http.core import authentication
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render, request_language
from chalicelib.http.input import body, form, request_context
from chalicelib.http.sign_in.email_link import REFERRER

MISSING = "There is no credential with this id."


def routes(services: Services) -> Routes:
    """Create the route `/c/{id}/holder`."""
    bound = Routes(__name__, services)

    @bound.bind("/c/{id}/holder", access=PUBLIC, missing=MISSING)
    def ask(_request: Request, credential_id: str) -> Reply:
        _require(services, credential_id)
        return _page(services, credential_id)

    @bound.bind("/c/{id}/holder", access=PUBLIC, methods=("POST",), missing=MISSING)
    def send(request: Request, credential_id: str) -> Reply:
        # Otherwise any website could make its visitors use up the limits of their networks.
        authentication.check_same_origin(request, services.settings.base_url)
        _require(services, credential_id)
        typed = form.as_text(form.sent(request, body.MAX_ADDRESS_FORM).fields).get("email", "").strip()
        delivery_context, access_context = services.delivery_context, services.access_context
        caller, language = request_context.client_address(request), request_language.current().code
        try:
            lost_link.request(delivery_context, access_context, credential_id, typed, caller, language)
        except Refused as error:
            return _page(services, credential_id, typed[: email_address.MAX_LENGTH], error=error.detail)
        return _page(services, credential_id, typed, sent=True)

    return bound


def _require(services: Services, credential_id: str) -> None:
    """Raises `NotFound`, `TakenDown` for a credential without a page."""
    if not PUBLIC_ID.fullmatch(credential_id):
        raise NotFound("no such credential")
    lost_link.require(services.delivery_context, credential_id)


def _page(services: Services, credential_id: str, typed: str = "", *, error: str = "", sent: bool = False) -> Reply:
    base_url = services.settings.base_url
    content = {"credential": credential_url(base_url, credential_id), "typed": typed, "error": error, "sent": sent}
    hours = int(links.WIDE_VALIDITY.total_seconds()) // 3600
    headers = uncached(**REFERRER)
    status = 400 if error else 200
    return render.page(
        "holder/lost_link.html", base_url, status, headers, forms=True, console=True, leads=(), hours=hours, **content
    )
