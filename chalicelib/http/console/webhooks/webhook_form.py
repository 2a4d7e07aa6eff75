"""The form of a webhook."""

from __future__ import annotations

import re

from chalicelib.award.input.text_rules import check_text
from chalicelib.award.webhooks.webhook import Fields, Webhook
from chalicelib.award.webhooks.webhook_actions import WebhookDraft
from chalicelib.http.console.forms.form_state import FormState

FEW_COURSES = 3
"""Minimum number of course rows."""
MORE_COURSES = 5
MAX_COURSES = 80
"""Maximum course rows on one page, with two fields each (`form.MAX_CONSOLE_PARTS`). Larger tables are changed through
the API."""
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


def form_from_webhook(webhook: Webhook) -> FormState:
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
    fields: dict[str, str] = {}
    if is_editable(webhook):
        for number, (course, achievement) in enumerate(webhook.courses.items(), 1):
            fields |= {f"course_{number}": course, f"earns_{number}": achievement}
    return fields


def is_editable(webhook: Webhook | None) -> bool:
    """Return whether the course table is small enough to edit on the page."""
    return webhook is None or len(webhook.courses) <= MAX_COURSES


def draft(form: FormState, webhook: Webhook | None) -> WebhookDraft | None:
    """Parse ``form`` into a draft. Record errors and return None when it is invalid."""
    form.check("name", lambda value: check_text("name", value, 200))
    for name in ("name_at", "email", "course", "completed"):
        if not form.text(name):
            form.add_error(name, "Enter a JSON Pointer, for example /learner/email.")
    if not form.text("completed_value"):
        form.add_error("completed_value", "Enter the value that marks a completed course.")
    courses = _courses(form) if webhook is None or is_editable(webhook) else webhook.courses
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
    return WebhookDraft(form.text("name"), fields, courses, bool(form.text("dry_run")), form.number("version"))


def _courses(form: FormState) -> dict[str, str]:
    """Return the achievement of each course in ``form``, ignoring empty rows. Record errors of incomplete or repeated
    rows."""
    found: dict[str, str] = {}
    for number in rows(form):
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


def rows(form: FormState) -> range:
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
