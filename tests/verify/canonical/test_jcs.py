"""RFC 8785 against the rfc8785 package and the RFC's own examples."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.verify.canonical import jcs
from chalicelib.verify.canonical.errors import CanonicalError
from tests.verify.canonical import vectors

SAFE = st.integers(-(2**53) + 1, 2**53 - 1)
KEYS = st.one_of(
    st.text(max_size=4), st.sampled_from(["\ufb33", "\U0001f600", "€", "\r", "1", "\x80", "ö", "</script>"])
)
VALUES = st.recursive(
    st.none() | st.booleans() | SAFE | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_any_json_matches_the_rfc8785_package(value: Any) -> None:
    assert jcs.canonicalize(value) == rfc8785.dumps(value)


@given(st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=4), st.text(max_size=8) | SAFE, max_size=6))
def test_the_fast_path_matches_the_rfc8785_package(value: Any) -> None:
    assert jcs.canonicalize(value) == rfc8785.dumps(value)


@given(st.binary(min_size=8, max_size=8))
def test_every_double_is_written_as_in_ecmascript(data: bytes) -> None:
    (value,) = struct.unpack(">d", data)
    if math.isfinite(value):
        assert jcs.canonicalize([value]) == rfc8785.dumps([value])


# RFC 8785, appendix B.
DOUBLES = [
    ("0000000000000000", "0"), ("8000000000000000", "0"), ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"), ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"), ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"), ("44b52d02c7e14af6", "1e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"), ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"), ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"), ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]  # fmt: skip


@pytest.mark.parametrize("value", [1e-4, math.nextafter(1e-4, 0), 0.1, -2.5, 1e15 + 0.5, 1e16, math.nextafter(1e16, 0)])
def test_numbers_at_the_limits_of_the_fast_path(value: float) -> None:
    assert jcs.canonicalize([value, {"a": -value}]) == rfc8785.dumps([value, {"a": -value}])


@pytest.mark.parametrize(("bits", "text"), DOUBLES)
def test_the_number_examples_of_the_rfc(bits: str, text: str) -> None:
    assert jcs.canonicalize(struct.unpack(">d", bytes.fromhex(bits))[0]).decode() == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "number_range"), (float("inf"), "number_range"), (2**53, "number_range"),
        ([-(2**53)], "number_range"), ("\ud800", "string_invalid"), ({"\udc00": 1.5}, "string_invalid"),
        ({1: 2}, "json_invalid"), (b"x", "json_invalid"), ((), "json_invalid"),
    ],
)  # fmt: skip
def test_invalid_json_values_are_refused(value: object, code: str) -> None:
    with pytest.raises(CanonicalError) as refusal:
        jcs.canonicalize(value)
    assert refusal.value.code == code


@pytest.mark.parametrize("depth", [jcs.MAX_DEPTH + 1, 1_000, 100_000])
def test_values_beyond_the_depth_limit_are_refused(depth: int) -> None:
    value: Any = 1.5
    for index in range(depth):
        value = [value] if index % 2 else {"a": value}
    with pytest.raises(CanonicalError) as refusal:
        jcs.canonicalize(value)
    assert refusal.value.code == "document_depth"


def test_a_value_at_the_depth_limit_is_written() -> None:
    value: Any = 1.5
    for _ in range(jcs.MAX_DEPTH):
        value = [value]
    assert jcs.canonicalize(value) == b"[" * 64 + b"1.5" + b"]" * 64


@vectors.needs_vectors
@pytest.mark.parametrize(
    ("document", "canonical"),
    [
        ("vc-di-eddsa/TestVectors/unsigned.json", "vc-di-eddsa/TestVectors/eddsa-jcs-2022/canonDocJCS.txt"),
        (
            "vc-di-eddsa/TestVectors/eddsa-jcs-2022/proofConfigJCS.json",
            "vc-di-eddsa/TestVectors/eddsa-jcs-2022/proofCanonJCS.txt",
        ),
    ],
)
def test_the_published_canonical_forms(document: str, canonical: str) -> None:
    value = json.loads((vectors.ROOT / document).read_bytes())
    assert jcs.canonicalize(value) == (vectors.ROOT / canonical).read_bytes()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"), (0.00123, "0.00123"), (0.000001, "0.000001"), (0.0000012, "0.0000012"), (1.5e-6, "0.0000015"),
        (1e-7, "1e-7"), (1.25e-7, "1.25e-7"), (0.1, "0.1"), (0.12, "0.12"), (1.5, "1.5"), (10.25, "10.25"),
        (100.5, "100.5"), (120.0, "120"), (1e20, "100000000000000000000"), (1.5e20, "150000000000000000000"),
        (123456789012345680000.0, "123456789012345680000"), (1e21, "1e+21"), (1.5e21, "1.5e+21"), (1e22, "1e+22"),
        (1e300, "1e+300"), (-0.00123, "-0.00123"), (-1e-7, "-1e-7"), (1424953923781206.2, "1424953923781206.2"),
        (1020.304, "1020.304"), (0.30000000000000004, "0.30000000000000004"),
    ],
)  # fmt: skip
def test_a_number_is_written_as_ecmascript_writes_it(value: float, text: str) -> None:
    for name in ("a", "é"):  # only the first may take the fast path
        assert jcs.canonicalize({name: value}) == f'{{"{name}":{text}}}'.encode() == rfc8785.dumps({name: value})


def test_names_are_sorted_by_utf_16_at_any_depth() -> None:
    """U+1F600 is after U+FB33 by code point, and before it by UTF-16 code unit."""
    value = {"a": {"\ufb33": 1, "\U0001f600": [{"\ufb33": "x", "\U0001f600": 1.5}]}, "b": "é"}
    assert jcs.canonicalize(value) == rfc8785.dumps(value)
    assert jcs.canonicalize(value).index("\U0001f600".encode()) < jcs.canonicalize(value).index("\ufb33".encode())


OTHER_ORDER = {"\ufb33": 1, "\U0001f600": 2}


@pytest.mark.parametrize(
    "value",
    [
        {"a": [OTHER_ORDER, {"b": 1}]},
        {"a": [{"b": 1}, OTHER_ORDER]},
        {"a": OTHER_ORDER, "b": {"c": 1}},
        ["x", 1e20],
        [1e20, "x"],
        ["x", {"a": 1e-9}],
        [None, True, 1, "x", [1e21]],
        {"a": "x", "b": [{"c": "x"}, {"d": 5e-7}]},
    ],
)
def test_whatever_needs_the_slow_path_is_found_wherever_it_is(value: Any) -> None:
    assert jcs.canonicalize(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [["x", b"y"], ["x", {"a": (1,)}], [{"a": "x"}, {1: "x"}], ["x", 2**53]])
def test_whatever_is_not_json_is_found_wherever_it_is(value: Any) -> None:
    with pytest.raises(CanonicalError):
        jcs.canonicalize(value)
