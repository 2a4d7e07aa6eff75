"""The deployed thing over HTTP: bytes in, bytes out, and every answer in a known shape."""

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


def ask(
    stack: RunningStack, path: str, method: str = "GET", body: bytes | None = None, **headers: str | None
) -> Answer:
    """One request with exactly these headers; `accept=None` sends none."""
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


def picture(stack: RunningStack) -> str:
    page = ask(stack, urlsplit(stack.demo["valid"]["url"]).path, accept="text/html")
    found = re.search(rb'/images/[^"]+\.png', page.body)
    assert found, page.body[:2000]
    return found[0].decode()


def report_path(stack: RunningStack) -> str:
    return urlsplit(stack.demo["valid"]["api_url"]).path + "/report"


@pytest.mark.parametrize("accept", ["*/*", "image/png", "image/avif,image/webp,*/*;q=0.8", None])
def test_a_picture_goes_out_byte_exact(stack: RunningStack, accept: str | None) -> None:
    # An image is named by the SHA-256 of its bytes.
    path = picture(stack)
    sent = ask(stack, path, accept=accept)
    assert (sent.status, sent.headers["Content-Type"]) == (200, "image/png")
    assert sent.body.startswith(PNG)
    assert hashlib.sha256(sent.body).hexdigest() in path


@pytest.mark.parametrize("content_type", ["image/png", "application/octet-stream", "text/plain", "application/vc+jwt"])
def test_an_upload_comes_in_byte_exact(stack: RunningStack, content_type: str) -> None:
    sent = ask(stack, report_path(stack), "POST", EVERY_BYTE, content_type=content_type)
    assert (sent.status, sent.headers["Content-Type"]) == (415, "application/problem+json")
    assert sent.json["received"] == {"bytes": len(EVERY_BYTE), "sha256": hashlib.sha256(EVERY_BYTE).hexdigest()}


@pytest.mark.parametrize(("method", "path"), [("GET", "/no/such/place"), ("POST", "/status/x"), ("DELETE", "/")])
def test_what_the_gateway_refuses_is_a_problem(stack: RunningStack, method: str, path: str) -> None:
    sent = ask(stack, path, method)
    assert (sent.status, sent.headers["Content-Type"]) == (404, "application/problem+json")
    assert sent.json["code"] == "not_found"
    assert set(sent.json) == {"type", "title", "status", "code", "detail"}


def test_a_body_over_the_gateways_limit_is_a_problem(stack: RunningStack) -> None:
    sent = ask(stack, report_path(stack), "POST", bytes(10 * 1024 * 1024 + 1), content_type="application/json")
    assert (sent.status, sent.json["code"]) == (413, "too_large")


@pytest.mark.parametrize("kind", ["valid", "revoked"])
def test_head_answers_as_get_without_the_body(stack: RunningStack, kind: str) -> None:
    path = urlsplit(stack.demo[kind]["url"]).path
    got, head = ask(stack, path), ask(stack, path, "HEAD")
    assert (head.status, head.headers["Content-Type"]) == (got.status, got.headers["Content-Type"])
    assert head.body == b""


def test_no_accept_is_any(stack: RunningStack) -> None:
    assert ask(stack, report_path(stack), accept=None).json["verdict"] == "valid"


def test_the_hosts_did_stands_at_the_root(stack: RunningStack) -> None:
    sent = ask(stack, "/.well-known/did.json")
    assert sent.status == 200
    assert sent.json["id"] == f"did:web:localhost%3A{urlsplit(stack.url).port}"


@pytest.mark.parametrize("kind", ["valid", "expired", "not_yet_valid", "revoked", "suspended"])
def test_the_demo_shows_its_verdicts(stack: RunningStack, kind: str) -> None:
    sent = ask(stack, urlsplit(stack.demo[kind]["api_url"]).path + "/report")
    assert sent.json["verdict"] == kind


@pytest.mark.parametrize(
    ("kind", "verdict"), [("tampered", "invalid"), ("wrong_signer", "invalid"), ("unreachable_status", "unknown")]
)
def test_the_demo_shows_its_faults(stack: RunningStack, kind: str, verdict: str) -> None:
    sent = ask(stack, urlsplit(stack.demo[kind]["api_url"]).path + "/report")
    assert sent.json["verdict"] == verdict


def test_many_at_once_are_all_answered(stack: RunningStack) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: ask(stack, report_path(stack)).status, range(40)))
    assert answers == [200] * 40
