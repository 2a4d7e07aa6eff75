"""The local proxy: it forwards requests unchanged and enforces API Gateway's limits to the byte."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local import ports, proxy

EVERY_BYTE = bytes(range(256))


class Echo(BaseHTTPRequestHandler):
    """Returns the request in a header, and as the body the request body or, without one, every byte value."""

    protocol_version = "HTTP/1.1"

    def respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = {"method": self.command, "target": self.path, "headers": self.headers.items(), "bytes": len(body)}
        self.send_response(201)
        self.send_header("X-Echo", json.dumps(request))
        self.send_header("WWW-Authenticate", "Bearer")
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body or EVERY_BYTE)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body or EVERY_BYTE)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = respond  # noqa: N815  http.server looks for these

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/restapis/x/live/_user_request_"
        server.shutdown()


@pytest.fixture(scope="module")
def port(echo: str) -> Iterator[int]:
    with proxy.serve(0, echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def client(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    yield connection
    connection.close()


def echoed(reply: http.client.HTTPResponse) -> dict[str, Any]:
    request: dict[str, Any] = json.loads(reply.getheader("X-Echo") or "{}")
    return request


def header(request: dict[str, Any], name: str) -> list[str]:
    return [value for key, value in request["headers"] if key.lower() == name]


def test_path_and_query_are_forwarded_unchanged(client: http.client.HTTPConnection) -> None:
    client.request("GET", "/c/a%2Fb;x=1?q=%C3%A4&q=2&empty=&flag")
    request = echoed(client.getresponse())
    assert request["target"] == "/restapis/x/live/_user_request_/c/a%2Fb;x=1?q=%C3%A4&q=2&empty=&flag"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_is_forwarded_and_binary_bodies_are_returned(
    client: http.client.HTTPConnection, method: str
) -> None:
    client.request(method, "/x")
    reply = client.getresponse()
    assert echoed(reply)["method"] == method
    assert reply.status == 201
    assert reply.read() == EVERY_BYTE


def test_head_has_the_length_and_no_body(client: http.client.HTTPConnection) -> None:
    client.request("HEAD", "/x")
    reply = client.getresponse()
    assert reply.getheader("Content-Length") == "256"
    assert reply.read() == b""


def test_repeated_response_headers_stay_separate(client: http.client.HTTPConnection) -> None:
    client.request("GET", "/x")
    assert client.getresponse().headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_connection_is_kept_alive(client: http.client.HTTPConnection) -> None:
    client.request("POST", "/x", body=EVERY_BYTE)
    client.getresponse().read()
    socket_before = client.sock
    client.request("GET", "/x")
    client.getresponse().read()
    assert client.sock is socket_before


def test_missing_accept_becomes_any(client: http.client.HTTPConnection) -> None:
    client.request("GET", "/x")
    assert header(echoed(client.getresponse()), "accept") == ["*/*"]


def test_accept_is_forwarded_unchanged(client: http.client.HTTPConnection) -> None:
    client.request("GET", "/x", headers={"Accept": "application/vc"})
    assert header(echoed(client.getresponse()), "accept") == ["application/vc"]


def test_body_without_a_content_type_becomes_octet_stream(client: http.client.HTTPConnection) -> None:
    client.request("POST", "/x", body=EVERY_BYTE)
    assert header(echoed(client.getresponse()), "content-type") == ["application/octet-stream"]


def test_content_type_is_forwarded_unchanged(client: http.client.HTTPConnection) -> None:
    client.request("POST", "/x", body=EVERY_BYTE, headers={"Content-Type": "text/csv"})
    assert header(echoed(client.getresponse()), "content-type") == ["text/csv"]


def test_caller_cannot_set_its_address_or_the_host(client: http.client.HTTPConnection) -> None:
    client.request("GET", "/x", headers={"X-Forwarded-For": "1.2.3.4", "Host": "elsewhere.example"})
    request = echoed(client.getresponse())
    assert header(request, "x-forwarded-for") == ["127.0.0.1"]
    assert "elsewhere" not in header(request, "host")[0]


def test_hop_by_hop_headers_are_not_forwarded(client: http.client.HTTPConnection) -> None:
    client.request("GET", "/x", headers={"Connection": "keep-alive, X-Private", "X-Private": "1", "TE": "trailers"})
    request = echoed(client.getresponse())
    assert header(request, "x-private") == header(request, "te") == []


def test_body_of_exactly_the_limit_is_forwarded(client: http.client.HTTPConnection) -> None:
    client.request("POST", "/x", body=bytes(proxy.MAX_BODY))
    reply = client.getresponse()
    assert echoed(reply)["bytes"] == proxy.MAX_BODY
    reply.read()


def test_body_one_byte_over_the_limit_is_refused(client: http.client.HTTPConnection) -> None:
    client.request("POST", "/x", body=bytes(proxy.MAX_BODY + 1))
    assert_problem(client.getresponse(), 413, "too_large")


def chunks(total: int, size: int = 1 << 20) -> Iterator[bytes]:
    for begin in range(0, total, size):
        yield bytes(min(size, total - begin))


def test_chunked_body_is_forwarded_complete(client: http.client.HTTPConnection) -> None:
    client.request("POST", "/x", body=iter([EVERY_BYTE, b"", EVERY_BYTE[::-1]]), encode_chunked=True)
    reply = client.getresponse()
    assert reply.read() == EVERY_BYTE + EVERY_BYTE[::-1]
    assert header(echoed(reply), "transfer-encoding") == []


def test_chunked_body_over_the_limit_is_refused(client: http.client.HTTPConnection) -> None:
    client.request("POST", "/x", body=chunks(proxy.MAX_BODY + 1), encode_chunked=True)
    assert_problem(client.getresponse(), 413, "too_large")


@pytest.mark.parametrize("line", [b"", b"-1", b"0x10", b"g", b"1_0", b"+5", b"f" * 2000])
def test_a_malformed_chunk_is_refused(client: http.client.HTTPConnection, line: bytes) -> None:
    client.putrequest("POST", "/x")
    client.putheader("Transfer-Encoding", "chunked")
    client.endheaders()
    client.send(line + b"\r\n")
    assert_problem(client.getresponse(), 400, "invalid_request")


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "ten", "٣"])
def test_a_malformed_length_is_refused(client: http.client.HTTPConnection, length: str) -> None:
    client.putrequest("POST", "/x")
    client.putheader("Content-Length", length.encode())
    client.endheaders()
    assert_problem(client.getresponse(), 400, "invalid_request")


def test_unavailable_api_is_reported() -> None:
    unused = f"http://127.0.0.1:{ports.free_port()}/restapis/x/live/_user_request_"
    with proxy.serve(0, unused) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with closing(http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=30)) as connection:
            connection.request("GET", "/x")
            detail = assert_problem(connection.getresponse(), 503, "unavailable")
            assert f"`make run PORT={server.server_address[1]}`" in detail
        server.shutdown()


def assert_problem(reply: http.client.HTTPResponse, status: int, code: str) -> str:
    assert reply.status == status
    assert reply.getheader("Content-Type") == "application/problem+json"
    problem = json.loads(reply.read())
    assert (problem["status"], problem["code"]) == (status, code)
    assert set(problem) == {"type", "title", "status", "code", "detail"}
    return str(problem["detail"])


def test_headers_and_body_of_an_api_client_are_forwarded_unchanged(client: http.client.HTTPConnection) -> None:
    sent = {
        "Authorization": "Bearer laurel_abc_DEF",
        "Cookie": "a=1; b=2",
        "Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
        "Content-Encoding": "gzip",
        "webhook-id": "msg_1",
        "webhook-timestamp": "1795323329",
        "webhook-signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
        "Sec-Fetch-Site": "same-origin",
        "Origin": "http://localhost:8000",
    }
    body = gzip.compress(EVERY_BYTE)
    client.request("POST", "/x", body=body, headers=sent)
    reply = client.getresponse()
    request = echoed(reply)
    assert {name: header(request, name.lower()) for name in sent} == {name: [value] for name, value in sent.items()}
    assert reply.read() == body


@pytest.mark.parametrize("line", [b"BREW /x HTTP/1.1", b"GET /x HTTP/9.9", b"nonsense", b"GET " + b"/x" * 40_000])
def test_malformed_request_is_answered_with_a_problem(port: int, line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
        raw.sendall(line + b"\r\nHost: localhost\r\n\r\n")
        reply = http.client.HTTPResponse(raw)
        reply.begin()
        problem = json.loads(reply.read())
    assert reply.getheader("Content-Type") == "application/problem+json"
    assert (reply.status, problem["code"]) == ((404, "not_found") if b"BREW" in line else (400, "invalid_request"))


@pytest.mark.parametrize(
    ("method", "path", "has_key", "advice"),
    [
        ("GET", "/c/x", False, "Nothing was changed. Try again."),
        ("POST", "/v1/verify", False, "Nothing was changed. Try again."),
        ("POST", "/v1/verify?x=1", True, "Nothing was changed. Try again."),
        ("POST", "/v1/members", False, "Check before you try again."),
        ("POST", "/v1/credentials", True, "Repeat it with the same Idempotency-Key."),
    ],
)
def test_timeout_mentions_an_idempotency_key_only_if_one_was_sent(
    method: str, path: str, has_key: bool, advice: str
) -> None:
    problem = proxy.timed_out(method, path, has_key=has_key)
    assert (problem.code, problem.headers["Retry-After"]) == ("timeout", "5")
    assert problem.detail.endswith(advice)
    assert problem.detail.startswith("There was no response within 29 seconds.")


@pytest.mark.parametrize(("path", "status"), [("/x", 503), ("/large", 413)])
def test_errors_are_readable_from_any_origin(path: str, status: int) -> None:
    # Nothing listens on the port to which this proxy forwards.
    with proxy.serve(0, f"http://127.0.0.1:{ports.free_port()}") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with closing(http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=30)) as client:
            client.request("POST", path, body=bytes(proxy.MAX_BODY + 1) if status == 413 else b"")
            reply = client.getresponse()
            reply.read()
        server.shutdown()
    assert reply.status == status
    assert reply.getheader("Access-Control-Allow-Origin") == "*"
    assert (reply.getheader("Retry-After") is not None) == (status == 503)


def test_the_authentication_header_is_renamed_as_by_api_gateway(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", "/")
        reply = connection.getresponse()
        assert reply.getheader("WWW-Authenticate") is None
        assert reply.getheader("x-amzn-remapped-www-authenticate") == "Bearer"
