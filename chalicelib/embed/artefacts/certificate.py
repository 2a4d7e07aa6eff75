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
from chalicelib.embed.artefacts.typesetting import PAPER, SOFT, Line, Style, box, place
from chalicelib.embed.badge_view import Claims

PIXELS_PER_POINT = 2.5
"""180 dots per inch: sharp in print at reading distance; 300 takes three times as long."""
KEPT = 8
"""Certificates kept in memory, of about 150 KB each: programs and people ask for a file several times."""
HEADING = "Certificate"
CHECK = "Check online that it is genuine and still valid:"
UNNAMED_HOLDER = "The holder of this link"


@dataclass(frozen=True, slots=True)
class _Drawing:
    shapes: tuple[str, ...]
    lines: tuple[Line, ...]


@lru_cache(maxsize=KEPT)
def draw(artefact: Artefact, claims: Claims, template: Template, paper: Paper) -> bytes:
    """Draw the certificate of a credential that is valid now, as PDF."""
    width, height = SIZES[paper]
    image, lines = _rendered(artefact, claims, template, paper)
    title = f"{HEADING}: {claims.title}"
    return pdf.page(pdf.Page(width, height, title, texts.LANGUAGE, image, lines, artefact.url))


def png(artefact: Artefact, claims: Claims, template: Template, paper: Paper) -> bytes:
    """Draw the same page as PNG, for a preview."""
    return _rendered(artefact, claims, template, paper)[0]


def _rendered(artefact: Artefact, claims: Claims, template: Template, paper: Paper) -> tuple[bytes, tuple[Line, ...]]:
    width, height = SIZES[paper]
    drawing = _TEMPLATES[template](rendering.flattened(artefact), claims, width, height)
    words = (line.svg for line in drawing.lines)
    image = rendering.png(typesetting.svg(width, height, (*drawing.shapes, *words)), PIXELS_PER_POINT)
    return image, drawing.lines


def _classic(artefact: Artefact, claims: Claims, width: float, height: float) -> _Drawing:
    centre, room = width / 2, width - 180
    heading, top = place(HEADING.upper(), centre, 150, room, Style((15,), artefact.accent, bold=True, anchor="middle"))
    lines = _stacked(artefact, claims, centre, top + 8, room, "middle")
    logo = (typesetting.image(artefact.logo.url, 56, 56, 64),) if artefact.logo else ()
    shapes = (
        box(0, 0, width, height, PAPER),
        _frame(20, 20, width - 40, height - 40, artefact.accent, 3),
        _frame(28, 28, width - 56, height - 56, artefact.accent, 0.8),
        typesetting.image(artefact.picture.url, centre - 50, 46, 100),
        *logo,
        qr.group(artefact.url, width - 146, height - 146, 96),
    )
    return _Drawing(shapes, (*heading, *lines, *_foot(artefact, 56, height - 96, width - 56 - 166)))


def _modern(artefact: Artefact, claims: Claims, width: float, height: float) -> _Drawing:
    band, left = 220, 262
    room = width - left - 44
    heading, top = place(HEADING, left, 76, room, Style((17,), artefact.accent, bold=True))
    lines = _stacked(artefact, claims, left, top + 14, room, "start")
    logo = (typesetting.image(artefact.logo.url, width - 44 - 64, 44, 64),) if artefact.logo else ()
    shapes = (
        box(0, 0, width, height, PAPER),
        box(0, 0, band, height, artefact.accent),
        box(30, 66, 160, 160, PAPER),
        typesetting.image(artefact.picture.url, 38, 74, 144),
        *logo,
        qr.group(artefact.url, 60, height - 160, 100),
    )
    return _Drawing(shapes, (*heading, *lines, *_foot(artefact, left, height - 96, room)))


def _plain(artefact: Artefact, claims: Claims, width: float, height: float) -> _Drawing:
    left, room = 64, width - 64 - 64 - 170
    lines = _stacked(artefact, claims, left, 74, room, "start")
    logo = (typesetting.image(artefact.logo.url, width - 64 - 130, 230, 64),) if artefact.logo else ()
    shapes = (
        box(0, 0, width, height, PAPER),
        box(left, 56, 72, 5, artefact.accent),
        typesetting.image(artefact.picture.url, width - 64 - 130, 74, 130),
        *logo,
        box(left, height - 122, width - 128, 0.8, SOFT),
        qr.group(artefact.url, width - 64 - 84, height - 112, 84),
    )
    return _Drawing(shapes, (*lines, *_foot(artefact, left, height - 96, width - 128 - 110)))


_TEMPLATES: Mapping[Template, Callable[[Artefact, Claims, float, float], _Drawing]] = {
    Template.CLASSIC: _classic,
    Template.MODERN: _modern,
    Template.PLAIN: _plain,
}


def _stacked(artefact: Artefact, claims: Claims, x: float, top: float, room: float, anchor: str) -> Iterable[Line]:
    """Place who earned what, from whom and when, below each other."""
    small = Style((13,), SOFT, anchor=anchor)
    parts: list[tuple[Line, ...]] = []
    for text, gap, style, maximum in (
        ("This certifies that", 6, small, 1),
        (claims.holder or UNNAMED_HOLDER, 4, Style((34, 28, 22, 18), bold=True, anchor=anchor), 2),
        ("has earned", 8, small, 1),
        (claims.title, 4, Style((26, 22, 18, 15), artefact.accent, bold=True, anchor=anchor), 3),
        (texts.issued_by(claims), 12, Style((15, 13), anchor=anchor), 2),
        (artefact.issuer_proof, 2, Style((10, 9), SOFT, anchor=anchor), 2),
        (_dates(artefact), 8, small, 1),
    ):
        lines, top = place(text, x, top + gap, room, style, maximum)
        parts.append(lines)
    return chain.from_iterable(parts)


def _dates(artefact: Artefact) -> str:
    start, end = artefact.valid_from, artefact.valid_until
    issued = f"Issued {texts.day(start)}" if start else ""
    until = f"valid until {texts.day(end)}" if end else "no end date"
    return f"{issued}, {until}" if issued else until[:1].upper() + until[1:]


def _foot(artefact: Artefact, x: float, top: float, room: float) -> tuple[Line, ...]:
    ask, top = place(CHECK, x, top, room, Style((10.5,), SOFT))
    # The address of the page breaks nowhere, so that it can be typed.
    link, top = place(artefact.url, x, top + 2, room, Style((11.5, 10, 9, 8, 7), bold=True))
    note, _ = place("A printed copy can be out of date; the link is not.", x, top + 2, room, Style((9,), SOFT))
    return (*ask, *link, *note)


def _frame(x: float, y: float, width: float, height: float, colour: str, stroke: float) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="none" stroke="{colour}" '
        f'stroke-width="{stroke:g}"/>'
    )
