"""Webhook pages. A learning platform reports a completion, and Laurel issues the credential automatically."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.webhooks import webhook_actions, webhook_json
from chalicelib.award.webhooks.receive import MESSAGE_ID_REUSED
from chalicelib.award.webhooks.webhook import Outcome, Webhook
from chalicelib.award.webhooks.webhook_actions import WebhookWithSecret
from chalicelib.errors import Conflict, Refused
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import Difference, FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.text import StatusLabel
from chalicelib.http.console.webhooks import webhook_form
from chalicelib.http.console.webhooks.webhook_conflict import differences
from chalicelib.http.core import authentication
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

MISSING = "This webhook does not exist. Check the list of webhooks."
MAX_DELIVERIES = 20
"""Maximum recent deliveries shown."""
OUTCOMES = {
    Outcome.ISSUED: StatusLabel("Issued", "good"),
    Outcome.DRY_RUN: StatusLabel("Dry run, nothing issued", "open"),
    Outcome.IGNORED: StatusLabel("Not a completion", "none"),
    Outcome.REFUSED: StatusLabel("Refused", "bad"),
}
WHY = {
    "course_unknown": "No achievement is chosen for this course. Add it below; the credential is issued when the "
    "message is sent again.",
    "message_incomplete": "A required value is missing. Compare the message with “Message fields” below.",
    "bad_email": "The email address is not valid.",
    "not_json": "The message is not JSON. Check your platform’s message format.",
    "not_an_object": "The message is not a JSON object. Check your platform’s message format.",
    "evidence_required": "The achievement requires evidence, and the message has no evidence URL.",
    "achievement_archived": "This achievement is archived. Restore it, or choose another one below.",
    MESSAGE_ID_REUSED: "Its message id was already used for another person. Each message needs its own id.",
}
"""Advice by error code."""
CONFLICT = (
    "Someone else has saved this webhook since you opened it. Your text is still here: compare it with theirs below. "
    "Saving it replaces theirs."
)


def routes(services: Services) -> Routes:
    """`/console/{issuer}/webhooks`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/webhooks", access=member(Permission.MANAGE))
    def list_all(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "webhooks")
        return layout.show(context, "webhooks.html", found=tuple(services.webhooks.webhooks(caller.issuer_id)))

    @bound.bind("/console/{issuer}/webhooks/new", access=member(Permission.MANAGE))
    def new(request: Request, caller: Caller, person: Person) -> Reply:
        return _render(
            services, layout.page_context(services, request, caller, person, "webhooks"), FormState(webhook_form.USUAL)
        )

    @bound.bind("/console/{issuer}/webhooks/new", access=member(Permission.MANAGE), methods=("POST",))
    def add(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "webhooks")
        return _added(services, context, form_state.sent(request))

    @bound.bind("/console/{issuer}/webhooks/{id}", access=member(Permission.MANAGE), missing=MISSING)
    def one(request: Request, caller: Caller, person: Person, webhook_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "webhooks")
        webhook = services.webhooks.webhook(caller.issuer_id, webhook_id)
        return _render(services, context, webhook_form.form_from_webhook(webhook), webhook)

    @bound.bind("/console/{issuer}/webhooks/{id}", access=member(Permission.MANAGE), methods=("POST",), missing=MISSING)
    def change(request: Request, caller: Caller, person: Person, webhook_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "webhooks")
        webhook = services.webhooks.webhook(caller.issuer_id, webhook_id)
        return _changed(services, context, webhook, form_state.sent(request))

    return bound


def _added(services: Services, context: PageContext, form: FormState) -> Reply:
    draft = webhook_form.draft(form, None) if form.text("do") != "more" else None
    if draft is not None:
        wanted = form.or_none("id")
        try:
            created = webhook_actions.add(
                services.issuer_context,
                services.webhooks,
                context.tenant,
                draft,
                wanted,
                still_allowed=_still_allowed(services, context),
            )
        except Refused as error:
            form.add_error("", error.detail)
        except Conflict:
            return layout.redirect(f"{context.issuer_url}/webhooks/{wanted}", did="webhook_made_before")
        else:
            # No redirect: only this response can show the secret. Resubmitting the form creates no second webhook.
            return _render(services, context, webhook_form.form_from_webhook(created.webhook), created.webhook, created)
    return _render(services, context, form)


def _changed(services: Services, context: PageContext, webhook: Webhook, form: FormState) -> Reply:
    match form.text("do"):
        case "remove":
            webhook_actions.remove(services.webhooks, webhook.issuer_id, webhook.id)
            return layout.redirect(f"{context.issuer_url}/webhooks", did="webhook_removed")
        case "rotate":
            return _rotated(services, context, webhook, form)
        case "more":
            return _render(services, context, form, webhook)
    draft = webhook_form.draft(form, webhook)
    if draft is not None:
        try:
            webhook_actions.change(services.issuer_context, services.webhooks, webhook.issuer_id, webhook.id, draft)
        except Conflict:
            form.add_error("", CONFLICT)
            return _render_conflict(services, context, form, webhook.id)
        except Refused as error:
            form.add_error("", error.detail)
        else:
            return layout.redirect(f"{context.issuer_url}/webhooks/{webhook.id}", did="webhook_changed")
    return _render(services, context, form, webhook)


def _still_allowed(services: Services, context: PageContext) -> Callable[[], object]:
    return lambda: authentication.member(services.access_context, context.person, context.tenant, Permission.MANAGE)


def _render_conflict(services: Services, context: PageContext, form: FormState, webhook_id: str) -> Reply:
    """Render the form as submitted, with what someone else has saved in the meantime."""
    saved = services.webhooks.webhook(context.tenant, webhook_id)
    found = differences(webhook_form.form_from_webhook(saved), form)
    return _render(services, context, form.with_value("version", str(saved.version)), saved, conflict=found)


def _rotated(services: Services, context: PageContext, webhook: Webhook, form: FormState) -> Reply:
    try:
        created = webhook_actions.rotate(
            services.issuer_context,
            services.webhooks,
            webhook.issuer_id,
            webhook.id,
            form.number("version") or 0,
            leaked=form.text("leaked") == "yes",
            still_allowed=_still_allowed(services, context),
        )
    except Conflict:
        return layout.redirect(f"{context.issuer_url}/webhooks/{webhook.id}", did="secret_made_before")
    return _render(services, context, webhook_form.form_from_webhook(created.webhook), created.webhook, created)


def _render(
    services: Services,
    context: PageContext,
    form: FormState,
    webhook: Webhook | None = None,
    created: WebhookWithSecret | None = None,
    conflict: Sequence[Difference] = (),
) -> Reply:
    found = sorted(
        services.issuer_context.issuer_store.achievements(context.tenant), key=lambda one: one.name.casefold()
    )
    earned = set(webhook.courses.values()) if webhook else set()
    options = [
        (one.id, one.name + (" (archived)" if one.archived else ""))
        for one in found
        if not one.archived or one.id in earned
    ]
    now = services.issuer_context.now()
    deliveries = services.webhooks.deliveries(context.tenant, webhook.id, now, MAX_DELIVERIES) if webhook else ()
    return layout.show(
        context,
        "webhook.html",
        status=form.status,
        form=form,
        conflict=conflict,
        webhook=webhook,
        secret=created.secret if created else None,
        address=webhook_json.address(webhook, context.base_url) if webhook else "",
        options=(("", "Choose one"), *options) if options else (),
        rows=len(webhook_form.rows(form)) if webhook_form.is_editable(webhook) else 0,
        max_rows=webhook_form.MAX_COURSES,
        new_id=form.or_none("id") or services.issuer_context.public_id(),
        deliveries=deliveries,
        outcomes=OUTCOMES,
        why=WHY,
    )
