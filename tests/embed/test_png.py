"""PNG badges: their size, and texts that the fonts do not have."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageFont

from chalicelib.embed import fonts, png, texts
from chalicelib.embed.appearance import BOXES, Size, Theme
from tests.embed.makers import CLAIMS, PAYLOADS, VIEW, hostile_view


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


@pytest.mark.parametrize("scale", png.SCALES)
@pytest.mark.parametrize("size", Size)
def test_image_has_its_stated_size(size: Size, scale: int) -> None:
    image, box = opened(png.draw(texts.shown(VIEW), size, scale=scale)), BOXES[size]
    assert image.size == (box.width * scale, box.height * scale)


def test_verdict_and_theme_change_the_image() -> None:
    valid = texts.shown(VIEW)
    drawings = {
        png.draw(valid, Size.CARD),
        png.draw(valid, Size.CARD, Theme.DARK),
        png.draw(replace(valid, label="Revoked", tone="bad", shape="octagon"), Size.CARD),
    }
    assert len(drawings) == 3


@pytest.mark.parametrize("title", ["მონაცემები", "🏅", "ⵜⵉⴼⵉⵏⴰⵖ"])
def test_text_in_a_script_without_a_font_is_left_out(title: str) -> None:
    shown = texts.shown(replace(VIEW, claims=replace(CLAIMS, title=title)))
    assert png.draw(shown, Size.CARD) == png.draw(replace(shown, title=texts.UNNAMED), Size.CARD)


def test_a_name_in_a_script_without_a_font_is_not_silently_left_out() -> None:
    """Beside "Valid", a badge without an issuer would seem to be confirmed by Laurel alone."""
    name = "მონაცემები"
    shown = texts.shown(replace(VIEW, claims=replace(CLAIMS, issuer=name, holder=name)))
    said = replace(shown, issuer=texts.ISSUER_NOT_DRAWN, holder=texts.HOLDER_NOT_DRAWN)
    assert png.draw(shown, Size.CARD) == png.draw(said, Size.CARD)


@pytest.mark.parametrize(
    "title",
    [
        "Žižek Łódź",
        "Ανάλυση",
        "Анализ данных",
        "تحليل البيانات",
        "ניתוח",
        "Tiếng Việt",
        "データ分析",
        "数据分析",
        "डेटा",
    ],
)
def test_text_in_other_scripts_is_drawn(title: str) -> None:
    shown = texts.shown(replace(VIEW, claims=replace(CLAIMS, title=title)))
    without = png.draw(replace(shown, title=texts.UNNAMED), Size.CARD)
    assert ImageChops.difference(opened(png.draw(shown, Size.CARD)), opened(without)).getbbox()


@pytest.mark.parametrize("file", fonts.FILES)
def test_fonts_have_the_characters_they_claim_to_cover(file: str) -> None:
    font = ImageFont.truetype(file, 16)
    missing = bytes(font.getmask("\U0010fffe"))
    letters = [chr(code) for code in range(0x21, 0xFFFF) if chr(code).isalpha() and fonts.covers(chr(code))]
    assert len(letters) > 1000
    assert [letter for letter in letters if bytes(font.getmask(letter)) == missing] == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_text_can_be_drawn(payload: str) -> None:
    assert png.draw(texts.shown(hostile_view(payload)), Size.BADGE).startswith(b"\x89PNG")
