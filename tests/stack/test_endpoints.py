"""A receiver on this machine gets signed messages from the running stack, as a developer tries it with `make run`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest
from standardwebhooks.webhooks import Webhook

from tests.conftest import RunningStack
from tests.net.certificates import Authority
from tests.stack import jobs
from tests.stack.test_issuing import ISSUER, ApiClient, cli


@dataclass(frozen=True, slots=True)
class Received:
    """A request."""

    body: bytes
    headers: dict[str, str]


class Receiver:
    """An https server on localhost, with the certificate of an authority of its own."""

    def __init__(self, folder: Path) -> None:
        authority = Authority("A developer's authority")
        self.received: list[Received] = []
        self.trusted = folder / "authority.pem"
        self.trusted.write_bytes(authority.pem)
        kept = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kept.append(Received(body, dict(self.headers.items())))
                self.send_response(204)
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


def test_a_receiver_on_this_machine_gets_messages_that_the_standard_webhooks_library_verifies(
    stack: RunningStack, receiver: Receiver
) -> None:
    api = ApiClient(stack, cli(stack, "token", "create", ISSUER, "--name", "endpoints", "--role", "owner")["token"])
    created = api("POST", "/v1/endpoints", {"url": f"https://{receiver.authority}/laurel", "kinds": ["issued"]})
    assert created.status == 201, created.body
    queued = api("POST", f"/v1/endpoints/{created.json['id']}/test")
    assert queued.status == 202, queued.body
    jobs.run(stack, "SendMessages")
    (message,) = receiver.received
    found = Webhook(created.json["secret"]).verify(message.body, message.headers)
    assert (found["type"], found["data"]["issuer"]) == ("test", ISSUER)
    (logged,) = api("GET", f"/v1/endpoints/{created.json['id']}").json["messages"]
    assert (logged["state"], logged["status"]) == ("delivered", 204)
    other = api("POST", "/v1/endpoints", {"url": "https://localhost:1/laurel", "kinds": ["issued"]})
    assert (other.status, other.json["code"]) == (422, "url_refused")
    assert api("DELETE", f"/v1/endpoints/{created.json['id']}").status == 204
