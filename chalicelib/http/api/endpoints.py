"""Endpoint routes: issuers manage the URLs that Laurel sends events to."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.award.endpoints import endpoint_actions, endpoint_json
from chalicelib.award.endpoints.endpoint import Endpoint
from chalicelib.award.endpoints.endpoint_actions import MESSAGES_SHOWN, EndpointDraft, EndpointWithSecret
from chalicelib.award.input.field_errors import FieldError
from chalicelib.http.api.pathways import sent
from chalicelib.http.core import authentication
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body
from chalicelib.http.input.json_body import JsonReader

MISSING = "This issuer does not have this endpoint."
MISSING_MESSAGE = "This endpoint has no such message. Messages are kept for 30 days."


def routes(services: Services) -> Routes:
    """Create the routes `/v1/endpoints` and below."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/endpoints", access=token(Permission.READ))
    def listing(_request: Request, caller: Caller) -> Reply:
        found = services.endpoint_context.store.endpoints(caller.issuer_id)
        return as_json({"items": [_write(endpoint, caller) for endpoint in found], "next": None})

    @bound.bind("/v1/endpoints", access=token(Permission.MANAGE), methods=("POST",))
    def add(request: Request, caller: Caller) -> Reply:
        created = endpoint_actions.add(
            services.endpoint_context,
            caller.issuer_id,
            sent(request, endpoint_json.read),
            still_allowed=lambda: authentication.caller(services.access_context, request, Permission.MANAGE),
        )
        return _created(created, caller, status=201)

    @bound.bind("/v1/endpoints/{id}", access=token(Permission.READ), missing=MISSING)
    def show(_request: Request, caller: Caller, endpoint_id: str) -> Reply:
        endpoint = services.endpoint_context.store.endpoint(caller.issuer_id, endpoint_id)
        return as_json({**_write(endpoint, caller), "messages": _messages(services, endpoint)})

    @bound.bind("/v1/endpoints/{id}", access=token(Permission.MANAGE), methods=("PUT",), missing=MISSING)
    def change(request: Request, caller: Caller, endpoint_id: str) -> Reply:
        draft = sent(request, _read_change)
        changed = endpoint_actions.change(services.endpoint_context, caller.issuer_id, endpoint_id, draft)
        return as_json(_write(changed, caller))

    @bound.bind("/v1/endpoints/{id}", access=token(Permission.MANAGE), methods=("DELETE",), missing=MISSING)
    def remove(_request: Request, caller: Caller, endpoint_id: str) -> Reply:
        endpoint_actions.remove(services.endpoint_context, caller.issuer_id, endpoint_id)
        return Reply("", "text/plain", 204)

    @bound.bind("/v1/endpoints/{id}/rotate", access=token(Permission.MANAGE), methods=("POST",), missing=MISSING)
    def rotate(request: Request, caller: Caller, endpoint_id: str) -> Reply:
        reader = JsonReader(body.json_object(request))
        version = reader.version()
        reader.finish()
        rotated = endpoint_actions.rotate(services.endpoint_context, caller.issuer_id, endpoint_id, version)
        return _created(rotated, caller)

    @bound.bind("/v1/endpoints/{id}/test", access=token(Permission.MANAGE), methods=("POST",), missing=MISSING)
    def test(request: Request, caller: Caller, endpoint_id: str) -> Reply:
        JsonReader(body.json_or_nothing(request)).finish()
        queued = endpoint_actions.test(services.endpoint_context, caller.issuer_id, endpoint_id)
        return as_json(endpoint_json.write_message(queued), status=202)

    @bound.bind("/v1/endpoints/{id}/replay", access=token(Permission.MANAGE), methods=("POST",), missing=MISSING)
    def replay_failed(request: Request, caller: Caller, endpoint_id: str) -> Reply:
        JsonReader(body.json_or_nothing(request)).finish()
        many = endpoint_actions.replay_failed(services.endpoint_context, caller.issuer_id, endpoint_id)
        return as_json({"queued": many}, status=202)

    @bound.bind(
        "/v1/endpoints/{id}/messages/{message}/replay",
        access=token(Permission.MANAGE),
        methods=("POST",),
        missing=MISSING_MESSAGE,
    )
    def replay(request: Request, caller: Caller, endpoint_id: str, message_id: str) -> Reply:
        JsonReader(body.json_or_nothing(request)).finish()
        queued = endpoint_actions.replay(services.endpoint_context, caller.issuer_id, endpoint_id, message_id)
        return as_json(endpoint_json.write_message(queued), status=202)

    return bound


def _read_change(document: Mapping[str, object]) -> EndpointDraft:
    draft = endpoint_json.read(document)
    if draft.version is None:
        raise FieldError("/version", "Send the version that you read, so that changes by others are not lost.")
    return draft


def _write(endpoint: Endpoint, caller: Caller) -> dict[str, object]:
    return endpoint_json.write(endpoint, with_url=caller.may(Permission.MANAGE))


def _created(created: EndpointWithSecret, caller: Caller, status: int = 200) -> Reply:
    return as_json({**_write(created.endpoint, caller), "secret": created.secret}, status=status)


def _messages(services: Services, endpoint: Endpoint) -> list[dict[str, object]]:
    context = services.endpoint_context
    found = context.store.messages(endpoint.issuer_id, endpoint.id, services.issuer_context.clock(), MESSAGES_SHOWN)
    return [endpoint_json.write_message(message) for message in found]
