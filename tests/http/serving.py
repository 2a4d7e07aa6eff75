"""A Laurel on fakes that this process serves on a loopback port, for browsers and clients."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import ChaliceRequestHandler, LocalChalice, LocalDevServer

from chalicelib.http.app import create_app
from tests.http.fake_laurel import Laurel


class _Quiet(ChaliceRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own
        """Log nothing: each test shows what it requests."""


@contextmanager
def served(services: Laurel, port: int) -> Iterator[Laurel]:
    """Serve ``services``, whose ``base_url`` has to have this ``port``."""
    app = create_app(services)
    # One thread per request, as `chalice local` does.
    app.__class__ = type("ThreadedChalice", (LocalChalice, Chalice), {})
    server = LocalDevServer(app, Config.create(), "localhost", port, handler_cls=_Quiet)
    thread = threading.Thread(target=server.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield services
    finally:
        server.server.shutdown()
        server.server.server_close()
        thread.join()
