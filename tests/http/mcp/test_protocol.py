"""The protocol at `/mcp`: revisions, methods, and what is refused."""

from __future__ import annotations

import base64
import json

import pytest

from chalicelib import VERSION
from chalicelib.http.mcp.json_rpc import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    UNSUPPORTED_PROTOCOL_VERSION,
)
from chalicelib.http.mcp.revisions import CAPABILITIES_KEY, SERVER_KEY, SUPPORTED, VERSION_KEY
from chalicelib.http.mcp.routes import MAX_BODY
from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway
from tests.http.mcp.conftest import MODERN, PREVIOUS, Send, headers_of, message, meta
from tests.http.verifiers.keys import as_verifier

NAMES = ["verify_credential", "search_directory", "explain_report"]


def test_discovery_names_the_revisions_and_the_server(send: Send) -> None:
    reply = send("server/discover")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.headers["cache-control"] == "no-store"
    found = reply.json["result"]
    assert (found["supportedVersions"], found["capabilities"]) == (list(SUPPORTED), {"tools": {}})
    assert (found["resultType"], found["cacheScope"], found["ttlMs"] > 0) == ("complete", "public", True)
    assert found["_meta"][SERVER_KEY] == {"name": "laurel", "title": "Laurel", "version": VERSION}
    assert "never follow instructions" in found["instructions"]


@pytest.mark.parametrize(
    ("requested", "agreed"),
    [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", PREVIOUS),
        (MODERN, PREVIOUS),
        (1, PREVIOUS),
    ],
)
def test_handshake_agrees_on_a_revision_with_a_handshake(client: Gateway, requested: object, agreed: str) -> None:
    sent = message("initialize", PREVIOUS, protocolVersion=requested, capabilities={}, clientInfo={"name": "t"})
    reply = client.post("/mcp", json.dumps(sent).encode())
    assert (reply.status, reply.json["id"]) == (200, 7)
    assert reply.json["result"]["protocolVersion"] == agreed
    assert reply.json["result"]["serverInfo"]["name"] == "laurel"
    assert "mcp-session-id" not in reply.headers


@pytest.mark.parametrize("revision", SUPPORTED)
def test_notification_is_accepted_without_a_body(client: Gateway, revision: str) -> None:
    sent = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    reply = client.post("/mcp", json.dumps(sent).encode(), mcp_protocol_version=revision)
    assert (reply.status, reply.body) == (202, b"")


def test_notification_of_an_unknown_revision_is_refused(client: Gateway) -> None:
    sent = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert client.post("/mcp", json.dumps(sent).encode(), mcp_protocol_version="1900-01-01").status == 400


def test_ping_exists_only_in_revisions_with_a_handshake(send: Send) -> None:
    assert send("ping", PREVIOUS).json == {"jsonrpc": "2.0", "id": 7, "result": {}}
    refused = send("ping")
    assert (refused.status, refused.json["error"]["code"]) == (404, METHOD_NOT_FOUND)


@pytest.mark.parametrize("revision", SUPPORTED)
def test_tools_are_listed_in_a_stable_order(send: Send, revision: str) -> None:
    found = send("tools/list", revision).json["result"]
    assert [tool["name"] for tool in found["tools"]] == NAMES
    for tool in found["tools"]:
        assert tool["title"]
        assert tool["annotations"]["readOnlyHint"] is True
        assert tool["annotations"]["openWorldHint"] is (tool["name"] == "verify_credential")
        assert (tool["inputSchema"]["type"], tool["outputSchema"]["type"]) == ("object", "object")
        assert "untrusted" in tool["outputSchema"]["required"]
        assert "untrusted" in tool["description"]
    assert ("ttlMs" in found, "resultType" in found) == ((True, True) if revision == MODERN else (False, False))


def test_list_has_no_further_pages(send: Send) -> None:
    assert send("tools/list", cursor="x").json["error"]["code"] == INVALID_PARAMS


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"mcp_protocol_version": PREVIOUS}, HEADER_MISMATCH),
        ({"mcp_method": "tools/call"}, HEADER_MISMATCH),
        ({"mcp_method": ""}, HEADER_MISMATCH),
        ({"mcp_method": "TOOLS/LIST"}, HEADER_MISMATCH),
    ],
)
def test_headers_must_repeat_the_message(send: Send, headers: dict[str, str], code: int) -> None:
    refused = send("tools/list", headers=headers)
    assert (refused.status, refused.json["error"]["code"], refused.json["id"]) == (400, code, 7)


def test_header_with_the_name_of_the_tool_is_compared(send: Send) -> None:
    arguments = {"name": "explain_report", "arguments": {"code": "revoked"}}
    encoded = f"=?base64?{base64.b64encode(b'explain_report').decode()}?="
    assert send("tools/call", headers={"mcp_name": encoded}, **arguments).status == 200
    for header in ("verify_credential", "", "=?base64?!?=", "=?base64?/w==?=", "=?base64?\xe9?="):
        refused = send("tools/call", headers={"mcp_name": header}, **arguments)
        assert (refused.status, refused.json["error"]["code"]) == (400, HEADER_MISMATCH)


def test_missing_header_is_refused_in_every_revision(client: Gateway) -> None:
    for revision in (MODERN, PREVIOUS):
        refused = client.post("/mcp", json.dumps(message("tools/list", revision)).encode())
        assert (refused.status, refused.json["error"]["code"]) == (400, HEADER_MISMATCH)


@pytest.mark.parametrize("revision", ["2025-03-26", "2024-11-05", "1900-01-01", "x" * 5_000])
def test_other_revisions_are_refused_with_those_that_are_served(send: Send, revision: str) -> None:
    refused = send("tools/list", revision)
    assert (refused.status, refused.json["error"]["code"]) == (400, UNSUPPORTED_PROTOCOL_VERSION)
    assert refused.json["error"]["data"] == {"supported": list(SUPPORTED), "requested": revision[:100]}


@pytest.mark.parametrize("left_out", [VERSION_KEY, CAPABILITIES_KEY])
def test_request_without_its_metadata_is_refused(client: Gateway, left_out: str) -> None:
    sent = message("tools/list")
    sent["params"] = {"_meta": {key: value for key, value in meta().items() if key != left_out}}
    refused = client.post("/mcp", json.dumps(sent).encode(), **headers_of(sent))
    assert (refused.status, refused.json["error"]["code"]) == (400, INVALID_PARAMS)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"{", PARSE_ERROR),
        (b"", PARSE_ERROR),
        (b'{"id": 1, "id": 2}', PARSE_ERROR),
        (b"\xff", PARSE_ERROR),
        (b"[" * 100 + b"]" * 100, INVALID_REQUEST),
        (json.dumps([message("tools/list"), message("tools/list")]).encode(), INVALID_REQUEST),
        (b'{"method": "tools/list", "id": 1}', INVALID_REQUEST),
        (b'{"jsonrpc": "2.0", "id": null, "method": "tools/list"}', INVALID_REQUEST),
        (b'{"jsonrpc": "2.0", "id": true, "method": "tools/list"}', INVALID_REQUEST),
        (b'{"jsonrpc": "2.0", "id": 1.5, "method": "tools/list"}', INVALID_REQUEST),
        (json.dumps(message("tools/list", message_id="x" * 257)).encode(), INVALID_REQUEST),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 1}', INVALID_REQUEST),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": []}', INVALID_REQUEST),
        (b'{"jsonrpc": "2.0", "id": 1, "result": {}}', INVALID_REQUEST),
    ],
)
def test_anything_but_a_single_message_is_refused(client: Gateway, sent: bytes, code: int) -> None:
    refused = client.post("/mcp", sent, mcp_protocol_version=PREVIOUS)
    assert (refused.status, refused.json["error"]["code"]) == (400, code)
    assert refused.headers["content-type"] == "application/json"


def test_body_is_limited_before_it_is_parsed(client: Gateway) -> None:
    refused = client.post("/mcp", b'{"' + b"x" * MAX_BODY, mcp_protocol_version=PREVIOUS)
    assert (refused.status, refused.json["error"]["code"]) == (413, INVALID_REQUEST)
    deep = message("tools/list", PREVIOUS)
    deep["params"] = json.loads("[" * 60 + "]" * 60)
    assert client.post("/mcp", json.dumps(deep).encode(), mcp_protocol_version=PREVIOUS).status == 400


def test_only_json_is_read(client: Gateway) -> None:
    refused = client.post("/mcp", b"{}", content_type="text/plain")
    assert (refused.status, refused.json["error"]["code"]) == (415, INVALID_REQUEST)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_are_no_streams_and_no_sessions(client: Gateway, method: str) -> None:
    refused = client(method, "/mcp", accept="text/event-stream")
    assert (refused.status, refused.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost", "http://localhost:8000.evil.example", ""]
)
def test_pages_of_other_sites_are_refused_before_anything_is_read(client: Gateway, laurel: Laurel, origin: str) -> None:
    sent = message("tools/call", name="verify_credential", arguments={"credential": "x"})
    refused = client.post("/mcp", json.dumps(sent).encode(), **headers_of(sent), origin=origin)
    assert (refused.status, refused.json["error"]["code"], "id" in refused.json) == (403, INVALID_REQUEST, False)
    assert laurel.rate_store.free_at == {}


def test_pages_of_laurel_are_accepted(send: Send, laurel: Laurel) -> None:
    assert send("tools/list", headers={"origin": laurel.base_url}).status == 200


def test_unknown_methods_and_tools(send: Send) -> None:
    for revision, status in ((MODERN, 404), (PREVIOUS, 200)):
        refused = send("resources/list", revision)
        assert (refused.status, refused.json["error"]["code"]) == (status, METHOD_NOT_FOUND)
    for revision, status in ((MODERN, 400), (PREVIOUS, 200)):
        refused = send("tools/call", revision, name="delete_everything", arguments={})
        assert (refused.status, refused.json["error"]["code"]) == (status, INVALID_PARAMS)
    assert send("tools/call", PREVIOUS, name="explain_report", arguments=[]).json["error"]["code"] == INVALID_PARAMS


def test_invalid_key_is_refused_and_not_treated_as_missing(send: Send, laurel: Laurel) -> None:
    refused = send("tools/list", headers={"authorization": "Bearer laurel_vk_nonsense"})
    assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert laurel.rate_store.free_at == {}


def test_listing_tools_counts_toward_no_limit(send: Send, laurel: Laurel) -> None:
    assert "ratelimit" not in send("tools/list").headers
    assert laurel.rate_store.free_at == {}
    with_key = send("tools/list", headers=as_verifier(laurel))
    assert (with_key.status, with_key.headers["cache-control"]) == (200, "private, no-store")
    assert "access-control-allow-origin" not in with_key.headers
