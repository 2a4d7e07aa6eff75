"""Fitting text, and leaving out what no font has."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from PIL import ImageFont

from chalicelib.embed import fitting, fonts, texts
from chalicelib.embed.artefacts import certificate, share_image, typesetting
from chalicelib.embed.artefacts.typesetting import Style
from chalicelib.embed.fonts import noto
from chalicelib.http.public.credential.verdict_text import VERDICT_TEXTS
from chalicelib.language.languages import LANGUAGES
from chalicelib.language.translation import translation


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


@pytest.mark.slow
@pytest.mark.parametrize("script", noto.SCRIPTS, ids=lambda script: script.name)
def test_fonts_have_the_letters_they_claim_to_cover(script: noto.Script) -> None:
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


DRAWN = (
    certificate.HEADING,
    certificate.CHECK,
    certificate.UNNAMED_HOLDER,
    share_image.ASK,
    texts.UNNAMED,
    texts.NOTHING_SHOWN,
    texts.HOLDER_UNNAMED,
    "This certifies that",
    "has earned",
    "A printed copy can be out of date; the link is not.",
    "The operator of this service vouches for this name.",
    "The issuer’s identity is not proven.",
    "The issuer has verified the domains {names}.",
    "Issued under the name “{issuer}”",
    "Issued {start}, valid until {end}",
    "Issued {start}, no end date",
    *(text.tab for text in VERDICT_TEXTS.values()),
)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("text", DRAWN)
def test_fonts_have_every_character_of_what_is_drawn_in_every_language(code: str, text: str) -> None:
    assert typesetting.drawable(translation(code).gettext(text)) == translation(code).gettext(text)
    day = translation(code).day(datetime(2026, 3, 3, tzinfo=UTC))
    assert typesetting.drawable(day) == day


@pytest.mark.parametrize(("rtl", "anchor"), [(False, "start"), (True, "end")])
def test_every_text_of_a_drawing_from_right_to_left_starts_at_the_right_edge(rtl: bool, anchor: str) -> None:
    (line,), _ = typesetting.place("Ada Nwosu", 0, 0, 300, typesetting.Style((20,), rtl=rtl))
    assert (line.anchor, line.rtl) == (anchor, False)
