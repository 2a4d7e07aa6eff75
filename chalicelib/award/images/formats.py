"""Check uploaded images: PNG, JPEG, WebP and SVG, by their content and never by their name."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from chalicelib.award.images import svg
from chalicelib.errors import Refused

MAX_IMAGE = 256 * 1024
"""Maximum bytes of an image. It is stored in a DynamoDB item (at most 400 KB); a badge of 400 × 400 pixels is about 20
KB."""
MAX_SIDE = 4096
"""Maximum pixels per side. An image of a few bytes can declare a side of two billion pixels, and browsers and email
clients would allocate memory for all of them."""

_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
"""The first bytes of every PNG file (PNG, third edition, 5.2 and 11.2.1), followed by width and height."""
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
"""Its last chunk (11.2.5)."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Second bytes of the JPEG markers that start a frame (ITU-T T.81, B.1.1.3): height and width follow."""
_BARE = frozenset(range(0xD0, 0xD9)) | {0x01}
"""Second bytes of the JPEG markers without a segment."""
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"))
"""Brands of HEIF files, from byte 8 on, after the box type `ftyp` (ISO/IEC 23008-12, annex B; AV1 Image File Format,
3)."""
UNSUPPORTED = "The image is not a PNG, JPEG, WebP or SVG file."
HEIF = (
    "This is a HEIC or AVIF image, for example a photo from an iPhone. Laurel accepts PNG, JPEG, WebP and SVG files. "
    "Convert it to JPEG first: on a Mac, open it in Preview and choose File, then Export; on Windows, open it in "
    "Photos or Paint and choose Save as; on an iPhone, copy the photo into a folder of the Files app, touch and hold "
    "it, and choose Quick Actions, then Convert Image."
)


def check(content: bytes) -> str:
    """Check that ``content`` is a complete image within the limits, and return its media type. Raises `Refused`
    (`bad_picture`)."""
    media_type = kind_of(content)
    if media_type is None:
        raise _refused(HEIF if _is_heif(content) else UNSUPPORTED)
    if len(content) > MAX_IMAGE:
        raise _refused(f"The image is {len(content):,} bytes. The limit is {MAX_IMAGE:,}.")
    if media_type == "image/svg+xml":
        svg.check(content)
        return media_type
    size = _SIZES[media_type](content)
    if size is None:
        raise _refused("The image is incomplete. Export it again.")
    width, height = size
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        limit = f"{MAX_SIDE:,} by {MAX_SIDE:,}; 400 by 400 is enough"
        raise _refused(f"The image is {width:,} by {height:,} pixels. The limit is {limit}.")
    return media_type


def kind_of(content: bytes) -> str | None:
    """The media type that ``content`` starts like; None for any other."""
    if content.startswith(_PNG) and len(content) >= len(_PNG) + 8:
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "image/svg+xml" if svg.looks_like(content) else None


def _is_heif(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS


def _png(content: bytes) -> tuple[int, int] | None:
    width, height = struct.unpack_from(">II", content, len(_PNG))
    return (width, height) if _PNG_END in content else None


def _jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    while content[at : at + 1] == b"\xff" and at + 4 <= len(content):
        marker = content[at + 1]
        if marker == 0xFF or marker in _BARE:  # fill bytes, and markers without a segment
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAMES and at + 9 <= len(content):
            height, width = struct.unpack_from(">HH", content, at + 5)
            return (width, height) if b"\xff\xd9" in content[at:] else None
        (length,) = struct.unpack_from(">H", content, at + 2)
        at += 2 + max(length, 2)
    return None


def _webp(content: bytes) -> tuple[int, int] | None:
    if len(content) < 30 or struct.unpack_from("<I", content, 4)[0] + 8 > len(content):
        return None
    match content[12:16]:
        case b"VP8 ":  # RFC 6386, 9.1
            width, height = struct.unpack_from("<HH", content, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":  # RFC 9649, 3.4
            (bits,) = struct.unpack_from("<I", content, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":  # RFC 9649, 2.7
            width, height = (int.from_bytes(content[start : start + 3], "little") + 1 for start in (24, 27))
            return width, height
        case _:
            return None


_SIZES: Mapping[str, Callable[[bytes], tuple[int, int] | None]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
}
"""Readers of width and height in pixels; None for an incomplete file."""


def _refused(detail: str) -> Refused:
    return Refused(detail, code="bad_picture")
