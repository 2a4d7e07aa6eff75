"""A request as API Gateway sends it to the deployed object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

REQUEST_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Context:
    """The Lambda context object passed to a handler."""

    function_name: str = "laurel-bench"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:laurel-bench"
    aws_request_id: str = REQUEST_ID


def get_credential(credential_id: str, accept: str) -> dict[str, Any]:
    """Build the event of `GET /c/{id}`."""
    path = f"/c/{credential_id}"
    return {
        "resource": "/c/{id}",
        "path": path,
        "httpMethod": "GET",
        "headers": {"Accept": accept, "User-Agent": "benchmark", "Host": "localhost:8000"},
        "multiValueHeaders": {"Accept": [accept]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"id": credential_id},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/c/{id}",
            "httpMethod": "GET",
            "path": path,
            "stage": "bench",
            "requestId": REQUEST_ID,
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "benchmark"},
        },
        "body": None,
        "isBase64Encoded": False,
    }
