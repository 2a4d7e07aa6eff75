"""The local mail pages. Their content is tested in tests/email/test_ses.py."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator

import pytest

from local import mail, ports, proxy
from local.aws import EmbeddedAws


@pytest.fixture
def page(aws: EmbeddedAws) -> Iterator[int]:
    with proxy.serve(0, f"{aws.endpoint_url}/restapis/none/live/_user_request_") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def get(port: int, path: str, host: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": host})
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    return reply.status, content


def test_mail_page_is_served_only_to_localhost(page: int) -> None:
    status, content = get(page, "/_mail", f"localhost:{page}")
    assert status == 200
    assert b"<h1>Emails</h1>" in content
    assert get(page, "/_mail", "evil.example")[0] == 403


def test_mail_page_is_503_when_the_embedded_aws_is_down() -> None:
    with proxy.serve(0, f"http://127.0.0.1:{ports.free_port()}/restapis/x/live/_user_request_") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        assert get(port, "/_mail", f"localhost:{port}")[0] == 503
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/_mail", True), ("/_mail/x/html", True), ("/_mail?x", True), ("/_mailer", False), ("/c", False)],
)
def test_only_mail_paths_are_not_forwarded(path: str, expected: bool) -> None:
    assert mail.is_about(path) is expected
