"""Erase a person from the issuer's records: request it, see pending erasures, cancel."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.credential import email_address
from chalicelib.erasure import requests
from chalicelib.erasure.erasure import Erasure, State
from chalicelib.errors import NotFound
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

MISSING = "This erasure does not exist. Check the list."


def routes(services: Services) -> Routes:
    """`/console/{issuer}/erasures`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/erasures", access=member(Permission.MANAGE))
    def page(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "settings")
        return _shown(services, context, FormState({"email": layout.query(request).get("email", "")}))

    @bound.bind("/console/{issuer}/erasures", access=member(Permission.MANAGE), methods=("POST",), missing=MISSING)
    def act(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "settings")
        form = form_state.sent(request)
        with form.record_refusal(""):
            if form.text("do") == "cancel":
                requests.cancel(services.erasure_context, caller.issuer_id, form.text("id"))
                return layout.redirect(f"{context.issuer_url}/erasures", did="erasure_cancelled")
            if _request(services, caller.issuer_id, form):
                return layout.redirect(f"{context.issuer_url}/erasures", did="erasure_requested")
        return _shown(services, context, form)

    return bound


def _request(services: Services, issuer_id: str, form: FormState) -> bool:
    email, again = (email_address.normalize(form.text(name)) for name in ("email", "again"))
    if not email:
        form.add_error("email", "Enter the email address of the person, or the id of a credential without one.")
    elif email != again:
        form.add_error(
            "again",
            "Enter the same address or id again to confirm that you want to delete everything about this person.",
        )
    if form.errors:
        return False
    is_address = "@" in email
    try:
        requests.request_as_issuer(
            services.erasure_context,
            issuer_id,
            email=email if is_address else None,
            credential_id=None if is_address else email,
        )
    except NotFound:
        form.add_error("email", "You have issued nothing to this person.")
        return False
    return True


def _shown(services: Services, context: PageContext, form: FormState) -> Reply:
    found: list[Erasure] = list(services.erasure_context.store.of_issuer(context.tenant))
    days = services.erasure_context.cooling_off.days
    return layout.show(
        context, "erasures.html", status=form.status, form=form, erasures=found, waiting=State.WAITING, days=days
    )
