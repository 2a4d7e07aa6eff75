"""Dates and numbers are those of CLDR."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal

from chalicelib.language.languages import DEFAULT, LANGUAGES
from chalicelib.language.translation import translation
from tools import date_patterns


@pytest.mark.slow
def test_patterns_are_those_of_babel() -> None:
    assert date_patterns.FILE.read_text(encoding="utf-8") == date_patterns.formatted()


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != DEFAULT])
def test_every_month_is_written_as_by_babel(code: str) -> None:
    for month in range(1, 13):
        at = datetime(2026, month, 9, 7, 5, tzinfo=UTC)
        assert translation(code).day(at) == format_date(at.date(), "long", locale=code)
        assert translation(code).minute(at).endswith("07:05 UTC")


@pytest.mark.parametrize("code", LANGUAGES)
def test_numbers_are_written_as_by_babel(code: str) -> None:
    for value in (0, 9, 999, 1234, 1_234_567):
        assert translation(code).number(value) == format_decimal(value, locale=code)


def test_english_is_unchanged() -> None:
    at = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
    assert (translation("en").day(at), translation("en").minute(at)) == ("3 March 2026", "3 March 2026, 14:05 UTC")
