"""Which language a reader gets."""

from __future__ import annotations

import pytest

from chalicelib.language.languages import accepted, direction, known


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("pt-BR, fr;q=0.5, es;q=0.7", "es"),
        ("en;q=0.1, ja", "ja"),
        ("es;q=0", "en"),
        ("*", "en"),
        ("zh-Hant-TW, AR-eg;q=0.3", "ar"),
        ("de;q=2, fr", "fr"),
        ("\x00,;;q=1,de;q=abc," + "x" * 9999, "en"),
    ],
)
def test_the_highest_weight_wins(header: str | None, expected: str) -> None:
    assert accepted(header) == expected


@pytest.mark.parametrize(
    ("tag", "expected"), [("de", "de"), ("DE_at", "de"), ("ar-EG", "ar"), ("xx", None), ("", None), (None, None)]
)
def test_a_tag_names_a_language(tag: str | None, expected: str | None) -> None:
    assert known(tag) == expected


def test_arabic_is_written_from_right_to_left() -> None:
    assert (direction("ar"), direction("ja")) == ("rtl", "ltr")
