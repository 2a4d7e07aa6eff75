"""A caller that sends messages to `/mcp`, and a directory with people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.http.mcp.revisions import CAPABILITIES_KEY, VERSION_KEY
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import Gateway, Response

MODERN, PREVIOUS = "2026-07-28", "2025-11-25"
Send = Callable[..., Response]


def meta(revision: str = MODERN) -> dict[str, object]:
    return {VERSION_KEY: revision, CAPABILITIES_KEY: {}}


def message(method: str, revision: str = MODERN, message_id: object = 7, **params: object) -> dict[str, object]:
    sent = {**params, **({"_meta": meta(revision)} if revision == MODERN else {})}
    return {"jsonrpc": "2.0", "id": message_id, "method": method, "params": sent}


def headers_of(sent: dict[str, Any], revision: str = MODERN) -> dict[str, str]:
    """The headers that a client of ``revision`` sends with a message."""
    found = {"accept": "application/json, text/event-stream", "mcp_protocol_version": revision}
    if revision == MODERN:
        found["mcp_method"] = sent["method"]
        if "name" in sent.get("params", {}):
            found["mcp_name"] = sent["params"]["name"]
    return found


@pytest.fixture
def send(client: Gateway) -> Send:
    """Send a request of a revision; header names as in `Gateway`."""

    def sending(
        method: str, revision: str = MODERN, headers: dict[str, str] | None = None, **params: object
    ) -> Response:
        sent = message(method, revision, **params)
        return client.post("/mcp", json.dumps(sent).encode(), **{**headers_of(sent, revision), **(headers or {})})

    return sending


@pytest.fixture
def call(send: Send) -> Send:
    """Call a tool with arguments."""

    def calling(name: str, headers: dict[str, str] | None = None, **arguments: object) -> Response:
        return send("tools/call", headers=headers, name=name, arguments=arguments)

    return calling


@pytest.fixture
def url(laurel: Laurel) -> Callable[[str], str]:
    """The link of a hosted credential by what is known of it, such as `valid`."""
    return lambda name: f"{laurel.base_url}/c/{id_of(name)}"
