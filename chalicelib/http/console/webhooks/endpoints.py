"""Endpoint pages: URLs of an issuer's own systems, which Laurel sends events to."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.endpoints import endpoint_actions
from chalicelib.award.endpoints.endpoint import KINDS, TEST, Endpoint, Pause, State
from chalicelib.award.endpoints.endpoint_actions import DEFAULT_KINDS, EndpointDraft, EndpointWithSecret
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.text import StatusLabel
from chalicelib.http.core import authentication
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

MISSING = "This endpoint does not exist. Check the list of endpoints."
MAX_MESSAGES = 20
"""Maximum recent messages shown."""
KIND_OPTIONS = tuple((f"kind_{kind.value}", kind.value, name) for kind, name in KINDS.items())
KIND_NAMES = {TEST: "Test message", **{kind.value: name for kind, name in KINDS.items()}}
STATES = {
    State.WAITING: StatusLabel("Waiting", "open"),
    State.DELIVERED: StatusLabel("Delivered", "good"),
    State.FAILED: StatusLabel("Failed", "bad"),
}
FAILURES = {
    "url_refused": "Laurel is not allowed to call this URL.",
    "address_refused": "The host has a private IP address.",
    "dns_failed": "The host was not found. Check the URL.",
    "connect_failed": "The host refused the connection.",
    "tls_failed": "The host’s TLS certificate is not valid.",
    "timeout": "The host took too long to respond.",
    "out_of_time": "The host took too long to respond.",
    "cut_off": "The host closed the connection too early.",
    "redirect_refused": "The host answered with a redirect, which Laurel does not follow.",
}
"""Explanations by fetcher code. Other codes are shown as they are."""
PAUSES = {
    Pause.MANUAL: "This endpoint is paused. Events that happen meanwhile are not sent.",
    Pause.FAILING: "This endpoint accepted no message for three days, so it was paused. Fix it, resume it, and send "
    "the failed messages again.",
    Pause.GONE: "This endpoint answered that it no longer exists (410), so it was paused.",
}
CONFLICT = "Someone else has changed this endpoint since you opened it. Check the settings below and save again."


def routes(services: Services) -> Routes:
    """`/console/{issuer}/endpoints`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/endpoints", access=member(Permission.MANAGE))
    def list_all(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "webhooks")
        found = tuple(services.endpoint_context.store.endpoints(caller.issuer_id))
        return layout.show(context, "endpoints.html", found=found, names=KIND_NAMES)

    @bound.bind("/console/{issuer}/endpoints/new", access=member(Permission.MANAGE))
    def new(request: Request, caller: Caller, person: Person) -> Reply:
        form = FormState({f"kind_{kind}": "yes" for kind in DEFAULT_KINDS})
        return _render(services, layout.page_context(services, request, caller, person, "webhooks"), form)

    @bound.bind("/console/{issuer}/endpoints/new", access=member(Permission.MANAGE), methods=("POST",))
    def add(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "webhooks")
        return _added(services, context, form_state.sent(request))

    @bound.bind("/console/{issuer}/endpoints/{id}", access=member(Permission.MANAGE), missing=MISSING)
    def one(request: Request, caller: Caller, person: Person, endpoint_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "webhooks")
        endpoint = services.endpoint_context.store.endpoint(caller.issuer_id, endpoint_id)
        return _render(services, context, _form_of(endpoint), endpoint)

    @bound.bind(
        "/console/{issuer}/endpoints/{id}", access=member(Permission.MANAGE), methods=("POST",), missing=MISSING
    )
    def act(request: Request, caller: Caller, person: Person, endpoint_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "webhooks")
        endpoint = services.endpoint_context.store.endpoint(caller.issuer_id, endpoint_id)
        return _acted(services, context, endpoint, form_state.sent(request))

    return bound


def _added(services: Services, context: PageContext, form: FormState) -> Reply:
    wanted = form.or_none("form")
    try:
        created = endpoint_actions.add(
            services.endpoint_context,
            context.tenant,
            _draft(form),
            wanted,
            still_allowed=lambda: authentication.member(
                services.access_context, context.person, context.tenant, Permission.MANAGE
            ),
        )
    except Refused as error:
        form.add_error(_field(error), error.detail)
        return _render(services, context, form)
    except Conflict:
        made = endpoint_actions.id_of(context.tenant, wanted or "")
        return layout.redirect(f"{context.issuer_url}/endpoints/{made}", did="endpoint_made_before")
    # No redirect: only this response can show the secret. Resubmitting the form creates no second endpoint.
    return _render(services, context, _form_of(created.endpoint), created.endpoint, created)


def _acted(services: Services, context: PageContext, endpoint: Endpoint, form: FormState) -> Reply:
    page = f"{context.issuer_url}/endpoints/{endpoint.id}"
    try:
        if form.text("do") == "rotate":
            created = endpoint_actions.rotate(
                services.endpoint_context, endpoint.issuer_id, endpoint.id, form.number("version") or 0
            )
            return _render(services, context, _form_of(created.endpoint), created.endpoint, created)
        did = _done(services, endpoint, form)
    except Refused as error:
        shown = form if form.text("do") == "save" else _form_of(endpoint)  # only that button sends the settings
        shown.add_error(_field(error), error.detail)
        return _render(services, context, shown, endpoint)
    except Conflict:
        saved = services.endpoint_context.store.endpoint(endpoint.issuer_id, endpoint.id)
        shown = _form_of(saved)
        shown.add_error("", CONFLICT)
        return _render(services, context, shown, saved)
    except NotFound:
        did = "message_expired"
    return layout.redirect(f"{context.issuer_url}/endpoints" if did == "endpoint_removed" else page, did=did)


def _done(services: Services, endpoint: Endpoint, form: FormState) -> str:
    """Perform the form's action and return the banner to show. Raises as `endpoint_actions`."""
    context, issuer_id = services.endpoint_context, endpoint.issuer_id
    paused, wanted = endpoint.paused is not None, form.text("do")
    match wanted:
        case "remove":
            endpoint_actions.remove(context, issuer_id, endpoint.id)
            return "endpoint_removed"
        case "test":
            endpoint_actions.test(context, issuer_id, endpoint.id)
            return "endpoint_tested"
        case "replay":
            endpoint_actions.replay(context, issuer_id, endpoint.id, form.text("message"))
            return "messages_queued"
        case "replay_failed":
            endpoint_actions.replay_failed(context, issuer_id, endpoint.id)
            return "messages_queued"
    version = form.number("version") or 0
    if wanted in ("pause", "resume"):
        draft = EndpointDraft(endpoint.url, endpoint.kinds, wanted == "pause", version)
    else:
        draft = _draft(form, paused=paused, version=version)
    endpoint_actions.change(context, issuer_id, endpoint.id, draft)
    return "endpoint_changed"


def _draft(form: FormState, *, paused: bool = False, version: int | None = None) -> EndpointDraft:
    kinds = tuple(kind for field, kind, _ in KIND_OPTIONS if form.value(field))
    return EndpointDraft(form.text("url"), kinds, paused, version)


def _field(error: Refused) -> str:
    return {"url_refused": "url", "unknown_kind": KIND_OPTIONS[0][0]}.get(error.code, "")


def _form_of(endpoint: Endpoint) -> FormState:
    return FormState({"url": endpoint.url, **{f"kind_{kind}": "yes" for kind in endpoint.kinds}})


def _render(
    services: Services,
    context: PageContext,
    form: FormState,
    endpoint: Endpoint | None = None,
    created: EndpointWithSecret | None = None,
) -> Reply:
    store, now = services.endpoint_context.store, services.issuer_context.clock()
    messages = store.messages(context.tenant, endpoint.id, now, MAX_MESSAGES) if endpoint else ()
    return layout.show(
        context,
        "endpoint.html",
        status=form.status,
        form=form,
        endpoint=endpoint,
        secret=created.secret if created else None,
        kinds=KIND_OPTIONS,
        names=KIND_NAMES,
        new_id=form.or_none("form") or services.issuer_context.public_id(),
        messages=messages,
        any_failed=any(message.state is State.FAILED for message in messages),
        states=STATES,
        failures=FAILURES,
        paused=PAUSES[endpoint.paused] if endpoint and endpoint.paused else "",
    )
