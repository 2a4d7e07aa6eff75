"""Badge images as SVG, drawn from a template.

The image has no script, no style sheet and no reference to anything: websites, README files and email clients show it
as it is. Text is fitted by estimate (`fitting`), and clipped to the badge.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from chalicelib.embed import fitting, texts
from chalicelib.embed.appearance import BOXES, DARK, LIGHT, SHAPES, TONES, Box, Palette, Size, Theme, Tone
from chalicelib.embed.texts import WidgetTexts

FONTS = "DejaVu Sans, Verdana, Arial, Helvetica, sans-serif"


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    colour: str
    bold: bool = False

    @property
    def leading(self) -> float:
        return round(self.size * 1.25, 2)


def draw(shown: WidgetTexts, size: Size, theme: Theme = Theme.LIGHT) -> str:
    """Draw the badge. The theme `auto` is drawn as `light`, because a program that shows images has no preference."""
    box, palette = BOXES[size], DARK if theme is Theme.DARK else LIGHT
    body = {Size.CARD: _card, Size.COMPACT: _compact, Size.BADGE: _badge}[size](shown, box, palette)
    alt_text = texts.alt_text(shown)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{box.width}" height="{box.height}" '
        f'viewBox="0 0 {box.width} {box.height}" role="img" aria-label={quoteattr(alt_text)} '
        f'font-family="{FONTS}"><title>{escape(alt_text)}</title>'
        f'<clipPath id="c"><rect width="{box.width}" height="{box.height}" rx="8"/></clipPath>'
        f'<g clip-path="url(#c)"><rect width="{box.width}" height="{box.height}" fill="{palette.paper}"/>{body}</g>'
        f'<rect x=".5" y=".5" width="{box.width - 1}" height="{box.height - 1}" rx="7.5" fill="none" '
        f'stroke="{palette.line}"/></svg>'
    )


def _card(shown: WidgetTexts, box: Box, palette: Palette) -> str:
    band, room = 56, box.width - 32
    title = _Style(15, palette.ink, bold=True)
    small = _Style(12, palette.soft)
    head, top = _text(shown.title, 16, 25, room, title, 2)
    holder, top = _text(shown.holder, 16, top, room, _Style(12.5, palette.ink), 1)
    issuer, _ = _text(shown.issuer, 16, top, room, small, 1)
    at = box.height - band
    verdict = _text(shown.label, 60, at + 24, box.width - 76, _Style(14, TONES[shown.tone].on, bold=True), 1)[0]
    checked = _text(shown.checked, 60, at + 42, box.width - 76, _Style(11, TONES[shown.tone].on), 1)[0]
    colour = _band(0, at, box.width, band, TONES[shown.tone])
    return f"{head}{holder}{issuer}{colour}{_icon(shown, 16, at + 12, 32)}{verdict}{checked}"


def _compact(shown: WidgetTexts, box: Box, palette: Palette) -> str:
    side, room = 56, box.width - 56 - 20
    style = _Style(12, palette.ink, bold=True)
    short = len(fitting.lines(shown.title, room, style.size, 2, bold=True)) < 2
    title, _ = _text(shown.title, side + 10, 20 if short else 14, room, style, 2)
    verdict, _ = _text(shown.label, side + 10, 38 if short else 43, room, _Style(11.5, palette.ink, bold=True), 1)
    checked, _ = _text(shown.checked, side + 10, 54 if short else 57, room, _Style(10.5, palette.soft), 1)
    colour = _band(0, 0, side, box.height, TONES[shown.tone])
    return f"{colour}{_icon(shown, 12, 16, 32)}{title}{verdict}{checked}"


def _badge(shown: WidgetTexts, box: Box, palette: Palette) -> str:
    band, room = 82, box.width - 12
    style = _Style(11, TONES[shown.tone].on, bold=True)
    label = _text(shown.label, box.width / 2, 56, room, style, 2, centred=True)[0]
    title = _text(shown.title, box.width / 2, 100, room, _Style(11, palette.ink, bold=True), 3, centred=True)[0]
    when = _text(shown.day, box.width / 2, box.height - 10, room, _Style(9.5, palette.soft), 1, centred=True)[0]
    colour = _band(0, 0, box.width, band, TONES[shown.tone])
    return f"{colour}{_icon(shown, box.width / 2 - 16, 8, 32)}{label}{title}{when}"


def _band(x: float, y: float, width: float, height: float, tone: Tone) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{tone.band}"/>'


def _icon(shown: WidgetTexts, x: float, y: float, size: float) -> str:
    (outline, mark), tone = SHAPES[shown.shape], TONES[shown.tone]
    return (
        f'<g transform="translate({x:g} {y:g}) scale({size / 48:.4g})"><path d="{outline}" fill="{tone.mark}"/>'
        f'<path d="{mark}" fill="none" stroke="{tone.band}" stroke-width="5" stroke-linecap="round" '
        'stroke-linejoin="round"/></g>'
    )


def _text(
    text: str, x: float, y: float, room: float, style: _Style, maximum: int, *, centred: bool = False
) -> tuple[str, float]:
    """Draw ``text`` in at most ``maximum`` lines, the first one with its baseline at ``y``.

    Returns the drawing, and the baseline of a line below it. Text from right to left begins at the right edge.
    """
    if not text:
        return "", y
    rtl = fitting.is_right_to_left(text)
    anchor = ' text-anchor="middle"' if centred else ' text-anchor="end"' if rtl else ""
    start = x + room if rtl and not centred else x
    found = fitting.lines(text, room, style.size, maximum, bold=style.bold)
    spans = "".join(
        f'<tspan x="{start:g}" y="{y + number * style.leading:g}">{escape(_isolated(line) if rtl else line)}</tspan>'
        for number, line in enumerate(found)
    )
    weight = ' font-weight="700"' if style.bold else ""
    drawn = f'<text font-size="{style.size:g}" fill="{style.colour}"{weight}{anchor}>{spans}</text>'
    return drawn, y + len(found) * style.leading + 4


def _isolated(line: str) -> str:
    """Set the direction of ``line`` by characters (UAX #9, RLI and PDI), because some renderers ignore `direction`."""
    return f"\u2067{line}\u2069"
