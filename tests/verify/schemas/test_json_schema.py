"""Schemas that strangers write: what is judged, what is refused, and that nothing takes long."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from chalicelib.errors import LaurelError, Malformed
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.work import Work
from chalicelib.verify.schemas import json_schema

NEWEST = "https://json-schema.org/draft/2020-12/schema"


def place(value: dict[str, Any], dialect: str = NEWEST, **schema: Any) -> str | None:
    """Compare ``value`` with ``schema``; return where it differs."""
    return json_schema.check(value, json.dumps({"$schema": dialect, **schema}).encode(), Work())


@pytest.mark.parametrize("dialect", [*json_schema.DIALECTS, "http://json-schema.org/draft-07/schema#"])
def test_each_dialect_is_judged(dialect: str) -> None:
    assert place({"a": 1}, dialect, properties={"a": {"const": 1}}) is None
    assert "'/a'" in (place({"a": 2}, dialect, properties={"a": {"const": 1}}) or "")


def test_the_place_and_the_rule_are_named() -> None:
    schema = {"properties": {"a": {"items": {"required": ["b"]}}}}
    assert place({"a": [{"b": 1}, {}]}, **schema) == "'/a/1' breaks the rule 'required'"


def test_references_inside_the_schema_are_followed() -> None:
    assert place({}, **{"$id": "https://s.example/x", "$ref": "#/$defs/q", "$defs": {"q": {"required": ["z"]}}})


def test_a_pattern_is_matched_in_linear_time() -> None:
    before = time.process_time()
    assert place({"a": "a" * 50_000 + "b"}, properties={"a": {"pattern": "^(a+)+$"}})
    assert place({"a": "a" * 50_000}, properties={"a": {"pattern": "^(a+)+$"}}) is None
    assert place({"a": 5}, properties={"a": {"pattern": "x"}}) is None
    assert time.process_time() - before < 2


REFUSED: dict[str, tuple[dict[str, Any], type[Malformed]]] = {
    "a look-ahead": ({"properties": {"a": {"pattern": "(?=x)"}}}, json_schema.SchemaUnsupported),
    "a long pattern": ({"properties": {"a": {"pattern": "x" * 2_000}}}, json_schema.SchemaUnsupported),
    "patterns of names": ({"patternProperties": {"^(a+)+$": True}}, json_schema.SchemaUnsupported),
    "a dialect inside": ({"properties": {"a": {"$schema": NEWEST}}}, json_schema.SchemaUnsupported),
    "a remote reference": ({"$ref": "https://s.example/y"}, json_schema.SchemaUnsupported),
    "a missing reference": ({"$ref": "#/$defs/none"}, json_schema.SchemaUnsupported),
    "an endless reference": ({"$ref": "#"}, json_schema.SchemaUnsupported),
    "no schema": ({"type": 5}, json_schema.SchemaInvalid),
    "a text as a list": ({"required": "a"}, json_schema.SchemaInvalid),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_supported_is_refused_and_never_fetched(case: str) -> None:
    schema, error = REFUSED[case]
    with pytest.raises(error):
        place({"a": "x"}, **schema)


STEPS = {f"a{i}": {"allOf": [{"$ref": f"#/$defs/a{i + 1}"}] * 2} for i in range(40)}
COSTLY: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "doubled": ({"a": 1}, {"$ref": "#/$defs/a0", "$defs": {**STEPS, "a40": True}}),
    "doubled and evaluated": (
        {"a": 1},
        {"unevaluatedProperties": False, "$ref": "#/$defs/a0", "$defs": {**STEPS, "a40": {"properties": {"a": True}}}},
    ),
    "every pair": ({"a": [{"b": i} for i in range(3_000)]}, {"properties": {"a": {"uniqueItems": True}}}),
    "every item of every rule": (
        {"a": list(range(3_000))},
        {"properties": {"a": {"items": {"allOf": [{"type": "integer"}] * 400}}}},
    ),
    "a large schema": ({}, {"properties": {f"p{i}": {"type": "string"} for i in range(2_400)}}),
}


@pytest.mark.parametrize("case", COSTLY)
def test_a_costly_schema_ends_within_the_work_of_a_request(case: str) -> None:
    value, schema = COSTLY[case]
    work, before = Work(100_000), time.process_time()
    with pytest.raises(CanonicalError) as caught:
        json_schema.check(value, json.dumps({"$schema": NEWEST, **schema}).encode(), work)
    assert caught.value.code == "too_much_at_once"
    assert time.process_time() - before < 3  # about half a second on an idle machine


def test_a_usual_schema_needs_little() -> None:
    work = Work()
    schema = {"properties": {"a": {"items": {"required": ["b"], "properties": {"b": {"type": "integer"}}}}}}
    value = {"a": [{"b": i} for i in range(100)]}
    assert json_schema.check(value, json.dumps({"$schema": NEWEST, **schema}).encode(), work) is None
    assert Work().left - work.left < 5_000


@pytest.mark.parametrize("schema", [b"", b"[]", b"{", b'{"a":1,"a":2}', b"\xff", b"{" * 70_000, b" " * 200_000])
def test_what_is_not_a_json_object_is_refused(schema: bytes) -> None:
    with pytest.raises(LaurelError):
        json_schema.check({}, schema, Work())
