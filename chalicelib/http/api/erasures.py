"""Erasure of a person from the issuer's records, through the JSON API."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.credential import dates
from chalicelib.erasure import requests
from chalicelib.erasure.erasure import Erasure
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body
from chalicelib.http.input.json_body import JsonReader

MISSING = "This issuer has no such person, credential or erasure."


def routes(services: Services) -> Routes:
    """Create the routes `/v1/erasures` and `/v1/erasures/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/erasures", access=token(Permission.MANAGE))
    def listing(_request: Request, caller: Caller) -> Reply:
        found = services.erasure_context.store.of_issuer(caller.issuer_id)
        return as_json({"items": [to_json(one) for one in found]}, headers=uncached())

    @bound.bind("/v1/erasures", access=token(Permission.MANAGE), methods=("POST",), missing=MISSING)
    def ask(request: Request, caller: Caller) -> Reply:
        reader = JsonReader(body.json_object(request))
        email, credential_id = reader.optional("email"), reader.optional("credential")
        if (email is None) == (credential_id is None):
            reader.add_error("email", "Send either `email` or `credential`.")
        reader.finish()
        erasure = requests.request_as_issuer(
            services.erasure_context, caller.issuer_id, email=email, credential_id=credential_id
        )
        return as_json(to_json(erasure), status=202, headers=uncached())

    @bound.bind("/v1/erasures/{id}", access=token(Permission.MANAGE), methods=("DELETE",), missing=MISSING)
    def cancel(_request: Request, caller: Caller, subject: str) -> Reply:
        requests.cancel(services.erasure_context, caller.issuer_id, subject)
        return Reply("", "text/plain", 204)

    return bound


def to_json(erasure: Erasure) -> dict[str, object]:
    """Serialize an erasure."""
    return {
        "id": erasure.subject,
        "email": erasure.email,
        "credential": erasure.credential_id,
        "requested_by": erasure.requested_by.value,
        "requested_at": dates.write(erasure.requested_at),
        "due": dates.write(erasure.due),
        "state": erasure.state.value,
    }
