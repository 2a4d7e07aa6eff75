"""Deterministic ids: the same input gives the same id, and an outsider cannot guess it."""

from __future__ import annotations

import hashlib
import hmac

from chalicelib.credential import public_id

SECRET_BYTES = 32
"""As long as the hash (RFC 2104, 3)."""


def derived_id(secret: bytes, *parts: str) -> str:
    """Derive an id for a URL from HMAC-SHA256 over ``parts``: `credential.public_id`.

    Without ``secret`` it looks random. Each part is preceded by its length, so that different tuples of parts give
    different messages.
    """
    message = b"".join(len(part).to_bytes(8) + part for part in (text.encode() for text in parts))
    return public_id.of_digest(hmac.digest(secret, message, hashlib.sha256))
