"""Certificates: one drawing for each template and paper, rendered into a PDF whose text can be selected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from chalicelib.embed import texts
from chalicelib.embed.artefacts import pdf, rendering, typesetting
from chalicelib.embed.artefacts.artefact import PROOF_LINES, Artefact, Picture
from chalicelib.embed.artefacts.shapes import Box, Code, Frame, Raster, Shape
from chalicelib.embed.artefacts.template import SIZES, Paper, Template
from chalicelib.embed.artefacts.typesetting import INK, PAPER, SOFT, Line, Style, box, place
from chalicelib.embed.badge_view import Claims
from chalicelib.language.languages import direction
from chalicelib.language.phrase import Phrase, phrase
from chalicelib.language.translation import ENGLISH, Translation

PIXELS_PER_POINT = 200 / 72
"""200 dots per inch, of text only: sharp in print at reading distance; 300 takes twice as long."""
KEPT = 8
"""Certificates kept in memory, of about 150 KB each: programs and people ask for a file several times."""
HEADING = phrase("Certificate")
CHECK = phrase("Check online that it is genuine and still valid:")
UNNAMED_HOLDER = phrase("The holder of this credential")
LOGO_HEIGHT = 64
LOGO_WIDTH = 160
"""Points. A wide logo is drawn in full, not as a thin line in a square."""
LEFT, RIGHT = "xMin", "xMax"
"""The side of its box at which a logo is drawn."""


@dataclass(frozen=True, slots=True)
class _Contents:
    """The text of a certificate, and its language."""

    artefact: Artefact
    claims: Claims
    language: Translation

    def style(self, sizes: tuple[float, ...], colour: str = INK, *, bold: bool = False, anchor: str = "start") -> Style:
        return Style(sizes, colour, bold, anchor, self.rtl)

    @property
    def rtl(self) -> bool:
        return direction(self.language.code) == "rtl"


@dataclass(frozen=True, slots=True)
class Drawing:
    """The layout of the page."""

    shapes: tuple[Shape, ...]
    blocks: tuple[tuple[Line, ...], ...]
    """Stacked lines. Each block is a separate image, because rendering empty paper takes time."""


@lru_cache(maxsize=KEPT)
def draw(
    artefact: Artefact, claims: Claims, template: Template, paper: Paper, language: Translation = ENGLISH
) -> bytes:
    """Draw the certificate of a credential that is valid now, as PDF."""
    width, height = SIZES[paper]
    drawing = layout(artefact, claims, template, paper, language)
    lines = list(chain.from_iterable(drawing.blocks))
    title = language.text(phrase("Certificate: {title}", title=claims.title))
    return pdf.page(pdf.Page(width, height, title, language.code, _drawn(drawing), lines, artefact.url))


def svg(artefact: Artefact, claims: Claims, template: Template, paper: Paper, language: Translation = ENGLISH) -> str:
    """Draw the same page as an image, for a preview."""
    width, height = SIZES[paper]
    drawn = _drawn(layout(artefact, claims, template, paper, language))
    return typesetting.svg(width, height, (box(0, 0, width, height, PAPER), *(shape.svg for shape in drawn)))


def _drawn(drawing: Drawing) -> tuple[Shape, ...]:
    return (*map(raster, drawing.blocks), *drawing.shapes)


def layout(
    artefact: Artefact, claims: Claims, template: Template, paper: Paper, language: Translation = ENGLISH
) -> Drawing:
    """Place everything on the page."""
    return _TEMPLATES[template](_Contents(artefact, claims, language), *SIZES[paper])


def _classic(contents: _Contents, width: float, height: float) -> Drawing:
    artefact, centre, room, foot = contents.artefact, width / 2, width - 180, height - 96
    style = contents.style((15,), artefact.accent, bold=True, anchor="middle")
    heading, top = place(contents.language.text(HEADING).upper(), centre, 150, room, style)
    lines = _stacked(contents, centre, (top + 8, foot), room, "middle")
    shapes: tuple[Shape, ...] = (
        Frame(20, 20, width - 40, height - 40, artefact.accent, 3),
        Frame(28, 28, width - 56, height - 56, artefact.accent, 0.8),
        _picture(artefact.picture, centre - 50, 46, 100),
        *_logo(artefact, 56, 56, LOGO_WIDTH, LEFT),
        Code(artefact.url, width - 146, height - 146, 96),
    )
    blocks = ((*heading, *lines), _foot(contents, 56, foot, width - 56 - 166))
    return Drawing(shapes, blocks)


def _modern(contents: _Contents, width: float, height: float) -> Drawing:
    artefact, band, left, foot = contents.artefact, 220, 262, height - 96
    room = width - left - 44
    style = contents.style((17,), artefact.accent, bold=True)
    heading, top = place(contents.language.text(HEADING), left, 76, room, style)
    lines = _stacked(contents, left, (top + 14, foot), room, "start")
    shapes: tuple[Shape, ...] = (
        Box(0, 0, band, height, artefact.accent),
        Box(30, 66, 160, 160, PAPER),
        _picture(artefact.picture, 38, 74, 144),
        *(  # opposite the heading
            _logo(artefact, left, 44, LOGO_WIDTH, LEFT)
            if contents.rtl
            else _logo(artefact, width - 44 - LOGO_WIDTH, 44, LOGO_WIDTH, RIGHT)
        ),
        Code(artefact.url, 60, height - 160, 100),
    )
    return Drawing(shapes, ((*heading, *lines), _foot(contents, left, foot, room)))


def _plain(contents: _Contents, width: float, height: float) -> Drawing:
    artefact, left, room, foot = contents.artefact, 64, width - 64 - 64 - 170, height - 96
    lines = _stacked(contents, left, (74, foot), room, "start")
    shapes: tuple[Shape, ...] = (
        Box(left, 56, 72, 5, artefact.accent),
        _picture(artefact.picture, width - 64 - 130, 74, 130),
        *_logo(artefact, width - 64 - 130, 230, 130, LEFT),
        Box(left, height - 122, width - 128, 0.8, SOFT),
        Code(artefact.url, width - 64 - 84, height - 112, 84),
    )
    return Drawing(shapes, (lines, _foot(contents, left, foot, width - 128 - 110)))


_TEMPLATES: Mapping[Template, Callable[[_Contents, float, float], Drawing]] = {
    Template.CLASSIC: _classic,
    Template.MODERN: _modern,
    Template.PLAIN: _plain,
}


def raster(lines: tuple[Line, ...]) -> Raster:
    """Render lines on white, with a margin for the marks and tails that leave their boxes."""
    margin = max(line.size for line in lines) / 2
    left, right = min(line.left for line in lines) - margin, max(line.left + line.width for line in lines) + margin
    top, bottom = lines[0].y - lines[0].size - margin, lines[-1].y + margin
    width, height = right - left, bottom - top
    # The background extends beyond the edges, so that rounding to whole pixels leaves no black edge.
    paper = box(left - 1, top - 1, width + 2, height + 2, PAPER)
    drawn = (paper, *(line.svg for line in lines))
    image = rendering.png(typesetting.svg(width, height, drawn, left, top), PIXELS_PER_POINT)
    return Raster(image, left, top, width, height, opaque=True)


def _picture(picture: Picture, x: float, y: float, side: float) -> Raster:
    return Raster(rendering.square_png(picture), x, y, side, side)


def _logo(artefact: Artefact, x: float, y: float, width: float, side: str) -> tuple[Raster, ...]:
    if artefact.logo is None:
        return ()
    image = rendering.logo_png(artefact.logo, width, LOGO_HEIGHT, side)
    return (Raster(image, x, y, width, LOGO_HEIGHT),)


def _stacked(contents: _Contents, x: float, between: tuple[float, float], room: float, anchor: str) -> tuple[Line, ...]:
    """Stack holder, title, issuer and dates ``between`` two edges, as large as fits."""
    artefact, claims, language, style = contents.artefact, contents.claims, contents.language, contents.style
    small = style((13,), SOFT, anchor=anchor)
    parts = (
        (phrase("This certifies that"), 6, small, 1),
        (claims.holder or UNNAMED_HOLDER, 4, style((34, 28, 22, 18), bold=True, anchor=anchor), 2),
        (phrase("has earned"), 8, small, 1),
        (claims.title, 4, style((26, 22, 18, 15), artefact.accent, bold=True, anchor=anchor), 3),
        (texts.issued_by(claims), 12, style((15, 13), anchor=anchor), 2),
        (artefact.issuer_proof, 2, style((10, 9), SOFT, anchor=anchor), PROOF_LINES),
        (_dates(artefact), 8, small, 1),
    )
    spoken = [(language.own(text), gap, look, maximum) for text, gap, look, maximum in parts]
    top, bottom = between
    lines: tuple[Line, ...] = ()
    for step in range(4):
        lines, end = typesetting.stack(spoken, x, top, room, step)
        if end <= bottom:
            break
    return lines


def _dates(artefact: Artefact) -> Phrase:
    start, end = artefact.valid_from, artefact.valid_until
    if start and end:
        return phrase("Issued {start}, valid until {end}", start=start, end=end)
    if start:
        return phrase("Issued {start}, no end date", start=start)
    return phrase("Valid until {end}", end=end) if end else phrase("No end date")


def _foot(contents: _Contents, x: float, top: float, room: float) -> tuple[Line, ...]:
    text, style = contents.language.text, contents.style
    ask, top = place(text(CHECK), x, top, room, style((10.5, 9), SOFT))
    # The URL of the page is never broken, so that it can be typed.
    link, top = place(contents.artefact.url, x, top + 2, room, style((11.5, 10, 9, 8, 7), bold=True))
    reminder = phrase("A printed copy can be out of date; the link is not.")
    note, _ = place(text(reminder), x, top + 2, room, style((9, 8), SOFT))
    return (*ask, *link, *note)
