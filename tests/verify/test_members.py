from __future__ import annotations

import pytest

from chalicelib.verify.members import id_of, is_true, string, text


@pytest.mark.parametrize("value", ["word", ["word"]])
def test_a_list_of_one_string_says_what_the_string_says(value: object) -> None:
    assert text(value) == "word"


@pytest.mark.parametrize("value", [None, "", [], [""], ["a", "b"], [["word"]], [None], 1, True, {"id": "word"}])
def test_whatever_else_is_no_text(value: object) -> None:
    assert text(value) is None


@pytest.mark.parametrize("value", [["did:example:a"], [{"id": "did:example:a"}], {"id": ["did:example:a"]}, "", {}])
def test_an_identifier_is_never_a_list(value: object) -> None:
    assert id_of(value) is None
    assert string(value) is None


@pytest.mark.parametrize("value", [True, [True], "true", ["true"], "1", 1, [1]])
def test_yes_is_signed_alike_in_all_these_spellings(value: object) -> None:
    assert is_true(value)


@pytest.mark.parametrize("value", [False, [False], None, [], 0, 2, [True, True], "yes", "", [None]])
def test_nothing_else_says_yes(value: object) -> None:
    assert not is_true(value)
