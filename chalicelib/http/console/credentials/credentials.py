"""Credential pages: search by name or email address, view, and perform actions."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Act
from chalicelib.award.issuing import search, status_changes
from chalicelib.award.issuing.search import Search
from chalicelib.credential.build import credential_url
from chalicelib.credential.record import Record, State
from chalicelib.errors import Malformed, NotFound
from chalicelib.http.console import form_state, layout
from chalicelib.http.console.credentials import credential_actions, credential_text
from chalicelib.http.console.credentials.credential_actions import ACTS
from chalicelib.http.console.credentials.credential_text import Shown
from chalicelib.http.console.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

MISSING = "This credential does not exist. Search by name or email address."
PAGE = 25
MAX_SOUGHT = 200
"""Maximum characters of a search term."""

_ID = re.compile(r"[a-z2-7]{26}", re.ASCII)


def routes(services: Services) -> Routes:
    """`/console/{issuer}/credentials`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/credentials", access=member(Act.READ))
    def find(request: Request, caller: Caller, person: Person) -> Reply:
        return _found(services, layout.of(services, request, caller, person, "credentials"), request)

    @bound.bind("/console/{issuer}/credentials/{id}", access=member(Act.READ), missing=MISSING)
    def one(request: Request, caller: Caller, person: Person, credential_id: str) -> Reply:
        context = layout.of(services, request, caller, person, "credentials")
        record = _own(services, context, credential_id)
        shown = _shown(services, record)
        acts = credential_actions.offered(record, shown, services.issuer_context.now()) if context.may("issue") else ()
        return layout.show(context, "credential.html", credential=shown, acts=acts)

    @bound.bind("/console/{issuer}/credentials/{id}/{act}", access=member(Act.ISSUE), missing=MISSING)
    def ask(request: Request, caller: Caller, person: Person, credential_id: str, act: str) -> Reply:
        context = layout.of(services, request, caller, person, "credentials")
        record = _own(services, context, credential_id)
        return _asked(services, context, record, act, None)

    @bound.bind(
        "/console/{issuer}/credentials/{id}/{act}", access=member(Act.ISSUE), methods=("POST",), missing=MISSING
    )
    def do(request: Request, caller: Caller, person: Person, credential_id: str, act: str) -> Reply:
        context = layout.of(services, request, caller, person, "credentials")
        record = _own(services, context, credential_id)
        form = form_state.sent(request)
        if act not in ACTS:
            raise NotFound("no such act")
        done = credential_actions.do(services, record, _shown(services, record), act, form)
        if done is None:
            return _asked(services, context, record, act, form)
        return layout.redirect(f"{context.at}/credentials/{done.credential_id}", did=done.did)

    return bound


def _own(services: Services, context: PageContext, credential_id: str) -> Record:
    if not _ID.fullmatch(credential_id):
        raise NotFound("no such credential")
    return status_changes.owned(services.issuer_context, context.tenant, credential_id)


def _found(services: Services, context: PageContext, request: Request) -> Reply:
    query = layout.query(request)
    form = FormState({name: query.get(name, "")[:MAX_SOUGHT] for name in ("q", "achievement", "state")})
    names = {one.id: one.name for one in services.issuer_context.issuer_store.achievements(context.tenant)}
    try:
        page = search.page(
            services.issuer_context.issuer_store, context.tenant, _search(form), query.get("after"), PAGE
        )
    except Malformed:
        # A truncated URL has an invalid cursor; show the first page instead of an error.
        page = search.page(services.issuer_context.issuer_store, context.tenant, _search(form), None, PAGE)
    kept = {name: value for name, value in form.values.items() if value}
    options = (("", "Any"), *sorted(names.items(), key=lambda one: one[1].casefold()))
    return layout.show(
        context,
        "credentials.html",
        form=form,
        rows=credential_text.listed(page.rows, names, services.issuer_context.now()),
        next=f"{context.at}/credentials?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        options=options,
        states=credential_text.STATES,
        nothing=_nothing(bool(kept), page.next is not None),
    )


def _search(form: FormState) -> Search:
    sought, state = form.text("q"), form.text("state")
    return Search(
        name=sought if sought and "@" not in sought else None,
        email=sought if "@" in sought else None,
        achievement_id=form.or_none("achievement"),
        state=State(state) if state in tuple(State) else None,
    )


def _nothing(sought: bool, more: bool) -> str:
    if more:
        return "No matches so far. Older credentials have not been searched yet."
    if sought:
        return "No matches. You can search for part of a name, or for a complete email address."
    return "No credentials yet. Issue one to get started."


def _shown(services: Services, record: Record) -> Shown:
    issuer_store = services.issuer_context.issuer_store
    try:
        email = issuer_store.recipient(record.id).email
    except NotFound:
        email = None
    achievement = issuer_store.achievement_version(record.issuer_id, record.achievement_id, record.achievement_version)
    delivery = services.delivery_context.store.delivery(record.issuer_id, record.id) if email else None
    return Shown(
        id=record.id,
        name=record.holder_name or credential_text.NO_NAME,
        email=email,
        achievement=achievement.name,
        url=credential_url(services.settings.base_url, record.id),
        at=record.issued_at,
        until=record.valid_until,
        version=record.achievement_version,
        face=credential_text.face(record.status.state, record.valid_until, services.issuer_context.now()),
        since=record.status.at if record.status.state is not State.ACTIVE else None,
        reason=record.status.reason,
        supersedes=record.supersedes,
        superseded_by=record.superseded_by,
        mail=credential_text.mail(delivery) if delivery else (),
    )


def _asked(services: Services, context: PageContext, record: Record, key: str, form: FormState | None) -> Reply:
    """Render the page that explains the action ``key`` and asks for its input."""
    shown = _shown(services, record)
    acts = credential_actions.offered(record, shown, services.issuer_context.now())
    act = next((act for act in acts if act.key == key), None)
    if act is None:
        raise NotFound("not to be done to this one")
    form = form or credential_actions.fresh(services, record, shown)
    return layout.show(context, "credential_action.html", status=form.status, form=form, credential=shown, act=act)
