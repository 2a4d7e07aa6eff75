"""Reports by visitors about the issuer's credentials: read, close and reopen."""

from __future__ import annotations

from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.errors import NotFound
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.moderation.report_form import REASONS
from chalicelib.moderation import handling
from chalicelib.moderation.visitor_report import RETENTION, State

MISSING = "This report does not exist. Check the list of reports."
PAGE = 25
BANNERS = {State.CLOSED: "report_closed", State.OPEN: "report_reopened"}


def routes(services: Services) -> Routes:
    """`/console/{issuer}/reports`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/reports", access=member(Permission.READ), missing=MISSING)
    def list_all(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "reports")
        query = layout.query(request)
        state = State.CLOSED if query.get("state") == State.CLOSED else State.OPEN
        before = query.get("before")
        if before is not None and not handling.REPORT_ID.fullmatch(before):
            raise NotFound("no such page")
        page = handling.of_issuer(services.moderation_context, caller.issuer_id, state, before, PAGE)
        following = urlencode({"state": state.value, "before": page.next}) if page.next else ""
        return layout.show(
            context,
            "reports.html",
            reports=page.reports,
            reasons=REASONS,
            is_open=state is State.OPEN,
            next=f"{context.issuer_url}/reports?{following}" if following else "",
            days=RETENTION.days,
        )

    @bound.bind("/console/{issuer}/reports/{id}", access=member(Permission.ISSUE), methods=("POST",), missing=MISSING)
    def decide(request: Request, caller: Caller, person: Person, report_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "reports")
        state = State.OPEN if form_state.sent(request).text("do") == "reopen" else State.CLOSED
        handling.set_issuer_state(services.moderation_context, caller.issuer_id, report_id, state)
        return layout.redirect(f"{context.issuer_url}/reports", did=BANNERS[state])

    return bound
