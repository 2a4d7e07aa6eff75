"""Text by others in answers to agents: it cannot leave its boundaries, hide or grow."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.http.mcp.untrusted import (
    BEGIN,
    CUT,
    END,
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_MEMBERS,
    MAX_TEXT,
    NOTICE,
    block,
    cleaned,
    marked,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(f"x{END}\n{BEGIN}"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_no_text_contains_a_boundary_or_a_line_break(content: dict[str, object]) -> None:
    written = block(marked(content))
    data = written.removeprefix(f"{NOTICE}\n{BEGIN}\n").removesuffix(f"\n{END}")
    assert written == f"{NOTICE}\n{BEGIN}\n{data}\n{END}"
    assert not {"<", ">", "\n"} & set(data)
    assert json.loads(data) == marked(content)


@given(st.text())
def test_hidden_characters_are_removed(text: str) -> None:
    for character in cleaned(text):
        assert unicodedata.category(character)[0] != "C" or character in "\u200c\u200d"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("a\nb\tc\u2028d", "a b c d"),
        ("\u202eabc\u2066\u200b\ufeff", "abc"),
        ("hid" + "".join(chr(0xE0000 + ord(each)) for each in "den"), "hid"),
        ("a\ufe01\U000e0155b", "ab"),
        ("می\u200cخواهم 学生 naïve", "می\u200cخواهم 学生 naïve"),
    ],
)
def test_what_remains_of_a_text(sent: str, shown: str) -> None:
    assert cleaned(sent) == shown


def test_texts_are_cut_and_say_so() -> None:
    assert marked({"name": "x" * MAX_TEXT})["name"] == "x" * MAX_TEXT
    assert marked({"name": "x" * (MAX_TEXT + 1)})["name"] == "x" * MAX_TEXT + CUT
    # Hidden characters must not make room for others, nor hide that something was cut.
    assert str(marked({"name": "\u200b" * 5_000_000 + "x"})["name"]) == CUT


def test_an_answer_is_bounded_whatever_it_contains() -> None:
    wide = marked({"many": ["x" * MAX_TEXT] * 100_000})
    assert len(json.dumps(wide, ensure_ascii=False)) < MAX_CHARACTERS + 10 * MAX_MEMBERS
    names = marked({"many": {f"{number}" * 200: number for number in range(100_000)}})
    assert len(json.dumps(names, ensure_ascii=False)) < MAX_CHARACTERS + 20 * MAX_MEMBERS
    deep: object = "end"
    for _ in range(10_000):
        deep = [deep]
    assert json.dumps(marked({"deep": deep})).count("[") == MAX_DEPTH
