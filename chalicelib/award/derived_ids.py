"""Ids that follow from what they stand for: the same thing gets the same id, and nobody else can guess it."""

from __future__ import annotations

import base64
import hashlib
import hmac

SECRET_BYTES = 32
"""As long as the hash (RFC 2104, 3)."""


def derived_id(secret: bytes, *parts: str) -> str:
    """An id for a URL: 26 characters of base32, as `IssuerContext.public_id` makes, here of HMAC-SHA256 over ``parts``.

    To whoever does not know ``secret`` it is as good as random. Distinct tuples of parts give distinct messages,
    because each part is preceded by its length.
    """
    message = b"".join(len(part).to_bytes(8) + part for part in (text.encode() for text in parts))
    return base64.b32encode(hmac.digest(secret, message, hashlib.sha256)).decode().lower()[:26]
