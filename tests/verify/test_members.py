from __future__ import annotations

import pytest

from chalicelib.verify.members import id_of, is_true, string, text


@pytest.mark.parametrize("value", ["word", ["word"]])
def test_a_list_of_one_string_equals_the_string(value: object) -> None:
    assert text(value) == "word"


@pytest.mark.parametrize("value", [None, "", [], [""], ["a", "b"], [["word"]], [None], 1, True, {"id": "word"}])
def test_other_values_are_not_text(value: object) -> None:
    assert text(value) is None


@pytest.mark.parametrize("value", [["did:example:a"], [{"id": "did:example:a"}], {"id": ["did:example:a"]}, "", {}])
def test_an_identifier_is_never_a_list(value: object) -> None:
    assert id_of(value) is None
    assert string(value) is None


@pytest.mark.parametrize("value", [True, [True], "true", ["true"], "1", 1, [1]])
def test_equivalent_spellings_of_true(value: object) -> None:
    assert is_true(value)


@pytest.mark.parametrize("value", [False, [False], None, [], 0, 2, [True, True], "yes", "", [None]])
def test_other_values_are_not_true(value: object) -> None:
    assert not is_true(value)
