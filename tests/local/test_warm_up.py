"""First requests to the deployed functions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chalicelib.http.app import create_app
from local.aws import NotReadyError
from local.package import HANDLERS
from local.warm_up import REQUESTS, warm_up
from tests.http.fake_laurel import seeded


class Starting(BaseHTTPRequestHandler):
    """An API whose functions answer 504 until they were requested twice, and then as Laurel does."""

    seen: list[tuple[str, str]]
    ever: bool

    def respond(self) -> None:
        self.seen.append((self.command, self.path))
        ready = self.ever and self.seen.count((self.command, self.path)) > 1
        self.send_response(504 if not ready else 422 if self.command == "POST" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = respond  # noqa: N815  http.server looks for these names

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(params=[True])
def api(request: pytest.FixtureRequest) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    handler = type("Api", (Starting,), {"seen": [], "ever": request.param})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", handler.seen
        server.shutdown()


def test_each_function_is_requested_until_it_responds(api: tuple[str, list[tuple[str, str]]]) -> None:
    url, seen = api
    warm_up(url, pause=0)
    assert seen == [each for each in REQUESTS.values() for _ in range(2)]


@pytest.mark.parametrize("api", [False], indirect=True)
def test_a_function_that_never_responds_is_named(api: tuple[str, list[tuple[str, str]]]) -> None:
    with pytest.raises(NotReadyError, match="The function public did not respond within 0 seconds"):
        warm_up(api[0], patience=0.01, pause=0)


def test_the_requests_reach_every_function_once() -> None:
    routes = create_app(seeded()).routes
    served = {name: routes[path][method].view_function.function for name, (method, path) in REQUESTS.items()}
    assert served == {name: name for name in HANDLERS}
