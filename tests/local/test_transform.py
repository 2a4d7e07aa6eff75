"""Swagger extensions that become template properties and resources for the embedded AWS."""

from __future__ import annotations

from typing import Any

from local.package import ANY_METHOD
from local.transform import BINARY_TYPES, GATEWAY_RESPONSES, METHODS, move_gateway_settings


def template() -> dict[str, Any]:
    response = {"statusCode": 404, "responseParameters": {"p": "v"}, "responseTemplates": {"application/json": "{}"}}
    body = {BINARY_TYPES: ["*/*"], GATEWAY_RESPONSES: {"THROTTLED": response}, "paths": {}}
    return {
        "Resources": {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}},
            "Deployment1": {"Type": "AWS::ApiGateway::Deployment", "Properties": {}},
            "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
        }
    }


def test_binary_types_become_a_property_of_the_api() -> None:
    lifted = template()
    move_gateway_settings(lifted)
    assert lifted["Resources"]["Api"]["Properties"]["BinaryMediaTypes"] == ["*/*"]


def test_gateway_responses_become_resources_that_the_deployment_depends_on() -> None:
    lifted = template()
    move_gateway_settings(lifted)
    assert lifted["Resources"]["ApiThrottled"] == {
        "Type": "AWS::ApiGateway::GatewayResponse",
        "Properties": {
            "RestApiId": {"Ref": "Api"},
            "ResponseType": "THROTTLED",
            "StatusCode": "404",
            "ResponseParameters": {"p": "v"},
            "ResponseTemplates": {"application/json": "{}"},
        },
    }
    assert lifted["Resources"]["Deployment1"]["DependsOn"] == ["ApiThrottled"]
    assert "DependsOn" not in lifted["Resources"]["Table"]


def test_any_method_stands_for_every_method_that_a_path_does_not_name() -> None:
    lifted = template()
    paths = {"/a": {"get": {"x": "named"}, ANY_METHOD: {"x": "any"}}, "/b": {"post": {"x": "named"}}}
    lifted["Resources"]["Api"]["Properties"]["Body"]["paths"] = paths
    move_gateway_settings(lifted)
    assert paths["/a"] == {**{method: {"x": "any"} for method in METHODS}, "get": {"x": "named"}}
    assert paths["/b"] == {"post": {"x": "named"}}
