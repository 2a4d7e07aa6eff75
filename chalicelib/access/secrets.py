"""Secrets that people and programs bring: made here, kept only as hashes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

SECRET_BYTES = 32
"""256 bits: not to be guessed, and so random that a plain SHA-256 keeps it as well as a slow hash would."""
SESSION_BYTES = 20
"""160 bits, for what is only good together with a signature or a session."""
ID_BYTES = 10
"""80 bits: no two ids meet; they are no secrets."""


def fresh(entropy: Callable[[int], bytes], size: int = SECRET_BYTES) -> str:
    """``size`` random bytes in lower-case base32, which survives mail, shells and being read aloud."""
    return base64.b32encode(entropy(size)).decode("ascii").rstrip("=").lower()


def digest(secret: str) -> str:
    """What is kept of ``secret``: SHA-256, in hex."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()
