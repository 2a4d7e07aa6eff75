"""A schema as a list of members, each with its type in words."""

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
class Words:
    """A piece of a type in words; ``schema`` is the named schema that it is, if it is one."""

    text: str
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object; the names of nested members are joined by dots."""

    name: str
    type: tuple[Words, ...]
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One form that a value may have: a type, and its members if it is an object."""

    type: tuple[Words, ...]
    members: tuple[Member, ...]


def shapes(schema: Schema) -> tuple[Shape, ...]:
    """The forms of ``schema``."""
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
    """The object whose members are listed below its own: an inline one, or that of a list or a nullable value."""
    if "items" in schema:
        return _inside(schema["items"])
    choices = [each for each in schema.get("anyOf", []) if "properties" in each]
    return choices[0] if len(choices) == 1 else schema


def _type(schema: Schema) -> Iterator[Words]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield Words(name, name)
    elif choices := schema.get("anyOf", schema.get("oneOf")):
        yield from _joined(choices)
    elif "allOf" in schema:
        yield from _type(schema["allOf"][0])
    elif "const" in schema:
        yield Words(f"“{schema['const']}”" if isinstance(schema["const"], str) else str(schema["const"]).lower())
    elif "enum" in schema:
        yield Words("one of " + ", ".join(map(str, schema["enum"])))
    elif schema.get("type") == "array" or "items" in schema:
        yield Words("list of ")
        yield from _type(schema.get("items", {}))
        yield from _limits(schema)
    else:
        yield Words(_name(schema))
        yield from _limits(schema)


def _joined(choices: list[Schema]) -> Iterator[Words]:
    for number, each in enumerate(choices):
        if number:
            yield Words(" or ")
        yield from _type(each)


def _name(schema: Schema) -> str:
    kinds = [kind] if isinstance(kind := schema.get("type", "any value"), str) else list(kind)
    if "format" in schema:
        kinds = [_TYPES.get(schema["format"], kind) if kind != "null" else kind for kind in kinds]
    return " or ".join(kinds)


def _limits(schema: Schema) -> Iterator[Words]:
    given = {name: size for name, size in schema.items() if (name, size) != ("minLength", 1)}
    found = [text.format(f"{given[name]:,}") for name, text in _LIMITS if name in given]
    if found:
        yield Words(f", {', '.join(found)}")
