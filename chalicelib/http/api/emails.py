"""Resending a credential's email through the JSON API."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.credential import dates
from chalicelib.delivery import resend
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes

MISSING = "There is no credential with this id, or this API key cannot access it."


def routes(services: Services) -> Routes:
    """Create the route `/v1/credentials/{id}/send`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/credentials/{id}/send", access=token(Permission.ISSUE), methods=("POST",), missing=MISSING)
    def send(_request: Request, caller: Caller, credential_id: str) -> Reply:
        delivery = resend.resend_email(services.delivery_context, caller.issuer_id, credential_id)
        return as_json(to_json(delivery), status=202, headers=uncached())

    return bound


def to_json(delivery: Delivery) -> dict[str, object]:
    """Serialize the delivery status of a credential's emails to JSON."""
    first = delivery.first
    times = {
        "sent_at": first and first.sent_at,
        "delivered_at": delivery.delivered_at,
        "opened_at": delivery.opened_at,
        "shared_at": delivery.shared_at,
        "bounced_at": delivery.bounced_at,
        "complained_at": delivery.complained_at,
    }
    return {
        "credential": delivery.credential_id,
        "state": delivery.state.value,
        **{name: dates.write(at) if at else None for name, at in times.items()},
        "failure": first.given_up if first else None,
    }
