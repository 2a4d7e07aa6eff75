"""Responses that work whether API Gateway sends them as text or as base64."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from chalice.app import Request, Response

from chalicelib.http.input import negotiation

NO_STORE = "no-store"
"""For every response with a credential's status: a revocation takes effect on the next request."""


PRIVATE = "private, no-store"
"""For responses that only the requester may see."""


class Reply(Response):
    """A view's response. Text is sent as text; bytes are sent in base64, which API Gateway decodes.

    Chalice would decide by its list of binary types, and refuse an image to a client that sends no `Accept`. Our API
    template has the binary media type `*/*`, so the Python type of the body decides.
    """

    own_origin_only = False
    """Whether pages of other origins are prevented from reading it."""

    def __init__(
        self, body: str | bytes, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(body, {"Content-Type": content_type, **(headers or {})}, status)

    def to_dict(self, binary_types: list[str] | None = None) -> dict[str, object]:  # noqa: ARG002 - Chalice's signature
        """Serialize for API Gateway's Lambda proxy integration."""
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
    """Create a JSON response."""
    return Reply(json.dumps(value, ensure_ascii=False, separators=(",", ":")), content_type, status, headers)


def uncached(**more: str) -> dict[str, str]:
    """Return the headers of a response that must not be cached."""
    return {"Cache-Control": NO_STORE, **more}


def public(request: Request, reply: Reply, max_age: int, *, immutable: bool = False) -> Reply:
    """Make ``reply`` publicly cacheable for ``max_age`` seconds; 304 instead of 200 if the client already has it."""
    content = reply.body if isinstance(reply.body, bytes) else reply.body.encode("utf-8")
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    reply.headers["ETag"] = tag
    reply.headers["Cache-Control"] = f"public, max-age={max_age}" + (", immutable" if immutable else "")
    if reply.status_code == 200 and _holds(request.headers.get("if-none-match", ""), tag):  # RFC 9110, 13.2.1
        reply.status_code = 304
        reply.body = ""
    return reply


def _holds(header: str, tag: str) -> bool:
    # If-None-Match uses weak comparison (RFC 9110, 13.1.2).
    tags = [item.strip().removeprefix("W/") for item in header.split(",")]
    return tag in tags or "*" in tags
