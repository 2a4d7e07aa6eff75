"""Images of the tests, and chunks of PNG files."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

from chalicelib.credential.baked import png

CREDENTIAL = '{"type":"OpenBadgeCredential","name":"]]> <é> &amp; \ufffe 資格"}'.encode()
PLAIN_SVG = b'<?xml version="1.0"?><!-- <svg> --><svg viewBox="0 0 1 1" aria-label=\'a > "b"\' xmlns="http://www.w3.org/2000/svg"><g/></svg>'


def plain_png() -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (2, 2), "#0a6640").save(file, "PNG")
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def text_chunk(text: bytes, keyword: bytes = png.KEYWORD, flag: int = 0) -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + bytes([flag]) + b"\0\0\0" + text)


def png_of(*chunks: bytes) -> bytes:
    """A PNG file with ``chunks`` after its header."""
    plain = plain_png()
    start = len(png.SIGNATURE) + 25
    return plain[:start] + b"".join(chunks) + plain[start:]


def svg_of(element: str, declared: str = 'xmlns:o="https://purl.imsglobal.org/ob/v3p0"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {declared}>{element}</svg>'.encode()
