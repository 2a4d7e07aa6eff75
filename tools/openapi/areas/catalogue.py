"""Public pages of issuers, achievements and holders, and the directory."""

from __future__ import annotations

from chalicelib.directory.profiles.profile import OpenTo
from chalicelib.directory.query.facets import KINDS as FACETS
from chalicelib.directory.query.query import MAX_TEXT, MAX_VALUES, FilterKind, Order
from chalicelib.directory.search import MAX_PAGE
from chalicelib.http.directory.search_json import KINDS as MATCHES
from chalicelib.http.directory.search_request import FORMATS, INCLUDED
from chalicelib.http.input import negotiation, query
from chalicelib.verify.report import Verdict
from tools.openapi.operation import Area, Content, Operation, Query
from tools.openapi.schema import (
    ACHIEVEMENT_ID,
    BOOLEAN,
    ISSUER,
    NULL,
    NUMBER,
    PUBLIC_ID,
    STRING,
    TIME,
    URL,
    Schema,
    array,
    described,
    nullable,
    one_of,
    ref,
    response,
    whole,
)

_TEXT = nullable(STRING)
_HTML = {negotiation.HTML: STRING}
_PROFILE: dict[str, Schema] = {
    "id": ISSUER,
    "did": STRING,
    "url": URL,
    "proven": described(BOOLEAN, "Whether a verified domain or the operator confirms who the issuer is."),
    "name_registered": described(BOOLEAN, "Whether the operator vouches for the name."),
    "domains": array(STRING),
    "directory": nullable(URL),
    "stated_by_issuer": response({"name": STRING, "description": _TEXT, "website": _TEXT, "email": _TEXT}),
}
_ACHIEVEMENT = response(
    {
        "id": ACHIEVEMENT_ID,
        "url": URL,
        "issuer": ref("PublicIssuer"),
        "archived": BOOLEAN,
        "issued": described(nullable(whole(0)), "How many times it has been issued, if the issuer shows this."),
        "stated_by_issuer": response(
            {
                "name": STRING,
                "kind": STRING,
                "image": _TEXT,
                "description": STRING,
                "criteria": STRING,
                "skills": array(response({"name": STRING, "url": _TEXT, "framework": _TEXT})),
                "eligibility": _TEXT,
                "valid_days": nullable(whole(1)),
            }
        ),
        "enrol": described(nullable(URL), "The link to the issuer's enrolment page."),
        "recommended": array(response({"id": ACHIEVEMENT_ID, "url": URL, "name": STRING, "reason": STRING})),
    }
)
_STATED = {
    "name": _TEXT,
    "headline": _TEXT,
    "place": _TEXT,
    "languages": array(STRING),
    "open_to": array(one_of(OpenTo)),
}
_HOLDER = response(
    {
        "id": PUBLIC_ID,
        "url": URL,
        "checked_at": TIME,
        "contact": {"anyOf": [response({"url": URL, "sign_in": BOOLEAN}), NULL]},
        "more": nullable(URL),
        "stated_by_holder": response({**_STATED, "links": array(STRING)}),
        "credentials": array(
            response(
                {
                    "id": PUBLIC_ID,
                    "url": URL,
                    "verdict": one_of((Verdict.VALID, Verdict.EXPIRED)),
                    "title": STRING,
                    "holder": _TEXT,
                    "issuer": response({"id": _TEXT, "name": _TEXT, "name_confirmed": BOOLEAN, "identity": _TEXT}),
                    "valid_from": nullable(TIME),
                    "valid_until": nullable(TIME),
                    "image": _TEXT,
                }
            )
        ),
        "skills": array(response({"name": STRING, "url": _TEXT, "credentials": array(PUBLIC_ID)})),
    }
)
_NAMED = response({"id": STRING, "name": STRING})
_HIT = response(
    {
        "id": PUBLIC_ID,
        "url": URL,
        "stated_by_holder": response(_STATED),
        "valid_credentials": whole(0),
        "newest_issued_at": nullable(TIME),
        "achievements": array(_NAMED),
        "issuers": array(_NAMED),
        "skills": array(STRING),
        "matches": array(response({"field": STRING, "value": STRING, "match": one_of(sorted(set(MATCHES.values())))})),
    }
)
_FACET = response(
    {
        "exact": BOOLEAN,
        "within": NUMBER,
        "values": array(response({"value": STRING, "label": STRING, "count": whole(0)})),
    }
)
_SEARCH_RESULTS = response(
    {
        "items": array(_HIT),
        "next": described(nullable(STRING), "The cursor of the next page; null on the last one."),
        "complete": BOOLEAN,
        "checked_at": TIME,
    },
    {
        "total": response({"value": whole(0), "exact": BOOLEAN, "at_most": nullable(whole(0))}),
        "facets": response({}, {kind.value: _FACET for kind in FACETS}),
    },
)
_VALUES: Schema = {"type": "array", "items": {"type": "string", "maxLength": query.MAX_LENGTH}, "maxItems": MAX_VALUES}
_FILTERS: dict[FilterKind, Schema] = {
    FilterKind.OPEN_TO: {"type": "array", "items": one_of(OpenTo), "maxItems": MAX_VALUES},
    FilterKind.ISSUED_AFTER: {"type": "array", "items": {"type": "string", "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])$"}},
}

AREA = Area(
    "Directory",
    "Public pages of issuers, achievements and holders, and search for holders with a published profile.",
    (
        Operation(
            "GET /issuers/{id}",
            "readPublicIssuer",
            "Get an issuer's profile, verified domains and achievements, as JSON or HTML depending on `Accept`",
            {200: Content({negotiation.JSON: ref("PublicIssuerPage"), **_HTML})},
            path={"id": ISSUER},
            query={"cursor": Query(ACHIEVEMENT_ID, "From the `next` of the previous page.")},
            problems=("bad_cursor", "no_profile"),
        ),
        Operation(
            "GET /achievements/{id}",
            "readPublicAchievement",
            "Get an achievement, its criteria, eligibility and next steps, as JSON or HTML depending on `Accept`",
            {200: Content({negotiation.JSON: _ACHIEVEMENT, **_HTML})},
            path={"id": ACHIEVEMENT_ID},
        ),
        Operation(
            "GET /holders/{id}",
            "readHolder",
            "Get a holder's public profile, as JSON or HTML depending on `Accept`",
            {200: Content({negotiation.JSON: _HOLDER, **_HTML})},
            path={"id": PUBLIC_ID},
            problems=("no_profile",),
        ),
        Operation(
            "GET /v1/directory",
            "searchDirectory",
            "Search for holders with a published profile",
            {200: Content({negotiation.JSON: _SEARCH_RESULTS, "text/csv": STRING})},
            description="Filters can be repeated.",
            query={
                "q": Query({"type": "string", "maxLength": MAX_TEXT}, "Search words."),
                **{
                    kind.value: Query(_FILTERS.get(kind, _VALUES), f"Filter by {kind.value}.", repeated=True)
                    for kind in FilterKind
                },
                "sort": Query(one_of(Order)),
                "include": Query(
                    {"type": "string", "pattern": rf"^(?:{'|'.join(INCLUDED)})(?:,(?:{'|'.join(INCLUDED)}))*$"},
                    f"Extra results to include, comma-separated: {', '.join(INCLUDED)}.",
                ),
                "format": Query(one_of(FORMATS)),
                "limit": Query(whole(1, MAX_PAGE)),
                "cursor": Query(
                    {"type": "string", "minLength": 1}, "The `next` of the previous page of the same search."
                ),
            },
            problems=("directory_query", "bad_cursor", "not_acceptable"),
            headers=("Link",),
        ),
        Operation(
            "GET /v1/directory/suggest",
            "suggestFilters",
            "Suggest filter values as the user types",
            {200: response({"items": array(response({"kind": STRING, "value": STRING, "label": STRING}))})},
            query={"q": Query({"type": "string", "minLength": 1, "maxLength": query.MAX_LENGTH})},
        ),
    ),
    {
        "PublicIssuer": response(_PROFILE),
        "PublicIssuerPage": response(
            {
                **_PROFILE,
                "achievements": array(
                    response({"id": ACHIEVEMENT_ID, "url": URL, "name": STRING, "kind": STRING, "image": _TEXT})
                ),
                "next": described(nullable(URL), "The URL of the next page; null on the last one."),
            }
        ),
    },
)
