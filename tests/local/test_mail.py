"""The pages that show what was sent; what is in them is tested with the letters (tests/post/test_ses.py)."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator

import pytest

from local import front, mail, ports
from local.aws import EmbeddedAws


@pytest.fixture
def page(aws: EmbeddedAws) -> Iterator[int]:
    with front.serve(0, f"{aws.endpoint_url}/restapis/none/live/_user_request_") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def asked(port: int, path: str, host: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": host})
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    return reply.status, content


def test_the_front_shows_what_was_sent_on_this_machine_only(page: int) -> None:
    status, content = asked(page, "/_mail", f"localhost:{page}")
    assert status == 200
    assert b"<h1>Mail</h1>" in content
    assert asked(page, "/_mail", "evil.example")[0] == 403


def test_it_says_so_when_nothing_answers() -> None:
    with front.serve(0, f"http://127.0.0.1:{ports.free_port()}/restapis/x/live/_user_request_") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        assert asked(port, "/_mail", f"localhost:{port}")[0] == 503
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "own"), [("/_mail", True), ("/_mail/x/html", True), ("/_mail?x", True), ("/_mailer", False), ("/c", False)]
)
def test_only_its_own_pages_are_taken_from_the_application(path: str, own: bool) -> None:
    assert mail.is_about(path) is own
