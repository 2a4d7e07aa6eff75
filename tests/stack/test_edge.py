"""The deployed API over HTTP: bodies are byte-exact, and every response has a known format."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import RunningStack

PNG = b"\x89PNG\r\n\x1a\n"
EVERY_BYTE = bytes(range(256)) * 41


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def send_request(
    stack: RunningStack, path: str, method: str = "GET", body: bytes | None = None, **headers: str | None
) -> Answer:
    """Send one request with exactly these headers; `accept=None` omits Accept."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(stack.url).port, timeout=30)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in {"accept": "*/*", **headers}.items():
        if value is not None:
            connection.putheader(name.replace("_", "-"), value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    reply = connection.getresponse()
    answer = Answer(reply.status, reply.headers, reply.read())
    connection.close()
    return answer


def image_path(stack: RunningStack) -> str:
    page = send_request(stack, urlsplit(stack.demo["valid"]["url"]).path, accept="text/html")
    found = re.search(rb'/images/[^"]+\.png', page.body)
    assert found, page.body[:2000]
    return found[0].decode()


def report_path(stack: RunningStack) -> str:
    return urlsplit(stack.demo["valid"]["api_url"]).path + "/report"


@pytest.mark.parametrize("accept", ["*/*", "image/png", "image/avif,image/webp,*/*;q=0.8", None])
def test_image_is_served_byte_exact(stack: RunningStack, accept: str | None) -> None:
    # The name of an image is the SHA-256 of its bytes.
    path = image_path(stack)
    response = send_request(stack, path, accept=accept)
    assert (response.status, response.headers["Content-Type"]) == (200, "image/png")
    assert response.body.startswith(PNG)
    assert hashlib.sha256(response.body).hexdigest() in path


@pytest.mark.parametrize("content_type", ["image/png", "application/octet-stream", "text/plain", "application/vc+jwt"])
def test_upload_arrives_byte_exact(stack: RunningStack, content_type: str) -> None:
    response = send_request(stack, report_path(stack), "POST", EVERY_BYTE, content_type=content_type)
    assert (response.status, response.headers["Content-Type"]) == (415, "application/problem+json")
    assert response.json["received"] == {"bytes": len(EVERY_BYTE), "sha256": hashlib.sha256(EVERY_BYTE).hexdigest()}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_does_not_exist_is_404(stack: RunningStack, method: str) -> None:
    response = send_request(stack, "/no/such/place", method)
    assert (response.status, response.headers["Content-Type"]) == (404, "application/problem+json")
    assert response.json["code"] == "not_found"
    assert set(response.json) == {"type", "title", "status", "code", "detail"}


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v1/verify", "POST, OPTIONS"),
        ("DELETE", "/", "GET, HEAD, POST"),
        ("POST", "/status/x", "GET, HEAD, OPTIONS"),
        ("PATCH", "/v1/members", "GET, HEAD, POST"),
    ],
)
def test_a_method_that_the_path_does_not_support_is_405(
    stack: RunningStack, method: str, path: str, allow: str
) -> None:
    response = send_request(stack, path, method)
    assert (response.status, response.headers["Content-Type"]) == (405, "application/problem+json")
    assert (response.json["code"], response.headers["Allow"]) == ("method_not_allowed", allow)


@pytest.mark.parametrize("kind", ["page", "summary", "report", "documents"])
def test_cors_preflight_of_public_reads_is_allowed(stack: RunningStack, kind: str) -> None:
    credential = urlsplit(stack.demo["valid"]["api_url"]).path
    page = urlsplit(stack.demo["valid"]["url"]).path
    path = {"page": page, "summary": credential, "report": f"{credential}/report", "documents": "/.well-known/did.json"}
    response = send_request(stack, path[kind], "OPTIONS", origin="https://jobs.example")
    assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert "GET" in response.headers["Access-Control-Allow-Methods"]
    assert response.headers["Access-Control-Allow-Credentials"] is None


def test_a_body_over_the_gateways_limit_is_a_problem(stack: RunningStack) -> None:
    response = send_request(
        stack, report_path(stack), "POST", bytes(10 * 1024 * 1024 + 1), content_type="application/json"
    )
    assert (response.status, response.json["code"]) == (413, "too_large")


@pytest.mark.parametrize("kind", ["valid", "revoked"])
def test_head_responds_like_get_without_the_body(stack: RunningStack, kind: str) -> None:
    path = urlsplit(stack.demo[kind]["url"]).path
    got, head = send_request(stack, path), send_request(stack, path, "HEAD")
    assert (head.status, head.headers["Content-Type"]) == (got.status, got.headers["Content-Type"])
    assert head.body == b""


def test_missing_accept_means_any(stack: RunningStack) -> None:
    assert send_request(stack, report_path(stack), accept=None).json["verdict"] == "valid"


def test_host_did_document_is_served_at_the_root(stack: RunningStack) -> None:
    response = send_request(stack, "/.well-known/did.json")
    assert response.status == 200
    assert response.json["id"] == f"did:web:localhost%3A{urlsplit(stack.url).port}"


@pytest.mark.parametrize("kind", ["valid", "expired", "not_yet_valid", "revoked", "suspended"])
def test_demo_credentials_have_their_verdicts(stack: RunningStack, kind: str) -> None:
    response = send_request(stack, urlsplit(stack.demo[kind]["api_url"]).path + "/report")
    assert response.json["verdict"] == kind


@pytest.mark.parametrize(
    ("kind", "verdict"), [("tampered", "invalid"), ("wrong_signer", "invalid"), ("unreachable_status", "unknown")]
)
def test_defective_demo_credentials_have_their_verdicts(stack: RunningStack, kind: str, verdict: str) -> None:
    response = send_request(stack, urlsplit(stack.demo[kind]["api_url"]).path + "/report")
    assert response.json["verdict"] == verdict


def test_concurrent_requests_are_all_answered(stack: RunningStack) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: send_request(stack, report_path(stack)).status, range(40)))
    assert answers == [200] * 40
