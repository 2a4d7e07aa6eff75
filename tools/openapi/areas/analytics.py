"""Counts and key figures, sign-ups, and outcomes."""

from __future__ import annotations

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.kpi.tables import TABLES
from chalicelib.catalogue.conversion import MAX_TOKEN
from chalicelib.http.api.analytics import MAX_ROWS
from chalicelib.http.api.outcomes import MAX_ROWS as MAX_OUTCOMES
from chalicelib.http.input import query
from chalicelib.outcomes.comparison import Compared
from chalicelib.outcomes.outcome import YES_NO
from chalicelib.outcomes.rows import HASH
from tools.openapi.operation import Area, Body, Content, Operation, Query
from tools.openapi.schema import (
    ACHIEVEMENT_ID,
    BOOLEAN,
    DAY,
    EMAIL,
    NULL,
    NUMBER,
    OBJECT,
    PUBLIC_ID,
    STRING,
    TIME,
    URL,
    anchored,
    array,
    described,
    nullable,
    one_of,
    page,
    ref,
    request,
    response,
    text,
    whole,
)

HASH_OF_ANY_CASE = anchored(HASH.pattern.replace("a-f", "a-fA-F"))
_TEXT = nullable(STRING)
_FILTER = text(query.MAX_LENGTH)
_TABLE = response(
    {
        "from": DAY,
        "to": DAY,
        "items": described(array(OBJECT), "Rows. Their members depend on the table: see docs/analytics.md."),
        "next": nullable(STRING),
    }
)
_CONVERSION = response(
    {
        "id": STRING,
        "at": TIME,
        "achievement": ACHIEVEMENT_ID,
        "credential": {"anyOf": [response({"id": PUBLIC_ID, "url": URL}), NULL]},
        "channel": {"anyOf": [one_of(Channel), NULL]},
        "referred_at": TIME,
    }
)
_COMPARISON = response(
    {
        "comparison": one_of(Compared),
        "suppressed": BOOLEAN,
        "summary": STRING,
        "groups": array(response({"name": STRING, "people": whole(0), "mean": NUMBER, "median": nullable(NUMBER)})),
        "differences": array(
            response({"method": STRING, "value": NUMBER, "low": nullable(NUMBER), "high": nullable(NUMBER)})
        ),
    }
)
_OUTCOME = request(
    {"name": STRING, "unit": STRING, "date": DAY, "value": {"type": ["string", "number", "boolean"]}},
    {"email": nullable(EMAIL), "hash": nullable({"type": "string", "pattern": HASH_OF_ANY_CASE})},
)

AREA = Area(
    "Analytics",
    "How an issuer's credentials perform.",
    (
        Operation(
            "GET /v1/analytics/{table}",
            "readTable",
            "Get a table of counts or key figures",
            {200: Content({"application/json": _TABLE, "text/csv": STRING})},
            path={"table": one_of(TABLES)},
            query={
                "from": Query(DAY),
                "to": Query(DAY),
                "achievement": Query(_FILTER),
                "channel": Query(_FILTER),
                "country": Query(_FILTER),
                "limit": Query(whole(1, MAX_ROWS)),
                "cursor": Query(_FILTER, "The `next` of the previous page."),
            },
            problems=("not_acceptable",),
            headers=("Link",),
        ),
        Operation(
            "POST /v1/conversions",
            "creditSignUp",
            "Credit a sign-up to the referral that led to it",
            {201: ref("Conversion"), 200: ref("Conversion")},
            description="`200` if the sign-up has already been credited.",
            body=Body(request({"referral": text(MAX_TOKEN)}), {"referral": "202611.mCS0cs6j0pCl7qZp"}),
            problems=("not_a_referral", "referral_expired"),
        ),
        Operation(
            "GET /v1/outcomes",
            "listOutcomes",
            "List the names and units of imported outcomes",
            {200: page(response({"name": STRING, "unit": STRING}))},
        ),
        Operation(
            "POST /v1/outcomes",
            "importOutcomes",
            "Import outcomes, all or nothing",
            {200: response({"stored": whole(0)})},
            body=Body(
                request({"outcomes": array(_OUTCOME, MAX_OUTCOMES, 1)}),
                {
                    "outcomes": [
                        {
                            "name": "employed",
                            "unit": YES_NO,
                            "date": "2026-11-20",
                            "value": True,
                            "email": "ada@example.org",
                        }
                    ]
                },
            ),
            problems=(
                "bad_outcomes",
                "too_many_outcome_names",
                "too_many_corrections",
                "too_many_outcomes",
                "refused",
                "conflict",
                "daily_limit_exceeded",
            ),
        ),
        Operation(
            "GET /v1/outcomes/{name}",
            "compareOutcome",
            "Compare holders with others, and with themselves before they held the credential",
            {
                200: Content(
                    {
                        "application/json": response(
                            {
                                "name": STRING,
                                "unit": STRING,
                                "achievement": _TEXT,
                                "note": STRING,
                                "comparisons": array(_COMPARISON),
                            }
                        ),
                        "text/csv": STRING,
                    }
                )
            },
            query={"achievement": Query(_FILTER, "Only holders of this achievement. Owners only.")},
            problems=("not_acceptable", "too_many_outcomes", "daily_limit_exceeded", "refused"),
        ),
        Operation(
            "DELETE /v1/outcomes/{name}",
            "deleteOutcome",
            "Delete all outcomes with a name",
            {204: None},
            query={
                "hash": Query(
                    {"type": "string", "pattern": HASH_OF_ANY_CASE},
                    "Only the outcomes of the person with this hash.",
                )
            },
            problems=("bad_hash",),
        ),
    ),
    {"Conversion": _CONVERSION},
)
