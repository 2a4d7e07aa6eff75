"""Base64url as in JOSE: no padding, no other characters, one canonical text for each byte string (RFC 7515, 2)."""

from __future__ import annotations

import binascii

from chalicelib.errors import Malformed

_TO_BASE64 = bytes.maketrans(b"-_+/=", b"+/!!!")
"""Maps to the alphabet of `binascii`; other characters become `!`, which its strict mode rejects."""
_LAST_OF_TWO = frozenset(b"AQgw")
"""A text of 4n+2 characters must end in one of these; otherwise unused bits are set (RFC 4648, 3.5)."""
_LAST_OF_THREE = frozenset(b"AEIMQUYcgkosw048")


def decode(text: bytes) -> bytes:
    """Decode ``text``. Raises `Malformed` with code `not_base64url`."""
    remainder = len(text) % 4
    if (
        remainder == 1
        or (remainder == 2 and text[-1] not in _LAST_OF_TWO)
        or (remainder == 3 and text[-1] not in _LAST_OF_THREE)
    ):
        raise Malformed("This is truncated, or not canonical base64url.", code="not_base64url")
    try:
        return binascii.a2b_base64(text.translate(_TO_BASE64) + b"=" * (-remainder % 4), strict_mode=True)
    except binascii.Error as error:
        raise Malformed("This contains a character that is not base64url.", code="not_base64url") from error


def encode(data: bytes) -> bytes:
    return binascii.b2a_base64(data, newline=False).rstrip(b"=").translate(_FROM_BASE64)


_FROM_BASE64 = bytes.maketrans(b"+/", b"-_")
