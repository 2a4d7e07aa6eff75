"""The names of the languages that holders can choose are those of CLDR."""

from __future__ import annotations

from tools import language_names


def test_names_are_those_of_babel() -> None:
    assert language_names.FILE.read_text(encoding="utf-8") == language_names.formatted()
