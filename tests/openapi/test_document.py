"""The OpenAPI document: valid, complete, fresh, and the same as the routes."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib.http.core.access import CallerKind
from chalicelib.http.core.problem import KINDS
from chalicelib.http.reference import contract
from chalicelib.verifiers.scope import Scope
from tests.openapi.calls import OPERATIONS
from tools.openapi.areas import AREAS
from tools.openapi.document import PATH, SECURITY, document, written
from tools.openapi.problems import by_status
from tools.openapi.routes import bound_routes

DOCUMENT = json.loads(PATH.read_text("utf-8"))
PAGES = (
    r"/(console(\.js|/.*)?|developers(/.*)?|directory(/.*)?|privacy|docs|openapi\.json|robots\.txt|sitemaps?(\.xml|/.*)|sign-(in|out).*|oidc/.*"
    r"|my/.*|mail/.*|contact/.*|go/.*|badge/.*|embed.*|client/.*|images/.*|verify/batch|.*/embed|{proxy\+})?"
    r"|/c/{id}(/(badge\.png|badge\.svg|card\.png|qr\.svg|certificate\.pdf|wallet/.*|report|holder|receipt))?"
    r"|/holders/{id}/.*|/issuers/{id}/directory"
)
"""Paths of pages, forms, images and other files, which are not part of the API. Their JSON may change at any time."""


def test_the_committed_document_is_up_to_date() -> None:
    assert PATH.read_text("utf-8") == written(document()), "Run python -m tools.openapi"
    assert contract.source() == PATH.read_text("utf-8"), "Run python -m tools.openapi"


def test_the_document_is_valid() -> None:
    assert [each.message for each in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_every_route_is_an_operation_or_a_page() -> None:
    routes = set(bound_routes())
    assert OPERATIONS.keys() <= routes
    missing = {route for route in routes - OPERATIONS.keys() if not re.fullmatch(PAGES, route.partition(" ")[2])}
    assert missing == set(), "Declare them in tools/openapi/areas"


def test_every_route_of_the_api_is_an_operation() -> None:
    api = {route for route in bound_routes() if route.partition(" ")[2].startswith("/v1/")}
    assert api <= OPERATIONS.keys()


def test_methods_and_path_parameters_are_those_of_the_route() -> None:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            assert f"{method.upper()} {path}" in bound_routes()
            named = [each["name"] for each in operation.get("parameters", []) if each["in"] == "path"]
            assert named == re.findall(r"{(\w+)}", path)


def test_declared_path_parameters_are_in_the_path() -> None:
    for operation in OPERATIONS.values():
        assert operation.path.keys() <= set(re.findall(r"{(\w+)}", operation.url)), operation.route


def test_operations_are_named_once() -> None:
    declared = [each for area in AREAS for each in area.operations]
    assert len({each.id for each in declared}) == len({each.route for each in declared}) == len(declared)
    names = Counter(name for area in AREAS for name in area.components)
    assert max(names.values()) == 1


def test_security_is_that_of_the_access_rule() -> None:
    for route, operation in OPERATIONS.items():
        rule = bound_routes()[route].rule
        security = DOCUMENT["paths"][operation.url][operation.method.lower()]["security"]
        named = {name for each in security for name in each}
        assert named <= SECURITY.keys()
        assert ({} in security or security == []) == (rule.open_to_all or rule.caller_kind is CallerKind.BY_SECRET)
        assert ("verifierKey" in named) == (rule.caller_kind is CallerKind.VERIFIER)
        assert ("operatorKey" in named) == (rule.caller_kind in (CallerKind.OPERATOR, CallerKind.EITHER))


def test_idempotent_operations_are_those_that_read_the_key() -> None:
    assert {route: each.idempotent for route, each in OPERATIONS.items()} == {
        route: bound_routes()[route].idempotent for route in OPERATIONS
    }


def test_every_error_code_of_the_api_is_in_the_document() -> None:
    schemas, responses = DOCUMENT["components"]["schemas"], DOCUMENT["components"]["responses"]
    assert schemas["Problem"]["properties"]["code"]["enum"] == sorted(KINDS)
    assert responses.keys() == KINDS.keys()


ONLY_OF_PAGES = {
    "not_valid", "not_contactable", "blocked_sender", "too_many_saved", "method_not_allowed",
}  # fmt: skip
"""Codes that no operation has: those of pages, and of methods that no route has."""


def test_every_error_code_belongs_to_an_operation() -> None:
    found = {
        code
        for route, operation in OPERATIONS.items()
        for codes in by_status(operation, bound_routes()[route]).values()
        for code in codes
    }
    assert found == KINDS.keys() - ONLY_OF_PAGES


@pytest.mark.parametrize("scope", Scope)
def test_every_scope_is_in_the_document(scope: Scope) -> None:
    assert scope in DOCUMENT["components"]["schemas"]["VerifierKey"]["properties"]["scopes"]["items"]["enum"]


def test_limited_operations_document_the_rate_limit_headers() -> None:
    for route, operation in OPERATIONS.items():
        responses = DOCUMENT["paths"][operation.url][operation.method.lower()]["responses"]
        limited = bound_routes()[route].rule.scope is not None
        for status in (*operation.responses, 429):
            assert ("RateLimit" in responses[str(status)].get("headers", {})) is limited
