"""Public ids of credentials, status lists, webhooks, pathways and jobs, and ids of issuers."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

PATTERN = "[a-z2-7]{26}"
"""130 random bits in base32 (RFC 4648, 6) without padding, in lower case."""
PUBLIC_ID = re.compile(PATTERN, re.ASCII)
ACHIEVEMENT_PATTERN = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""A UUID in lower case."""
ACHIEVEMENT_ID = re.compile(ACHIEVEMENT_PATTERN, re.ASCII)
ISSUER_ID = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
"""The id of an issuer, which its creator chooses."""
_BYTES = 17
"""136 bits, of which 26 characters of base32 hold 130."""


def new(entropy: Callable[[int], bytes]) -> str:
    """Generate an id: 130 random bits, so that it cannot be guessed. ``entropy(n)`` returns n random bytes."""
    return of_digest(entropy(_BYTES))


def of_digest(digest: bytes) -> str:
    """The id for ``digest``, of which the first 130 bits are used: the same for the same digest."""
    return base64.b32encode(digest[:_BYTES]).decode("ascii").lower()[:26]
