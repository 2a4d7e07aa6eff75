"""The text of a verifier's API key: ``laurel_vk_<id>_<secret><checksum>``.

It is formed as an issuer's (`access.tokens`), with a prefix of its own, and a checksum, with which a scanner of source
code tells a key from text that only looks like one, and Laurel refuses a mistyped key without reading anything.
"""

from __future__ import annotations

import base64
import re
import zlib

from chalicelib.access import api_keys, secrets

_CHECKSUM = 7
"""Characters: CRC-32 in base32 without padding."""
_SHAPE = re.compile(r"(laurel_vk_[a-z2-7]{16}_[a-z2-7]{52})([a-z2-7]{7})", re.ASCII)


def compose(key_id: str, secret: str) -> str:
    """The text of a key."""
    body = f"{api_keys.VERIFIER_PREFIX}_{key_id}_{secret}"
    return body + _checksum(body)


def digest(text: str) -> str | None:
    """SHA-256 of a key's text, in hex, under which it is stored; None if the text cannot be a key."""
    shape = _SHAPE.fullmatch(text)
    return secrets.digest(text) if shape is not None and shape[2] == _checksum(shape[1]) else None


def _checksum(body: str) -> str:
    return base64.b32encode(zlib.crc32(body.encode()).to_bytes(4)).decode("ascii").lower()[:_CHECKSUM]
