"""Recognise a credential in COSE (VC-JOSE-COSE, 3.3), or a CBOR Web Token, which Laurel does not check."""

from __future__ import annotations

import binascii
import re
from typing import NoReturn

from chalicelib.errors import Malformed

_MESSAGE = re.compile(
    rb"(?:\xd8\x3d)?(?:[\xd1\xd2]|\xd8[\x61\x62])\x84(?:[\x40-\x57]|\x58.)"
    rb"|\x84(?:[\x41-\x57]|\x58.)[\xa1-\xaf]\x01",
    re.DOTALL,
)
"""How a signed or authenticated message begins (RFC 9052, 2, 4 and 6; RFC 8392, 6): maybe the tag of a token, the tag
of the message, an array of four, and its protected header as a byte string. Without a tag, this is a map that begins
with the algorithm (1)."""
_LOOKED_AT = 24
"""Bytes of the text of a message that are decoded: its first six to eighteen bytes tell."""
_HEX = re.compile(rb"[0-9A-Fa-f]{8,24}")
_BASE64 = re.compile(rb"[A-Za-z0-9_+/-]{8,24}")
_TO_BASE64 = bytes.maketrans(b"-_", b"+/")


def recognises(source: bytes) -> bool:
    """Whether ``source`` starts as such a message does, as bytes, in base64 or base64url, or in hexadecimal."""
    return any(_MESSAGE.match(form) for form in _forms(source[:_LOOKED_AT]))


def _forms(head: bytes) -> tuple[bytes, ...]:
    """Return what ``head`` could mean."""
    forms = [head]
    if _HEX.fullmatch(head):
        forms.append(binascii.unhexlify(head[: len(head) // 2 * 2]))
    if _BASE64.fullmatch(head):
        forms.append(binascii.a2b_base64(head[: len(head) // 4 * 4].translate(_TO_BASE64)))
    return tuple(forms)


def read(source: bytes) -> NoReturn:  # noqa: ARG001 - as every format
    """Raise `Malformed` with the code `cose_unsupported`."""
    raise Malformed("Laurel does not support credentials in COSE yet.", code="cose_unsupported")
