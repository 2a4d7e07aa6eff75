"""Requests as API Gateway sends them to the deployed object."""

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
    return _event("GET", "/c/{id}", f"/c/{credential_id}", {"Accept": accept}, variables={"id": credential_id})


def verify_credential(document: str) -> dict[str, Any]:
    """Build the event of `POST /v1/verify` with a signed credential."""
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    return _event("POST", "/v1/verify", "/v1/verify", headers, body=document)


def list_achievements(token: str) -> dict[str, Any]:
    """Build the event of `GET /v1/achievements` with an API key."""
    headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
    return _event("GET", "/v1/achievements", "/v1/achievements", headers)


def search_directory(query: dict[str, str], api_key: str) -> dict[str, Any]:
    """Build the event of `GET /v1/directory` with the API key of a verifier."""
    headers = {"Accept": "application/json", "Authorization": f"Bearer {api_key}"}
    return _with_query(_event("GET", "/v1/directory", "/v1/directory", headers), query)


def view_console(path: str, issuer_id: str, cookie: str, query: dict[str, str]) -> dict[str, Any]:
    """Build the event of a console page of an issuer for a signed-in person."""
    headers = {"Accept": "text/html", "Cookie": f"laurel_session={cookie}"}
    event = _event("GET", path, path.format(issuer=issuer_id), headers, variables={"issuer": issuer_id})
    return _with_query(event, query)


def _with_query(event: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    values = {name: [value] for name, value in query.items()}
    return {**event, "queryStringParameters": query or None, "multiValueQueryStringParameters": values or None}


def _event(
    method: str,
    resource: str,
    path: str,
    headers: dict[str, str],
    *,
    variables: dict[str, str] | None = None,
    body: str | None = None,
) -> dict[str, Any]:
    sent = {"User-Agent": "benchmark", "Host": "localhost:8000", **headers}
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": variables,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": path,
            "stage": "bench",
            "requestId": REQUEST_ID,
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "benchmark"},
        },
        "body": body,
        "isBase64Encoded": False,
    }
