"""A Laurel on fakes that this process serves on a free loopback port."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import ChaliceRequestHandler, LocalChalice, LocalDevServer

from chalicelib.http.app import create_app
from local.ports import free_port
from tests.http.fake_laurel import Laurel, seeded


class _Quiet(ChaliceRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own
        """Log nothing: each test shows what it requests."""


@contextmanager
def served() -> Iterator[Laurel]:
    """The fakes, with their server running at ``base_url``."""
    # A view imports it when it needs it. Threads that do so at the same time may find it incomplete; on AWS, a process
    # answers one request at a time.
    importlib.import_module("multipart")
    port = free_port()
    services = seeded(f"http://localhost:{port}")
    app = create_app(services)
    app.__class__ = type(
        "ThreadedChalice", (LocalChalice, Chalice), {}
    )  # one thread per request, as `chalice local` does
    server = LocalDevServer(app, Config.create(), "localhost", port, handler_cls=_Quiet)
    thread = threading.Thread(target=server.server.serve_forever, args=(0.02,), daemon=True)  # seconds to stop
    thread.start()
    try:
        yield services
    finally:
        server.shutdown()
        server.server.server_close()
        thread.join()
