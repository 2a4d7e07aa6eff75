"""Watches: Laurel tells a verifier when the verdict on a credential changes."""

from __future__ import annotations

from chalicelib.credential.public_id import PATTERN
from chalicelib.http.verifiers.watches import MAX_PAGE
from chalicelib.verifiers.batch.items import MAX_REF
from chalicelib.verifiers.watches.creating import MAX_LINK
from chalicelib.verifiers.watches.watch import State
from chalicelib.verify.report import Verdict
from tools.openapi.areas.webhooks import SECRET
from tools.openapi.operation import Area, Body, Operation, Query
from tools.openapi.schema import (
    INTEGER,
    NULL,
    OBJECT,
    PUBLIC_ID,
    STRING,
    TIME,
    URL,
    Schema,
    anchored,
    array,
    described,
    nullable,
    one_of,
    ref,
    request,
    response,
    text,
    whole,
)

_ID = {"type": "string", "pattern": anchored(PATTERN)}
_LINK = {"type": "string", "minLength": 1, "maxLength": MAX_LINK}
_LIMIT = Query(whole(1, MAX_PAGE), f"Up to {MAX_PAGE}.")
_CURSOR = Query(STRING, "The `next` of the previous page.")
_EMPTY_BODY = Body(request({}), {}, required=False)
_QUEUE_PROBLEMS = ("watch_disabled", "refused", "daily_limit_exceeded", "conflict")
_WATCH: dict[str, Schema] = {
    "id": PUBLIC_ID,
    "state": one_of(("active", "disabled")),
    "credential": response({"id": nullable(PUBLIC_ID), "url": URL}),
    "callback": nullable(URL),
    "email": nullable(STRING),
    "ref": nullable(STRING),
    "verdict": {"anyOf": [one_of(Verdict), NULL]},
    "codes": array(STRING),
    "since": nullable(TIME),
    "changes": whole(0),
    "next_check_at": nullable(TIME),
    "secrets": array(response({"created_at": TIME, "ends_at": nullable(TIME)})),
    "created_at": TIME,
    "links": response({"self": URL, "deliveries": URL}),
}
_DELIVERY = response(
    {
        "id": STRING,
        "type": STRING,
        "state": one_of(State),
        "queued_at": TIME,
        "due_at": nullable(TIME),
        "attempts": whole(0),
        "attempted_at": nullable(TIME),
        "status": nullable(INTEGER),
        "code": nullable(STRING),
        "body": OBJECT,
    }
)
_PATH = {"id": _ID}


def _page(items: Schema) -> dict[str, object]:
    return response({"items": array(items, MAX_PAGE), "next": nullable(STRING)})


AREA = Area(
    "Watches",
    "Laurel sends an event when the verdict on a credential changes.",
    (
        Operation(
            "GET /v1/watches",
            "listWatches",
            "List watches",
            {200: _page(ref("Watch"))},
            query={"limit": _LIMIT, "cursor": _CURSOR},
        ),
        Operation(
            "POST /v1/watches",
            "createWatch",
            "Watch a credential",
            {201: response({**_WATCH, "secret": SECRET})},
            description="Send either `credential` or `receipt`, and `callback`, `email` or both.",
            body=Body(
                request(
                    {},
                    {
                        "credential": described(nullable(_LINK), "The id of a credential, or a link to one."),
                        "receipt": described(nullable(_LINK), "The id or link of a receipt."),
                        "callback": described(nullable(_LINK), "The https URL that gets the events."),
                        "email": described(nullable(STRING), "The address of the account's owner."),
                        "ref": nullable(text(MAX_REF)),
                    },
                ),
                {
                    "credential": "https://elsewhere.example/credentials/17",
                    "callback": "https://jobs.example/laurel",
                    "ref": "candidate-17",
                },
            ),
            problems=(
                "not_watchable",
                "email_not_confirmed",
                "too_many_watches",
                "url_refused",
                "not_found",
                "conflict",
                "daily_limit_exceeded",
            ),
            idempotent=True,
            headers=("Location",),
        ),
        Operation("GET /v1/watches/{id}", "readWatch", "Get a watch", {200: ref("Watch")}, path=_PATH),
        Operation(
            "DELETE /v1/watches/{id}", "deleteWatch", "Delete a watch and its deliveries", {204: None}, path=_PATH
        ),
        Operation(
            "POST /v1/watches/{id}/rotate-secret",
            "rotateWatchSecret",
            "Rotate the secret of a watch",
            {200: response({**_WATCH, "secret": SECRET})},
            description="For 24 hours, events are also signed with the old secret.",
            body=_EMPTY_BODY,
            path=_PATH,
            problems=_QUEUE_PROBLEMS,
        ),
        Operation(
            "POST /v1/watches/{id}/test",
            "testWatch",
            "Send a test event",
            {202: ref("WatchDelivery")},
            body=_EMPTY_BODY,
            path=_PATH,
            problems=_QUEUE_PROBLEMS,
        ),
        Operation(
            "GET /v1/watches/{id}/deliveries",
            "listWatchDeliveries",
            "List deliveries, newest first",
            {200: _page(ref("WatchDelivery"))},
            query={"limit": _LIMIT, "cursor": _CURSOR},
            path=_PATH,
        ),
        Operation(
            "POST /v1/watches/{id}/deliveries/{delivery}/replay",
            "replayWatchDelivery",
            "Replay a delivery",
            {202: ref("WatchDelivery")},
            body=_EMPTY_BODY,
            path=_PATH,
            problems=_QUEUE_PROBLEMS,
        ),
    ),
    {"Watch": response(_WATCH), "WatchDelivery": _DELIVERY},
)
