"""View models of operations on the API reference page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from chalicelib.http.reference.contract import Schema, document, resolved
from chalicelib.http.reference.schema_view import Member, Shape, shapes


@dataclass(frozen=True, slots=True)
class BodyView:
    """A body: its media types, its possible shapes, and an example."""

    types: str
    shapes: tuple[Shape, ...]
    example: str | None


@dataclass(frozen=True, slots=True)
class ResponseView:
    """A successful response."""

    status: str
    description: str
    bodies: tuple[BodyView, ...]


@dataclass(frozen=True, slots=True)
class OperationView:
    """An operation."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    key: str
    parameters: tuple[Member, ...]
    body: BodyView | None
    responses: tuple[ResponseView, ...]
    errors: tuple[tuple[str, tuple[str, ...]], ...]
    """Error codes by status."""


@dataclass(frozen=True, slots=True)
class AreaView:
    """A group of operations."""

    name: str
    anchor: str
    description: str
    operations: tuple[OperationView, ...]


_KEYS = {
    "issuerKey": "an issuer’s API key",
    "operatorKey": "an operator’s API key",
    "verifierKey": "a verifier’s API key",
}


@cache
def areas() -> tuple[AreaView, ...]:
    """The operations, grouped by area. Cached, because the document never changes while a process runs."""
    found = document()
    return tuple(
        AreaView(
            tag["name"],
            tag["name"].lower().replace(" ", "-"),
            tag["description"],
            tuple(
                _operation(method, path, each)
                for path, item in found["paths"].items()
                for method, each in item.items()
                if tag["name"] in each["tags"]
            ),
        )
        for tag in found["tags"]
    )


@cache
def schemas() -> tuple[tuple[str, str, tuple[Shape, ...]], ...]:
    """The named schemas: name, description and shapes."""
    named = document()["components"]["schemas"]
    return tuple((name, str(each.get("description", "")), shapes(each)) for name, each in named.items())


def _operation(method: str, path: str, operation: Schema) -> OperationView:
    responses = {status: resolved(each) for status, each in operation["responses"].items()}
    return OperationView(
        operation["operationId"],
        method.upper(),
        path,
        operation["summary"],
        operation.get("description", ""),
        _key(operation["security"]),
        tuple(_parameter(each) for each in operation.get("parameters", [])),
        _body(operation.get("requestBody")),
        tuple(_success(status, each) for status, each in responses.items() if status < "4"),
        tuple((status, tuple(_codes(each))) for status, each in responses.items() if status >= "4"),
    )


def _key(security: list[Schema]) -> str:
    named = [_KEYS[name] for each in security for name in each]
    if not named:
        return "Needs no API key."
    return (
        f"Needs {' or '.join(named)}." if {} not in security else f"Needs no API key, but {named[0]} raises the limit."
    )


def _parameter(parameter: Schema) -> Member:
    shape = shapes(parameter["schema"])[0]
    description = parameter.get("description", parameter["schema"].get("description", ""))
    name = f"{parameter['name']} ({parameter['in']})"
    return Member(name, shape.type, bool(parameter.get("required")), description)


def _body(body: Schema | None) -> BodyView | None:
    if body is None:
        return None
    first = next(iter(body["content"].values()))
    example = first["examples"]["example"]["value"]
    written = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)
    return BodyView(", ".join(body["content"]), shapes(first["schema"]), written)


def _success(status: str, response: Schema) -> ResponseView:
    bodies = (BodyView(kind, shapes(each["schema"]), None) for kind, each in response.get("content", {}).items())
    return ResponseView(status, response["description"], tuple(bodies))


def _codes(response: Schema) -> Iterator[str]:
    problem = response["content"].get("application/problem+json")
    if problem is not None:
        yield from _enumerated(problem["schema"]["allOf"][1]["properties"]["code"])


def _enumerated(schema: Schema) -> Iterator[str]:
    for each in schema.get("anyOf", [schema]):
        yield from resolved(each)["enum"]
