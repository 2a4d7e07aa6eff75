"""Subscribe to the monthly summary of an issuer, and unsubscribe."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.delivery import summaries
from chalicelib.delivery.summaries import Subscription
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes


def routes(services: Services) -> Routes:
    """`/console/{issuer}/summary`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/summary", access=member(Permission.READ), methods=("POST",))
    def choose(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "overview")
        store = services.summary_context.store
        if form_state.sent(request).text("do") == "subscribe":
            # The first email is about this month, when it is over.
            last = summaries.last_month(services.issuer_context.now())
            store.add(Subscription(caller.issuer_id, person.email, f"{last.first:%Y-%m}"))
            blocked = summaries.is_blocked(services.summary_context, caller.issuer_id, person.email)
            return layout.redirect(context.issuer_url, did="summary_blocked" if blocked else "summary_subscribed")
        store.remove(caller.issuer_id, person.email)
        return layout.redirect(context.issuer_url, did="summary_unsubscribed")

    return bound
