"""JSON pointers: the examples of RFC 6901, and invalid pointers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Refused
from chalicelib.json_pointer import (
    MAX_POINTER,
    Absent,
    check_pointer,
    resolve,
)

# RFC 6901, section 5.
DOCUMENT = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_rfc_examples_resolve(pointer: str, value: object) -> None:
    check_pointer("it", pointer)
    assert resolve(DOCUMENT, pointer) == value


@pytest.mark.parametrize("pointer", ["/foo/2", "/foo/-", "/foo/00", "/foo/-1", "/foo/x", "/bar", "/foo/0/0", "/m~0n/x"])
def test_pointer_to_a_missing_value_is_absent(pointer: str) -> None:
    check_pointer("it", pointer)
    with pytest.raises(Absent):
        resolve(DOCUMENT, pointer)


@pytest.mark.parametrize("pointer", ["foo", "#/foo", "/a~", "/a~2", "$.foo", "/" + "x" * MAX_POINTER])
def test_invalid_pointer_is_refused(pointer: str) -> None:
    with pytest.raises(Refused) as refused:
        check_pointer("e-mail", pointer)
    assert refused.value.code == "bad_pointer"


@given(names=st.lists(st.text(max_size=10), max_size=5))
def test_pointer_reaches_any_member_name(names: list[str]) -> None:
    document: object = "here"
    for name in reversed(names):
        document = {name: document}
    pointer = "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)
    check_pointer("it", pointer)
    assert resolve(document, pointer) == "here"
