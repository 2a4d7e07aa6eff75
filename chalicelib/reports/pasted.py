"""Recognise pasted or uploaded input: a link, text with one link in it, a credential, or neither, with a hint for the
visitor."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from chalicelib.credential import strict_json
from chalicelib.credential.baked import png, svg
from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase

MAX_SIZE = strict_json.DEFAULT.size
"""Maximum size of a credential in bytes."""
MAX_IMAGE = 1024 * 1024
"""Maximum size of an image with a credential in bytes, the same as of a document behind a link. An achievement's image
is at most a quarter of it, and so is the credential."""
_LINK = re.compile(rb"https?://[!#-;=?-\[\]_a-z~]{1,2040}", re.IGNORECASE)
_LINK_IN_TEXT = re.compile(rb"https?://[^\s<>\"']+", re.IGNORECASE)
_AFTER_LINK = b".,;:!?)]"
"""Punctuation of the sentence around a link."""
_BLANKS = " \t\r\n\f\v\u00a0\u200b\ufeff"
"""White space, and what office programs add around text: no-break and zero-width space, byte order mark."""


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that should lead to a credential."""

    url: str


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes that look like a credential in one of the formats."""

    source: bytes


def read(data: bytes) -> Link | Document:
    """Recognise ``data``, ignoring surrounding spaces, quotes or angle brackets, and email line breaks in a token.

    The credential in an image (a baked badge) is taken out of it.
    Raises `Malformed`: `too_large`, or `nothing_found` with a sentence about what it seems to be and what to try.
    """
    image = _image(data)
    if image is not None:
        return _baked(image)
    if len(data) > MAX_SIZE:
        raise Malformed(
            phrase(
                "The credential is {size} bytes. The limit is {limit}.", size=f"{len(data):,}", limit=f"{MAX_SIZE:,}"
            ),
            code="too_large",
        )
    text = _unwrapped(_stripped(data))
    if _LINK.fullmatch(text):
        return Link(text.rstrip(b".,;").decode("ascii"))  # the end of the sentence that it was copied from
    found = _document(text)
    if found is not None:
        return found
    hint = _hint(text)
    if hint is not None:
        raise Malformed(hint, code="nothing_found")
    return _only_link(text)


def _document(text: bytes) -> Document | None:
    if text[:1] == b"{":
        return Document(text)
    if text[:2] == b"ey":
        token = b"".join(map(bytes.strip, text.splitlines()))
        if token.count(b".") >= 2 and b" " not in token:
            return Document(token)
    return None


def _image(data: bytes) -> bytes | None:
    """Return the PNG or SVG image in ``data``, without white space before it; None if there is none."""
    if data.startswith(png.SIGNATURE):
        return data
    head = _stripped(data[:_HEAD])
    return data[data.index(head[:1]) :] if head[:1] == b"<" and svg.looks_like(head) else None


def _baked(image: bytes) -> Document:
    if len(image) > MAX_IMAGE:
        raise Malformed(
            phrase("The image is {size} bytes. The limit is {limit}.", size=f"{len(image):,}", limit=f"{MAX_IMAGE:,}"),
            code="too_large",
        )
    reader = png if image.startswith(png.SIGNATURE) else svg
    text = reader.read(image, MAX_SIZE)
    if text is None:
        raise Malformed(_NOT_BAKED, code="nothing_found")
    if len(text) > MAX_SIZE:
        raise Malformed(
            phrase("The credential in the image is larger than {limit} bytes.", limit=f"{MAX_SIZE:,}"),
            code="too_large",
        )
    found = _document(_stripped(text))
    if found is None:
        raise Malformed(_LINK_IN_IMAGE, code="nothing_found")
    return found


def _only_link(text: bytes) -> Link:
    """The one link in a sentence or an email."""
    links = {found.rstrip(_AFTER_LINK) for found in _LINK_IN_TEXT.findall(text)}
    if len(links) != 1:
        raise Malformed(_SEVERAL_LINKS if links else _NOTHING, code="nothing_found")
    link = links.pop()
    if not _LINK.fullmatch(link):
        raise Malformed(_NO_LINK, code="nothing_found")
    return Link(link.decode("ascii"))


def read_linked(data: bytes) -> bytes:
    """The credential in ``data``, which was read from a link.

    Raises `Malformed` with code `nothing_found` and a sentence about what the link leads to instead.
    """
    if len(data) > MAX_SIZE and _image(data) is None:
        raise Malformed(
            phrase(
                "The linked document is {size} bytes; the limit is {limit}.",
                size=f"{len(data):,}",
                limit=f"{MAX_SIZE:,}",
            ),
            code="nothing_found",
        )
    try:
        found = read(data)
    except Malformed as error:
        page = _stripped(data)[:1] == b"<"
        raise Malformed(
            _WEB_PAGE
            if page
            else phrase("The link works, but there is a problem: {detail}", detail=phrase(error.detail)),
            code=error.code,
        ) from error
    if isinstance(found, Link):
        raise Malformed("The link leads to another link. Paste that link instead.", code="nothing_found")
    return found.source


_WEB_PAGE = (
    "The link leads to a web page, and Laurel found no credential there. Look on that page for a download of the "
    "badge or credential (often called JSON), then choose that file here."
)


def _stripped(data: bytes) -> bytes:
    return data.decode("utf-8", "surrogateescape").strip(_BLANKS).encode("utf-8", "surrogateescape")


def _unwrapped(text: bytes) -> bytes:
    """A link or token without the quotes or brackets around it."""
    if text[:1] == b"<" and text[-1:] == b">" and _LINK.fullmatch(text[1:-1]):
        return text[1:-1]
    if text[:1] != b'"':
        return text
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _stripped(inner.encode("utf-8", "replace")) if isinstance(inner, str) else text


_NOT_BAKED = (
    "This image has no credential in it. Resizing an image or taking a screenshot removes it. Ask for "
    "the original file, or for the credential’s link."
)
_LINK_IN_IMAGE = (
    "This image contains something other than an Open Badges 3.0 credential, such as a link of an older badge. Ask for "
    "the credential’s link or its JSON file."
)
_PICTURE = "This type of image cannot contain a credential. Ask for the PNG, SVG or JSON file of the badge."
_HEAD = 4096
"""The number of bytes that show whether a file is an SVG image."""
_NO_LINK = "This looks like a link but is not a valid one. Copy only the link from your browser’s address bar."
_HINTS = (
    (b"\x89PNG", "This image is damaged. Ask for the original file, or for the credential’s link."),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"\xff\xfe", "Laurel cannot read this file. Save it again as UTF-8."),
    (b"PK\3\4", "This is a ZIP or Office file. Extract the credential from it: a JSON file or a link."),
    (b"```", "Paste only the text between the lines with backticks."),
    (
        b"%PDF",
        (
            "This is a PDF, which anyone can create. Paste the link that is printed on it, "
            "or ask the holder for the credential’s link, JSON file or badge image."
        ),
    ),
    (b"<", "This is a web page, not a credential. Paste the page's address instead, or look for a download on it."),
    (b"did:", "This identifies an issuer or a holder, not a credential. Ask for the credential's link or file."),
    (b"[", "This is a list. Check its credentials one at a time."),
)


_CUT_TOKEN = re.compile(rb"ey[A-Za-z0-9_-]{6,}(\.[A-Za-z0-9_-]*)?")
"""A compact token (RFC 7515, 3.1) without its last part or its last two."""


_JSON_MEMBER = re.compile(rb"\"[A-Za-z@$_]{1,60}\"\s{0,4}:")
_NOTHING = "This is not a credential. A credential is a link, a JSON file, or a long code that starts with 'ey'."
_SEVERAL_LINKS = "This text contains more than one link. Paste only the link to the credential."


def _hint(text: bytes) -> str | None:
    """Describe what ``text`` seems to be, None if it is prose."""
    if not text:
        return "Nothing was submitted. Paste a credential or its link, or upload a file."
    for start, hint in _HINTS:
        if text[: len(start)].lower() == start.lower():
            return hint
    if re.fullmatch(rb"[\w.-]+(\.[a-z]{2,}|:\d{1,5}|\.[a-z]{2,}:\d{1,5})(/\S*)?", text, re.IGNORECASE):
        return "This looks like a link without https://. Add https:// at the start."
    return _hint_by_content(text)


def _hint_by_content(text: bytes) -> str | None:
    if _CUT_TOKEN.fullmatch(b"".join(text.split())):
        return (
            "This looks like the start of a credential’s code, but its end is missing. Copy the whole code, which is "
            "three parts with dots between them, or ask for the original file."
        )
    if b"\0" in text or not _is_utf8(text):
        return "This is not a credential: it is not text. Ask for the credential’s link or its JSON file."
    if _JSON_MEMBER.search(text):
        return "This looks like part of a credential. Copy all of it, from the first { to the last }."
    return None


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
