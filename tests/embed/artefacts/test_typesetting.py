"""Fitting text, and leaving out what no font has."""

from __future__ import annotations

import unicodedata

import pytest
from PIL import ImageFont

from chalicelib.embed import fitting, fonts
from chalicelib.embed.artefacts import typesetting
from chalicelib.embed.artefacts.typesetting import Style
from chalicelib.embed.fonts import noto


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada 🏅 Nwosu", "Ada Nwosu"),
        ("🏅", ""),
        ("I ❤\ufe0f data", "I data"),
        ("გიორგი", ""),  # no font for Georgian
        ("Ada გ", ""),
        ("山田 Ada", "山田 Ada"),
    ],
)
def test_symbols_without_a_font_are_left_out_and_names_are_never_shortened(text: str, expected: str) -> None:
    assert typesetting.drawable(text) == expected


@pytest.mark.parametrize("script", noto.SCRIPTS, ids=lambda script: script.name)
def test_fonts_have_the_letters_that_they_are_said_to_have(script: noto.Script) -> None:
    font = ImageFont.truetype(script.file, 16)
    missing = bytes(font.getmask("\U0010fffe"))
    letters = [char for char in map(chr, range(0x300, 0xFFFF)) if script.covers(char) and not fonts.covers(char)]
    lacking = [
        char for char in letters if unicodedata.category(char)[0] == "L" and bytes(font.getmask(char)) == missing
    ]
    assert len(letters) > 60
    assert lacking == []


def test_a_smaller_size_is_chosen_before_text_is_cut() -> None:
    style = Style((40, 20))
    assert [line.size for line in typesetting.place("word " * 4, 0, 0, 300, style, 2)[0]] == [40, 40]
    small, _ = typesetting.place("word " * 9, 0, 0, 300, style, 2)
    assert {line.size for line in small} == {20}
    cut, _ = typesetting.place("word " * 90, 0, 0, 300, style, 2)
    assert cut[-1].text.endswith(fitting.ELLIPSIS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ada", "Ada"), ("שלום", "םולש"), ("שלום Ada", "Ada םולש"), ("Ada שלום", "Ada םולש"), ("שלום 12", "12 םולש")],
)
def test_order_from_left_to_right(text: str, expected: str) -> None:
    assert "".join(fitting.in_visual_order(text).split()) == "".join(expected.split())


@pytest.mark.parametrize(
    ("text", "drawn"), [("გიორგი", False), ("🏅", False), ("Ada 🏅", True), (None, True), ("山田", True)]
)
def test_a_certificate_must_not_lack_a_name(text: str | None, drawn: bool) -> None:
    assert typesetting.can_be_drawn("Title", text, "Issuer") is drawn
