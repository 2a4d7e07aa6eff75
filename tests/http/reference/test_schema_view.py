"""Schemas in words."""

from __future__ import annotations

import pytest

from chalicelib.http.reference.schema_view import shapes


def words(schema: dict[str, object]) -> str:
    return "".join(word.text for word in shapes(schema)[0].type)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, "any value"),
        ({"type": "string", "minLength": 1, "maxLength": 2000}, "string, at most 2,000 characters"),
        ({"type": ["integer", "null"], "minimum": 1, "maximum": 9}, "integer or null, from 1, to 9"),
        ({"type": ["string", "null"], "format": "date-time"}, "time or null"),
        ({"enum": ["a", "b"]}, "one of a, b"),
        ({"const": True}, "true"),
        ({"const": "TXT"}, "“TXT”"),
        (
            {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}, "maxItems": 3},
            "list of Finding, at most 3",
        ),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        ({"allOf": [{"$ref": "#/components/schemas/Problem"}, {}]}, "Problem"),
    ],
)
def test_type_in_words(schema: dict[str, object], expected: str) -> None:
    assert words(schema) == expected


def test_a_named_schema_is_a_link() -> None:
    assert [word.schema for word in shapes({"$ref": "#/components/schemas/Report"})[0].type] == ["Report"]


def test_members_of_nested_objects_are_prefixed_with_the_outer_names() -> None:
    inner = {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]}
    schema = {
        "type": "object",
        "properties": {
            "a": {**inner, "description": "An object."},
            "list": {"type": "array", "items": inner},
            "maybe": {"anyOf": [inner, {"type": "null"}]},
        },
    }
    found = shapes(schema)[0].members
    assert [member.name for member in found] == ["a", "a.b", "list", "list[].b", "maybe", "maybe.b"]
    assert [member.required for member in found] == [False, True] * 3
    assert found[0].description == "An object."


def test_alternatives_are_separate_shapes() -> None:
    one, other = ({"type": "object", "properties": {name: {}}} for name in "ab")
    assert [shape.members[0].name for shape in shapes({"oneOf": [one, other]})] == ["a", "b"]
