"""Does a response follow the OpenAPI document? All objects are closed: a member that the document lacks is an error."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.http.gateway import Response
from tools.openapi.document import PATH

DOCUMENT: dict[str, Any] = json.loads(PATH.read_text("utf-8"))

ADDRESS = "https://laurel.example/openapi.json"
"""What references in a schema are relative to."""


def errors(route: str, response: Response) -> list[str]:
    """What of ``response`` to a request of ``route``, a method and a bound path, the document does not allow."""
    method, _, path = route.partition(" ")
    declared = _resolved(DOCUMENT["paths"][path][method.lower()]["responses"].get(str(response.status)))
    if declared is None:
        return [f"{response.status} is not documented: {response.text[:200]}"]
    if "content" not in declared:
        return [] if response.body == b"" else [f"{response.status} has a body."]
    media_type = response.headers["content-type"].partition(";")[0]
    if media_type not in declared["content"]:
        return [f"{media_type} is not documented for {response.status}."]
    if not media_type.endswith(("/json", "+json")):
        return []
    found = _validator(route, str(response.status), media_type).iter_errors(response.json)
    return [f"{each.json_path}: {each.message[:300]}" for each in found]


def _resolved(value: Any) -> Any:
    while isinstance(value, dict) and "$ref" in value:
        found = DOCUMENT
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


@cache
def _validator(route: str, status: str, media_type: str) -> Draft202012Validator:
    method, _, path = route.partition(" ")
    declared = _resolved(DOCUMENT["paths"][path][method.lower()]["responses"][status])
    schema = _closed(declared["content"][media_type]["schema"])
    return Draft202012Validator(schema, registry=_registry(), format_checker=FormatChecker())


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
