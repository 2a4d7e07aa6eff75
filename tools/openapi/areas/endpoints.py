"""Endpoints: the URLs that Laurel sends events to."""

from __future__ import annotations

from chalicelib.award.endpoints.endpoint import KINDS, Pause, State
from chalicelib.award.endpoints.endpoint_actions import MAX_REPLAYED, MESSAGES_SHOWN
from tools.openapi.areas.issuers import VERSION
from tools.openapi.areas.webhooks import SECRET, SECRETS
from tools.openapi.operation import Area, Body, Operation
from tools.openapi.schema import (
    ANY,
    BOOLEAN,
    INTEGER,
    NULL,
    OBJECT,
    PUBLIC_ID,
    STRING,
    TIME,
    Schema,
    array,
    described,
    nullable,
    one_of,
    page,
    ref,
    request,
    response,
    whole,
)

_KIND = one_of(kind.value for kind in KINDS)
_ENDPOINT = {
    "id": PUBLIC_ID,
    "host": STRING,
    "url": described(nullable(STRING), "Shown only to owners, because URLs often contain secrets; null for others."),
    "kinds": array(_KIND),
    "paused": BOOLEAN,
    "paused_because": {"anyOf": [one_of(Pause), NULL]},
    "failing_since": nullable(TIME),
    "secrets": SECRETS,
    "created": TIME,
    "version": whole(1),
}
_MESSAGE = response(
    {
        "id": STRING,
        "kind": STRING,
        "state": one_of(State),
        "queued": TIME,
        "due": nullable(TIME),
        "attempts": whole(0),
        "sent": nullable(TIME),
        "status": nullable(INTEGER),
        "code": nullable(STRING),
        "body": OBJECT,
    }
)
_IGNORED: dict[str, Schema] = dict.fromkeys(
    ("id", "host", "secrets", "created", "failing_since", "paused_because", "messages"), ANY
)
_REQUIRED = {"url": STRING, "kinds": array(_KIND)}
_EXAMPLE = {"url": "https://crm.example.org/laurel", "kinds": ["issued", "shared", "conversion"]}
_PROBLEMS = ("refused", "url_refused", "conflict", "version_conflict")
_EMPTY_BODY = Body(request({}), {}, required=False)
_QUEUE_PROBLEMS = ("endpoint_paused", "daily_limit_exceeded", "refused", "conflict")

AREA = Area(
    "Endpoints",
    "URLs of an issuer that Laurel sends events to.",
    (
        Operation(
            "GET /v1/endpoints", "listEndpoints", "List endpoints, without their secrets", {200: page(ref("Endpoint"))}
        ),
        Operation(
            "POST /v1/endpoints",
            "createEndpoint",
            "Create an endpoint",
            {201: response({**_ENDPOINT, "secret": SECRET})},
            body=Body(request(_REQUIRED, {"paused": BOOLEAN, "version": nullable(INTEGER), **_IGNORED}), _EXAMPLE),
            problems=_PROBLEMS,
        ),
        Operation(
            "GET /v1/endpoints/{id}",
            "readEndpoint",
            "Get an endpoint and its most recent messages",
            {200: response({**_ENDPOINT, "messages": array(ref("EndpointMessage"), MESSAGES_SHOWN)})},
            path={"id": PUBLIC_ID},
        ),
        Operation(
            "PUT /v1/endpoints/{id}",
            "changeEndpoint",
            "Update, pause or resume an endpoint",
            {200: ref("Endpoint")},
            body=Body(
                request({**_REQUIRED, "version": VERSION}, {"paused": BOOLEAN, **_IGNORED}), {**_EXAMPLE, "version": 1}
            ),
            path={"id": PUBLIC_ID},
            problems=_PROBLEMS,
        ),
        Operation(
            "DELETE /v1/endpoints/{id}", "deleteEndpoint", "Delete an endpoint", {204: None}, path={"id": PUBLIC_ID}
        ),
        Operation(
            "POST /v1/endpoints/{id}/rotate",
            "rotateEndpointSecret",
            "Rotate the secret of an endpoint",
            {200: response({**_ENDPOINT, "secret": SECRET})},
            description="For 24 hours, messages are also signed with the old secret.",
            body=Body(request({"version": VERSION}), {"version": 1}),
            path={"id": PUBLIC_ID},
            problems=("version_conflict", "conflict"),
        ),
        Operation(
            "POST /v1/endpoints/{id}/test",
            "testEndpoint",
            "Queue a test message",
            {202: ref("EndpointMessage")},
            body=_EMPTY_BODY,
            path={"id": PUBLIC_ID},
            problems=_QUEUE_PROBLEMS,
        ),
        Operation(
            "POST /v1/endpoints/{id}/replay",
            "replayFailedMessages",
            "Resend recent failed messages",
            {202: response({"queued": whole(0, MAX_REPLAYED)})},
            body=_EMPTY_BODY,
            path={"id": PUBLIC_ID},
            problems=_QUEUE_PROBLEMS,
        ),
        Operation(
            "POST /v1/endpoints/{id}/messages/{message}/replay",
            "replayMessage",
            "Resend a message",
            {202: ref("EndpointMessage")},
            body=_EMPTY_BODY,
            path={"id": PUBLIC_ID},
            problems=_QUEUE_PROBLEMS,
        ),
    ),
    {"Endpoint": response(_ENDPOINT), "EndpointMessage": _MESSAGE},
)
