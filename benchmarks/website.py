"""A website that embeds credentials, on a free loopback port."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own
        """Log nothing: standard error shows the progress."""


@contextmanager
def served(html: str) -> Iterator[str]:
    """Serve ``html``, and yield its URL."""
    with tempfile.TemporaryDirectory(prefix="laurel-bench-") as folder:
        (Path(folder) / "page.html").write_text(html, encoding="utf-8")
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/page.html"
        finally:
            server.shutdown()
            server.server_close()
