"""Certificates: one drawing for each template and paper, rendered into a PDF whose text can be selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from chalicelib.embed import texts
from chalicelib.embed.artefacts import pdf, qr, rendering, typesetting
from chalicelib.embed.artefacts.artefact import Artefact
from chalicelib.embed.artefacts.template import SIZES, Paper, Template
from chalicelib.embed.artefacts.typesetting import INK, PAPER, SOFT, Line, Style, box, place
from chalicelib.embed.badge_view import Claims
from chalicelib.language.languages import direction
from chalicelib.language.phrase import Phrase, phrase
from chalicelib.language.translation import ENGLISH, Translation

PIXELS_PER_POINT = 2.5
"""180 dots per inch: sharp in print at reading distance; 300 takes three times as long."""
KEPT = 8
"""Certificates kept in memory, of about 150 KB each: programs and people ask for a file several times."""
HEADING = phrase("Certificate")
CHECK = phrase("Check online that it is genuine and still valid:")
UNNAMED_HOLDER = phrase("The holder of this link")


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a certificate says, and in which language."""

    artefact: Artefact
    claims: Claims
    language: Translation

    def style(self, sizes: tuple[float, ...], colour: str = INK, *, bold: bool = False, anchor: str = "start") -> Style:
        return Style(sizes, colour, bold, anchor, self.rtl)

    @property
    def rtl(self) -> bool:
        return direction(self.language.code) == "rtl"


@dataclass(frozen=True, slots=True)
class _Drawing:
    shapes: tuple[str, ...]
    lines: tuple[Line, ...]


@lru_cache(maxsize=KEPT)
def draw(
    artefact: Artefact, claims: Claims, template: Template, paper: Paper, language: Translation = ENGLISH
) -> bytes:
    """Draw the certificate of a credential that is valid now, as PDF."""
    width, height = SIZES[paper]
    artefact = rendering.flattened(artefact)
    drawing = _TEMPLATES[template](_Contents(artefact, claims, language), width, height)
    image = rendering.png(
        typesetting.svg(width, height, (*drawing.shapes, *(line.svg for line in drawing.lines))), PIXELS_PER_POINT
    )
    title = language.text(phrase("Certificate: {title}", title=claims.title))
    return pdf.page(pdf.Page(width, height, title, language.code, image, drawing.lines, artefact.url))


def _classic(contents: _Contents, width: float, height: float) -> _Drawing:
    artefact, centre, room = contents.artefact, width / 2, width - 180
    words = contents.language.text(HEADING).upper()
    heading, top = place(words, centre, 150, room, contents.style((15,), artefact.accent, bold=True, anchor="middle"))
    lines = _stacked(contents, centre, top + 8, room, "middle")
    logo = (typesetting.image(artefact.logo.url, 56, 56, 64),) if artefact.logo else ()
    shapes = (
        box(0, 0, width, height, PAPER),
        _frame(20, 20, width - 40, height - 40, artefact.accent, 3),
        _frame(28, 28, width - 56, height - 56, artefact.accent, 0.8),
        typesetting.image(artefact.picture.url, centre - 50, 46, 100),
        *logo,
        qr.group(artefact.url, width - 146, height - 146, 96),
    )
    return _Drawing(shapes, (*heading, *lines, *_foot(contents, 56, height - 96, width - 56 - 166)))


def _modern(contents: _Contents, width: float, height: float) -> _Drawing:
    artefact, band, left = contents.artefact, 220, 262
    room = width - left - 44
    heading, top = place(
        contents.language.text(HEADING), left, 76, room, contents.style((17,), artefact.accent, bold=True)
    )
    lines = _stacked(contents, left, top + 14, room, "start")
    corner = left if contents.rtl else width - 44 - 64  # opposite the heading
    logo = (typesetting.image(artefact.logo.url, corner, 44, 64),) if artefact.logo else ()
    shapes = (
        box(0, 0, width, height, PAPER),
        box(0, 0, band, height, artefact.accent),
        box(30, 66, 160, 160, PAPER),
        typesetting.image(artefact.picture.url, 38, 74, 144),
        *logo,
        qr.group(artefact.url, 60, height - 160, 100),
    )
    return _Drawing(shapes, (*heading, *lines, *_foot(contents, left, height - 96, room)))


def _plain(contents: _Contents, width: float, height: float) -> _Drawing:
    artefact, left, room = contents.artefact, 64, width - 64 - 64 - 170
    lines = _stacked(contents, left, 74, room, "start")
    logo = (typesetting.image(artefact.logo.url, width - 64 - 130, 230, 64),) if artefact.logo else ()
    shapes = (
        box(0, 0, width, height, PAPER),
        box(left, 56, 72, 5, artefact.accent),
        typesetting.image(artefact.picture.url, width - 64 - 130, 74, 130),
        *logo,
        box(left, height - 122, width - 128, 0.8, SOFT),
        qr.group(artefact.url, width - 64 - 84, height - 112, 84),
    )
    return _Drawing(shapes, (*lines, *_foot(contents, left, height - 96, width - 128 - 110)))


_TEMPLATES: Mapping[Template, Callable[[_Contents, float, float], _Drawing]] = {
    Template.CLASSIC: _classic,
    Template.MODERN: _modern,
    Template.PLAIN: _plain,
}


def _stacked(contents: _Contents, x: float, top: float, room: float, anchor: str) -> Iterable[Line]:
    """Place who earned what, from whom and when, below each other."""
    artefact, claims, language, style = contents.artefact, contents.claims, contents.language, contents.style
    small = style((13,), SOFT, anchor=anchor)
    parts: list[tuple[Line, ...]] = []
    for text, gap, look, maximum in (
        (phrase("This certifies that"), 6, small, 1),
        (claims.holder or UNNAMED_HOLDER, 4, style((34, 28, 22, 18), bold=True, anchor=anchor), 2),
        (phrase("has earned"), 8, small, 1),
        (claims.title, 4, style((26, 22, 18, 15), artefact.accent, bold=True, anchor=anchor), 3),
        (texts.issued_by(claims), 12, style((15, 13), anchor=anchor), 2),
        (artefact.issuer_proof, 2, style((10, 9), SOFT, anchor=anchor), 2),
        (_dates(artefact), 8, small, 1),
    ):
        lines, top = place(language.own(text), x, top + gap, room, look, maximum)
        parts.append(lines)
    return chain.from_iterable(parts)


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
    # The address of the page breaks nowhere, so that it can be typed.
    link, top = place(contents.artefact.url, x, top + 2, room, style((11.5, 10, 9, 8, 7), bold=True))
    reminder = phrase("A printed copy can be out of date; the link is not.")
    note, _ = place(text(reminder), x, top + 2, room, style((9, 8), SOFT))
    return (*ask, *link, *note)


def _frame(x: float, y: float, width: float, height: float, colour: str, stroke: float) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="none" stroke="{colour}" '
        f'stroke-width="{stroke:g}"/>'
    )
