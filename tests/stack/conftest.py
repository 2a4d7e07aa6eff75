"""An https receiver on this machine, which the running stack may contact."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import time
from typing import Any, Self

import pytest

from tests.conftest import RunningStack
from tests.net.certificates import Authority


@dataclass(frozen=True, slots=True)
class Received:
    """A request."""

    body: bytes
    headers: dict[str, str]
    at: float
    """Seconds since 1970."""


class Receiver:
    """An https server on localhost, with the certificate of an authority of its own."""

    def __init__(self, folder: Path) -> None:
        authority = Authority("A developer's authority")
        self.received: list[Received] = []
        self.refusals = 0
        """How many of the next requests are answered with 503."""
        self.trusted = folder / "authority.pem"
        self.trusted.write_bytes(authority.pem)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append(Received(body, dict(self.headers.items()), time()))
                receiver.refusals -= 1
                self.send_response(204 if receiver.refusals < 0 else 503)
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = authority.server(folder, "localhost")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.authority = f"localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver(stack: RunningStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver that the stack may contact, as after `FETCH_ALLOW=localhost:9443 SSL_CERT_FILE=ca.pem make run`."""
    with Receiver(tmp_path) as running:
        stack.local.down()
        monkeypatch.setenv("FETCH_ALLOW", running.authority)
        monkeypatch.setenv("SSL_CERT_FILE", str(running.trusted))
        stack.local.up()
        yield running
    monkeypatch.undo()
    stack.local.down()
    stack.local.up()
