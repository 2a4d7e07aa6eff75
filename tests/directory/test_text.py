"""How text is compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.directory import text
from chalicelib.directory.index import spelling
from tests.directory import oracle


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("María José", "maria jose"),
        ("Łukasz Żubr", "lukasz zubr"),
        ("Søren Åsa", "soren asa"),
        ("İpek Kılıç", "ipek kilic"),
        ("STRASSE Straße", "strasse"),
        ("ﬁnance Ｄａｔａ", "finance data"),
        ("O’Brien", "obrien"),
        ("O'Brien", "o brien"),
        ("C++ and C#", "c++ c#"),
        ("Jean-Pierre", "jean pierre"),
        ("山田太郎", "山田"),
        ("हिन्दी भाषा", "हिन्दी"),
        ("Ёлка", "елка"),
        ("مُحَمَّد", "محمد"),
    ],
)
def test_differences_that_people_do_not_type_are_ignored(written: str, typed: str) -> None:
    assert set(text.searched_words(typed)) <= text.indexed_words(written)


def test_letters_of_other_scripts_stay_different() -> None:
    assert text.fold("か") != text.fold("が")
    assert text.fold("कि") != text.fold("का")


def test_scripts_without_spaces_are_compared_by_pairs() -> None:
    assert text.searched_words("データ分析 R") == ("デー", "ータ", "タ分", "分析", "r")
    assert text.searched_words("王") == ("王",)


@given(st.text())
def test_every_word_of_a_text_finds_it(written: str) -> None:
    assert set(text.searched_words(written)) <= text.indexed_words(written)
    assert text.fold(text.fold(written)) == text.fold(written)


LETTERS = st.text("abcd", min_size=1, max_size=7)


@given(LETTERS, LETTERS)
def test_a_typing_error_is_an_edit_distance_of_one(one: str, other: str) -> None:
    assert text.has_typo(one, other) == oracle.one_error(one, other)


@given(st.text("abc", min_size=5, max_size=7), st.data())
def test_the_dictionary_finds_every_word_with_one_error(typed: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(typed) - 1))
    letter = data.draw(st.sampled_from("abcd"))
    swapped = typed[:at] + typed[at : at + 2][::-1] + typed[at + 2 :]
    words = [
        typed[:at] + typed[at + 1 :],
        typed[:at] + letter + typed[at:],
        typed[:at] + letter + typed[at + 1 :],
        swapped,
    ]
    stored: dict[str, set[str]] = {}
    for word in words:
        for key in spelling.stored_under(word):
            stored.setdefault(key, set()).add(word)
    assert set(spelling.similar(typed, stored, 99)) == {word for word in words if oracle.one_error(typed, word)}


@given(st.text(st.characters(codec="ascii")))
def test_ascii_text_is_split_as_any_other_text(typed: str) -> None:
    """It takes a shorter way."""
    assert text.searched_words(f"{typed} ж") == (*text.searched_words(typed), "ж")
