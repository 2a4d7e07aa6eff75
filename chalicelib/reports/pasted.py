"""Recognise pasted or uploaded input: a link, text with one link in it, a credential, or neither, with a hint for the
visitor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.credential import strict_json
from chalicelib.credential.baked import pdf, png, svg
from chalicelib.credential.build import credential_url
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.errors import Malformed, OnlyLinks
from chalicelib.language.phrase import phrase
from chalicelib.reports import hints, platforms, web_page, wrapping
from chalicelib.verify.formats import cose

MAX_SIZE = strict_json.DEFAULT.size
"""Maximum size of a credential in bytes."""
MAX_IMAGE = 1024 * 1024
"""Maximum size of an image with a credential in bytes, the same as of a document behind a link. An achievement's image
is at most a quarter of it, and so is the credential."""
_LINK = re.compile(rb"https?://[!#-;=?-\[\]_a-z~]{1,2040}", re.IGNORECASE)
_LINK_IN_TEXT = re.compile(rb"https?://[^\s<>\"']+", re.IGNORECASE)
_AFTER_LINK = b".,;:!?)]*"
"""Punctuation of the sentence around a link."""
_MAX_LINK = 2048
_WITHOUT_SCHEME = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}/[!#-;=?-\[\]_a-z~]*", re.IGNORECASE
)
"""A host and a path, as browsers show an address. Without a path it could be the name of a file."""


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that should lead to a credential."""

    url: str


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes that look like a credential in one of the formats."""

    source: bytes
    attached: bool = False
    """Whether it was attached to a PDF, which may show something else."""


def read(data: bytes, base_url: str) -> Link | Document:
    """Recognise ``data``, ignoring what people paste around it: spaces, quotes, a code fence, `Bearer`, a list of one,
    a data URL, and whatever else `wrapping.unwrapped` knows; and email line breaks in a token.

    The credential in an image (a baked badge) or in a PDF is taken out of it. An id, and a link without its scheme,
    belong to ``base_url`` if they can. Raises `Malformed`: `too_large`, or `nothing_found` with a sentence about what
    it seems to be and what to try; `OnlyLinks` for a PDF that only links to something.
    """
    inside = _in_file(data, base_url)
    if inside is not None:
        return inside
    _require_size(data)
    text = wrapping.unwrapped(data)
    inside = _in_file(text, base_url)
    if inside is not None:
        return inside
    _require_size(text)
    if text[:1] == b"{":
        return Document(text)
    return _link(text, base_url) or _document(text) or _other(text, base_url)


def _in_file(data: bytes, base_url: str) -> Link | Document | None:
    """What an image or a PDF contains; None for anything else."""
    image = _image(data)
    if image is not None:
        return _baked(image)
    return _in_pdf(data, base_url) if is_pdf(data) else None


def is_pdf(data: bytes) -> bool:
    """Whether ``data`` is a PDF."""
    return wrapping.stripped(data[:_HEAD]).startswith(pdf.SIGNATURE)


def _require_size(data: bytes) -> None:
    if len(data) > MAX_SIZE:
        raise Malformed(
            phrase(
                "The credential is {size} bytes. The limit is {limit}.", size=f"{len(data):,}", limit=f"{MAX_SIZE:,}"
            ),
            code="too_large",
        )


def _link(text: bytes, base_url: str) -> Link | None:
    """The link that ``text`` is, with or without its scheme; or that of the hosted credential with this id."""
    if text[:1] == b"<" and text[-1:] == b">":
        text = text[1:-1]
    if _LINK.fullmatch(text):
        return Link(text.rstrip(b".,;").decode("ascii"))  # the end of the sentence that it was copied from
    if len(text) > _MAX_LINK or not text.isascii():
        return None
    plain = text.decode("ascii")
    if PUBLIC_ID.fullmatch(plain):
        return Link(credential_url(base_url, plain))
    scheme, _, host = base_url.partition("://")
    if plain.lower().startswith(f"{host}/"):
        return Link(f"{scheme}://{plain}")
    return Link(f"https://{plain}") if _WITHOUT_SCHEME.fullmatch(plain) else None


def _other(text: bytes, base_url: str) -> Link:
    """The only link in a text, or its only link to a credential.

    Raises `Malformed` (`nothing_found`) with a hint if there is none.
    """
    hint = hints.about(text)
    if hint is not None:
        raise Malformed(hint, code="nothing_found")
    return _only_link(text, base_url)


def _document(text: bytes) -> Document | None:
    if text[:1] == b"{":
        return Document(text)
    if text[:2] == b"ey":
        token = b"".join(map(bytes.strip, text.splitlines()))
        if token.count(b".") >= 2 and b" " not in token:
            return Document(token)
    return Document(text) if cose.recognises(text) else None


def _image(data: bytes) -> bytes | None:
    """Return the PNG or SVG image in ``data``, without white space before it; None if there is none."""
    if data.startswith(png.SIGNATURE):
        return data
    head = wrapping.stripped(data[:_HEAD])
    return data[data.index(head[:1]) :] if head[:1] == b"<" and svg.looks_like(head) else None


def _baked(image: bytes) -> Link | Document:
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
    stripped = wrapping.stripped(text)
    if _LINK.fullmatch(stripped):
        return Link(stripped.decode("ascii"))  # Open Badges 2.0, baking: the address of a hosted assertion
    found = _document(stripped)
    if found is None:
        raise Malformed(_OTHER_IN_IMAGE, code="nothing_found")
    return found


def _in_pdf(data: bytes, base_url: str) -> Document:
    """The credential that is attached to a PDF. Its links are only offered: it may show something else than they do."""
    if len(data) > MAX_IMAGE:
        raise Malformed(
            phrase("The PDF is {size} bytes. The limit is {limit}.", size=f"{len(data):,}", limit=f"{MAX_IMAGE:,}"),
            code="too_large",
        )
    contents = pdf.read(data, MAX_SIZE)
    found = {document for text in contents.texts if len(text) <= MAX_SIZE and (document := _document(text))}
    if len(found) == 1:
        return Document(found.pop().source, attached=True)
    if found:
        raise Malformed("This PDF contains several credentials. Check them one at a time.", code="nothing_found")
    links = _best(contents.links, base_url)
    if not links:
        raise Malformed(_EMPTY_PDF, code="nothing_found")
    if len(links) == 1:
        raise OnlyLinks(phrase(_LINK_IN_PDF, link=links[0]), links)
    raise OnlyLinks(phrase(_LINKS_IN_PDF, links=" ".join(links)), links)


MAX_OFFERED = 5
"""Maximum number of links in a PDF that are offered."""


def _best(links: Sequence[str], base_url: str) -> tuple[str, ...]:
    """Those of ``links`` that lead to a credential here or on a known platform; if there are none, all of them."""
    prefix = credential_url(base_url, "") if base_url else ""
    known = [link for link in links if (prefix and link.startswith(prefix)) or platforms.credential_of(link)]
    return tuple(known or links)[:MAX_OFFERED]


def _only_link(text: bytes, base_url: str) -> Link:
    """The one link in a sentence or an email. Beside other links, such as those of a signature, the only one that leads
    to a credential."""
    links = {found.rstrip(_AFTER_LINK) for found in _LINK_IN_TEXT.findall(text)}
    if 1 < len(links) <= MAX_LINKS:
        links = {one.encode("ascii") for one in _best([one.decode("ascii", "ignore") for one in links], base_url)}
    if len(links) != 1:
        raise Malformed(_SEVERAL_LINKS if links else _NOTHING, code="nothing_found")
    link = links.pop()
    if not _LINK.fullmatch(link):
        raise Malformed(_NO_LINK, code="nothing_found")
    if any(_is_another(line, base_url) for line in map(wrapping.stripped, text.split(b"\n"))):
        raise Malformed(_SEVERAL_LINKS, code="nothing_found")
    return Link(link.decode("ascii"))


def _is_another(line: bytes, base_url: str) -> bool:
    """Whether a line of a text is a credential beside the link: its id, its link without the scheme, or a token."""
    if not wrapping.is_listed(line) or b"://" in line:
        return False
    host = base_url.partition("://")[2].encode()
    return line.startswith((b"ey", b"{")) or line.lower().startswith(host + b"/") or b"/" not in line


def read_linked(data: bytes) -> bytes:
    """The credential in ``data``, which was read from a link; also one that is written in a web page.

    Raises `Malformed` with code `nothing_found` and a sentence about what the link leads to instead.
    """
    if is_page(data):
        return _in_page(data)
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
        found = read(data, base_url="")
    except Malformed as error:
        problem = phrase("The link works, but there is a problem: {detail}", detail=phrase(error.detail))
        raise Malformed(problem, code=error.code) from error
    if isinstance(found, Link):
        raise Malformed("The link leads to another link. Paste that link instead.", code="nothing_found")
    return found.source


def is_page(data: bytes) -> bool:
    """Whether ``data`` is a web page, and not an image."""
    return _image(data) is None and web_page.is_page(data)


def _in_page(data: bytes) -> bytes:
    credential = web_page.embedded(data)
    if credential is None:
        raise Malformed(_WEB_PAGE, code="nothing_found")
    if len(credential) > MAX_SIZE:
        raise Malformed(
            phrase("The credential in the page is larger than {limit} bytes.", limit=f"{MAX_SIZE:,}"),
            code="nothing_found",
        )
    return credential


_EMPTY_PDF = (
    "This is a PDF, which anyone can create. Laurel found no credential and no link in it. Paste the link that is "
    "printed on it, or ask the holder for the credential’s link, JSON file or badge image."
)
_LINK_IN_PDF = (
    "This is a PDF, which anyone can create. It contains this link: {link} Check the link, and compare what it says "
    "with the PDF."
)
_LINKS_IN_PDF = (
    "This is a PDF, which anyone can create. It contains these links: {links} Check the one that leads to the "
    "credential, and compare what it says with the PDF."
)
_WEB_PAGE = (
    "The link leads to a web page, and Laurel found no credential there. Look on that page for a download of the "
    "badge or credential (often called JSON), then choose that file here."
)


_NOT_BAKED = (
    "This image has no credential in it. Resizing an image or taking a screenshot removes it. Ask for "
    "the original file, or for the credential’s link."
)
_OTHER_IN_IMAGE = (
    "This image contains something other than an Open Badges credential. Ask for the credential’s link or its JSON "
    "file."
)
_HEAD = 4096
"""The number of bytes that show whether a file is an SVG image."""
_NO_LINK = "This looks like a link but is not a valid one. Copy only the link from your browser’s address bar."
_NOTHING = (
    "This is not a credential. A credential is a link, a JSON file, a badge image, or a long code that "
    "starts with 'ey'."
)
MAX_LINKS = 50
"""Links of a text among which one to a credential is looked for."""
_SEVERAL_LINKS = "This text contains more than one link or credential. Paste one, or one per line and nothing else."
