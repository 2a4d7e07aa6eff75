"""Check SVG images: an allow-list of drawing elements, and nothing that runs, loads or links.

A browser runs no script in an image on a page, but runs it when the image's own URL is opened. The response forbids
that, and this check keeps such files out altogether.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from xml.parsers import expat

from chalicelib.award.images.svg_references import References, TooComplex
from chalicelib.credential import xml_namespaces
from chalicelib.errors import Refused

MAX_DEPTH = 32
MAX_ELEMENTS = 5_000
MAX_ATTRIBUTES = 64
"""Maximum attributes per element."""

_SPACE = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_ELEMENTS = frozenset({
    "svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "text", "tspan", "textPath", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "filter",
    "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feDropShadow", "feFlood",
    "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset",
    "style",
})  # fmt: skip
"""Elements of SVG 2 and Filter Effects that only draw; not `script`, `foreignObject`, `image`, `a`, animations. Nor
`pattern` and `marker`: descendants inherit them, so what they draw cannot be counted by `svg_references`."""
_REFERENCE = re.compile(r"url\s*\(\s*+(?!['\"]?#)", re.IGNORECASE)
"""A `url(...)` other than one to an element of the same file."""
_CSS_LOADS = re.compile(r"@|\\|behavior|-moz-binding|(?:expression|image|image-set|src)\s*\(", re.IGNORECASE)
"""At-rules such as `@import`, escapes that could hide one, functions that load an image, and expressions that old
browsers executed."""
_INHERITED = re.compile(r"(?<![\w-])--[\w-]++\s*+:|(?:mask[a-z-]{0,16}|clip-path|all)\s*:\s*inherit", re.IGNORECASE)
"""Declarations that repeat a reference without naming its target, which `svg_references` could not count."""
_TEXTS = re.compile(r"id|class|role|lang|space|aria-[a-z-]+|data-[A-Za-z0-9_.-]+")
"""Attributes whose values are not CSS."""


def looks_like(content: bytes) -> bool:
    """Whether ``content`` starts like an SVG file."""
    head = content.removeprefix(b"\xef\xbb\xbf")[:4096].lstrip()
    return head.startswith(b"<") and b"<svg" in head


def check(content: bytes) -> None:
    """Check that ``content`` is an SVG image that only draws. Raises `Refused` (`bad_picture`)."""
    if not xml_namespaces.are_bounded(content):
        raise _refused("it is too complex")
    parser = expat.ParserCreate("utf-8", " ")
    rules = _Rules()
    parser.StartElementHandler = rules.start
    parser.EndElementHandler = rules.end
    parser.CharacterDataHandler = rules.text
    parser.StartDoctypeDeclHandler = rules.doctype
    parser.ProcessingInstructionHandler = rules.instruction
    parser.XmlDeclHandler = rules.declaration
    try:
        parser.Parse(content.removeprefix(b"\xef\xbb\xbf"), True)
    except expat.ExpatError as error:
        raise _refused("it is not well-formed XML") from error
    rules.finish()


class _Rules:
    """The handlers of one parser."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._style: list[str] = []
        self._elements = 0
        self._references = References()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        space, _, local = name.rpartition(" ")
        if space != _SPACE or local not in _ELEMENTS or (local == "svg") is not (not self._open):
            raise _refused(f"it contains the element {local[:40]!r}")
        if len(self._open) >= MAX_DEPTH or self._elements > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES:
            raise _refused("it is too complex")
        if self._open and self._open[-1] == "style":
            # A browser joins the text before and after it; so would the parts of a `url(...)` that it splits.
            raise _refused("an element is inside its styles")
        for attribute, value in attributes.items():
            _check_attribute(attribute, value)
        self._references.start((name.rpartition(" ")[2], value) for name, value in attributes.items())
        self._open.append(local)

    def end(self, _name: str) -> None:
        self._references.end()
        if self._open.pop() == "style":
            css = "".join(self._style)
            _check_css(css)
            with _complexity():
                self._references.add_style(css)
            self._style.clear()

    def text(self, text: str) -> None:
        if self._open and self._open[-1] == "style":
            self._style.append(text)

    def doctype(self, *_: object) -> None:
        raise _refused("it has a DOCTYPE")

    def instruction(self, *_: object) -> None:
        raise _refused("it has a processing instruction")

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        # A browser that followed another encoding could read other elements than were checked.
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii"):
            raise _refused(f"its encoding is {encoding[:40]!r}")

    def finish(self) -> None:
        if not self._elements:
            raise _refused("it is empty")
        with _complexity():
            self._references.check()


def _check_attribute(name: str, value: str) -> None:
    space, _, local = name.rpartition(" ")
    if not local.isascii() or space not in ("", _XLINK, _XML) or local.lower().startswith("on") or local == "base":
        raise _refused(f"it has the attribute {local[:40]!r}")
    if local.lower() in ("href", "src") and not value.strip(" \t\r\n").startswith("#"):
        raise _refused("it refers to another file")
    if not _TEXTS.fullmatch(local):
        _check_css(f"{local}:{value}" if local != "style" else value)  # attributes such as fill and mask are CSS too


def _check_css(text: str) -> None:
    if _INHERITED.search(text):
        raise _refused("it is too complex")
    if _REFERENCE.search(text) or _CSS_LOADS.search(text):
        raise _refused("its styles may refer to another file")


@contextmanager
def _complexity() -> Iterator[None]:
    try:
        yield
    except TooComplex as error:
        raise _refused("it is too complex") from error


def _refused(reason: str) -> Refused:
    detail = f"This SVG file cannot be used: {reason}. Save it as “plain” or “optimized” SVG, or export it as PNG."
    return Refused(detail, code="bad_picture")
