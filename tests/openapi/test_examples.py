"""The examples of the OpenAPI document run, and every response follows it (`tests/http/gateway.py` checks that)."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from chalicelib.http.core.access import CallerKind
from tests.http import openapi_check
from tests.http.matrix import OTHER, OWNER
from tests.openapi.calls import OPERATIONS, World
from tools.openapi.operation import Operation
from tools.openapi.routes import bound_routes

NOT_SUCCESSFUL = {
    "POST /webhooks/{id}": 401,  # only the sender's secret signs a message
    "GET /holders/{id}": 410,  # no one has published a profile
    # A credential without a signature.
    "POST /credentials/verify": 422,
    "POST /without-issuer-binding/credentials/verify": 422,
    "POST /without-issuer-binding/presentations/verify": 422,
    "POST /presentations/verify": 422,
}
"""The status where the example cannot succeed."""

every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


@every_operation
def test_example_has_the_documented_response(operation: Operation) -> None:
    world = World()
    response = world.send(operation, world.example_call(operation), world.headers(operation))
    expected = NOT_SUCCESSFUL.get(operation.route)
    assert response.status == expected if expected else response.status in operation.responses, response.text
    assert openapi_check.is_declared(operation.method, operation.url)


@every_operation
def test_example_follows_its_own_schema(operation: Operation) -> None:
    body = openapi_check.DOCUMENT["paths"][operation.url][operation.method.lower()].get("requestBody")
    assert (body is None) == (operation.body is None)
    for content in (body or {"content": {}})["content"].values():
        for example in content.get("examples", {}).values():
            validator = openapi_check.validator_of(content["schema"])
            assert [each.message for each in validator.iter_errors(example["value"])] == []


@every_operation
def test_response_to_another_tenant_follows_the_document(operation: Operation) -> None:
    if bound_routes()[operation.route].rule.caller_kind is CallerKind.PUBLIC:
        return
    for issuer_id in (OWNER, OTHER, None):
        world = World()
        sent = world.headers(operation, issuer_id) if issuer_id else {}
        response = world.send(operation, world.base_call(operation), sent)
        if issuer_id is None and not bound_routes()[operation.route].rule.anonymous:
            assert response.status == 401, json.loads(response.body)


def test_a_response_with_an_unknown_member_is_noticed() -> None:
    world = World()
    operation = OPERATIONS["GET /v1/members"]
    response = world.send(operation, world.base_call(operation), world.headers(operation))
    changed = json.loads(response.body)
    changed["items"][0]["salary"] = 1
    validator = openapi_check.validator_of({"$ref": "#/components/schemas/Member"})
    assert list(validator.iter_errors(json.loads(response.body)["items"][0])) == []
    assert ["salary" in each.message for each in validator.iter_errors(changed["items"][0])] == [True]


def test_the_schemas_of_the_document_are_valid() -> None:
    for schema in openapi_check.DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
