"""Credential pages: search by name or email address, view, and perform actions."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.input.folding import fold
from chalicelib.award.issuing import search, status_changes
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.issuing.search import Page, Search
from chalicelib.credential.build import credential_url
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.credential.record import Record, State
from chalicelib.credential.signed_content import start_as_signed
from chalicelib.errors import Malformed, NotFound
from chalicelib.http.console import layout
from chalicelib.http.console.credentials import credential_actions, credential_text, email_lines, sorting
from chalicelib.http.console.credentials.credential_actions import ACTIONS
from chalicelib.http.console.credentials.credential_text import CredentialDetails
from chalicelib.http.console.credentials.email_lines import EmailLine
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.overview.overview_figures import SOON
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

MISSING = "This credential does not exist. Search by name or email address."
PAGE = 25
MAX_SEARCH_TERM = 200
"""Maximum characters of a search term."""


def routes(services: Services) -> Routes:
    """`/console/{issuer}/credentials`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/credentials", access=member(Permission.READ))
    def find(request: Request, caller: Caller, person: Person) -> Reply:
        return _list(services, layout.page_context(services, request, caller, person, "credentials"), request)

    @bound.bind("/console/{issuer}/credentials/{id}", access=member(Permission.READ), missing=MISSING)
    def one(request: Request, caller: Caller, person: Person, credential_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "credentials")
        record = _own(services, context, credential_id)
        details = _details(services, record)
        actions = (
            credential_actions.offered(record, details, services.issuer_context.now()) if context.may("issue") else ()
        )
        return layout.show(context, "credential.html", credential=details, actions=actions)

    @bound.bind("/console/{issuer}/credentials/{id}/{action}", access=member(Permission.ISSUE), missing=MISSING)
    def ask(request: Request, caller: Caller, person: Person, credential_id: str, action: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "credentials")
        record = _own(services, context, credential_id)
        return _confirmation(services, context, record, action, None)

    @bound.bind(
        "/console/{issuer}/credentials/{id}/{action}",
        access=member(Permission.ISSUE),
        methods=("POST",),
        missing=MISSING,
    )
    def do(request: Request, caller: Caller, person: Person, credential_id: str, action: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "credentials")
        record = _own(services, context, credential_id)
        form = form_state.sent(request)
        if action not in ACTIONS:
            raise NotFound("no such action")
        result = credential_actions.do(services, record, _details(services, record), action, form)
        if result is None:
            return _confirmation(services, context, record, action, form)
        return layout.redirect(f"{context.issuer_url}/credentials/{result.credential_id}", did=result.banner)

    return bound


def _own(services: Services, context: PageContext, credential_id: str) -> Record:
    if not PUBLIC_ID.fullmatch(credential_id):
        raise NotFound("no such credential")
    return status_changes.owned(services.issuer_context, context.tenant, credential_id)


def _list(services: Services, context: PageContext, request: Request) -> Reply:
    query = layout.query(request)
    form = FormState({name: query.get(name, "")[:MAX_SEARCH_TERM] for name in ("q", "achievement", "state", "sort")})
    now = services.issuer_context.now()
    names = {one.id: one.name for one in services.issuer_context.issuer_store.achievements(context.tenant)}
    page = _page(services, context, form, query.get("after"))
    deliveries = services.delivery_context.store.find_deliveries(
        context.tenant, [row.credential_id for row in page.rows]
    )
    order = sorting.chosen(form.text("sort"))
    filters = {name: value for name, value in form.values.items() if value}
    options = (("", "Any"), *sorted(names.items(), key=lambda one: fold(one[1])))
    address = f"{context.issuer_url}/credentials"
    whole = page.next is None and "after" not in query
    return layout.show(
        context,
        "credentials.html",
        form=form,
        rows=sorting.apply(credential_text.list_items(page.rows, names, now, deliveries), order),
        columns=sorting.headers(address, {**filters, **_place(query)}, order),
        caption=sorting.caption(order, whole=whole),
        whole=whole,
        next=f"{address}?{urlencode({**filters, 'after': page.next})}" if page.next else "",
        options=options,
        states=credential_text.STATES,
        nothing=_nothing(bool(filters.keys() - {"sort"}), page.next is not None),
    )


def _place(query: Mapping[str, str]) -> dict[str, str]:
    return {"after": query["after"]} if query.get("after") else {}


def _page(services: Services, context: PageContext, form: FormState, after: str | None) -> Page:
    issuer_store, now = services.issuer_context.issuer_store, services.issuer_context.now()
    wanted = _search(form, now)
    try:
        if wanted.words is not None and "@" in wanted.words:
            # A complete address has an index of its own; only the start of one needs a search.
            whole = replace(wanted, words=None, email=wanted.words)
            found = search.page(issuer_store, context.tenant, whole, after, PAGE)
            if found.rows:
                return found
        return search.page(issuer_store, context.tenant, wanted, after, PAGE)
    except Malformed:
        # A truncated URL has an invalid cursor; show the first page instead of an error.
        return search.page(issuer_store, context.tenant, wanted, None, PAGE)


def _search(form: FormState, now: datetime) -> Search:
    """Return the filter for ``form``. A valid credential that has ended is shown, and found, as expired."""
    found = Search(words=form.or_none("q"), achievement_id=form.or_none("achievement"))
    match form.text("state"):
        case "active":
            return replace(found, state=State.ACTIVE, ends_after=now)
        case "expiring":
            return replace(found, state=State.ACTIVE, current=True, ends_after=now, ends_before=now + SOON)
        case "expired":
            return replace(found, state=State.ACTIVE, ends_before=now)
        case "suspended":
            return replace(found, state=State.SUSPENDED)
        case "revoked" | "corrected" as state:
            return replace(found, state=State.REVOKED, corrected=state == "corrected")
        case _:
            return found


def _nothing(filtered: bool, more: bool) -> str:
    if more:
        return "No matches so far. Older credentials have not been searched yet."
    if filtered:
        return "No matches. Search by part of a name or the start of an email address."
    return "No credentials yet. Issue one to get started."


def _details(services: Services, record: Record) -> CredentialDetails:
    issuer_store = services.issuer_context.issuer_store
    recipient: Recipient | None = None
    with suppress(NotFound):
        recipient = issuer_store.recipient(record.id)
    achievement = issuer_store.achievement_version(record.issuer_id, record.achievement_id, record.achievement_version)
    return CredentialDetails(
        id=record.id,
        name=record.holder_name or credential_text.NO_NAME,
        email=recipient.email if recipient else None,
        achievement=achievement.name,
        url=credential_url(services.settings.base_url, record.id),
        at=record.issued_at,
        starts=start_as_signed(record),
        until=record.valid_until,
        version=record.achievement_version,
        status_label=credential_text.status_of(record, services.issuer_context.now()),
        since=record.status.at if record.status.state is not State.ACTIVE else None,
        reason=record.status.reason,
        supersedes=record.supersedes,
        superseded_by=record.superseded_by,
        emails=_emails(services, record, recipient),
    )


def _emails(services: Services, record: Record, recipient: Recipient | None) -> tuple[EmailLine, ...]:
    if recipient is None or recipient.email is None:
        return ()
    delivery = services.delivery_context.store.delivery(record.issuer_id, record.id)
    return email_lines.lines(record, recipient, delivery, services.issuer_context.now())


def _confirmation(services: Services, context: PageContext, record: Record, key: str, form: FormState | None) -> Reply:
    """Render the page that explains the action ``key`` and asks for its input. If the credential's status does not
    allow the action, return to the credential with a message."""
    if key not in ACTIONS:
        raise NotFound("no such action")
    details = _details(services, record)
    actions = credential_actions.offered(record, details, services.issuer_context.now())
    action = next((action for action in actions if action.key == key), None)
    if action is None:
        outcome = "unchanged" if credential_actions.has_result(record, key) else "not_possible"
        return layout.redirect(f"{context.issuer_url}/credentials/{record.id}", did=outcome)
    form = form or credential_actions.fresh(services, record, details)
    return layout.show(
        context, "credential_action.html", status=form.status, form=form, credential=details, action=action
    )
