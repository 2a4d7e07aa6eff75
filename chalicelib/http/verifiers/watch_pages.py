"""The pages of a verifier's watches, for the owner of its account: `/developers/{id}/watches`."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Person
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.errors import NotFound, QuotaExceeded, Refused
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.text import StatusLabel
from chalicelib.http.core.access import PERSON
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.verifiers.developers import MISSING as MISSING_ACCOUNT
from chalicelib.verifiers import accounts
from chalicelib.verifiers.verifier import Verifier
from chalicelib.verifiers.watches import changing
from chalicelib.verifiers.watches.watch import CHANGED, TEST, State, Watch
from chalicelib.verify.report import Verdict

MISSING = "This watch does not exist. Check the list of your watches."
PAGE = 25
"""Watches on a page, each with its last delivery."""
DELIVERIES = 50
"""Deliveries shown of a watch."""
STATES = {
    State.WAITING: StatusLabel("Waiting", "open"),
    State.DELIVERED: StatusLabel("Delivered", "good"),
    State.EMAILED: StatusLabel("Emailed", "good"),
    State.FAILED: StatusLabel("Failed", "bad"),
}
VERDICTS = {
    None: "Not checked yet",
    Verdict.VALID: "Valid",
    Verdict.EXPIRED: "Expired",
    Verdict.NOT_YET_VALID: "Not valid yet",
    Verdict.REVOKED: "Revoked",
    Verdict.SUSPENDED: "Suspended",
    Verdict.INVALID: "Invalid",
    Verdict.UNKNOWN: "Unknown",
}
TYPES = {CHANGED: "New verdict", TEST: "Test"}


def routes(services: Services) -> Routes:
    """Create the routes `/developers/{id}/watches` and `/developers/{id}/watches/{watch}`."""
    bound = Routes(__name__, services)

    @bound.bind("/developers/{id}/watches", access=PERSON, missing=MISSING_ACCOUNT)
    def listing(request: Request, person: Person, verifier_id: str) -> Reply:
        found = accounts.owned(services.verifier_context, person.email, verifier_id)
        return _list(services, request, person, found)

    @bound.bind("/developers/{id}/watches/{watch}", access=PERSON, missing=MISSING)
    def show(request: Request, person: Person, verifier_id: str, watch_id: str) -> Reply:
        found = accounts.owned(services.verifier_context, person.email, verifier_id)
        watch = services.watch_context.store.watch(found.id, watch_id)
        return _show(services, request, person, found, watch, FormState())

    @bound.bind("/developers/{id}/watches/{watch}", access=PERSON, methods=("POST",), missing=MISSING)
    def act(request: Request, person: Person, verifier_id: str, watch_id: str) -> Reply:
        found = accounts.owned(services.verifier_context, person.email, verifier_id)
        watch = services.watch_context.store.watch(found.id, watch_id)
        form = form_state.sent(request)
        try:
            did = _done(services, watch, form)
        except (Refused, QuotaExceeded) as error:
            form.add_error("", error.detail)
            return _show(services, request, person, found, watch, form)
        except NotFound:
            did = "message_expired"
        url = f"{services.settings.base_url}/developers/{found.id}/watches"
        return layout.redirect(url if did == "watch_removed" else f"{url}/{watch.id}", did=did)

    return bound


def _done(services: Services, watch: Watch, form: FormState) -> str:
    """Do what the form asks for, and return the banner to show. Raises as `changing`."""
    context = services.watch_context
    match form.text("do"):
        case "test":
            changing.test(context, watch.verifier_id, watch.id)
            return "watch_tested"
        case "replay":
            changing.replay(context, watch.verifier_id, watch.id, form.text("delivery"))
            return "watch_replayed"
        case "remove":
            changing.remove(context, watch.verifier_id, watch.id)
            return "watch_removed"
    raise Problem("invalid_request", "Unknown action.")


def _list(services: Services, request: Request, person: Person, found: Verifier) -> Reply:
    context, base_url = services.watch_context, services.settings.base_url
    after = layout.query(request).get("after", "")
    watches = context.store.of_verifier(found.id, after if PUBLIC_ID.fullmatch(after) else None, PAGE)
    now = context.clock()
    rows = [(watch, context.store.deliveries(found.id, watch.id, None, 1, now)) for watch in watches]
    return layout.show(
        PageContext(person, base_url, banner=layout.banner(request)),
        "watches.html",
        verifier=found,
        rows=rows,
        states=STATES,
        verdicts=VERDICTS,
        next=watches[-1].id if len(watches) == PAGE else None,
    )


def _show(
    services: Services, request: Request, person: Person, found: Verifier, watch: Watch, form: FormState
) -> Reply:
    context = services.watch_context
    return layout.show(
        PageContext(person, services.settings.base_url, banner=layout.banner(request)),
        "watch.html",
        status=form.status,
        form=form,
        verifier=found,
        watch=watch,
        deliveries=context.store.deliveries(found.id, watch.id, None, DELIVERIES, context.clock()),
        states=STATES,
        verdicts=VERDICTS,
        types=TYPES,
    )
