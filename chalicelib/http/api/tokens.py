"""API key routes of the JSON API."""

from __future__ import annotations

from datetime import datetime

from chalice.app import Request

from chalicelib.access import tokens
from chalicelib.access.caller import Caller
from chalicelib.access.models import Token
from chalicelib.access.roles import Permission, Role
from chalicelib.credential import dates
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body
from chalicelib.http.input.json_body import JsonReader

UNKNOWN = "This issuer does not have this API key."


def routes(services: Services) -> Routes:
    """Create the routes `/v1/tokens` and `/v1/tokens/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/tokens", access=token(Permission.MANAGE))
    def known(_request: Request, caller: Caller) -> Reply:
        found = tokens.of_issuer(services.access_context, caller.issuer_id)
        return as_json({"items": [to_json(each) for each in found]})

    @bound.bind("/v1/tokens", access=token(Permission.MANAGE), methods=("POST",))
    def make(request: Request, caller: Caller) -> Reply:
        reader = JsonReader(body.json_object(request))
        name, role = reader.text("name"), reader.required_choice("role", Role)
        organization = reader.flag("organization", default=caller.member is None)
        if not organization and caller.member is None:
            reader.add_error("organization", "This API key belongs to no member, so it creates organization keys only.")
        reader.finish()
        member = None if organization else caller.member
        by = caller.member or caller.actor  # the person, so that a removal shows which keys they may know
        made, text = tokens.make(services.access_context, caller.issuer_id, role, name, by, member=member)
        return as_json({**to_json(made), "token": text}, status=201)

    @bound.bind("/v1/tokens/{id}", access=token(Permission.MANAGE), methods=("DELETE",), missing=UNKNOWN)
    def revoke(_request: Request, caller: Caller, token_id: str) -> Reply:
        tokens.revoke(services.access_context, caller.issuer_id, token_id)
        return Reply("", "text/plain", 204)

    return bound


def to_json(one: Token) -> dict[str, object]:
    """Serialize an API key, without its secret."""
    return {
        "id": one.id,
        "name": one.name,
        "role": None if one.role is None else one.role.value,
        "created": dates.write(one.created),
        "created_by": one.created_by,
        "member": one.member,
        "used": _moment(one.used),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else dates.write(at)
