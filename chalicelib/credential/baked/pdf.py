"""Credentials and links in a PDF (ISO 32000-2, 7.11.4 and 12.6.4.8): attached files, and what its links lead to.

A PDF is never drawn, and its structure is not followed: every stream is looked at once, in the order of the file, so
that no PDF takes longer than its size allows. What it shows proves nothing.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

SIGNATURE = b"%PDF-"
MAX_STREAMS = 2_000
"""Streams that are looked at. A certificate has ten to fifty."""
MAX_INFLATED = 4 * 1024 * 1024
"""Bytes of all streams together that are decompressed."""
MAX_LINKS = 200
_BEGINNING = 64
"""Bytes of a stream that show whether it can be a credential."""
_OBJECTS = 1024 * 1024
"""Bytes of a stream of objects that are searched for links."""
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_END = b"endstream"
_DICTIONARY = 2_048
"""Bytes before a stream that are searched for its dictionary."""
_LINK = re.compile(rb"/URI\s{0,8}+(?:\(((?:[^()\\]|\\.){1,2048}+)\)|<([0-9A-Fa-f\s]{2,4096}+)>)", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}


class Contents(NamedTuple):
    """What a PDF contains."""

    texts: tuple[bytes, ...]
    """Streams that begin as JSON or as a token does, each once."""
    links: tuple[str, ...]
    """The https and http addresses of its links, each once, in the order of the file."""


def read(data: bytes, limit: int) -> Contents:
    """Find the credentials, each of up to ``limit`` bytes and one more, and the links in a PDF. Never raises."""
    texts: dict[bytes, None] = {}
    links = dict.fromkeys(_links(data))
    left = MAX_INFLATED
    for head, content in _streams(data):
        is_packed, is_objects = b"/FlateDecode" in head, b"/ObjStm" in head
        if b"/Filter" in head and not is_packed:
            continue  # images, and what is encoded twice
        begins = _inflated(content, _BEGINNING) if is_packed else content[:_BEGINNING]
        if not is_objects and not begins.lstrip().startswith((b"{", b"ey")):
            continue
        wanted = min(_OBJECTS if is_objects else limit + 1, left)
        found = _inflated(content, wanted) if is_packed else content[:wanted]
        left -= len(found)
        if is_objects:
            links |= dict.fromkeys(_links(found))
        else:
            texts[found.strip()] = None
        if left <= 0:
            break
    return Contents(tuple(texts), tuple(links)[:MAX_LINKS])


def _streams(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the dictionary and the content of each stream."""
    at = 0
    for _ in range(MAX_STREAMS):
        start = _STREAM.search(data, at)
        if start is None:
            return
        end = data.find(_END, start.end())
        if end < 0:
            end = len(data)
        head = data[max(at, start.start() - _DICTIONARY) : start.start()]
        yield head[head.rfind(b"obj") + 3 :] if b"obj" in head else head, data[start.end() : end]
        at = end + len(_END)


def _inflated(content: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, limit)
    except zlib.error:
        return b""


def _links(data: bytes) -> Iterator[str]:
    for number, match in enumerate(_LINK.finditer(data)):
        if number >= MAX_LINKS:
            return
        written, in_hex = match.groups()
        url = _ESCAPE.sub(_unescaped, written) if written is not None else _from_hex(in_hex)
        if url.lower().startswith((b"https://", b"http://")) and url.isascii() and not re.search(rb"\s", url):
            yield url.decode("ascii")


def _unescaped(match: re.Match[bytes]) -> bytes:
    escaped = match[1]
    if escaped[:1].isdigit() and escaped[:1] < b"8":
        return bytes([int(escaped, 8) & 255])
    return _CONTROL.get(escaped, escaped)


def _from_hex(digits: bytes) -> bytes:
    compact = b"".join(digits.split())
    return bytes.fromhex((compact + b"0" * (len(compact) % 2)).decode("ascii"))
