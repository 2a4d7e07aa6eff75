"""Write a PDF of one page: shapes, images of its text, and over them the same text, invisible but selectable.

The renderer of the image shapes every script; a PDF library that does the same is larger than the rest of the
package together (`docs/decisions/0026-certificates.md`). The layout is that of scanned documents with recognised text.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count

from chalicelib.embed import fitting
from chalicelib.embed.artefacts.pdf_image import channels
from chalicelib.embed.artefacts.shapes import Raster, Shape
from chalicelib.embed.artefacts.typesetting import Line

INVISIBLE = 3
"""Text rendering mode (ISO 32000-1, 9.3.6)."""
_FONT = b"<</Type/Font/Subtype/Type0/BaseFont/Helvetica/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 8 0 R>>"
_GLYPHS = (
    b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Helvetica/DW 1000/FontDescriptor 10 0 R"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>"
)
_METRICS = (
    b"<</Type/FontDescriptor/FontName/Helvetica/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900"
    b"/Descent -200/CapHeight 700/StemV 80>>"
)
"""A font that is not embedded, because nothing is drawn with it: each character is one em wide."""
_FIRST_IMAGE = 11
"""The number of the first image among the objects of the document."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page in points. Each of ``drawn`` covers those before it."""

    width: float
    height: float
    title: str
    language: str
    drawn: Sequence[Shape]
    lines: Sequence[Line]
    link: str
    """The URL that a click on the page opens."""


def page(page: Page) -> bytes:
    """Write the document."""
    codes = _codes(page.lines)
    images = [shape for shape in page.drawn if isinstance(shape, Raster)]
    names = "".join(f"/I{number} {_FIRST_IMAGE + 2 * number} 0 R" for number in range(len(images)))
    box = f"[0 0 {page.width:g} {page.height:g}]"
    catalog = f"<</Type/Catalog/Pages 2 0 R/Lang({page.language})/ViewerPreferences<</DisplayDocTitle true>>>>"
    resources = f"/Resources<</XObject<<{names}>>/Font<</F 6 0 R>>>>"
    sheet = f"<</Type/Page/Parent 2 0 R/MediaBox{box}/Contents 4 0 R/Annots[9 0 R]{resources}>>"
    link = f"/Contents{_text(page.link)}/A<</S/URI/URI<{page.link.encode('ascii').hex()}>>>"
    objects = (
        catalog.encode(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        sheet.encode(),
        _stream("", zlib.compress(_content(page, codes))),
        f"<</Title{_text(page.title)}/Creator(Laurel)>>".encode(),
        _FONT,
        _GLYPHS,
        _stream("", zlib.compress(_unicode_map(codes))),
        f"<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect{box}{link}>>".encode(),
        _METRICS,
    )
    pairs = (_image(shape, _FIRST_IMAGE + 2 * number) for number, shape in enumerate(images))
    return _file((*objects, *chain.from_iterable(pairs)))


def _image(shape: Raster, number: int) -> tuple[bytes, bytes]:
    """Return an image as object ``number``, and its transparency (ISO 32000-1, 11.6.5.3) as the next one."""
    colour = channels(shape.image, range(3))
    if shape.opaque:
        return _stream(colour.entries, colour.data), b"null"
    alpha = channels(shape.image, range(3, 4))
    return (
        _stream(f"{colour.entries}/SMask {number + 1} 0 R", colour.data),
        _stream(alpha.entries, alpha.data),
    )


def _codes(lines: Iterable[Line]) -> dict[str, int]:
    """Number the characters from 1: the codes of the invisible font."""
    return {char: code for code, char in enumerate(dict.fromkeys("".join(line.text for line in lines)), 1)}


def _content(page: Page, codes: dict[str, int]) -> bytes:
    names = (f"I{number}" for number in count())
    drawn = "\n".join(
        shape.operators(page.height, next(names)) if isinstance(shape, Raster) else shape.operators(page.height)
        for shape in page.drawn
    )
    text = b"".join(_line(line, page.height, codes) for line in page.lines)
    return f"{drawn}\nBT {INVISIBLE} Tr\n".encode() + text + b"ET\n"


def _line(line: Line, height: float, codes: dict[str, int]) -> bytes:
    # The line is narrowed to the width of the drawn one.
    scale = 100 * line.width / (len(line.text) * line.size)
    shown = "".join(f"{codes[char]:04x}" for char in fitting.in_visual_order(line.text))
    return (
        f"/F {line.size:g} Tf {scale:.2f} Tz 1 0 0 1 {line.left:.2f} {height - line.y:.2f} Tm <{shown}> Tj\n"
    ).encode()


def _unicode_map(codes: dict[str, int]) -> bytes:
    pairs = [f"<{code:04x}> <{char.encode('utf-16-be').hex()}>" for char, code in codes.items()]
    blocks = "".join(
        f"{len(pairs[at : at + 100])} beginbfchar\n" + "\n".join(pairs[at : at + 100]) + "\nendbfchar\n"
        for at in range(0, len(pairs), 100)  # at most 100 in a block (Adobe Technical Note 5014)
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /L def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{blocks}endcmap end end"
    ).encode()


def _text(text: str) -> str:
    """Write a text string (ISO 32000-1, 7.9.2.2); hexadecimal, so that nothing in it is syntax."""
    return f"<feff{text.encode('utf-16-be').hex()}>"


def _stream(entries: str, data: bytes) -> bytes:
    return f"<<{entries}/Filter/FlateDecode/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    """Write the objects, numbered from 1. The first is the catalog, the fifth the document's information."""
    content, offsets = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"), []
    for number, written in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, written)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(content) + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R/Info 5 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(content))
    )
