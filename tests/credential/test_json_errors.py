from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed

PARSER_WORDS = ("Expecting", "delimiter", "enclosed", "Unterminated", "Invalid", "Extra data", "char ", "column")


def detail(text: str) -> str:
    with pytest.raises(Malformed) as caught:
        strict_json.parse(text.encode())
    return caught.value.detail


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1 "b": 2}', "a comma is missing on line 1 at character 9"),
        ('{"a": 1,\n "b" 2}', "a colon is missing on line 2 at character 6"),
        ('{"a": 1, b: 2}', "a name in double quotes is missing on line 1 at character 10"),
        ('{"a": }', "a value is missing on line 1 at character 7"),
        ('{"a": 1', "its end is missing: what starts on line 1 at character 8"),
        ('{"a": "b', "its end is missing: what starts on line 1 at character 7"),
        ('{"a": "b\nc"}', "a string contains a line break or another control character on line 1 at character 9"),
        ('{"a": "\\x"}', "a string contains an invalid backslash escape on line 1 at character 8"),
        ('{"a": 1} x', "there is something after its end on line 1 at character 10"),
        ("", "it is empty"),
    ],
)
def test_error_in_json_is_explained_in_plain_words(text: str, words: str) -> None:
    assert f"because {words}" in detail(text)


@given(st.text(max_size=20).map(lambda text: '{"a": [1, "b' + text))
def test_no_words_of_the_parser_reach_a_person(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        found = detail(text)
        assert not any(words in found for words in PARSER_WORDS), found
