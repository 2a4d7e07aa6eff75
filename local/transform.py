"""The SAM transform, run locally before the embedded AWS reads the template.

    python -m local.transform < template.json > transformed.json

The embedded AWS reads binary media types and gateway responses from resource properties only, but SAM leaves them in
the Swagger definition of the API, and of that definition it does not read ANY methods.
See docs/decisions/0004-the-local-stack.md.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from local.aws import REGION
from local.package import ANY_METHOD

BINARY_TYPES = "x-amazon-apigateway-binary-media-types"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
"""The methods that API Gateway supports, and ANY stands for."""


def transform(template: dict[str, Any]) -> dict[str, Any]:
    """Convert a SAM template to plain CloudFormation that the embedded AWS supports completely."""
    from samtranslator.translator.transform import transform as sam  # half a second to import

    plain: dict[str, Any] = sam(template, {}, _NoManagedPolicies())
    move_gateway_settings(plain)
    return plain


def move_gateway_settings(template: dict[str, Any]) -> None:
    """Move what the embedded AWS does not read in the Swagger of each RestApi to where it does, in place."""
    resources = template["Resources"]
    for name, resource in list(resources.items()):
        if resource["Type"] != "AWS::ApiGateway::RestApi":
            continue
        body = resource["Properties"]["Body"]
        resource["Properties"]["BinaryMediaTypes"] = body[BINARY_TYPES]
        for operations in body["paths"].values():
            _spell_out_any_method(operations)
        lifted = {
            _logical_id(name, kind): _gateway_response(name, kind, response)
            for kind, response in body[GATEWAY_RESPONSES].items()
        }
        resources.update(lifted)
        for other in resources.values():
            # A deployment includes only the responses that exist when it is created.
            if other["Type"] == "AWS::ApiGateway::Deployment":
                other["DependsOn"] = sorted(lifted)


def _spell_out_any_method(operations: dict[str, Any]) -> None:
    any_method = operations.pop(ANY_METHOD, None)
    if any_method is not None:
        operations.update({method: any_method for method in METHODS if method not in operations})


def _logical_id(api: str, kind: str) -> str:
    return api + kind.title().replace("_", "")


def _gateway_response(api: str, kind: str, response: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGateway::GatewayResponse",
        "Properties": {
            "RestApiId": {"Ref": api},
            "ResponseType": kind,
            "StatusCode": str(response["statusCode"]),
            "ResponseParameters": response["responseParameters"],
            "ResponseTemplates": response["responseTemplates"],
        },
    }


class _NoManagedPolicies:
    """Replaces the lookup of AWS managed policies: all roles are defined in the template."""

    def load(self) -> dict[str, str]:
        return {}


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    json.dump(transform(json.load(sys.stdin)), sys.stdout)
