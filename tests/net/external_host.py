"""The web server of an external host, which can misbehave at every byte."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from typing import Self

Behaviour = Callable[[ssl.SSLSocket], None]


def ok(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A complete response."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    """A redirect to ``location``."""
    return ok(b"", f"Location: {location}", status=status)


class ExternalHost:
    """Serves ``pages`` (path to bytes, or to a function that gets the connection) on one address and records the
    requests."""

    def __init__(self, context: ssl.SSLContext, address: str = "127.0.0.1", port: int = 0) -> None:
        self.pages: dict[str, bytes | Behaviour] = {}
        self.default_page: Callable[[str], bytes] = lambda _path: ok(b"no such page", status="404 Not Found")
        self.paths: list[str] = []
        """Requested paths, in order."""
        self.heads: list[str] = []
        self.names: list[str | None] = []
        """Server names of the TLS handshakes (SNI)."""
        self.connections = 0
        context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._context = context
        self._listener = socket.create_server((address, port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in [self._accepting, *self._threads]:
            thread.join(timeout=10)

    def _accept(self) -> None:
        while True:
            try:
                tcp, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(tcp,), daemon=True)
            self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
            thread.start()

    def _serve(self, tcp: socket.socket) -> None:
        tcp.settimeout(10)
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with self._context.wrap_socket(tcp, server_side=True) as connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    received = connection.recv(65536)
                    if not received:
                        return
                    head += received
                path = head.split(b" ")[1].decode()
                self.paths.append(path)
                self.heads.append(head.decode())
                page = self.pages.get(path) or self.default_page(path)
                if callable(page):
                    page(connection)
                else:
                    connection.sendall(page)
                connection.unwrap()
        except (OSError, ValueError):
            tcp.close()  # the client closed the connection, as many tests expect
