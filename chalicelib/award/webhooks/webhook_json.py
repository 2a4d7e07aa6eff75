"""Webhooks as JSON in requests and responses.

{"name": "Moodle", "dry_run": true,
 "fields": {"name": ["/user/firstname", "/user/lastname"], "email": "/user/email", "course": "/course/id",
            "completed": {"at": "/event", "is": "course_completed"}, "completed_at": "/time", "evidence": "/link"},
 "courses": {"42": "<achievement>"}}
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.award.input.field_errors import (
    FieldError,
    flag,
    integer,
    only,
    optional,
    text,
)
from chalicelib.award.webhooks.webhook import (
    Delivery,
    Fields,
    Secret,
    Webhook,
)
from chalicelib.award.webhooks.webhook_actions import WebhookDraft
from chalicelib.credential import dates

_ADDED = ("id", "url", "secrets", "created", "deliveries")
_FIELDS = ("name", "email", "course", "completed", "completed_at", "evidence")


def read(sent: Mapping[str, object]) -> WebhookDraft:
    """Parse a webhook draft. Members that only responses have are ignored.

    Raises `FieldError`. The values are validated by `webhook_actions.add`.
    """
    only(sent, ("name", "dry_run", "fields", "courses", "version", *_ADDED), "")
    courses, fields = sent.get("courses", {}), sent.get("fields")
    if not isinstance(courses, Mapping):
        raise FieldError("/courses", "This must be an object that maps course ids to achievements.")
    if not isinstance(fields, Mapping):
        raise FieldError("/fields", "This must be an object with the JSON Pointers of the message fields.")
    return WebhookDraft(
        name=text(sent, "name", ""),
        fields=_fields(fields),
        courses={course: text(courses, course, "/courses") for course in courses},
        dry_run=flag(sent, "dry_run", ""),
        version=None if sent.get("version") is None else integer(sent["version"], "/version"),
    )


def write(webhook: Webhook, base_url: str) -> dict[str, object]:
    """``webhook`` as a response, without its secrets."""
    fields = webhook.fields
    return {
        "id": webhook.id,
        "name": webhook.name,
        "url": address(webhook, base_url),
        "dry_run": webhook.dry_run,
        "fields": {
            "name": list(fields.name),
            "email": fields.email,
            "course": fields.course,
            "completed": {"at": fields.completed, "is": fields.completed_value},
            "completed_at": fields.completed_at,
            "evidence": fields.evidence,
        },
        "courses": dict(webhook.courses),
        "secrets": [_secret(secret) for secret in webhook.secrets],
        "created": dates.write(webhook.created),
        "version": webhook.version,
    }


def address(webhook: Webhook, base_url: str) -> str:
    """URL for messages to ``webhook``. It contains the issuer, so that the webhook is read within its tenant."""
    return f"{base_url}/webhooks/{webhook.issuer_id}.{webhook.id}"


def write_delivery(delivery: Delivery) -> dict[str, object]:
    """A received message as a response."""
    return {
        "at": dates.write(delivery.at),
        "message_id": delivery.message_id,
        "outcome": delivery.outcome.value,
        "code": delivery.code,
        "course": delivery.course,
        "credential": delivery.credential_id,
        "bytes": delivery.size,
    }


def _secret(secret: Secret) -> dict[str, object]:
    expires = None if secret.expires is None else dates.write(secret.expires)
    return {"created": dates.write(secret.created), "expires": expires}


def _fields(sent: Mapping[str, object]) -> Fields:
    only(sent, _FIELDS, "/fields")
    name, completed = sent.get("name"), sent.get("completed")
    names = [name] if isinstance(name, str) else name
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise FieldError("/fields/name", "This must be a JSON Pointer or a list of them.")
    if not isinstance(completed, Mapping):
        raise FieldError(
            "/fields/completed", "This must be an object with at, a JSON Pointer, and is, the completion value."
        )
    only(completed, ("at", "is"), "/fields/completed")
    value = completed.get("is")
    if not isinstance(value, str | int):
        raise FieldError("/fields/completed/is", "This must be a string, an integer, true or false.")
    return Fields(
        name=tuple(names),
        email=text(sent, "email", "/fields"),
        course=text(sent, "course", "/fields"),
        completed=text(completed, "at", "/fields/completed"),
        completed_value=value,
        completed_at=optional(sent, "completed_at", "/fields"),
        evidence=optional(sent, "evidence", "/fields"),
    )
