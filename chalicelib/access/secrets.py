"""Secrets of people and programs: generated here and stored only as hashes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

SECRET_BYTES = 32
"""256 bits: cannot be guessed, and random enough that plain SHA-256 protects it as well as a slow hash."""
SESSION_BYTES = 20
"""160 bits, for values that are used only together with a signature or a session."""
ID_BYTES = 10
"""80 bits: ids do not collide; they are not secret."""

_SECRET = re.compile(r"[a-z2-7]{52}", re.ASCII)


def new_secret(entropy: Callable[[int], bytes], size: int = SECRET_BYTES) -> str:
    """Generate ``size`` random bytes in lower-case base32, which survives email, shells and reading aloud."""
    return base64.b32encode(entropy(size)).decode("ascii").rstrip("=").lower()


def is_secret(text: str) -> bool:
    """Whether ``text`` has the form of a secret of `SECRET_BYTES`."""
    return _SECRET.fullmatch(text) is not None


def digest(secret: str) -> str:
    """SHA-256 of ``secret``, in hex: the only form that is stored."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()
