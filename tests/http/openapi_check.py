"""Does a response follow the OpenAPI document? All objects are closed: a member that the document lacks is an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Protocol

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tools.openapi.document import PATH

DOCUMENT: dict[str, Any] = json.loads(PATH.read_text("utf-8"))

ADDRESS = "https://laurel.example/openapi.json"
"""What references in a schema are relative to."""


class Answer(Protocol):
    """A response; header names are in lower case."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...


def is_declared(method: str, path: str) -> bool:
    """Whether the document has an operation with this method and bound path."""
    return method.lower() in DOCUMENT["paths"].get(path, {})


def errors(method: str, path: str, answer: Answer) -> list[str]:
    """What the document does not allow of ``answer`` to a request of this method and bound path."""
    declared = _resolved(DOCUMENT["paths"][path][method.lower()]["responses"].get(str(answer.status)))
    if declared is None:
        return [f"{answer.status} is not documented: {answer.body[:200]!r}"]
    if "content" not in declared:
        return [] if answer.body == b"" else [f"{answer.status} has a body."]
    media_type = answer.headers["content-type"].partition(";")[0]
    if media_type == "text/html" and answer.status >= HTTPStatus.BAD_REQUEST:
        return []  # a browser gets a page about the error
    if media_type not in declared["content"]:
        return [f"{media_type} is not documented for {answer.status}."]
    if not media_type.endswith(("/json", "+json")):
        return []
    found = _validator(method, path, str(answer.status), media_type).iter_errors(json.loads(answer.body))
    return [f"{each.json_path}: {each.message[:300]}" for each in found]


def _resolved(value: Any) -> Any:
    while isinstance(value, dict) and "$ref" in value:
        found = DOCUMENT
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


@cache
def _validator(method: str, path: str, status: str, media_type: str) -> Draft202012Validator:
    declared = _resolved(DOCUMENT["paths"][path][method.lower()]["responses"][status])
    return validator_of(declared["content"][media_type]["schema"])


def validator_of(schema: Mapping[str, Any]) -> Draft202012Validator:
    """A validator of a schema of the document."""
    return Draft202012Validator(_closed(schema), registry=_registry(), format_checker=FormatChecker())


@cache
def _registry() -> Registry[Any]:
    return Registry().with_resource(ADDRESS, Resource(contents=_closed(DOCUMENT), specification=DRAFT202012))


def _closed(value: Any) -> Any:
    """The same schema without members that it does not name. Errors stay open: each kind has members of its own."""
    if isinstance(value, list):
        return [_closed(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: _closed(each) for name, each in value.items()}
    is_problem = "code" in found.get("properties", {}) and "detail" in found["properties"]
    if "$ref" in found:
        return {"$ref": ADDRESS + found["$ref"]}
    if found.get("type") == "object" and "properties" in found and not is_problem:
        found.setdefault("additionalProperties", False)
    return found
