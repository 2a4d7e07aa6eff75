"""The operators' routes to hide the page of a credential, and the profile of a holder."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.credential import dates
from chalicelib.directory.profiles import takedown as profile_takedown
from chalicelib.http.core.access import OPERATOR
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body
from chalicelib.http.input.json_body import JsonReader
from chalicelib.moderation import takedown


def routes(services: Services) -> Routes:
    """Create the routes."""
    bound = Routes(__name__, services)

    @bound.bind(
        "/v1/credentials/{id}/takedown", access=OPERATOR, methods=("PUT",), missing="There is no such credential."
    )
    def decide(request: Request, _operator: str, credential_id: str) -> Reply:
        wanted = _wanted(request)
        record = takedown.set_taken_down(services.issuer_context, credential_id, taken_down=wanted)
        at = record.taken_down
        return as_json({"id": record.id, "taken_down": dates.write(at) if at else None})

    @bound.bind("/v1/holders/{id}/takedown", access=OPERATOR, methods=("PUT",), missing="There is no such profile.")
    def decide_profile(request: Request, _operator: str, holder_id: str) -> Reply:
        wanted = _wanted(request)
        at = profile_takedown.set_taken_down(services.profile_context, holder_id, taken_down=wanted)
        return as_json({"id": holder_id, "taken_down": dates.write(at) if at else None})

    return bound


def _wanted(request: Request) -> bool:
    reader = JsonReader(body.json_object(request))
    if not reader.has("taken_down"):
        reader.add_error("taken_down", "This field is required.")
    wanted = reader.flag("taken_down", default=False)
    reader.finish()
    return wanted
