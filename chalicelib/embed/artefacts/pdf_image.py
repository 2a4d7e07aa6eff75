"""Images of a PDF from PNG, without decoding them.

The filters of PNG use only bytes of the same channel (PNG, third edition, 9.2), so the filtered bytes of one channel
can be taken out without undoing the filters, and PDF undoes them (ISO 32000-1, 7.4.4.4).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from chalicelib.credential.baked import png

FAST = 1
"""Level of compression: a higher one takes longer than the rendering and saves a fifth."""


@dataclass(frozen=True, slots=True)
class Channels:
    """Some of the channels of an image, as the entries and the compressed data of a PDF image."""

    entries: str
    data: bytes


def channels(image: bytes, wanted: range) -> Channels:
    """Return the channels ``wanted`` of red, green, blue and alpha: one as grey, three as colour."""
    width, height = struct.unpack_from(">II", image, 16)
    if image[24:29] != b"\x08\x06\0\0\0":
        raise ValueError("not 8 bits of red, green, blue and alpha, without interlace")
    rows = zlib.decompress(b"".join(chunk.data for chunk in png.chunks(image) if chunk.kind == b"IDAT"))
    count, source = len(wanted), 4 * width + 1
    stride = count * width + 1
    target = bytearray(stride * height)
    target[::stride] = rows[::source]  # the filter of each row
    for row in range(height):
        taken, at = rows[row * source + 1 : (row + 1) * source], row * stride + 1
        for place, channel in enumerate(wanted):
            target[at + place : at + stride - 1 : count] = taken[channel::4]
    space = {1: "DeviceGray", 3: "DeviceRGB"}[count]
    return Channels(
        f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/{space}/BitsPerComponent 8"
        f"/DecodeParms<</Predictor 15/Colors {count}/BitsPerComponent 8/Columns {width}>>",
        zlib.compress(target, FAST),
    )
