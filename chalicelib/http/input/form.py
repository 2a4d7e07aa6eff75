"""Form parsing: multipart/form-data (RFC 7578), with files, and URL-encoded form data (HTML)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from chalice.app import Request

from chalicelib.http.core.problem import Problem
from chalicelib.http.input import body

if TYPE_CHECKING:
    from multipart import PushMultipartParser

MULTIPART = "multipart/form-data"
MAX_PARTS = 8
"""Maximum number of parts: our form has two, an API client adds a recipient, and form libraries may add more."""
URL_ENCODED = "application/x-www-form-urlencoded"
MAX_CONSOLE_PARTS = 200
"""Maximum number of fields in a console form: the longest has several for each skill of an achievement."""
MAX_WITH_FILE = 4 * 1024 * 1024
"""Maximum size of a console form with a file, in bytes: below the Lambda request limit (6 MB in base64)."""
MAX_REQUEST = 6 * 1024 * 1024
"""Size in bytes above which Lambda rejects a request, so that no view sees it ("Lambda quotas")."""
MAX_HEADERS = 4
"""Maximum number of headers per part; RFC 7578 defines three."""
MAX_HEADER = 1024
"""Maximum length of a header line of a part, in bytes: enough for a long file name."""
MAX_CONTENT_TYPE = 256
"""Maximum length in characters; a boundary has at most 70 (RFC 2046, 5.1.1)."""

_READ = "laurel_form"


@dataclass(frozen=True, slots=True)
class Form:
    """A parsed form. Empty files and fields are left out, because browsers send them."""

    files: tuple[bytes, ...]
    fields: Mapping[str, bytes]


def sent(request: Request, max_bytes: int = body.MAX_FIELDS) -> Form:
    """Return the form in ``request``, of at most ``max_bytes`` bytes, which is parsed once and cached.

    URL-encoded fields are never larger than `body.MAX_FIELDS`: parsing them takes a hundred times their size.

    Raises `Problem` with code `too_large`, `malformed`, `unsupported_media_type`.
    """
    found = getattr(request, _READ, None)
    if isinstance(found, Form):
        return found
    match body.media_type(request):
        case "multipart/form-data":
            content = body.content(request, max_bytes)
            found = read(content, request.headers["content-type"], MAX_CONSOLE_PARTS)
        case "application/x-www-form-urlencoded":
            found = _url_encoded(body.content(request, min(max_bytes, body.MAX_FIELDS)))
        case _:
            received = body.content(request, min(max_bytes, body.MAX_FIELDS))
            raise body.unsupported(received, f"Send {URL_ENCODED} or {MULTIPART}.")
    setattr(request, _READ, found)
    return found


def as_text(fields: Mapping[str, bytes]) -> dict[str, str]:
    """Decode ``fields`` from UTF-8; bytes that are not valid become U+FFFD."""
    return {name: value.decode("utf-8", "replace") for name, value in fields.items()}


def text_of(request: Request) -> Mapping[str, bytes]:
    """Return the fields of a multipart form that is too large because of a file, which is left out.

    Only for an authorised caller. Raises `Problem` with code `too_large`, `malformed`.
    """
    content = body.content(request, MAX_REQUEST)
    return read(content, request.headers["content-type"], MAX_CONSOLE_PARTS, keep_files=False).fields


def _url_encoded(content: bytes) -> Form:
    try:
        pairs = parse_qsl(content.decode("ascii"), encoding="latin-1", max_num_fields=MAX_CONSOLE_PARTS)
    except ValueError as error:
        raise _malformed("it is not a URL-encoded form, or has too many fields") from error
    fields: dict[str, bytes] = {}
    for name, value in pairs:
        # Latin-1 preserves every byte; the reader of the field decodes it, as with files.
        _put(fields, name, value.encode("latin-1"))
    return Form((), fields)


def _put(fields: dict[str, bytes], name: str, value: bytes) -> None:
    if fields.setdefault(name, value) is not value:
        raise _malformed("it has a duplicate field")


def read(content: bytes, content_type: str, max_parts: int = MAX_PARTS, *, keep_files: bool = True) -> Form:
    """Parse the form in ``content``, whose size the caller has checked. Raises `Problem` with code `malformed`."""
    # Imported here to keep it out of the cold start of other requests.
    from multipart import MultipartError, PushMultipartParser, parse_options_header

    boundary = parse_options_header(content_type)[1].get("boundary") if len(content_type) <= MAX_CONTENT_TYPE else None
    if not boundary:
        raise _malformed("its Content-Type has no boundary")
    try:
        parser = PushMultipartParser(
            boundary,
            max_header_size=MAX_HEADER,
            max_header_count=MAX_HEADERS,
            max_segment_count=max_parts,
            strict=True,
        )
        with parser:
            return _collect(parser, content, keep_files=keep_files)
    except MultipartError as error:
        # The library's message describes syntax and limits, and quotes no user data.
        raise _malformed(str(error.args[0])) from error


def _collect(parser: PushMultipartParser, content: bytes, *, keep_files: bool) -> Form:
    files: list[bytes] = []
    fields: dict[str, bytes] = {}
    name, is_file, value = "", False, b""
    for event in parser.parse(content):
        if event is None:
            if is_file and value:
                files.append(value)
            elif value:
                _put(fields, name, value)
        elif isinstance(event, bytes):
            value += event if keep_files or not is_file else b""
        else:
            name, is_file, value = event.name, event.filename is not None, b""
    return Form(tuple(files), fields)


def _malformed(reason: str) -> Problem:
    return Problem("malformed", f"The form could not be read: {reason}.")
