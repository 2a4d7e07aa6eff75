"""An answer, right whether API Gateway takes it as text or as base64."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from chalice.app import Request, Response

from chalicelib.http.core import negotiation

NO_STORE = "no-store"
"""For everything that says how a credential stands: a withdrawn one is known as such on the very next request."""


PRIVATE = "private, no-store"
"""For what one asker alone may see."""


class Reply(Response):
    """What a view returns. Text goes out as text; bytes go out in base64, which API Gateway undoes.

    Chalice would decide by its list of binary types, and refuse a picture to a caller who sends no `Accept`. Our API
    has the binary media type `*/*` in its template, so the body's own type is all there is to know.
    """

    own_origin_only = False
    """Whether no page of another origin may read it."""

    def __init__(
        self, body: str | bytes, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(body, {"Content-Type": content_type, **(headers or {})}, status)

    def to_dict(self, binary_types: list[str] | None = None) -> dict[str, object]:  # noqa: ARG002 - Chalice's own
        """The answer as API Gateway's Lambda proxy integration wants it."""
        single, multiple = self._sort_headers(self.headers)
        binary = isinstance(self.body, bytes)
        return {
            "statusCode": self.status_code,
            "headers": single,
            "multiValueHeaders": multiple,
            "body": base64.b64encode(self.body).decode("ascii") if binary else self.body,
            "isBase64Encoded": binary,
        }


def as_json(
    value: Mapping[str, object],
    *,
    content_type: str = negotiation.JSON,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """``value`` as JSON text."""
    return Reply(json.dumps(value, ensure_ascii=False, separators=(",", ":")), content_type, status, headers)


def uncached(**more: str) -> dict[str, str]:
    """Headers for an answer that must be fresh every time."""
    return {"Cache-Control": NO_STORE, **more}


def public(request: Request, reply: Reply, max_age: int, *, immutable: bool = False) -> Reply:
    """``reply`` as a document that anyone may cache for ``max_age`` seconds; 304 when the caller holds it already."""
    content = reply.body if isinstance(reply.body, bytes) else reply.body.encode("utf-8")
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    reply.headers["ETag"] = tag
    reply.headers["Cache-Control"] = f"public, max-age={max_age}" + (", immutable" if immutable else "")
    if _holds(request.headers.get("if-none-match", ""), tag):
        reply.status_code = 304
        reply.body = ""
    return reply


def _holds(header: str, tag: str) -> bool:
    # Weak comparison, as RFC 9110, 13.1.2 wants it for If-None-Match.
    tags = [item.strip().removeprefix("W/") for item in header.split(",")]
    return tag in tags or "*" in tags
