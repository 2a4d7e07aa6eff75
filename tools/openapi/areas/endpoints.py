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
    "url": described(nullable(STRING), "Null except for an owner, because URLs often contain secrets."),
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
_NOTHING = Body(request({}), {}, required=False)
_QUEUEING = ("endpoint_paused", "daily_limit_exceeded", "refused", "conflict")

AREA = Area(
    "Endpoints",
    "Laurel sends events to endpoints of the issuer.",
    (
        Operation(
            "GET /v1/endpoints", "listEndpoints", "The endpoints, without their secrets", {200: page(ref("Endpoint"))}
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
            "An endpoint, with its last messages",
            {200: response({**_ENDPOINT, "messages": array(ref("EndpointMessage"), MESSAGES_SHOWN)})},
            path={"id": PUBLIC_ID},
        ),
        Operation(
            "PUT /v1/endpoints/{id}",
            "changeEndpoint",
            "Change an endpoint, pause it or resume it",
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
            "Create a new secret",
            {200: response({**_ENDPOINT, "secret": SECRET})},
            description="Messages are signed with the old one too for 24 hours.",
            body=Body(request({"version": VERSION}), {"version": 1}),
            path={"id": PUBLIC_ID},
            problems=("version_conflict", "conflict"),
        ),
        Operation(
            "POST /v1/endpoints/{id}/test",
            "testEndpoint",
            "Queue a test message",
            {202: ref("EndpointMessage")},
            body=_NOTHING,
            path={"id": PUBLIC_ID},
            problems=_QUEUEING,
        ),
        Operation(
            "POST /v1/endpoints/{id}/replay",
            "replayFailedMessages",
            "Send recent failed messages again",
            {202: response({"queued": whole(0, MAX_REPLAYED)})},
            body=_NOTHING,
            path={"id": PUBLIC_ID},
            problems=_QUEUEING,
        ),
        Operation(
            "POST /v1/endpoints/{id}/messages/{message}/replay",
            "replayMessage",
            "Send one message again",
            {202: ref("EndpointMessage")},
            body=_NOTHING,
            path={"id": PUBLIC_ID},
            problems=_QUEUEING,
        ),
    ),
    {"Endpoint": response(_ENDPOINT), "EndpointMessage": _MESSAGE},
)
