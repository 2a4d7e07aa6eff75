"""Member pages: list, add, change roles and remove."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request

from chalicelib.access import members, tokens
from chalicelib.access.caller import Caller, Person
from chalicelib.access.models import Member
from chalicelib.access.roles import Permission, Role
from chalicelib.delivery.emails.invitation import invite
from chalicelib.errors import Conflict, Refused
from chalicelib.http.console import layout, text
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.core import authentication
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

REVOKE = "revoke-"
"""Start of the name of the checkbox of each organization key; the rest is its id."""
LISTED = "listed"
"""The field with the ids of the organization keys that the page showed."""
NO_MEMBER = "This member does not exist. They may have been removed."


def routes(services: Services) -> Routes:
    """`/console/{issuer}/members`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/members", access=member(Permission.READ))
    def people(request: Request, caller: Caller, person: Person) -> Reply:
        return _all(
            services,
            layout.page_context(services, request, caller, person, "members"),
            FormState({"role": Role.VIEWER}),
        )

    @bound.bind("/console/{issuer}/members", access=member(Permission.MANAGE), methods=("POST",))
    def add(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "members")
        form = form_state.sent(request)
        role = form.one_of("role", Role, "Choose a role.")
        notified = False
        with form.record_refusal("email"):
            if role is not None:
                added = members.add(
                    services.access_context,
                    caller.issuer_id,
                    form.text("email"),
                    role,
                    still_allowed=_still_allowed(services, context),
                )
                notified = invite(services.delivery_context, added)
        if form.errors:
            return _all(services, context, form)
        return layout.redirect(f"{context.issuer_url}/members", did="member_added" if notified else "member_not_told")

    @bound.bind("/console/{issuer}/members/change", access=member(Permission.MANAGE), missing=NO_MEMBER)
    def one(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "members")
        found = services.access_context.member_store.member(caller.issuer_id, layout.query(request).get("email", ""))
        return _one(services, context, found, FormState({"role": found.role}))

    @bound.bind(
        "/console/{issuer}/members/change", access=member(Permission.MANAGE), methods=("POST",), missing=NO_MEMBER
    )
    def change(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "members")
        form = form_state.sent(request)
        found = services.access_context.member_store.member(caller.issuer_id, form.text("email"))
        return (
            _removed(services, context, found, form)
            if form.text("do") == "remove"
            else _changed(services, context, found, form)
        )

    @bound.bind("/console/{issuer}/members/leave", access=member(Permission.READ), methods=("POST",))
    def leave(request: Request, caller: Caller, person: Person) -> Reply:
        # Any owner can add any address, so every member can leave, whatever their role.
        context = layout.page_context(services, request, caller, person, "members")
        form = form_state.sent(request)
        try:
            members.remove(services.access_context, caller.issuer_id, person.email)
        except Conflict as error:
            form.add_error("", _sentence(error))
            return _all(services, context, form)
        return layout.redirect(f"{context.base_url}/console", did="member_left")

    return bound


def _all(services: Services, context: layout.PageContext, form: FormState) -> Reply:
    found = members.of_issuer(services.access_context, context.tenant)
    return layout.show(
        context,
        "members.html",
        status=form.status,
        form=form,
        members=tuple(found),
        roles=text.ROLES,
        role_options=text.ROLE_OPTIONS,
    )


def _one(services: Services, context: layout.PageContext, found: Member, form: FormState) -> Reply:
    return layout.show(
        context,
        "member.html",
        status=form.status,
        form=form,
        member=found,
        roles=text.ROLES,
        role_options=text.ROLE_OPTIONS,
        own_keys=tokens.of_member(services.access_context, found.issuer_id, found.email),
        has_webhooks=any(True for _ in services.webhooks.webhooks(found.issuer_id)),
        organization_keys=tokens.of_organization(services.access_context, found.issuer_id),
    )


def _changed(services: Services, context: layout.PageContext, found: Member, form: FormState) -> Reply:
    role = form.one_of("role", Role, "Choose a role.")
    try:
        if role is not None:
            members.change(
                services.access_context,
                found.issuer_id,
                found.email,
                role,
                _to_revoke(form),
                still_allowed=_still_allowed(services, context),
            )
    except Conflict as error:
        form.add_error("role", _sentence(error))
    except Refused as error:
        form.add_error("", _sentence(error))
    if form.errors:
        return _one(services, context, found, form)
    is_own = found.email == context.person.email  # because they may no longer open the page of API keys
    is_demoted = found.role is Role.OWNER and role is not Role.OWNER
    if is_demoted and not is_own and _has_new_keys(services, found, form):
        return layout.redirect(f"{context.issuer_url}/api-keys", did="member_changed_new_keys")
    return layout.redirect(f"{context.issuer_url}/members", did="member_changed")


def _removed(services: Services, context: layout.PageContext, found: Member, form: FormState) -> Reply:
    try:
        members.remove(
            services.access_context,
            found.issuer_id,
            found.email,
            _to_revoke(form),
            still_allowed=_still_allowed(services, context),
        )
    except (Conflict, Refused) as error:
        form.add_error("", _sentence(error))
        return _one(services, context, found, form)
    if found.email == context.person.email:  # because they may no longer open the members page
        return layout.redirect(f"{context.base_url}/console", did="member_removed")
    if _has_new_keys(services, found, form):
        return layout.redirect(f"{context.issuer_url}/api-keys", did="member_removed_new_keys")
    return layout.redirect(f"{context.issuer_url}/members", did="member_removed")


def _to_revoke(form: FormState) -> list[str]:
    return [name.removeprefix(REVOKE) for name in form.values if name.startswith(REVOKE)]


def _has_new_keys(services: Services, found: Member, form: FormState) -> bool:
    """Whether the organization has keys that the page did not show, perhaps created by this member meanwhile."""
    listed = form.text(LISTED).split()
    return any(token.id not in listed for token in tokens.of_organization(services.access_context, found.issuer_id))


def _still_allowed(services: Services, context: layout.PageContext) -> Callable[[], object]:
    return lambda: authentication.member(services.access_context, context.person, context.tenant, Permission.MANAGE)


def _sentence(error: Conflict | Refused) -> str:
    if error.code == "last_owner":
        return members.LAST_OWNER
    if error.code == "unknown_token":
        return "One of the API keys no longer exists. Check the list below, and try again."
    return f"{error.detail} Check the list of members.".strip()
