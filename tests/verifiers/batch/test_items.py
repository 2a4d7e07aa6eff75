"""Items of a batch are read from the text that was sent, and each is judged by itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.verifiers.batch import items

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=6), st.sampled_from([None, 1]), st.booleans())
def test_credential_keeps_its_text(credential: dict[str, object], indent: int | None, ascii_only: bool) -> None:
    inner = json.dumps(credential, indent=indent, ensure_ascii=ascii_only)
    text = f'  {{"ref" : "a\\u00e9",\r\n "credential":\t{inner} }} rest'
    item, end = items.read(text, 2)
    assert (item.ref, item.source, item.problem) == ("a\u00e9", inner.encode(), None)
    assert text[end:] == " rest"
    (stored,) = items.from_lines(items.to_lines([text[2:end]]))
    assert json.loads(stored.source) == credential


@pytest.mark.parametrize(
    "credential",
    ['{"a": 1, "a": 2}', '{"a": "\\ud800"}', '{"a": 1e999}', f'{{"a": {"9" * 5000}}}', '{"a": NaN}'],
    ids=["duplicate name", "lone surrogate", "too large", "long", "not a number"],
)
def test_errors_in_a_credential_are_found_when_it_is_verified(credential: str) -> None:
    item, _ = items.read(f'{{"ref": "1", "credential": {credential}}}')
    assert (item.problem, item.source) == (None, credential.encode())


@pytest.mark.parametrize(
    ("text", "ref", "member"),
    [
        ("null", None, ""),
        ("[1, 2]", None, ""),
        ('{"url": "https://a.example/1"}', None, "/ref"),
        ('{"ref": "\\ud800", "url": "https://a.example/1"}', None, "/ref"),
        ('{"ref": "b", "ref": "c", "url": "https://a.example/1"}', "c", ""),
        ('{"ref": "b"}', "b", ""),
        ('{"ref": "b", "url": 1}', "b", "/url"),
        ('{"ref": "b", "url": "\\ud800"}', "b", "/url"),
        ('{"ref": "b", "credential": 7}', "b", "/credential"),
        ('{"ref": "b", "credential": "ey\\ud800"}', "b", "/credential"),
        ('{"ref": "b", "url": "u", "credential": "c"}', "b", "/url"),
        ('{"ref": "b", "url": "u", "more": "c"}', "b", ""),
    ],
)
def test_an_invalid_item_gets_its_own_problem(text: str, ref: str | None, member: str) -> None:
    item, end = items.read(text)
    assert (item.ref, end) == (ref, len(text))
    assert item.problem is not None
    assert item.problem.member == member


@given(st.text(alphabet='{}[]":,\\u019aentrflsu \n-.', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        _, end = items.read(text)
    except ValueError:
        return
    json.loads(text[:end], parse_constant=float)
