"""An HTTP proxy on loopback. It replaces the custom domain with its base path mapping.

    python -m local.proxy --port 8000 --upstream http://127.0.0.1:4566/restapis/<id>/live/_user_request_

It forwards each request (method, path, raw query, headers, body) to the deployed API and returns the response
unchanged, within API Gateway's limits: 10 MB per body, 29 seconds per response. The pages under /_mail (mail.py)
show the emails that were sent.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Protocol
from urllib.parse import urlsplit

from chalicelib.http.core.problem import RETRY_AFTER, Problem
from local import mail

# API Gateway quotas for REST APIs: payload size, and the integration timeout.
MAX_BODY = 10 * 1024 * 1024
MAX_SECONDS = 29.0
MAX_CHUNK_LINE = 1024  # longer than any valid chunk size line
DRAIN_BODY = 64 * 1024 * 1024  # a refused body is read up to this size, so that the client receives the response

READS = frozenset({"GET", "HEAD", "OPTIONS"})
VERIFYING = frozenset({"/", "/v1/verify"})
"""Paths where a POST changes nothing."""
LATER = {"Retry-After": str(RETRY_AFTER)}
# Same as API Gateway's own responses: pages of every origin can read the error.
RESPONSE_HEADERS = {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "Access-Control-Allow-Origin": "*",
}

# RFC 9110, 7.6.1: connection-specific headers are not forwarded.
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)

# API Gateway renames this header of a function's response, unlike the embedded AWS (API Gateway developer guide,
# "Important notes").
REMAPPED = {"www-authenticate": "x-amzn-remapped-www-authenticate"}


class Stream(Protocol):
    """Source of a request body."""

    def read(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...


def too_large() -> Problem:
    return Problem("too_large", "The body is larger than the limit of 10 MB.")


def malformed_body() -> Problem:
    return Problem("invalid_request", "The body’s length or chunked encoding is not valid.")


def timed_out(method: str, path: str, *, has_key: bool) -> Problem:
    """Return the error for a response that did not arrive in time; ``has_key``: with an `Idempotency-Key`."""
    if method in READS or path.partition("?")[0] in VERIFYING:
        advice = "Nothing was changed. Try again."
    elif has_key:
        advice = "Your request may have been completed. Repeat it with the same Idempotency-Key."
    else:
        advice = "Your request may have been completed. Check before you try again."
    return Problem("timeout", f"There was no response within {MAX_SECONDS:.0f} seconds. {advice}", headers=LATER)


def unsupported_request(status: int) -> Problem:
    """Return the error for a request that Python's HTTP server rejects, in place of its HTML page."""
    if status == HTTPStatus.NOT_IMPLEMENTED:  # API Gateway supports no such method on any path
        return Problem("not_found", "Check that you copied the whole URL, and that it supports this method.")
    return Problem("invalid_request", "Laurel could not understand the request.")


class ProxyHandler(BaseHTTPRequestHandler):
    """Handler of one client connection."""

    protocol_version = "HTTP/1.1"
    timeout = 60.0  # seconds before an idle connection is closed
    upstream: ClassVar[str]

    def forward(self) -> None:
        try:
            body = self.read_body()
            status, headers, content = self.mail_page() if mail.is_about(self.path) else self.send_upstream(body)
        except Problem as problem:
            status, headers, content = rendered(problem)
        self.answer(status, headers, content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = forward  # noqa: N815  http.server looks for these names

    def mail_page(self) -> mail.Answer:
        """Render the pages of sent emails. Raises Problem when the embedded AWS does not respond."""
        base = urlsplit(self.upstream)
        try:
            return mail.answer(self.path, self.headers.get("Host", ""), f"{base.scheme}://{base.netloc}")
        except OSError as error:
            raise Problem("unavailable", self.upstream_path()) from error

    def read_body(self) -> bytes:
        """Read the whole body. Raises Problem when it is too large or its length is unknown."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            try:
                return read_chunked(self.rfile)
            except Problem:
                self.close_connection = True  # the start of the next request is unknown
                raise
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            self.close_connection = True
            raise malformed_body()
        if int(length) > MAX_BODY:
            self.close_connection = True
            drain(self.rfile, min(int(length), DRAIN_BODY))
            raise too_large()
        return self.rfile.read(int(length))

    def send_upstream(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """Forward the request to the deployed API. Raises Problem when it does not respond in time."""
        base = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=MAX_SECONDS)
        try:
            connection.putrequest(self.command, base.path + self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.forwarded_headers(len(body)):
                connection.putheader(name, value)
            connection.endheaders(body or None)
            reply = connection.getresponse()
            content = reply.read()
            return reply.status, reply.getheaders(), content
        except TimeoutError as error:
            raise timed_out(self.command, self.path, has_key="Idempotency-Key" in self.headers) from error
        except (OSError, http.client.HTTPException) as error:
            raise Problem("unavailable", self.upstream_path(), headers=LATER) from error
        finally:
            connection.close()

    def upstream_path(self) -> str:
        port = self.connection.getsockname()[1]
        return f"The embedded AWS is not responding. Restart it with `make run PORT={port}`."

    def forwarded_headers(self, length: int) -> list[tuple[str, str]]:
        """Return the client's headers without those of its connection, and with those that API Gateway sets."""
        dropped = HOP_BY_HOP | {"host", "content-length", "expect", "x-forwarded-for"}
        named = {name.strip().lower() for name in self.headers.get("Connection", "").split(",")}
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in dropped | named]
        if "Accept" not in self.headers:
            # RFC 9110, 12.5.1: no Accept means any. Without it the embedded AWS returns an image as base64 text.
            headers.append(("Accept", "*/*"))
        if length and "Content-Type" not in self.headers:
            # API Gateway forwards any body unchanged; the embedded AWS corrupts a body without a Content-Type.
            headers.append(("Content-Type", "application/octet-stream"))
        if length or self.command in ("POST", "PUT", "PATCH"):
            headers.append(("Content-Length", str(length)))
        # The embedded AWS uses the first entry as the caller's address, so a client must not be able to set it.
        headers.append(("X-Forwarded-For", self.client_address[0]))
        headers.append(("Host", urlsplit(self.upstream).netloc))
        return headers

    def answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        bodiless = self.command == "HEAD" or status in (204, 304)
        for name, value in headers:
            # Without a body the embedded AWS sends a length of 0; RFC 9110, 8.6 requires the length of a GET.
            counted = name.lower() == "content-length" and (not bodiless or value == "0")
            if name.lower() in HOP_BY_HOP or counted:
                continue
            self.send_header(REMAPPED.get(name.lower(), name), value)
        if not bodiless:
            self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if not bodiless:
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - required by http.server
        """Send an error of `http.server` itself as problem+json."""
        self.close_connection = True
        # Neither is set when the request line could not be parsed, but the response must still be valid HTTP.
        self.command, self.request_version = self.command or "GET", "HTTP/1.1"
        self.answer(*rendered(unsupported_request(code)))

    def log_message(self, *_: object) -> None:
        """Log nothing, so that no record of visitors is kept."""


def read_chunked(stream: Stream) -> bytes:
    """Read a chunked body (RFC 9112, 7.1) and drop its trailer. Raises Problem when it is too large or malformed."""
    body = bytearray()
    while True:
        line = stream.readline(MAX_CHUNK_LINE)
        digits = line.split(b";")[0].strip()
        if not line.endswith(b"\n") or not digits or not set(digits) <= set(b"0123456789abcdefABCDEF"):
            raise malformed_body()
        size = int(digits, 16)
        if size == 0:
            break
        if len(body) + size > MAX_BODY:
            drain(stream, min(size, DRAIN_BODY))
            raise too_large()
        body += stream.read(size)
        if stream.readline(MAX_CHUNK_LINE).strip():
            raise malformed_body()
    while stream.readline(MAX_CHUNK_LINE).strip():
        continue
    return bytes(body)


def drain(stream: Stream, size: int) -> None:
    """Read and discard up to `size` bytes."""
    while size > 0 and (some := stream.read(min(size, 65536))):
        size -= len(some)


def rendered(problem: Problem) -> tuple[int, list[tuple[str, str]], bytes]:
    """Build a response of the proxy itself, as problem+json (RFC 9457)."""
    headers = {**RESPONSE_HEADERS, **problem.headers}
    return problem.kind.status, list(headers.items()), json.dumps(problem.document()).encode()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Log exceptions, except a closed connection or a timeout."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # passed through


def serve(port: int, upstream: str) -> Server:
    """Create a proxy on 127.0.0.1:`port` for the API at `upstream`. The caller runs `serve_forever`."""
    handler = type("ProxyHandler", (ProxyHandler,), {"upstream": upstream})
    return Server(("127.0.0.1", port), handler)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    wanted = parser.parse_args()
    serve(wanted.port, wanted.upstream).serve_forever()


if __name__ == "__main__":
    main()
