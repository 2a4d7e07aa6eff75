"""Credentials in PNG images: an `iTXt` chunk with the keyword `openbadgecredential` (Open Badges 3.0, 5.3.1)."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
_OLD_KEYWORD = b"openbadges"
"""The keyword of Open Badges 2.0, which some programs still use for 3.0."""
MAX_CHUNKS = 4096
"""Maximum chunks. Programs write chunks of at least 8 KB, so an image of 2 MB has about 256."""
_TEXT = re.compile(rb"([^\0]{1,79})\0([\0\1])\0[^\0]{0,1000}\0[^\0]{0,1000}\0(.*)", re.DOTALL)
"""Keyword, compression flag, method, language, translated keyword, text (PNG, third edition, 11.3.3.4)."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    kind: bytes
    data: bytes
    whole: bytes

    @property
    def intact(self) -> bool:
        return self.whole[-4:] == zlib.crc32(self.kind + self.data).to_bytes(4)


def read(image: bytes, max_size: int) -> bytes | None:
    """The text of the credential in ``image``; None if it has none. Raises `Malformed` (`nothing_found`)."""
    found: dict[bytes, bytes] = {}
    for chunk in chunks(image):
        text = _TEXT.fullmatch(chunk.data) if chunk.kind == b"iTXt" else None
        if text is None or text[1] not in (KEYWORD, _OLD_KEYWORD):
            continue
        if not chunk.intact:
            raise _refused("The credential in this image is damaged.")
        if text[1] in found:
            raise _refused("This image contains two credentials, so it is not clear which one it shows.")
        found[text[1]] = _inflated(text[3], max_size) if text[2] == b"\1" else text[3]
    return found.get(KEYWORD, found.get(_OLD_KEYWORD))


def write(image: bytes, credential: bytes) -> bytes:
    """Return ``image``, a PNG, with ``credential`` in it, in place of any other."""
    data = KEYWORD + b"\0\0\0\0\0" + credential
    body = b"iTXt" + data
    added = struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    header, *rest = (chunk for chunk in chunks(image) if not _is_credential(chunk))
    return b"".join([SIGNATURE, header.whole, added, *(chunk.whole for chunk in rest)])


def _is_credential(chunk: _Chunk) -> bool:
    return chunk.kind == b"iTXt" and chunk.data.partition(b"\0")[0] in (KEYWORD, _OLD_KEYWORD)


def chunks(image: bytes) -> Iterator[_Chunk]:
    """The chunks of ``image``. Raises `Malformed` (`nothing_found`)."""
    at = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if at + 12 > len(image):
            raise _refused("This image is incomplete.")
        (length,) = struct.unpack_from(">I", image, at)
        end = at + 12 + length
        if end > len(image):
            raise _refused("This image is incomplete.")
        chunk = _Chunk(image[at + 4 : at + 8], image[at + 8 : end - 4], image[at:end])
        yield chunk
        if chunk.kind == b"IEND":
            return
        at = end
    raise _refused("This image has too many parts.")


def _inflated(data: bytes, max_size: int) -> bytes:
    # The specification forbids compression, but the text is the same, and some programs compress it.
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, max_size + 1)
    except zlib.error as error:
        raise _refused("The credential in this image is damaged.") from error
    if not inflater.eof and len(text) <= max_size:
        raise _refused("The credential in this image is damaged.")
    return text


def _refused(sentence: str) -> Malformed:
    return Malformed(
        phrase("{finding} Ask for the original file, or for the credential’s link.", finding=phrase(sentence)),
        code="nothing_found",
    )
