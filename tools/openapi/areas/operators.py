"""Operator-only operations."""

from __future__ import annotations

from chalicelib.http.input import query
from chalicelib.moderation.handling import MAX_PAGE_SIZE, REPORT_ID
from chalicelib.moderation.visitor_report import Reason, State
from tools.openapi.operation import Area, Body, Operation, Query
from tools.openapi.schema import (
    BOOLEAN,
    PUBLIC_ID,
    STRING,
    TIME,
    URL,
    anchored,
    nullable,
    one_of,
    page,
    ref,
    request,
    response,
    text,
    whole,
)

_TAKEDOWN = response({"id": PUBLIC_ID, "taken_down": nullable(TIME)})
_BODY = Body(request({"taken_down": BOOLEAN}), {"taken_down": True})
_REPORT = response(
    {
        "id": STRING,
        "at": TIME,
        "state": one_of(State),
        "issuer_state": one_of(State),
        "reason": one_of(Reason),
        "message": nullable(STRING),
        "email": nullable(STRING),
        "words_until": TIME,
        "credential": PUBLIC_ID,
        "page": URL,
        "issuer": STRING,
        "takedown": URL,
    }
)

AREA = Area(
    "Operators",
    "These operations need an operator's API key.",
    (
        Operation(
            "PUT /v1/credentials/{id}/takedown",
            "takeDownCredential",
            "Take down the page of a credential, or restore it",
            {200: _TAKEDOWN},
            body=_BODY,
            path={"id": PUBLIC_ID},
            problems=("conflict", "erased"),
        ),
        Operation(
            "PUT /v1/holders/{id}/takedown",
            "takeDownHolder",
            "Take down the profile of a holder, or allow it to be public again",
            {200: _TAKEDOWN},
            body=_BODY,
            path={"id": PUBLIC_ID},
            problems=("conflict",),
        ),
        Operation(
            "GET /v1/visitor-reports",
            "listVisitorReports",
            "List visitor reports, newest first",
            {200: page(ref("VisitorReport"))},
            query={
                "state": Query(one_of(State)),
                "issuer": Query(text(query.MAX_LENGTH)),
                "credential": Query(text(query.MAX_LENGTH)),
                "limit": Query(whole(1, MAX_PAGE_SIZE)),
                "cursor": Query({"type": "string", "pattern": anchored(REPORT_ID)}, "The `next` of the previous page."),
            },
        ),
        Operation(
            "PUT /v1/visitor-reports/{id}",
            "decideVisitorReport",
            "Close or reopen a visitor report",
            {200: ref("VisitorReport")},
            body=Body(request({"state": one_of(State)}), {"state": State.CLOSED.value}),
            path={"id": {"type": "string", "pattern": anchored(REPORT_ID)}},
            problems=("conflict",),
        ),
    ),
    {"VisitorReport": _REPORT},
)
