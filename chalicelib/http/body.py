"""What a caller sends: bounded first, then judged, then read."""

from __future__ import annotations

import hashlib

from chalice.app import Request

from chalicelib.credential import strict_json
from chalicelib.http import negotiation
from chalicelib.http.problem import Problem

MAX_BYTES = 64 * 1024
"""A question about a credential is a few hundred bytes; API Gateway itself would let 10 MB in."""
MAX_EMAIL = 320
"""The longest address: 64 + @ + 255 (RFC 5321, 4.5.3.1)."""


def json_object(request: Request) -> dict[str, object]:
    """The JSON object in the body.

    Raises `Problem` with code `too_large` or `unsupported_media_type`, and what `strict_json.parse` raises.
    """
    content = _content(request)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != negotiation.JSON:
        received = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        raise Problem("unsupported_media_type", "Send application/json.", more={"received": received})
    return strict_json.parse(content, strict_json.Caps(size=MAX_BYTES))


def asked_email(body: dict[str, object]) -> str:
    """The address in ``{"recipient": {"email": "..."}}``. Raises `Problem` with code `invalid_request`."""
    recipient = body.get("recipient")
    if not isinstance(recipient, dict):
        raise _fault("/recipient", 'Name the recipient: {"recipient": {"email": "..."}}.')
    email = recipient.get("email")
    if not isinstance(email, str) or "@" not in email[1:-1]:
        raise _fault("/recipient/email", "Give one e-mail address.")
    if len(email) > MAX_EMAIL:
        raise _fault("/recipient/email", f"An e-mail address has at most {MAX_EMAIL} characters.")
    return email


def _content(request: Request) -> bytes:
    event = request.to_original_event()
    sent = event.get("body") or ""
    # API Gateway hands every body over in base64, four characters for three bytes: bounded before it is decoded.
    size = len(sent) // 4 * 3 - sent[-2:].count("=") if event.get("isBase64Encoded") else len(sent)
    if size > MAX_BYTES:
        raise Problem("too_large", f"This is {size:,} bytes; at most {MAX_BYTES:,} are read.")
    content = request.raw_body
    return content if isinstance(content, bytes) else content.encode("utf-8")


def _fault(pointer: str, detail: str) -> Problem:
    return Problem("invalid_request", "The request has a fault.", errors=({"pointer": pointer, "detail": detail},))
