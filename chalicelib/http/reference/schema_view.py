"""View models of schemas: a list of members, each with its type in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.http.reference.contract import Schema

_LIMITS = (
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minimum", "from {}"),
    ("maximum", "to {}"),
    ("minItems", "at least {}"),
    ("maxItems", "at most {}"),
)
_TYPES = {"date-time": "time", "date": "date", "uri": "URL", "email": "email address"}


@dataclass(frozen=True, slots=True)
class TypePart:
    """Part of a type in words; ``schema`` is the named schema that it links to, if any."""

    text: str
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object. Names of nested members are joined with dots."""

    name: str
    type: tuple[TypePart, ...]
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One possible shape of a value: its type, and its members if it is an object."""

    type: tuple[TypePart, ...]
    members: tuple[Member, ...]


def shapes(schema: Schema) -> tuple[Shape, ...]:
    """The possible shapes of ``schema``."""
    return tuple(Shape(tuple(_type(each)), tuple(_members(each, ""))) for each in _alternatives(schema))


def _alternatives(schema: Schema) -> list[Schema]:
    for name in ("anyOf", "oneOf"):
        if name in schema and any("properties" in each or "$ref" in each for each in schema[name]):
            return list(schema[name])
    return [schema]


def _members(schema: Schema, prefix: str) -> Iterator[Member]:
    for name, each in schema.get("properties", {}).items():
        full = f"{prefix}{name}"
        required = name in schema.get("required", [])
        yield Member(full, tuple(_type(each)), required, str(each.get("description", "")))
        inner = _inside(each)
        yield from _members(inner, f"{full}[]." if each.get("type") == "array" else f"{full}.")


def _inside(schema: Schema) -> Schema:
    """The nested object whose members are listed too: an inline one, or the one in a list or nullable value."""
    if "items" in schema:
        return _inside(schema["items"])
    choices = [each for each in schema.get("anyOf", []) if "properties" in each]
    return choices[0] if len(choices) == 1 else schema


def _type(schema: Schema) -> Iterator[TypePart]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield TypePart(name, name)
    elif choices := schema.get("anyOf", schema.get("oneOf")):
        yield from _joined(choices)
    elif "allOf" in schema:
        yield from _type(schema["allOf"][0])
    elif "const" in schema:
        yield TypePart(f"“{schema['const']}”" if isinstance(schema["const"], str) else str(schema["const"]).lower())
    elif "enum" in schema:
        yield TypePart("one of " + ", ".join(map(str, schema["enum"])))
    elif schema.get("type") == "array" or "items" in schema:
        yield TypePart("list of ")
        yield from _type(schema.get("items", {}))
        yield from _limits(schema)
    else:
        yield TypePart(_name(schema))
        yield from _limits(schema)


def _joined(choices: list[Schema]) -> Iterator[TypePart]:
    for number, each in enumerate(choices):
        if number:
            yield TypePart(" or ")
        yield from _type(each)


def _name(schema: Schema) -> str:
    kinds = [kind] if isinstance(kind := schema.get("type", "any value"), str) else list(kind)
    if "format" in schema:
        kinds = [_TYPES.get(schema["format"], kind) if kind != "null" else kind for kind in kinds]
    return " or ".join(kinds)


def _limits(schema: Schema) -> Iterator[TypePart]:
    given = {name: size for name, size in schema.items() if (name, size) != ("minLength", 1)}
    found = [text.format(f"{given[name]:,}") for name, text in _LIMITS if name in given]
    if found:
        yield TypePart(f", {', '.join(found)}")
