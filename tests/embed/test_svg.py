"""Badge images: what they show, what they never contain, and their contrast."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from chalicelib.award.input.colours import AA, contrast
from chalicelib.embed import svg, texts
from chalicelib.embed.appearance import BOXES, DARK, LIGHT, SHAPES, TONES, Palette, Size, Theme
from chalicelib.embed.badge_view import BadgeView
from chalicelib.http.public.credential.verdict_text import CORRECTED, VERDICT_TEXTS
from tests.embed.makers import CLAIMS, PAYLOADS, VIEW, hostile_view

NAMESPACE = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "clipPath", "g", "rect", "path", "text", "tspan"}
ATTRIBUTES = {
    "width", "height", "viewBox", "role", "aria-label", "font-family", "font-size", "font-weight", "text-anchor",
    "id", "clip-path", "x", "y", "rx", "fill", "stroke", "stroke-width", "stroke-linecap",
    "stroke-linejoin", "d", "transform",
}  # fmt: skip


def draw(view: BadgeView, size: Size, theme: Theme = Theme.LIGHT) -> str:
    return svg.draw(texts.shown(view), size, theme)


def parsed(drawing: str) -> ET.Element:
    return ET.fromstring(drawing)  # noqa: S314 - our own drawing


def shown(drawing: str) -> str:
    return " ".join(element.text or "" for element in parsed(drawing).iter(f"{NAMESPACE}tspan"))


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_of_a_credential_adds_an_element_or_attribute(payload: str, size: Size) -> None:
    template = parsed(draw(VIEW, size))
    for element in parsed(draw(hostile_view(payload), size)).iter():
        assert element.tag.removeprefix(NAMESPACE) in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES
    assert template.attrib["width"] == str(BOXES[size].width)


@pytest.mark.parametrize("size", Size)
def test_piled_marks_cannot_cover_the_verdict(size: Size) -> None:
    assert "\u0301" * 5 not in draw(hostile_view("a" + "\u0301" * 300), size)


@pytest.mark.parametrize("size", Size)
def test_every_size_shows_title_verdict_and_date(size: Size) -> None:
    drawing = draw(VIEW, size)
    for expected in ("Data analysis", "Valid", "22 November 2026"):
        assert expected in shown(drawing)
    assert parsed(drawing).attrib["aria-label"] == texts.alt_text(texts.shown(VIEW))


@pytest.mark.parametrize("size", Size)
def test_unverified_claims_are_not_drawn(size: Size) -> None:
    drawing = draw(replace(VIEW, claims=None, label="Not genuine", tone="bad", shape="octagon"), size)
    for claimed in (CLAIMS.title, CLAIMS.holder, CLAIMS.issuer):
        assert str(claimed) not in drawing
    assert "Not genuine" in shown(drawing)


def test_unconfirmed_name_of_an_issuer_is_quoted() -> None:
    view = replace(VIEW, claims=replace(CLAIMS, issuer_confirmed=False))
    assert "Issued under the name “Fernhill College”" in shown(draw(view, Size.CARD))


@pytest.mark.parametrize("size", Size)
def test_missing_credential_has_an_image_too(size: Size) -> None:
    assert "No such" in shown(svg.draw(texts.missing(), size))


def test_every_verdict_of_the_pages_has_its_tone_and_shape() -> None:
    for text in (*VERDICT_TEXTS.values(), CORRECTED):
        assert text.tone in TONES
        assert text.shape in SHAPES
    assert {"caution", "notice"} <= {*TONES, *SHAPES}


@pytest.mark.parametrize("tone", TONES.values())
def test_text_and_icon_of_every_verdict_are_readable(tone: object) -> None:
    assert contrast(tone.on, tone.band) >= AA
    assert contrast(tone.mark, tone.band) >= 3  # WCAG 2.2, 1.4.11: graphics


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_text_of_every_theme_is_readable(palette: Palette) -> None:
    assert contrast(palette.ink, palette.paper) >= AA
    assert contrast(palette.soft, palette.paper) >= AA


def test_theme_changes_the_paper_only() -> None:
    assert f'fill="{DARK.paper}"' in draw(VIEW, Size.CARD, Theme.DARK)
    assert draw(VIEW, Size.CARD, Theme.AUTO) == draw(VIEW, Size.CARD, Theme.LIGHT)


def test_text_from_right_to_left_begins_at_the_right_edge() -> None:
    view = replace(VIEW, claims=replace(CLAIMS, title="شهادة تحليل البيانات"))
    heading = next(iter(parsed(draw(view, Size.CARD)).iter(f"{NAMESPACE}text")))
    assert heading.attrib["text-anchor"] == "end"
    assert heading[0].attrib["x"] == str(BOXES[Size.CARD].width - 16)
