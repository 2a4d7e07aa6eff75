"""The in-memory API Gateway as a WSGI application (PEP 3333), for clients that speak WSGI."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from tests.http.gateway import Gateway

Start = Callable[[str, list[tuple[str, str]]], object]


def application(gateway: Gateway) -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """Create the application."""

    def respond(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        headers = {name[5:].lower(): text for name, text in environ.items() if name.startswith("HTTP_")}
        if environ.get("CONTENT_TYPE"):
            headers["content_type"] = environ["CONTENT_TYPE"]
        # WSGI decodes the path as Latin-1 (PEP 3333, "Unicode Issues"); API Gateway passes it on percent-encoded.
        path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@-._~")
        query = environ.get("QUERY_STRING")
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        reply = gateway(environ["REQUEST_METHOD"], f"{path}?{query}" if query else path, body=body or None, **headers)
        start(f"{reply.status} {HTTPStatus(reply.status).phrase}", list(reply.headers.items()))
        return [reply.body]

    return respond
