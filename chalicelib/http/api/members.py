"""Member and API key routes of the JSON API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote

from chalice.app import Request

from chalicelib.access import email_address, members, tokens
from chalicelib.access.caller import Caller
from chalicelib.access.models import Member, Token
from chalicelib.access.roles import Permission, Role
from chalicelib.credential import dates
from chalicelib.delivery.emails.invitation import invite
from chalicelib.errors import NotFound, Refused
from chalicelib.http.core import authentication
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body, query
from chalicelib.http.input.json_body import JsonReader

WHICH_MEMBER = "This issuer has no member with this address."
UNKNOWN = "This issuer does not have this API key."


def routes(services: Services) -> Routes:
    """Create the routes `/v1/members`, `/v1/members/{id}`, `/v1/tokens`, `/v1/tokens/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/members", access=token(Permission.READ))
    def listing(_request: Request, caller: Caller) -> Reply:
        found = members.of_issuer(services.access_context, caller.issuer_id)
        return as_json({"items": [_member(member) for member in found]})

    @bound.bind("/v1/members", access=token(Permission.MANAGE), methods=("POST",))
    def add(request: Request, caller: Caller) -> Reply:
        reader = JsonReader(body.json_object(request))
        email, role = reader.text("email"), reader.required_choice("role", Role)
        reader.finish()
        member = members.add(
            services.access_context, caller.issuer_id, email, role, still_allowed=_still_allowed(services, request)
        )
        return as_json({**_member(member), "notified": invite(services.delivery_context, member)}, status=201)

    @bound.bind("/v1/members/{id}", access=token(Permission.MANAGE), methods=("PUT",), missing=WHICH_MEMBER)
    def change(request: Request, caller: Caller, email: str) -> Reply:
        reader = JsonReader(body.json_object(request))
        role = reader.required_choice("role", Role)
        reader.finish()
        changed = members.change(
            services.access_context,
            caller.issuer_id,
            _address(email),
            role,
            _to_revoke(request),
            still_allowed=_still_allowed(services, request),
        )
        kept = tokens.of_organization(services.access_context, caller.issuer_id)
        return as_json({**_member(changed), "organization": [_token(each) for each in kept]})

    @bound.bind("/v1/members/{id}", access=token(Permission.MANAGE), methods=("DELETE",), missing=WHICH_MEMBER)
    def remove(request: Request, caller: Caller, email: str) -> Reply:
        revoked = members.remove(
            services.access_context,
            caller.issuer_id,
            _address(email),
            _to_revoke(request),
            still_allowed=_still_allowed(services, request),
        )
        kept = tokens.of_organization(services.access_context, caller.issuer_id)
        return as_json({"revoked": [_token(each) for each in revoked], "organization": [_token(each) for each in kept]})

    @bound.bind("/v1/tokens", access=token(Permission.MANAGE))
    def list_tokens(_request: Request, caller: Caller) -> Reply:
        found = tokens.of_issuer(services.access_context, caller.issuer_id)
        return as_json({"items": [_token(each) for each in found]})

    @bound.bind("/v1/tokens", access=token(Permission.MANAGE), methods=("POST",))
    def create_token(request: Request, caller: Caller) -> Reply:
        reader = JsonReader(body.json_object(request))
        name, role = reader.text("name"), reader.required_choice("role", Role)
        organization = reader.flag("organization", default=caller.member is None)
        if not organization and caller.member is None:
            reader.add_error(
                "organization", "This API key does not belong to a member, so it can only create organization keys."
            )
        reader.finish()
        member = None if organization else caller.member
        by = caller.member or caller.actor  # the person, so that a removal shows which keys they may know
        made, text = tokens.make(
            services.access_context,
            caller.issuer_id,
            role,
            name,
            by,
            member=member,
            still_allowed=_still_allowed(services, request),
        )
        return as_json({**_token(made), "token": text}, status=201)

    @bound.bind("/v1/tokens/{id}", access=token(Permission.MANAGE), methods=("DELETE",), missing=UNKNOWN)
    def revoke_token(_request: Request, caller: Caller, token_id: str) -> Reply:
        tokens.revoke(services.access_context, caller.issuer_id, token_id)
        return Reply("", "text/plain", 204)

    return bound


def _to_revoke(request: Request) -> list[str]:
    """The ids of the organization keys to revoke too."""
    return [each for each in query.only(request, "revoke").get("revoke", "").split(",") if each]


def _still_allowed(services: Services, request: Request) -> Callable[[], object]:
    return lambda: authentication.caller(services.access_context, request, Permission.MANAGE)


def _address(path: str) -> str:
    """Read the email address in a path, with `@` literal or as `%40`. An invalid address matches no member."""
    try:
        return email_address.normalize(unquote(path))
    except Refused as error:
        raise NotFound("no such address") from error


def _member(member: Member) -> dict[str, object]:
    return {"email": member.email, "role": member.role.value, "since": dates.write(member.since)}


def _token(one: Token) -> dict[str, object]:
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
