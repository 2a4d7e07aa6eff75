"""Tools for agents: the Model Context Protocol."""

from __future__ import annotations

from chalicelib.http.mcp.json_rpc import MAX_ID
from chalicelib.http.mcp.routes import PATH
from tools.openapi.operation import JSON, Area, Body, Operation
from tools.openapi.schema import NUMBER, OBJECT, STRING, Schema, one_of, ref, request, response

_ID: Schema = {"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": MAX_ID}]}
_VERSION = one_of(["2.0"])

AREA = Area(
    "Agents",
    "Tools for agents, with the Model Context Protocol.",
    (
        Operation(
            f"POST {PATH}",
            "callTool",
            "Send a Model Context Protocol message",
            {200: ref("RpcResponse"), 202: None},
            description="Streamable HTTP without streams or sessions. Notifications get `202`. Errors use the same "
            "statuses as the other operations, with a JSON-RPC body unless the error is about the API key.",
            body=Body(
                request({"jsonrpc": _VERSION, "method": STRING}, {"id": _ID, "params": OBJECT}),
                {
                    "jsonrpc": "2.0",
                    "id": 1,
                    "method": "initialize",
                    "params": {
                        "protocolVersion": "2025-11-25",
                        "capabilities": {},
                        "clientInfo": {"name": "my-agent", "version": "1.0"},
                    },
                },
            ),
            problems=("too_large", "not_found", "forbidden", "too_many_requests", "unavailable", "not_json"),
            problem_types={JSON: ref("RpcResponse")},
        ),
    ),
    {
        "RpcResponse": response(
            {"jsonrpc": _VERSION},
            {
                "id": _ID,
                "result": OBJECT,
                "error": response({"code": NUMBER, "message": STRING}, {"data": OBJECT}),
            },
        ),
    },
)
