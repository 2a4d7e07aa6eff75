"""Stored phrases are read as they were written, and can still be translated."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from chalicelib.language import phrase_json
from chalicelib.language.phrase import Phrase, phrase, plural
from chalicelib.language.translation import translation

TEXTS = [
    "plain",
    phrase("{a} and {b}", a="x", b=phrase("{n} things", n=2)),
    plural("{count} check passed", "{count} checks passed", 1),
    plural("{count} check passed", "{count} checks passed", 3),
    phrase("It is valid now, until {day}.", day=datetime(2026, 11, 22, tzinfo=UTC)),
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    found = phrase_json.read(json.loads(json.dumps(phrase_json.write(text))))
    assert found == text
    assert isinstance(found, Phrase) == isinstance(text, Phrase)
    german = translation("de")
    assert german.own(found) == german.own(text)
