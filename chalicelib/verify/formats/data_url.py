"""data: URLs (RFC 2397), in which an enveloped credential or presentation contains a token."""

from __future__ import annotations

import binascii
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from chalicelib.errors import Malformed


class Data(NamedTuple):
    """The content of a URL. ``media_type`` is in lower case and without parameters."""

    media_type: str
    content: bytes


def read(url: str) -> Data:
    """Return what ``url`` contains. Raises `Malformed` with the code `envelope_malformed`."""
    head, comma, content = url.partition(",")
    if not head.lower().startswith("data:") or not comma:
        raise Malformed("Its id is not a data: URL with a credential in it.", code="envelope_malformed")
    media_type, *parameters = head[len("data:") :].lower().split(";")
    decoded = unquote_to_bytes(content)
    if "base64" in (parameter.strip() for parameter in parameters):
        try:
            # Many writers leave out the padding, or break lines.
            compact = b"".join(decoded.split())
            decoded = binascii.a2b_base64(compact + b"=" * (-len(compact) % 4), strict_mode=True)
        except binascii.Error as error:
            raise Malformed("Its data: URL is cut off or damaged.", code="envelope_malformed") from error
    return Data(media_type.strip(), decoded)
