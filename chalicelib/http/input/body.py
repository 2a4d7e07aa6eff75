"""Request bodies: check the size, then the media type, then parse."""

from __future__ import annotations

import hashlib

from chalice.app import Request

from chalicelib.credential import email_address, strict_json
from chalicelib.http.core.problem import Problem
from chalicelib.http.input import negotiation

MAX_BYTES = 64 * 1024
"""Default body limit: a verification request is a few hundred bytes; API Gateway itself allows 10 MB."""
MAX_FIELDS = 256 * 1024
"""Limit of a form without files: the longest has 80 courses of 200 characters, each of up to 9 bytes when it is
percent-encoded."""
MAX_NAME = 100
"""Characters of an unknown member's name that an error repeats: a whole one, escaped, could exceed what Lambda
returns."""
MAX_ADDRESS_FORM = 4 * 1024
"""Limit of a form or JSON object with one email address, a choice, and fields that browser extensions add."""


def json_object(request: Request, max_bytes: int = MAX_BYTES) -> dict[str, object]:
    """Parse the JSON object in the body, of at most ``max_bytes`` bytes.

    Raises `Problem` with code `too_large` or `unsupported_media_type`, and whatever `strict_json.parse` raises.
    """
    received = content(request, max_bytes)
    if media_type(request) != negotiation.JSON:
        raise unsupported(received, "Send application/json.")
    return strict_json.parse(received, strict_json.Limits(size=max_bytes))


def json_or_nothing(request: Request) -> dict[str, object]:
    """Parse the body as `json_object` does; return an empty object when there is no body."""
    return json_object(request) if content(request, MAX_BYTES) else {}


def content(request: Request, max_bytes: int) -> bytes:
    """Return the body, of at most ``max_bytes`` bytes. Raises `Problem` with code `too_large`."""
    event = request.to_original_event()
    sent = event.get("body") or ""
    # API Gateway passes every body in base64, four characters for three bytes, so check the size before decoding.
    size = len(sent) // 4 * 3 - sent[-2:].count("=") if event.get("isBase64Encoded") else len(sent)
    if size > max_bytes:
        raise Problem("too_large", f"The body is {size:,} bytes. The limit is {max_bytes:,}.")
    received = request.raw_body
    return received if isinstance(received, bytes) else received.encode("utf-8")


def media_type(request: Request) -> str:
    """Return the media type in lower case without parameters, or an empty string when there is none."""
    return str(request.headers.get("content-type", "")).partition(";")[0].strip().lower()


def unsupported(received: bytes, detail: str) -> Problem:
    """Create the error for an unsupported media type; it states what was received, to help the caller debug."""
    arrived = {"bytes": len(received), "sha256": hashlib.sha256(received).hexdigest()}
    return Problem("unsupported_media_type", detail, more={"received": arrived})


def recipient_email(body: dict[str, object]) -> str:
    """Read the email address in ``{"recipient": {"email": "..."}}``. Raises `Problem` with code `invalid_request`."""
    recipient = body.get("recipient")
    if not isinstance(recipient, dict):
        raise field_error("/recipient", 'The recipient must be an object: {"recipient": {"email": "..."}}.')
    return email(recipient.get("email"), "/recipient/email")


def wants_receipt(body: dict[str, object]) -> bool:
    """Read ``{"receipt": true}``; False if there is no such member. Raises `Problem` with code `invalid_request`."""
    wanted = body.get("receipt", False)
    if not isinstance(wanted, bool):
        raise field_error("/receipt", "This must be true or false.")
    return wanted


def email(value: object, pointer: str) -> str:
    """Return ``value`` if it is a plausible email address. Raises `Problem` with code `invalid_request`.

    Its case is kept: other issuers may have hashed an address as it was typed.
    """
    if not isinstance(value, str) or "@" not in value[1:-1]:
        raise field_error(pointer, "This must be one email address.")
    if len(value) > email_address.MAX_LENGTH:
        raise field_error(pointer, f"An email address can have up to {email_address.MAX_LENGTH} characters.")
    return value


def field_error(pointer: str, detail: str) -> Problem:
    """Create the error for one invalid field, named by ``pointer`` (RFC 6901)."""
    return Problem("invalid_request", "The request has an error.", errors=({"pointer": pointer, "detail": detail},))
