"""What a caller sends: bounded first, then judged, then read."""

from __future__ import annotations

import hashlib

from chalice.app import Request

from chalicelib.credential import strict_json
from chalicelib.http.core import negotiation
from chalicelib.http.core.problem import Problem

MAX_BYTES = 64 * 1024
"""A question about a credential is a few hundred bytes; API Gateway itself would let 10 MB in."""
MAX_EMAIL = 320
"""The longest address: 64 + @ + 255 (RFC 5321, 4.5.3.1)."""


def json_object(request: Request, most: int = MAX_BYTES) -> dict[str, object]:
    """The JSON object in the body, of at most ``most`` bytes.

    Raises `Problem` with code `too_large` or `unsupported_media_type`, and what `strict_json.parse` raises.
    """
    received = content(request, most)
    if media_type(request) != negotiation.JSON:
        raise unsupported(received, "Send application/json.")
    return strict_json.parse(received, strict_json.Caps(size=most))


def json_or_nothing(request: Request) -> dict[str, object]:
    """As `json_object`; an empty object when there is no body."""
    return json_object(request) if content(request, MAX_BYTES) else {}


def content(request: Request, most: int) -> bytes:
    """The body's bytes, at most ``most`` of them. Raises `Problem` with code `too_large`."""
    event = request.to_original_event()
    sent = event.get("body") or ""
    # API Gateway hands every body over in base64, four characters for three bytes: bounded before it is decoded.
    size = len(sent) // 4 * 3 - sent[-2:].count("=") if event.get("isBase64Encoded") else len(sent)
    if size > most:
        raise Problem("too_large", f"The body has {size:,} bytes. The limit is {most:,}.")
    received = request.raw_body
    return received if isinstance(received, bytes) else received.encode("utf-8")


def media_type(request: Request) -> str:
    """Such as `application/json`: in lower case, without parameters; empty when the caller names none."""
    return str(request.headers.get("content-type", "")).partition(";")[0].strip().lower()


def unsupported(received: bytes, detail: str) -> Problem:
    """The refusal of a type; it states what arrived, so that a caller can tell whether it is what was sent."""
    arrived = {"bytes": len(received), "sha256": hashlib.sha256(received).hexdigest()}
    return Problem("unsupported_media_type", detail, more={"received": arrived})


def asked_email(body: dict[str, object]) -> str:
    """The address in ``{"recipient": {"email": "..."}}``. Raises `Problem` with code `invalid_request`."""
    recipient = body.get("recipient")
    if not isinstance(recipient, dict):
        raise fault("/recipient", 'The recipient must be an object: {"recipient": {"email": "..."}}.')
    return email(recipient.get("email"), "/recipient/email")


def email(value: object, pointer: str) -> str:
    """``value`` if it can be one e-mail address. Raises `Problem` with code `invalid_request`."""
    if not isinstance(value, str) or "@" not in value[1:-1]:
        raise fault(pointer, "This must be one email address.")
    if len(value) > MAX_EMAIL:
        raise fault(pointer, f"An email address can have up to {MAX_EMAIL} characters.")
    return value


def fault(pointer: str, detail: str) -> Problem:
    """The refusal of one field, which ``pointer`` (RFC 6901) names."""
    return Problem("invalid_request", "The request has an error.", errors=({"pointer": pointer, "detail": detail},))
