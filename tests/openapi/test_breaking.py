"""Breaking changes of the document, and changes that are allowed: one test for each kind."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.openapi import breaking
from tools.openapi.document import PATH, RELEASED

ROOT = Path(__file__).parents[2]
Document = dict[str, Any]

BEFORE: Document = {
    "paths": {
        "/things": {
            "get": {
                "security": [],
                "parameters": [
                    {"name": "state", "in": "query", "schema": {"type": "string", "enum": ["open", "closed"]}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                ],
                "responses": {
                    "200": {
                        "headers": {"Link": {}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Page"}},
                            "text/csv": {"schema": {"type": "string"}},
                        },
                    }
                },
            },
            "post": {
                "security": [{"key": []}],
                "requestBody": {
                    "required": False,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "name": {"type": "string", "maxLength": 200},
                                    "note": {"type": ["string", "null"]},
                                    "what": {"anyOf": [{"type": "string"}, {"type": "object"}]},
                                },
                                "required": ["name"],
                                "additionalProperties": False,
                            }
                        }
                    },
                },
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
                },
            },
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "state": {"type": "string", "enum": ["open", "closed"]},
                    "size": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                },
                "required": ["id", "state"],
            },
            "Page": {
                "type": "object",
                "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}},
                "required": ["items"],
            },
        }
    },
}


def get(document: Document) -> Document:
    return document["paths"]["/things"]["get"]


def post(document: Document) -> Document:
    return document["paths"]["/things"]["post"]


def sent(document: Document) -> Document:
    return post(document)["requestBody"]["content"]["application/json"]["schema"]


def thing(document: Document) -> Document:
    return document["components"]["schemas"]["Thing"]


def drop(found: Document, name: str) -> None:
    del found[name]


BREAKING: dict[str, tuple[Callable[[Document], object], str]] = {
    "path": (lambda d: drop(d["paths"], "/things"), "/things: the path was removed."),
    "operation": (lambda d: drop(d["paths"]["/things"], "post"), "POST /things: the operation was removed."),
    "success": (lambda d: get(d).update(responses={"202": {}}), "GET /things, 200: the response was removed."),
    "response type": (
        lambda d: drop(get(d)["responses"]["200"]["content"], "text/csv"),
        "GET /things, 200: text/csv is gone.",
    ),
    "response header": (
        lambda d: get(d)["responses"]["200"].update(headers={}),
        "GET /things, 200: the header Link is gone.",
    ),
    "response member": (lambda d: drop(thing(d)["properties"], "id"), "POST /things, 201, id: it was removed."),
    "response member of a list": (
        lambda d: drop(thing(d)["properties"], "id"),
        "GET /things, 200, items[], id: it was removed.",
    ),
    "optional response member": (
        lambda d: thing(d).update(required=["state"]),
        "POST /things, 201, id: it is no longer always present.",
    ),
    "response type of a member": (
        lambda d: thing(d)["properties"]["id"].update(type="integer"),
        "POST /things, 201, id: 'integer' is new.",
    ),
    "null in a response": (
        lambda d: thing(d)["properties"]["id"].update(type=["string", "null"]),
        "POST /things, 201, id: 'null' is new.",
    ),
    "choice in a response": (
        lambda d: thing(d)["properties"]["size"]["anyOf"].append({"type": "object"}),
        "POST /things, 201, size: choice 3 is new: POST /things, 201, size: 'object' is new.",
    ),
    "value in a response": (
        lambda d: thing(d)["properties"]["state"].update(enum=["open"]),
        "POST /things, 201, state: 'closed' is no longer a value.",
    ),
    "parameter": (lambda d: get(d)["parameters"].pop(0), "GET /things, query parameter state: it was removed."),
    "required parameter": (
        lambda d: get(d)["parameters"].append({"name": "q", "in": "query", "required": True, "schema": {}}),
        "GET /things, query parameter q: it is now required.",
    ),
    "parameter that becomes required": (
        lambda d: get(d)["parameters"][0].update(required=True),
        "GET /things, query parameter state: it is now required.",
    ),
    "value of a parameter": (
        lambda d: get(d)["parameters"][0]["schema"].update(enum=["open"]),
        "GET /things, query parameter state: 'closed' is no longer accepted.",
    ),
    "new enumeration": (
        lambda d: sent(d)["properties"]["name"].update(enum=["a"]),
        "POST /things, body, name: any value is no longer accepted.",
    ),
    "lower maximum": (
        lambda d: get(d)["parameters"][1]["schema"].update(maximum=50),
        "GET /things, query parameter limit: maximum is 50, less than before.",
    ),
    "higher minimum": (
        lambda d: get(d)["parameters"][1]["schema"].update(minimum=2),
        "GET /things, query parameter limit: minimum is 2, more than before.",
    ),
    "new limit": (
        lambda d: sent(d)["properties"]["note"].update(maxLength=10),
        "POST /things, body, note: maxLength is 10, less than before.",
    ),
    "pattern": (
        lambda d: sent(d)["properties"]["name"].update(pattern="^a"),
        "POST /things, body, name: pattern has changed.",
    ),
    "type of a request member": (
        lambda d: sent(d)["properties"]["note"].update(type="string"),
        "POST /things, body, note: 'null' is no longer accepted.",
    ),
    "choice of a request": (
        lambda d: sent(d)["properties"]["what"]["anyOf"].pop(),
        (
            "POST /things, body, what: choice 2 is no longer accepted: "
            "POST /things, body, what: 'object' is no longer accepted."
        ),
    ),
    "request member": (
        lambda d: drop(sent(d)["properties"], "note"),
        "POST /things, body, note: it is no longer accepted.",
    ),
    "required request member": (
        lambda d: sent(d).update(required=["name", "note"]),
        "POST /things, body, note: it is now required.",
    ),
    "required body": (
        lambda d: post(d)["requestBody"].update(required=True),
        "POST /things, body: it is now required.",
    ),
    "body": (lambda d: drop(post(d), "requestBody"), "POST /things, body: it was removed."),
    "media type of a body": (
        lambda d: post(d)["requestBody"].update(content={"text/csv": {"schema": {}}}),
        "POST /things, body: application/json is gone.",
    ),
    "key": (lambda d: get(d).update(security=[{"key": []}]), "GET /things: it now needs a key."),
    "another key": (lambda d: post(d).update(security=[{"other": []}]), "POST /things: key is no longer enough."),
}
HARMLESS: dict[str, Callable[[Document], object]] = {
    "nothing": lambda d: None,
    "path": lambda d: d["paths"].update({"/others": {}}),
    "response member": lambda d: thing(d)["properties"].update(more={"type": "string"}),
    "required response member": lambda d: thing(d)["required"].append("size"),
    "value in a response": lambda d: thing(d)["properties"]["state"]["enum"].append("waiting"),
    "choice removed from a response": lambda d: thing(d)["properties"]["size"]["anyOf"].pop(),
    "optional parameter": lambda d: get(d)["parameters"].append({"name": "q", "in": "query", "schema": {}}),
    "value of a parameter": lambda d: get(d)["parameters"][0]["schema"]["enum"].append("waiting"),
    "higher maximum": lambda d: get(d)["parameters"][1]["schema"].update(maximum=200),
    "optional request member": lambda d: sent(d)["properties"].update(more={"type": "string"}),
    "request member that is no longer required": lambda d: sent(d).update(required=[]),
    "choice of a request": lambda d: sent(d)["properties"]["what"]["anyOf"].append({"type": "integer"}),
    "error": lambda d: get(d)["responses"].update({"409": {}}),
    "no key": lambda d: post(d).update(security=[]),
}


def after(change: Callable[[Document], object]) -> Document:
    document = copy.deepcopy(BEFORE)
    change(document)
    return document


@pytest.mark.parametrize("kind", BREAKING)
def test_a_breaking_change_is_found(kind: str) -> None:
    change, expected = BREAKING[kind]
    assert expected in breaking.changes(BEFORE, after(change))


@pytest.mark.parametrize("kind", HARMLESS)
def test_a_compatible_change_is_accepted(kind: str) -> None:
    assert breaking.changes(BEFORE, after(HARMLESS[kind])) == []


def test_the_document_has_no_breaking_changes_since_the_last_release() -> None:
    released, current = (json.loads(path.read_text("utf-8")) for path in (RELEASED, PATH))
    assert breaking.changes(released, current) == []


def test_the_command_reports_no_breaking_changes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.openapi", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "0 breaking changes.\n"), done.stderr


def test_a_member_removed_from_the_real_document_is_found() -> None:
    current = json.loads(PATH.read_text("utf-8"))
    del current["components"]["schemas"]["Report"]["properties"]["verdict"]
    found = breaking.changes(json.loads(RELEASED.read_text("utf-8")), current)
    assert "GET /v1/credentials/{id}/report, 200, verdict: it was removed." in found
    assert any(each.startswith("POST /v1/verify, 200") for each in found)
