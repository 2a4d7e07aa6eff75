"""The text of an `Idempotency-Key`, and the error for one that was used before."""

from __future__ import annotations

from chalicelib.errors import Refused

MAX_KEY = 255
"""Maximum characters of a key, as at Stripe, whose clients are the most common."""


def checked(key: str) -> str:
    """Validate ``key`` and return it. Raises `Refused` (`bad_idempotency_key`)."""
    if not 1 <= len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        raise Refused(
            f"An Idempotency-Key must have 1 to {MAX_KEY} printable ASCII characters.", code="bad_idempotency_key"
        )
    return key


def reused() -> Refused:
    """The error for a key that was used with another request."""
    return Refused(
        "This Idempotency-Key was used for another request. Use a new key for each request.",
        code="idempotency_key_reused",
    )
