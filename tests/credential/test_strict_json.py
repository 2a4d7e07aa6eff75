from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.credential.strict_json import DEFAULT, Limits, parse
from chalicelib.errors import Malformed


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff", "not_utf8"),
        ('{"a":1}'.encode("utf-16"), "not_utf8"),
        (b'\xef\xbb\xbf{"a":1}', "not_json"),
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"a":1} x', "not_json"),
        (b"[1]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b'{"a":1,"a":2}', "duplicate_name"),
        (b'{"a":{"b":1,"\\u0062":2}}', "duplicate_name"),
        (b'{"a":"\\"","a":2}', "duplicate_name"),
        (b'{"a":"x","a":"\\u0022\\u0022\\u0022\\u0022"}', "duplicate_name"),
        (b'{"b":[{"a":{"c":1},"a":[]}]}', "duplicate_name"),
        (b'{"a":NaN}', "not_json"),
        (b'{"a":-Infinity}', "not_json"),
        (b'{"a":1e999}', "number_out_of_range"),
        (b'{"a":9007199254740992}', "number_out_of_range"),
        (b'{"a":-9007199254740992}', "number_out_of_range"),
        (b'{"a":' + b"9" * 5000 + b"}", "number_out_of_range"),
        (b'{"a":"\\ud800"}', "lone_surrogate"),
        (b'{"\\udc00":1}', "lone_surrogate"),
        (b'{"a":"\\uDBFF\\uDBFF"}', "lone_surrogate"),
        (b'{"a":' + b"[" * 31 + b"[]" + b"]" * 31 + b"}", "too_deep"),
        (b'{"a":' * 100_000, "too_large"),
        (b'{"a":' * 40_000, "too_deep"),
        (b"[" * 200_000, "too_deep"),
        (b'{"a":[' + b",".join([b"1"] * 10_001) + b"]}", "too_many_members"),
    ],
)
def test_ambiguous_or_oversized_json_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(data)
    assert caught.value.code == code


def test_largest_document_is_parsed_and_one_byte_more_is_refused() -> None:
    document = b'{"a":"' + b"x" * (DEFAULT.size - 8) + b'"}'
    assert len(document) == DEFAULT.size
    assert parse(document)["a"] == "x" * (DEFAULT.size - 8)
    with pytest.raises(Malformed, match="bytes"):
        parse(document + b" ")


def test_deepest_document_is_parsed() -> None:
    # One object and 31 nested arrays: the maximum depth of 32.
    assert parse(b'{"a":' + b"[" * 31 + b"]" * 31 + b"}")


def test_safe_integers_and_surrogate_pairs_are_accepted() -> None:
    assert parse(b'{"a":9007199254740991,"b":-9007199254740991,"c":"\\ud83d\\ude00"}') == {
        "a": 2**53 - 1,
        "b": -(2**53) + 1,
        "c": "\N{GRINNING FACE}",
    }


def test_whole_numbers_are_normalized_to_integers() -> None:
    values = parse(b'{"a":[42,42.0,4.2e1,-0.0,0.5,9007199254740991.0,9007199254740992.0]}')["a"]
    assert json.dumps(values) == "[42, 42, 42, 0, 0.5, 9007199254740991, 9007199254740992.0]"


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,0123456789.eE+-\\u d8Nainfty', max_size=200).map(str.encode))
def test_arbitrary_bytes_give_an_object_or_malformed(data: bytes) -> None:
    try:
        value = parse(data)
    except Malformed:
        return
    assert isinstance(value, dict)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), json_values, max_size=4))
def test_json_round_trips(value: dict[str, object]) -> None:
    assert parse(json.dumps(value).encode(), Limits(depth=64)) == value


@given(st.lists(st.tuples(st.sampled_from(["a", "b", 'c"', "\\"]), json_values), min_size=1, max_size=4))
def test_duplicate_name_is_detected_with_any_values(members: list[tuple[str, object]]) -> None:
    data = ("{" + ",".join(f"{json.dumps(name)}:{json.dumps(value)}" for name, value in members) + "}").encode()
    if len({name for name, _ in members}) == len(members):
        assert parse(data, Limits(depth=64)) == dict(members)
    else:
        with pytest.raises(Malformed, match="appears twice"):
            parse(data, Limits(depth=64))
