"""The operators' route to hide the page of a credential."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.award.issuing import takedown
from chalicelib.credential import dates
from chalicelib.http.core.access import OPERATOR
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body
from chalicelib.http.input.json_body import JsonReader


def routes(services: Services) -> Routes:
    """Create the route `/v1/credentials/{id}/takedown`."""
    bound = Routes(__name__, services)

    @bound.bind(
        "/v1/credentials/{id}/takedown", access=OPERATOR, methods=("PUT",), missing="There is no such credential."
    )
    def decide(request: Request, _operator: str, credential_id: str) -> Reply:
        reader = JsonReader(body.json_object(request))
        if not reader.has("taken_down"):
            reader.add_error("taken_down", "This field is required.")
        wanted = reader.flag("taken_down", default=False)
        reader.finish()
        record = takedown.set_taken_down(services.issuer_context, credential_id, taken_down=wanted)
        at = record.taken_down
        return as_json({"id": record.id, "taken_down": dates.write(at) if at else None})

    return bound
