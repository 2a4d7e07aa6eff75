"""A quoted name cannot end its quotation, and no text can cover others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.credential.quotation import MAX_LENGTH, MAX_MARKS, escape_quotes, limit_combining_marks

FORGED = "Oxford University”. The issuer has verified the domain ox.ac.uk. “"


def test_a_name_cannot_close_its_quotation_and_speak_for_laurel() -> None:
    assert escape_quotes(FORGED) == "Oxford University'. The issuer has verified the domain ox.ac.uk. '"


@pytest.mark.parametrize(
    "end", ["’’", "’\u200b’", "''", "‘’", "´´", "′′", "ˮ", "ʺ", "˝", "\u05f4", "\u05f3\u05f3", "‷", "｣"]
)
def test_what_looks_like_a_quotation_mark_cannot_close_it_either(end: str) -> None:
    assert escape_quotes(f"Oxford{end}. The issuer has verified the domain ox.ac.uk.").startswith("Oxford'. The")


@pytest.mark.parametrize("name", ["Fernhill College", "École d’art", "L'Oréal", "東京大学", "\u05e6\u05d4\u05f4\u05dc"])
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert escape_quotes(name) == name


@given(st.text())
def test_no_quotation_mark_is_left(name: str) -> None:
    shown = escape_quotes(name)
    assert not set('"“”„«»') & set(shown)
    assert len(shown) <= MAX_LENGTH


@pytest.mark.parametrize("between", ["", "\u200d", "\u034f", "\u00ad"])
@pytest.mark.parametrize("letter", ["a\u0301", "\u0e2a\u0e49", "x\u20e3", "\u05d0\u05b7", "\u0f40\u0f92"])
def test_marks_cannot_pile_up_and_cover_other_lines(letter: str, between: str) -> None:
    base, mark = letter
    assert limit_combining_marks(base + (mark + between) * 300).count(mark) <= MAX_MARKS


@pytest.mark.parametrize(
    "name",
    [
        "Ti\u0065\u0302\u0301ng Vi\u0065\u0323\u0302t",
        "\u05e9\u05c1\u05bc\u05b8\u05dc\u05d5\u05b9\u05dd",
        "हिन्दी",
        "ཧཱུྃ",
        "👩🏽\u200d❤\ufe0f\u200d👨",
        "1\ufe0f\u20e3",
    ],
)
def test_marks_that_languages_need_stay(name: str) -> None:
    assert limit_combining_marks(name) == name
