"""Building blocks of schemas (JSON Schema 2020-12, which OpenAPI 3.1 uses)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from chalicelib.credential import email_address
from chalicelib.credential.public_id import ACHIEVEMENT_PATTERN, ISSUER_ID, PATTERN
from chalicelib.http.input.json_body import MAX_TEXT

Schema = Mapping[str, object]

ANY: Schema = {}
BOOLEAN: Schema = {"type": "boolean"}
INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
STRING: Schema = {"type": "string"}
NULL: Schema = {"type": "null"}
OBJECT: Schema = {"type": "object"}
TIME: Schema = {"type": "string", "format": "date-time", "description": "RFC 3339, in UTC."}
DAY: Schema = {"type": "string", "format": "date"}
URL: Schema = {"type": "string", "format": "uri"}
"""A URL in a response."""


def anchored(pattern: str | re.Pattern[str]) -> str:
    """Anchor ``pattern``, because JSON Schema matches patterns anywhere in a string."""
    source = pattern if isinstance(pattern, str) else pattern.pattern
    return f"^(?:{source})$"


PUBLIC_ID: Schema = {"type": "string", "pattern": anchored(PATTERN)}
ACHIEVEMENT_ID: Schema = {"type": "string", "pattern": anchored(ACHIEVEMENT_PATTERN)}
ISSUER: Schema = {"type": "string", "pattern": anchored(ISSUER_ID)}
EMAIL: Schema = {"type": "string", "format": "email", "maxLength": email_address.MAX_LENGTH}


def text(max_length: int = MAX_TEXT) -> dict[str, object]:
    """A non-blank string in a request."""
    return {"type": "string", "minLength": 1, "maxLength": max_length, "pattern": r"\S"}


def whole(minimum: int, maximum: int | None = None) -> dict[str, object]:
    """An integer."""
    return {"type": "integer", "minimum": minimum, **({} if maximum is None else {"maximum": maximum})}


def one_of(values: Iterable[str]) -> dict[str, object]:
    """One of ``values``, such as the members of an enumeration."""
    return {"type": "string", "enum": [str(value) for value in values]}


def nullable(schema: Schema) -> dict[str, object]:
    """``schema``, or null."""
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema:
        return {**schema, "type": [kind, "null"]}
    return {"anyOf": [schema, NULL]}


def array(items: Schema, max_items: int | None = None, min_items: int | None = None) -> dict[str, object]:
    """A list of ``items``."""
    limits = {"minItems": min_items, "maxItems": max_items}
    return {"type": "array", "items": items, **{name: size for name, size in limits.items() if size is not None}}


def mapping(values: Schema) -> dict[str, object]:
    """A map from any name to ``values``."""
    return {"type": "object", "additionalProperties": values}


def response(members: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> dict[str, object]:
    """An object in a response. Members may be added over time, so programs ignore unknown ones."""
    return _object(members, optional or {})


def request(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> dict[str, object]:
    """An object in a request. Unknown members are rejected."""
    return {**_object(required, optional or {}), "additionalProperties": False}


def ref(name: str) -> dict[str, object]:
    """The schema ``name`` of an area's ``components``."""
    return {"$ref": f"#/components/schemas/{name}"}


def described(schema: Schema, description: str) -> dict[str, object]:
    """``schema`` with a description."""
    return {**schema, "description": description}


def page(items: Schema) -> dict[str, object]:
    """A page of a list, whose ``next`` is the ``cursor`` of the next page."""
    cursor = described(nullable(STRING), "The cursor of the next page; null on the last one.")
    return response({"items": array(items), "next": cursor})


def _object(required: Mapping[str, Schema], optional: Mapping[str, Schema]) -> dict[str, object]:
    found: dict[str, object] = {"type": "object", "properties": {**required, **optional}}
    return {**found, "required": list(required)} if required else found
