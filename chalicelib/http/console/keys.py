"""Page of one signing key: show what revoking it does, then revoke it."""

from __future__ import annotations

from datetime import datetime

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.input import timestamps
from chalicelib.award.keys import revocation
from chalicelib.award.keys.revocation import Impact
from chalicelib.credential import dates
from chalicelib.credential.issuer import SigningKey
from chalicelib.errors import Malformed, NotFound
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

NO_KEY = "This issuer does not have this key."


def routes(services: Services) -> Routes:
    """`/console/{issuer}/keys/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/keys/{id}", access=member(Permission.MANAGE), missing=NO_KEY)
    def show(request: Request, caller: Caller, person: Person, key_id: str) -> Reply:
        return _shown(layout.page_context(services, request, caller, person, "settings"), key_id, FormState())

    @bound.bind("/console/{issuer}/keys/{id}", access=member(Permission.MANAGE), methods=("POST",), missing=NO_KEY)
    def act(request: Request, caller: Caller, person: Person, key_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "settings")
        form = form_state.sent(request)
        since = _since(form)
        impact: Impact | None = None
        if since is not None:
            with form.record_refusal("since"):
                impact = revocation.impact(services.issuer_context, caller.issuer_id, key_id, since)
                if form.text("do") == "revoke":
                    revocation.revoke(services.issuer_context, caller.issuer_id, key_id, since)
                    return layout.redirect(f"{context.issuer_url}/settings", did="key_revoked")
        return _shown(context, key_id, form, impact)

    return bound


def _since(form: FormState) -> datetime | None:
    try:
        return timestamps.start(form.text("since"))
    except Malformed as error:
        form.add_error("since", error.detail)
        return None


def _shown(context: PageContext, key_id: str, form: FormState, impact: Impact | None = None) -> Reply:
    key = _key(context, key_id)
    since = None if impact is None else dates.write(impact.since)
    return layout.show(context, "key.html", status=form.status, form=form, key=key, impact=impact, since=since)


def _key(context: PageContext, key_id: str) -> SigningKey:
    keys = context.issuer.keys if context.issuer else ()
    found = next((key for key in keys if key.fragment == key_id), None)
    if found is None:
        raise NotFound("no such key")
    return found
