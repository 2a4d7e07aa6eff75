"""The SAM transform, as AWS runs it on the shipped template, run here before the embedded AWS sees it.

    python -m local.transform < template.json > transformed.json

It stands in front because the embedded AWS reads two things from resource properties only, where SAM leaves them in the
API's swagger: the binary media types and the gateway responses. docs/decisions/0004-the-local-stack.md has the reasons.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from local.aws import REGION

BINARY_TYPES = "x-amazon-apigateway-binary-media-types"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"


def transform(template: dict[str, Any]) -> dict[str, Any]:
    """`template` (SAM) as plain CloudFormation that the embedded AWS understands whole."""
    from samtranslator.translator.transform import transform as sam  # half a second to import

    plain: dict[str, Any] = sam(template, {}, _NoManagedPolicies())
    lift(plain)
    return plain


def lift(template: dict[str, Any]) -> None:
    """Put what the swagger of each RestApi says about binary types and gateway responses into properties, in place."""
    resources = template["Resources"]
    for name, resource in list(resources.items()):
        if resource["Type"] != "AWS::ApiGateway::RestApi":
            continue
        body = resource["Properties"]["Body"]
        resource["Properties"]["BinaryMediaTypes"] = body[BINARY_TYPES]
        lifted = {
            _logical_id(name, kind): _gateway_response(name, kind, said)
            for kind, said in body[GATEWAY_RESPONSES].items()
        }
        resources.update(lifted)
        for other in resources.values():
            # A deployment takes the responses that exist when it is made.
            if other["Type"] == "AWS::ApiGateway::Deployment":
                other["DependsOn"] = sorted(lifted)


def _logical_id(api: str, kind: str) -> str:
    return api + kind.title().replace("_", "")


def _gateway_response(api: str, kind: str, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGateway::GatewayResponse",
        "Properties": {
            "RestApiId": {"Ref": api},
            "ResponseType": kind,
            "StatusCode": str(said["statusCode"]),
            "ResponseParameters": said["responseParameters"],
            "ResponseTemplates": said["responseTemplates"],
        },
    }


class _NoManagedPolicies:
    """Stands where SAM would ask IAM for AWS's managed policies: every role of ours is written out."""

    def load(self) -> dict[str, str]:
        return {}


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    json.dump(transform(json.load(sys.stdin)), sys.stdout)
