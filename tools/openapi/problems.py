"""The errors of an operation: those that its access rule implies, and those that it declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from chalicelib.http.core.access import CallerKind
from chalicelib.http.core.problem import KINDS
from tools.openapi.operation import JSON, Operation
from tools.openapi.routes import BoundRoute
from tools.openapi.schema import INTEGER, STRING, Schema, array, described, one_of, response

ANY_REQUEST: Final = ("too_many_requests", "internal", "unavailable", "timeout")
"""API Gateway's own limits and timeout, and server errors."""
UNREADABLE_JSON: Final = (
    "malformed",
    "not_utf8",
    "not_json",
    "not_an_object",
    "duplicate_name",
    "number_out_of_range",
    "too_deep",
    "too_many_members",
    "lone_surrogate",
    "invalid_request",
)
"""What is wrong with a body (`credential.strict_json`, `http.input.json_body`)."""
WITH_KEY: Final = (CallerKind.TOKEN, CallerKind.OPERATOR, CallerKind.EITHER, CallerKind.VERIFIER)

PROBLEM_MEMBERS: Final[Mapping[str, Schema]] = {
    "type": STRING,
    "title": STRING,
    "status": INTEGER,
    "code": described(one_of(sorted(KINDS)), "Stable: docs/api.md lists all."),
    "detail": described(STRING, "A sentence for people."),
    "errors": array(response({"pointer": described(STRING, "A JSON Pointer (RFC 6901)."), "detail": STRING})),
}
"""Members of a problem document (RFC 9457). Only `errors` is optional. Some codes have additional members."""
_REQUIRED_TYPES = (JSON, "application/x-www-form-urlencoded")
"""Media types that a request must declare. Other bodies are accepted with any `Content-Type`."""


def by_status(operation: Operation, route: BoundRoute) -> dict[int, list[str]]:
    """The codes of the errors of ``operation``, by status."""
    found: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(_codes(operation, route)):
        found[KINDS[code].status].append(code)
    return dict(sorted(found.items()))


def _codes(operation: Operation, route: BoundRoute) -> Iterator[str]:
    has_key = route.rule.caller_kind in WITH_KEY
    if has_key:
        yield from ("unauthenticated", "forbidden")
    if "{" in operation.url:
        yield "not_found"
    if operation.query:
        yield "invalid_request"
    if "cursor" in operation.query:
        yield "bad_cursor"
    if operation.body is not None:
        yield from UNREADABLE_JSON
        yield "too_large"
        if operation.body.types[0] in _REQUIRED_TYPES and not operation.body.others:
            yield "unsupported_media_type"
    if operation.idempotent:
        yield from ("refused", "idempotency_key_reused")  # refused: not a key
    elif has_key and operation.method != "GET":
        yield "idempotency_key_unsupported"
    yield from operation.problems
    yield from ANY_REQUEST
