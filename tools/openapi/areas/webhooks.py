"""Webhooks: learning platforms report completions."""

from __future__ import annotations

from chalicelib.award.webhooks.webhook import MAX_COURSE, Outcome
from chalicelib.award.webhooks.webhook_actions import DELIVERIES_SHOWN, MAX_NAMES
from tools.openapi.areas.issuers import VERSION
from tools.openapi.operation import Area, Body, Operation
from tools.openapi.schema import (
    ACHIEVEMENT_ID,
    ANY,
    BOOLEAN,
    INTEGER,
    NULL,
    PUBLIC_ID,
    STRING,
    TIME,
    URL,
    Schema,
    array,
    described,
    mapping,
    nullable,
    one_of,
    page,
    ref,
    request,
    response,
    whole,
)

_TEXT = nullable(STRING)
_POINTER = described(STRING, "A JSON Pointer into the message.")
_IS = {"anyOf": [STRING, INTEGER, BOOLEAN]}
_FIELDS = response(
    {
        "name": array(STRING),
        "email": STRING,
        "course": STRING,
        "completed": response({"at": STRING, "is": _IS}),
        "completed_at": _TEXT,
        "evidence": _TEXT,
    }
)
SECRETS = array(response({"created": TIME, "expires": nullable(TIME)}))
SECRET = described(STRING, "The secret, shown only once (Standard Webhooks).")
_WEBHOOK = {
    "id": PUBLIC_ID,
    "name": STRING,
    "url": URL,
    "dry_run": BOOLEAN,
    "fields": _FIELDS,
    "courses": mapping(ACHIEVEMENT_ID),
    "secrets": SECRETS,
    "created": TIME,
    "version": whole(1),
}
_DELIVERY = response(
    {
        "at": TIME,
        "message_id": STRING,
        "outcome": one_of(Outcome),
        "code": _TEXT,
        "course": _TEXT,
        "credential": _TEXT,
        "bytes": whole(0),
    }
)
_IGNORED: dict[str, Schema] = dict.fromkeys(("id", "url", "secrets", "created", "deliveries"), ANY)
_SENT_FIELDS = request(
    {
        "name": {"anyOf": [STRING, array(STRING, MAX_NAMES, 1)]},
        "email": _POINTER,
        "course": _POINTER,
        "completed": request({"at": _POINTER, "is": _IS}),
    },
    {"completed_at": nullable(STRING), "evidence": nullable(STRING)},
)
_REQUIRED = {"name": STRING, "fields": _SENT_FIELDS}
_OPTIONAL: dict[str, Schema] = {
    "dry_run": BOOLEAN,
    "courses": {**mapping(STRING), "propertyNames": {"maxLength": MAX_COURSE}},
    **_IGNORED,
}
_EXAMPLE = {
    "name": "Moodle",
    "dry_run": True,
    "fields": {
        "name": ["/user/firstname", "/user/lastname"],
        "email": "/user/email",
        "course": "/course/id",
        "completed": {"at": "/event", "is": "course_completed"},
    },
}
_PROBLEMS = ("bad_text", "refused", "conflict", "not_found", "version_conflict")

AREA = Area(
    "Webhooks",
    "Webhooks receive completions from learning platforms.",
    (
        Operation(
            "GET /v1/webhooks", "listWebhooks", "List webhooks, without their secrets", {200: page(ref("Webhook"))}
        ),
        Operation(
            "POST /v1/webhooks",
            "createWebhook",
            "Create a webhook",
            {201: response({**_WEBHOOK, "secret": SECRET})},
            body=Body(request(_REQUIRED, {**_OPTIONAL, "version": nullable(INTEGER)}), _EXAMPLE),
            problems=_PROBLEMS,
        ),
        Operation(
            "GET /v1/webhooks/{id}",
            "readWebhook",
            "Get a webhook and its most recent deliveries",
            {200: response({**_WEBHOOK, "deliveries": array(_DELIVERY, DELIVERIES_SHOWN)})},
            path={"id": PUBLIC_ID},
        ),
        Operation(
            "PUT /v1/webhooks/{id}",
            "changeWebhook",
            "Update a webhook",
            {200: ref("Webhook")},
            body=Body(request({**_REQUIRED, "version": VERSION}, _OPTIONAL), {**_EXAMPLE, "version": 1}),
            path={"id": PUBLIC_ID},
            problems=_PROBLEMS,
        ),
        Operation("DELETE /v1/webhooks/{id}", "deleteWebhook", "Delete a webhook", {204: None}, path={"id": PUBLIC_ID}),
        Operation(
            "POST /v1/webhooks/{id}/rotate",
            "rotateWebhookSecret",
            "Rotate the secret of a webhook",
            {200: response({**_WEBHOOK, "secret": SECRET})},
            description="The old secret works for 24 more hours; with `leaked`, it stops working immediately.",
            body=Body(request({"version": VERSION}, {"leaked": nullable(BOOLEAN)}), {"version": 1}),
            path={"id": PUBLIC_ID},
            problems=("version_conflict", "conflict"),
        ),
        Operation(
            "POST /webhooks/{id}",
            "receiveMessage",
            "Receive a message from a learning platform (Standard Webhooks)",
            {
                200: response(
                    {
                        "outcome": one_of(Outcome),
                        "achievement": nullable(ACHIEVEMENT_ID),
                        "credential": {"anyOf": [response({"id": PUBLIC_ID, "url": URL}), NULL]},
                    }
                )
            },
            description="Signed with `webhook-id`, `webhook-timestamp` and `webhook-signature`: see docs/webhooks.md.",
            body=Body({"type": "object"}, {"user": {"email": "ada@example.org"}}),
            problems=(
                "bad_signature",
                "message_id_reused",
                "course_unknown",
                "message_incomplete",
                "achievement_archived",
                "evidence_required",
                "bad_text",
                "refused",
                "conflict",
                "issuing_quota_exceeded",
            ),
        ),
    ),
    {"Webhook": response(_WEBHOOK)},
)
