"""Credentials in SVG images: the element `<openbadges:credential>` (Open Badges 3.0, 5.3.2)."""

from __future__ import annotations

import re
from xml.parsers import expat

from chalicelib.credential import xml_namespaces
from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_OLD_NAMESPACE = "http://openbadges.org"
_NAMES = (f"{NAMESPACE} credential", f"{_OLD_NAMESPACE} assertion")
"""The element of Open Badges 3.0, and that of 2.0."""
MAX_ELEMENTS = 50_000
"""Maximum elements. An image of 2 MB has fewer, unless it was made to cost time."""
MAX_DEPTH = 200
_TAG = re.compile(rb"<([^\s/>]++)(?:[^>\"']|\"[^\"]*+\"|'[^']*+')*+>")
_DECLARED = re.compile(rb"\sxmlns:openbadges\s*=")
_NOT_XML = re.compile("[\ufffe\uffff]")
_START = re.compile(rb"<(?:\?xml|!--|!doctype\s+svg|(?:[\w.-]{1,40}:)?svg[\s>/])", re.IGNORECASE)
_HEAD = 4096
"""The start of the root element, after a declaration and comments."""


def looks_like(text: bytes) -> bool:
    """Whether ``text`` starts like an SVG file."""
    head = text[:_HEAD].lower()
    return _START.match(text) is not None and re.search(rb"<(?:[\w.-]{1,40}:)?svg[\s>/]", head) is not None


def read(image: bytes, max_size: int) -> bytes | None:
    """The text of the credential in ``image``; None if it has none. Raises `Malformed` (`nothing_found`)."""
    if not xml_namespaces.are_bounded(image):
        raise _refused("This SVG image is too complex.")
    # Always UTF-8, in which the namespaces were checked.
    parser, found = expat.ParserCreate("utf-8", " "), _Found(max_size)
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    parser.StartDoctypeDeclHandler = found.doctype
    try:
        parser.Parse(image, True)
    except (expat.ExpatError, ValueError) as error:
        raise _refused("This SVG image is damaged.") from error
    return found.result


class _Found:
    """The handlers of one parser. ``result`` is the credential."""

    def __init__(self, max_size: int) -> None:
        self.result: bytes | None = None
        self._max_size = max_size
        self._parts: list[str] | None = None
        self._size = self._elements = self._depth = 0
        self._token: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS or self._depth > MAX_DEPTH:
            raise _refused("This SVG image is too complex.")
        if self._elements == 1 and name.rpartition(" ")[2] != "svg":
            raise _refused("This is not an SVG image.")
        if self._parts is not None:
            raise _refused("The credential in this SVG image is damaged.")
        if name in _NAMES:
            if self.result is not None:
                raise _refused("This image contains two credentials, so it is not clear which one it shows.")
            self._parts, self._token = [], attributes.get("verify")

    def text(self, text: str) -> None:
        if self._parts is None:
            return
        self._size += len(text)
        if self._size > self._max_size:
            raise _refused("The credential in this SVG image is too large.")
        self._parts.append(text)

    def end(self, _name: str) -> None:
        self._depth -= 1
        if self._parts is None:
            return
        text = "".join(self._parts).strip()
        if self._token is not None and text.startswith("{"):
            raise _refused("This image contains two credentials, so it is not clear which one it shows.")
        self.result, self._parts = (text if self._token is None else self._token).encode("utf-8", "replace"), None

    def doctype(self, *_: object) -> None:
        # A DOCTYPE can declare entities, which can make a small file very large.
        raise _refused("Laurel does not read SVG images with a DOCTYPE.")


def write(image: bytes, credential: bytes) -> bytes:
    """Return ``image``, an SVG in UTF-8 that `read` accepts and that has no credential, with ``credential`` in it."""
    starts: list[int] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda *_: starts.append(parser.CurrentByteIndex)
    parser.Parse(image, True)
    tag = _TAG.match(image, starts[0])
    if tag is None:  # not reached: expat has just read it
        raise _refused("This SVG image is damaged.")
    opened = tag[0][:-2] if tag[0].endswith(b"/>") else tag[0][:-1]
    closing = b"</" + tag[1] + b">" if tag[0].endswith(b"/>") else b""
    declaration = f' xmlns:openbadges="{NAMESPACE}"'.encode()
    # An element cannot declare a prefix twice, and the drawing may use it for something else, such as Open Badges 2.0.
    on_root, on_element = (b"", declaration) if _DECLARED.search(tag[0]) else (declaration, b"")
    element = _element(credential, on_element)
    return image[: tag.start()] + opened + on_root + b">" + element + closing + image[tag.end() :]


def _element(credential: bytes, declaration: bytes) -> bytes:
    # In JSON, both can only be inside of strings, where an escape means the same.
    text = _NOT_XML.sub(lambda char: f"\\u{ord(char[0]):04x}", credential.decode("utf-8"))
    text = text.replace("]]>", "]]]]><![CDATA[>")
    content = f"><![CDATA[{text}]]></openbadges:credential>".encode()
    return b"<openbadges:credential" + declaration + content


def _refused(sentence: str) -> Malformed:
    return Malformed(
        phrase("{finding} Ask for the original file, or for the credential’s link.", finding=phrase(sentence)),
        code="nothing_found",
    )
