"""The link in a message that was relayed to a holder: report its sender, or turn messages off."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.directory.contact import holder
from chalicelib.http.core.access import BY_SECRET
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.holder.private_page import MISSING, page
from chalicelib.http.input import form


def routes(services: Services) -> Routes:
    """Create the route `/mail/contact/{token}`."""
    bound = Routes(__name__, services)

    @bound.bind("/mail/contact/{token}", access=BY_SECRET, missing=MISSING)
    def show(_request: Request, secret: str) -> Reply:
        holder.find(services.contact_context, secret)
        return page(services, "message.html", 200, secret=secret, done="")

    @bound.bind("/mail/contact/{token}", access=BY_SECRET, methods=("POST",), missing=MISSING)
    def perform(request: Request, secret: str) -> Reply:
        holder.find(services.contact_context, secret)
        # Anything but the page's own button turns messages off: email clients send this request themselves (RFC 8058).
        fields = form.as_text(form.sent(request).fields)
        if fields.get("do") == "report":
            if fields.get("sure") != "yes":
                return page(services, "message.html", 422, secret=secret, done="unsure")
            holder.report(services.contact_context, secret)
            return page(services, "message.html", 200, secret=secret, done="reported")
        holder.turn_off(services.contact_context, secret)
        return page(services, "message.html", 200, secret=secret, done="off")

    return bound
