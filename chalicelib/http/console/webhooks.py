"""Webhook pages. A learning platform reports a completion, and Laurel issues the credential automatically."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.input.text_rules import check_text
from chalicelib.award.webhooks import webhook_actions, webhook_json
from chalicelib.award.webhooks.receive import MESSAGE_ID_REUSED
from chalicelib.award.webhooks.webhook import Fields, Outcome, Webhook
from chalicelib.award.webhooks.webhook_actions import WebhookDraft, WebhookWithSecret
from chalicelib.errors import Conflict, Refused
from chalicelib.http.console import form_state, layout
from chalicelib.http.console.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.text import StatusLabel
from chalicelib.http.console.webhook_conflict import Difference, differences
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

MISSING = "This webhook does not exist. Check the list of webhooks."
FEW_COURSES = 3
"""Minimum number of course rows."""
MORE_COURSES = 5
MAX_COURSES = 80
"""Maximum course rows on one page, with two fields each (`form.MAX_CONSOLE_PARTS`). Larger tables are changed through
the API."""
MAX_DELIVERIES = 20
"""Recent deliveries shown."""
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
USUAL = {
    "name_at": "/learner/first_name /learner/last_name",
    "email": "/learner/email",
    "course": "/course/id",
    "completed_at": "/completed_at",
    "completed": "/event",
    "completed_value": "course_completed",
    "dry_run": "yes",
}
"""Initial values of a new webhook, which match the messages in docs/webhooks.md."""


CONFLICT = (
    "Someone else has saved this webhook since you opened it. Your text is still here: compare it with theirs below. "
    "Saving it replaces theirs."
)


def routes(services: Services) -> Routes:
    """`/console/{issuer}/webhooks`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/webhooks", access=member(Permission.MANAGE))
    def list_all(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.of(services, request, caller, person, "webhooks")
        return layout.show(context, "webhooks.html", found=tuple(services.webhooks.webhooks(caller.issuer_id)))

    @bound.bind("/console/{issuer}/webhooks/new", access=member(Permission.MANAGE))
    def new(request: Request, caller: Caller, person: Person) -> Reply:
        return _render(services, layout.of(services, request, caller, person, "webhooks"), FormState(USUAL))

    @bound.bind("/console/{issuer}/webhooks/new", access=member(Permission.MANAGE), methods=("POST",))
    def add(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.of(services, request, caller, person, "webhooks")
        return _added(services, context, form_state.sent(request))

    @bound.bind("/console/{issuer}/webhooks/{id}", access=member(Permission.MANAGE), missing=MISSING)
    def one(request: Request, caller: Caller, person: Person, webhook_id: str) -> Reply:
        context = layout.of(services, request, caller, person, "webhooks")
        webhook = services.webhooks.webhook(caller.issuer_id, webhook_id)
        return _render(services, context, of(webhook), webhook)

    @bound.bind("/console/{issuer}/webhooks/{id}", access=member(Permission.MANAGE), methods=("POST",), missing=MISSING)
    def change(request: Request, caller: Caller, person: Person, webhook_id: str) -> Reply:
        context = layout.of(services, request, caller, person, "webhooks")
        webhook = services.webhooks.webhook(caller.issuer_id, webhook_id)
        return _changed(services, context, webhook, form_state.sent(request))

    return bound


def of(webhook: Webhook) -> FormState:
    """Fill the form with the current values of ``webhook``."""
    fields = webhook.fields
    return FormState(
        {
            "name": webhook.name,
            "name_at": " ".join(fields.name),
            "email": fields.email,
            "course": fields.course,
            "completed": fields.completed,
            "completed_value": _written(fields.completed_value),
            "completed_at": fields.completed_at or "",
            "evidence": fields.evidence or "",
            "dry_run": "yes" if webhook.dry_run else "",
            **_course_fields(webhook),
        }
    )


def _course_fields(webhook: Webhook) -> dict[str, str]:
    rows: dict[str, str] = {}
    if _is_editable(webhook):
        for number, (course, achievement) in enumerate(webhook.courses.items(), 1):
            rows |= {f"course_{number}": course, f"earns_{number}": achievement}
    return rows


def _is_editable(webhook: Webhook | None) -> bool:
    """Return whether the course table is small enough to edit on the page."""
    return webhook is None or len(webhook.courses) <= MAX_COURSES


def _added(services: Services, context: PageContext, form: FormState) -> Reply:
    draft = _draft(form, None) if form.text("do") != "more" else None
    if draft is not None:
        wanted = form.or_none("id")
        try:
            created = webhook_actions.add(services.issuer_context, services.webhooks, context.tenant, draft, wanted)
        except Refused as error:
            form.add_error("", error.detail)
        except Conflict:
            return layout.redirect(f"{context.issuer_url}/webhooks/{wanted}", did="webhook_made_before")
        else:
            # No redirect: only this response can show the secret. Resubmitting the form creates no second webhook.
            return _render(services, context, of(created.webhook), created.webhook, created)
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
    draft = _draft(form, webhook)
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


def _render_conflict(services: Services, context: PageContext, form: FormState, webhook_id: str) -> Reply:
    """Render the form as submitted, with what someone else has saved in the meantime."""
    saved = services.webhooks.webhook(context.tenant, webhook_id)
    found = differences(of(saved), form)
    return _render(services, context, form.with_value("version", str(saved.version)), saved, conflict=found)


def _rotated(services: Services, context: PageContext, webhook: Webhook, form: FormState) -> Reply:
    try:
        created = webhook_actions.rotate(
            services.issuer_context, services.webhooks, webhook.issuer_id, webhook.id, _version(form)
        )
    except Conflict:
        return layout.redirect(f"{context.issuer_url}/webhooks/{webhook.id}", did="secret_made_before")
    return _render(services, context, of(created.webhook), created.webhook, created)


def _version(form: FormState) -> int | None:
    """Return the version that the person edited, None when the form has none."""
    value = form.text("version")
    return int(value) if re.fullmatch(r"\d{1,9}", value, re.ASCII) else None


def _draft(form: FormState, webhook: Webhook | None) -> WebhookDraft | None:
    """Parse ``form`` into a draft. Record errors and return None when it is invalid."""
    form.check("name", lambda value: check_text("name", value, 200))
    for name in ("name_at", "email", "course", "completed"):
        if not form.text(name):
            form.add_error(name, "Enter a JSON Pointer, for example /learner/email.")
    if not form.text("completed_value"):
        form.add_error("completed_value", "Enter the value that marks a completed course.")
    courses = _courses(form) if webhook is None or _is_editable(webhook) else webhook.courses
    if form.errors:
        return None
    fields = Fields(
        name=tuple(form.text("name_at").split()),
        email=form.text("email"),
        course=form.text("course"),
        completed=form.text("completed"),
        completed_value=_read(form.text("completed_value")),
        completed_at=form.or_none("completed_at"),
        evidence=form.or_none("evidence"),
    )
    return WebhookDraft(form.text("name"), fields, courses, bool(form.text("dry_run")), _version(form))


def _courses(form: FormState) -> dict[str, str]:
    """Return the achievement of each course in ``form``, ignoring empty rows. Record errors of incomplete or repeated
    rows."""
    found: dict[str, str] = {}
    for number in _rows(form):
        course, achievement = form.text(f"course_{number}"), form.text(f"earns_{number}")
        if not course and not achievement:
            continue
        if not course:
            form.add_error(f"course_{number}", "Enter the course id from your platform.")
        elif not achievement:
            form.add_error(f"earns_{number}", "Choose an achievement for this course.")
        elif course in found:
            form.add_error(f"course_{number}", f"The course {course} is already in the list.")
        found.setdefault(course, achievement)
    if not found:
        form.add_error("course_1", "Add at least one course and choose its achievement.")
    return found


def _rows(form: FormState) -> range:
    """Return the numbers of the course rows to show: every row with input and an empty one, or more on request, up to
    `MAX_COURSES`."""
    named = [
        int(name.rpartition("_")[2])
        for name, value in form.values.items()
        if value.strip() and re.fullmatch(r"(course|earns)_\d{1,2}", name, re.ASCII)
    ]
    last = max(named, default=0)
    wanted = last + MORE_COURSES if form.text("do") == "more" else last + 1
    return range(1, min(max(FEW_COURSES, wanted), MAX_COURSES) + 1)


def _read(value: str) -> str | bool:
    """Parse the completion value: `true` and `false` are JSON booleans, anything else is a string."""
    return {"true": True, "false": False}.get(value, value)


def _written(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


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
        rows=len(_rows(form)) if _is_editable(webhook) else 0,
        max_rows=MAX_COURSES,
        new_id=form.or_none("id") or services.issuer_context.public_id(),
        deliveries=deliveries,
        outcomes=OUTCOMES,
        why=WHY,
    )
