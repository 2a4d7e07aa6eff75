"""API key pages. An API key (`/v1/tokens`) lets a program act for the issuer."""

from __future__ import annotations

from dataclasses import dataclass

from chalice.app import Request

from chalicelib.access import tokens
from chalicelib.access.caller import Caller, Person
from chalicelib.access.models import Token
from chalicelib.access.roles import Permission, Role
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.http.console import layout
from chalicelib.http.console import text as words
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.text import KeyOwner
from chalicelib.http.core import authentication
from chalicelib.http.core.access import member as by_member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

MISSING = "This API key does not exist. It may have been revoked. Check the list of API keys."


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A token just created, with its secret text."""

    token: Token
    text: str


def routes(services: Services) -> Routes:
    """`/console/{issuer}/api-keys`, `/console/{issuer}/api-keys/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/api-keys", access=by_member(Permission.MANAGE))
    def keys(request: Request, caller: Caller, person: Person) -> Reply:
        return _render(services, layout.page_context(services, request, caller, person, "api-keys"), _blank_form())

    @bound.bind("/console/{issuer}/api-keys", access=by_member(Permission.MANAGE), methods=("POST",))
    def make(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "api-keys")
        form = form_state.sent(request)
        role = form.one_of("role", Role, "Choose a role.")
        key_owner = form.one_of("belongs_to", KeyOwner, "Choose who the API key belongs to.")
        if role is None or key_owner is None:
            return _render(services, context, form)
        try:
            value, wanted = form.text("name"), form.or_none("key")
            member = person.email if key_owner is KeyOwner.MEMBER else None
            made = tokens.make(
                services.access_context,
                caller.issuer_id,
                role,
                value,
                caller.actor,
                wanted,
                member=member,
                still_allowed=lambda: authentication.member(
                    services.access_context, person, caller.issuer_id, Permission.MANAGE
                ),
            )
            new_key = NewApiKey(*made)
        except Conflict:
            return _render(services, context, _blank_form(), again=True)
        except Refused as error:
            form.add_error("name", error.detail)
            return _render(services, context, form)
        # No redirect: only this response can show the secret text. Resubmitting the form creates no second key.
        return _render(services, context, _blank_form(), new_key)

    @bound.bind("/console/{issuer}/api-keys/{id}", access=by_member(Permission.MANAGE), missing=MISSING)
    def ask(request: Request, caller: Caller, person: Person, token_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "api-keys")
        token = next(
            (one for one in tokens.of_issuer(services.access_context, caller.issuer_id) if one.id == token_id), None
        )
        if token is None:
            raise NotFound("no such token")
        return layout.show(context, "api_key.html", token=token, roles=words.ROLES)

    @bound.bind(
        "/console/{issuer}/api-keys/{id}", access=by_member(Permission.MANAGE), methods=("POST",), missing=MISSING
    )
    def revoke(request: Request, caller: Caller, person: Person, token_id: str) -> Reply:
        tokens.revoke(services.access_context, caller.issuer_id, token_id)
        context = layout.page_context(services, request, caller, person, "api-keys")
        return layout.redirect(f"{context.issuer_url}/api-keys", did="token_revoked")

    return bound


def _blank_form() -> FormState:
    return FormState({"role": Role.VIEWER, "belongs_to": KeyOwner.MEMBER})


def _render(
    services: Services,
    context: layout.PageContext,
    form: FormState,
    new_key: NewApiKey | None = None,
    *,
    again: bool = False,
) -> Reply:
    found = tuple(tokens.of_issuer(services.access_context, context.tenant))
    return layout.show(
        context,
        "api_keys.html",
        status=409 if again else form.status,
        form=form,
        tokens=found,
        new_key=new_key,
        again=again,
        key=form.or_none("key") or tokens.new_id(services.access_context),
        roles=words.ROLES,
        role_options=words.ROLE_OPTIONS,
        key_owner_options=words.KEY_OWNER_OPTIONS,
    )
