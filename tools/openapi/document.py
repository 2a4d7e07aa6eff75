"""The OpenAPI 3.1 document, from the declared operations and the bound routes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType

from chalicelib import VERSION
from chalicelib.http.core.access import CallerKind, Rule
from chalicelib.http.core.problem import KINDS
from chalicelib.http.input.negotiation import PROBLEM
from chalicelib.idempotency_key import MAX_KEY
from tools.openapi.areas import AREAS
from tools.openapi.operation import JSON, Body, Content, Operation, Query
from tools.openapi.problems import PROBLEM_MEMBERS, UNREADABLE_JSON, by_status
from tools.openapi.routes import BoundRoute, bound_routes
from tools.openapi.schema import STRING, Schema, described, ref, response

Json = dict[str, object]
_ROOT = Path(__file__).parents[2]
PATH = _ROOT / "docs/openapi/openapi.json"
"""The document."""
SERVED = _ROOT / "chalicelib/http/reference/openapi.json.gz"
"""The compressed document, which is deployed: a tenth of the size."""
RELEASED = _ROOT / "docs/openapi/released.json"
"""The document of the last release, which programs rely on."""
SECURITY = {
    "issuerKey": "An issuer's API key (`laurel_…`), which has a role.",
    "operatorKey": "An operator's API key.",
    "verifierKey": "A verifier's API key (`laurel_vk_…`), which has scopes.",
}
_SECURITY_BY_CALLER: Mapping[CallerKind, tuple[str, ...]] = {
    CallerKind.TOKEN: ("issuerKey",),
    CallerKind.OPERATOR: ("operatorKey",),
    CallerKind.EITHER: ("issuerKey", "operatorKey"),
    CallerKind.VERIFIER: ("verifierKey",),
}
_DESCRIPTION = """\
Verify, read and issue credentials. `GET /docs` shows this document as a page.

- Errors are `application/problem+json` (RFC 9457) with a stable `code`.
- Times are RFC 3339 in UTC. We may add members and codes at any time, so ignore those that you do not know. We never
  remove one or change its meaning without the notice that docs/api.md promises.
- If a list has a `next`, send it as `?cursor=` to get the next page."""
_HEADERS: Mapping[str, str] = {
    "Location": "The URL of the created resource.",
    "Link": "The next page (RFC 8288).",
    "ETag": "Send it as `If-None-Match` to get a `304` if nothing has changed.",
    "RateLimit-Policy": "The rate limits that the request counted against (draft-ietf-httpapi-ratelimit-headers).",
    "RateLimit": "What remains of those limits.",
    "Retry-After": "How many seconds to wait.",
}
_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Phrases of RFC 9110, 15.5, which Python has only from version 3.13 on."""
_RETRIED = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_LIMIT_HEADERS = ("RateLimit-Policy", "RateLimit")


def document() -> Json:
    """Build the document."""
    bound = bound_routes()
    paths: dict[str, Json] = {}
    for area in AREAS:
        for operation in area.operations:
            item = paths.setdefault(operation.url, {})
            item[operation.method.lower()] = _operation(area.tag, operation, bound[operation.route])
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Laurel",
            "version": VERSION,
            "summary": "Verification and public directory of credentials.",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": area.tag, "description": area.description} for area in AREAS],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": {code: _error(kind.status, [code]) for code, kind in sorted(KINDS.items())},
            "headers": {name: {"schema": STRING, "description": text} for name, text in _HEADERS.items()},
            "securitySchemes": {
                name: {"type": "http", "scheme": "bearer", "description": text} for name, text in SECURITY.items()
            },
        },
    }


def _schemas() -> dict[str, Schema]:
    found = {name: schema for area in AREAS for name, schema in area.components.items()}
    codes = described({"enum": list(UNREADABLE_JSON)}, "What is wrong with a JSON body.")
    return dict(sorted({**found, "Problem": _problem(), "UnreadableJson": codes}.items()))


def written(found: Json) -> str:
    """Serialize the document with one operation or component per line, so that diffs are readable."""
    lines = json.dumps(found, ensure_ascii=False, indent=1).replace("\u2028", "\\u2028")
    # Whatever is nested deeper than an operation or a component stays on its line.
    return re.sub(r"\n {4,}|\n {3}(?=[\]}])", "", lines) + "\n"


def _operation(tag: str, operation: Operation, route: BoundRoute) -> Json:
    found: Json = {
        "operationId": operation.id,
        "tags": [tag],
        "summary": operation.summary,
        "description": _described(operation, route.rule),
        "security": _security(route.rule),
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_header_parameters(operation)],
        "responses": {**_successes(operation, route), **_problems(operation, route)},
    }
    if operation.body is not None:
        found["requestBody"] = _body(operation.body)
    return {name: value for name, value in found.items() if value not in ("", []) or name == "security"}


def _described(operation: Operation, rule: Rule) -> str:
    needs = None
    if rule.permission is not None:
        needs = f"Needs the permission `{rule.permission}`."
    elif rule.scope is not None:
        needs = f"An API key needs the scope `{rule.scope}`."
    return " ".join(filter(None, (operation.description, needs)))


def _security(rule: Rule) -> list[Json]:
    schemes: list[Json] = [{name: []} for name in _SECURITY_BY_CALLER.get(rule.caller_kind, ())]
    return [{}, *schemes] if rule.anonymous else schemes


def _path_parameters(operation: Operation) -> list[Json]:
    names: list[str] = re.findall(r"{(\w+)}", operation.url)
    return [_parameter(name, "path", operation.path.get(name, STRING), required=True) for name in names]


def _query_parameters(operation: Operation) -> list[Json]:
    return [_query(name, each) for name, each in operation.query.items()]


def _query(name: str, given: Query) -> Json:
    description = {"description": given.description} if given.description else {}
    return {**_parameter(name, "query", given.schema, required=given.required), **description}


def _header_parameters(operation: Operation) -> list[Json]:
    if not operation.idempotent:
        return []
    key = {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": r"^[\x20-\x7e]+$"}
    description = (
        "Use a new key for each new request. A repeated request gets the same response and has no further effect."
    )
    return [{**_parameter("Idempotency-Key", "header", key, required=False), "description": description}]


def _parameter(name: str, place: str, schema: Schema, *, required: bool) -> Json:
    return {"name": name, "in": place, "schema": schema, **({"required": True} if required else {})}


def _body(body: Body) -> Json:
    example = {"examples": {"example": {"value": body.example}}}
    content: Json = {each: {"schema": body.schema, **example} for each in body.types}
    content |= {each: {"schema": schema} for each, schema in body.others.items()}
    return {"required": body.required, "content": content}


def _successes(operation: Operation, route: BoundRoute) -> Json:
    limited = _LIMIT_HEADERS if route.rule.scope is not None else ()
    return {
        str(status): _response(_title(status), content, (*operation.headers, *limited))
        for status, content in operation.responses.items()
    }


def _problems(operation: Operation, route: BoundRoute) -> Json:
    """The error responses. The only error for a status uses the shared response of its code."""
    found: Json = {}
    for status, codes in by_status(operation, route).items():
        limited = status == HTTPStatus.TOO_MANY_REQUESTS and route.rule.scope is not None
        if len(codes) == 1 and not operation.problem_types and not limited:
            found[str(status)] = {"$ref": f"#/components/responses/{codes[0]}"}
        else:
            found[str(status)] = _error(status, codes, operation.problem_types, _LIMIT_HEADERS if limited else ())
    return found


def _error(
    status: int,
    codes: Sequence[str],
    others: Mapping[str, Schema] = MappingProxyType({}),
    more_headers: tuple[str, ...] = (),
) -> Json:
    types: dict[str, Schema] = {PROBLEM: {"allOf": [ref("Problem"), {"properties": {"code": _code(codes)}}]}, **others}
    headers = (*(("Retry-After",) if status in _RETRIED else ()), *more_headers)
    description = KINDS[codes[0]].title if len(codes) == 1 else _phrase(status)
    return _response(description, Content(types), headers)


def _code(codes: Sequence[str]) -> Schema:
    if not set(UNREADABLE_JSON) <= set(codes):
        return {"enum": list(codes)}
    others = [code for code in codes if code not in UNREADABLE_JSON]
    return {"anyOf": [ref("UnreadableJson"), {"enum": others}]} if others else ref("UnreadableJson")


def _response(description: str, content: Schema | Content | None, headers: tuple[str, ...]) -> Json:
    found: Json = {"description": description}
    if isinstance(content, Content):
        found["description"] = content.description or description
        found["content"] = {each: {"schema": schema} for each, schema in content.types.items()}
    elif content is not None:
        found["content"] = {JSON: {"schema": content}}
    if headers:
        found["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    return found


def _title(status: int) -> str:
    return _phrase(status)


def _problem() -> Json:
    required = {name: schema for name, schema in PROBLEM_MEMBERS.items() if name != "errors"}
    return described(response(required, {"errors": PROBLEM_MEMBERS["errors"]}), "An error (RFC 9457).")


def _phrase(status: int) -> str:
    return _PHRASES.get(status) or HTTPStatus(status).phrase
