"""Forms with files (multipart/form-data, RFC 7578), as browsers and `curl -F` send them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.http.problem import Problem

if TYPE_CHECKING:
    from multipart import PushMultipartParser

MULTIPART = "multipart/form-data"
MAX_PARTS = 8
"""Ours has two, and a program adds a recipient; the rest is for whatever else a form library sends along."""
MAX_HEADERS = 4
"""Of one part; RFC 7578 knows three."""
MAX_HEADER = 1024
"""Bytes of one header line of a part: room for a long file name."""
MAX_CONTENT_TYPE = 256
"""Characters; a boundary has at most 70 (RFC 2046, 5.1.1)."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a form says. Files and fields that say nothing are left out, because browsers send empty ones."""

    files: tuple[bytes, ...]
    fields: Mapping[str, bytes]


def read(content: bytes, content_type: str) -> Form:
    """The form in ``content``, whose size the caller has bounded. Raises `Problem` with code `malformed`."""
    # Imported here: nobody else waits for it in a cold start.
    from multipart import MultipartError, PushMultipartParser, parse_options_header

    boundary = parse_options_header(content_type)[1].get("boundary") if len(content_type) <= MAX_CONTENT_TYPE else None
    if not boundary:
        raise _malformed("its Content-Type names no boundary")
    try:
        parser = PushMultipartParser(
            boundary,
            max_header_size=MAX_HEADER,
            max_header_count=MAX_HEADERS,
            max_segment_count=MAX_PARTS,
            strict=True,
        )
        with parser:
            return _collect(parser, content)
    except MultipartError as error:
        # The library's message is about form and limits, and quotes nothing.
        raise _malformed(str(error.args[0])) from error


def _collect(parser: PushMultipartParser, content: bytes) -> Form:
    files: list[bytes] = []
    fields: dict[str, bytes] = {}
    name, is_file, value = "", False, b""
    for event in parser.parse(content):
        if event is None:
            if is_file and value:
                files.append(value)
            elif value and fields.setdefault(name, value) is not value:
                raise _malformed("a field stands in it twice")
        elif isinstance(event, bytes):
            value += event
        else:
            name, is_file, value = event.name, event.filename is not None, b""
    return Form(tuple(files), fields)


def _malformed(reason: str) -> Problem:
    return Problem("malformed", f"The form could not be read: {reason}.")
