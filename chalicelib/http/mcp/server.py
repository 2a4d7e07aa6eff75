"""The methods of the protocol, independent of HTTP and of the tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from chalicelib.http.mcp.json_rpc import INVALID_PARAMS, METHOD_NOT_FOUND, Json, Message, RpcError
from chalicelib.http.mcp.revisions import MODERN, SERVER_KEY, SUPPORTED, negotiated

LIST_MILLISECONDS = 3_600_000
"""How long clients may cache the list of tools: one hour, because it changes only with a release."""
_CAPABILITIES: Mapping[str, object] = {"tools": {}}


@dataclass(frozen=True, slots=True)
class Server:
    """How the server describes itself. ``tools`` are the tool descriptions, in a stable order.

    ``call`` runs the tool of a name with its arguments, and returns the result of `tools/call`.
    """

    info: Mapping[str, object]
    instructions: str
    tools: Sequence[Mapping[str, object]]
    call: Callable[[str, Mapping[str, object]], Mapping[str, object]]


def answer(server: Server, request: Message, revision: str | None) -> Json:
    """Return the result of a request; ``revision`` is None for `initialize`. Raises `RpcError`."""
    if revision is None:
        return _initialize(server, request)
    if revision in MODERN:
        return {**_modern(server, request), "resultType": "complete", "_meta": {SERVER_KEY: dict(server.info)}}
    try:
        return _legacy(server, request)
    except RpcError as error:
        if error.code in (METHOD_NOT_FOUND, INVALID_PARAMS):
            # Clients of these revisions read protocol errors only from responses with status 200.
            error.status = int(HTTPStatus.OK)
        raise


def _initialize(server: Server, request: Message) -> Json:
    return {
        "protocolVersion": negotiated(request.params.get("protocolVersion")),
        "capabilities": dict(_CAPABILITIES),
        "serverInfo": dict(server.info),
        "instructions": server.instructions,
    }


def _modern(server: Server, request: Message) -> Json:
    cacheable: Json = {"ttlMs": LIST_MILLISECONDS, "cacheScope": "public"}
    match request.method:
        case "server/discover":
            return {
                "supportedVersions": list(SUPPORTED),
                "capabilities": dict(_CAPABILITIES),
                "instructions": server.instructions,
                **cacheable,
            }
        case "tools/list":
            return {**_list(server, request), **cacheable}
        case "tools/call":
            return _call(server, request)
    raise _unknown(request)


def _legacy(server: Server, request: Message) -> Json:
    match request.method:
        case "ping":
            return {}
        case "tools/list":
            return _list(server, request)
        case "tools/call":
            return _call(server, request)
    raise _unknown(request)


def _list(server: Server, request: Message) -> Json:
    if request.params.get("cursor") is not None:
        raise RpcError(INVALID_PARAMS, "The list has one page, so there is no cursor.")
    return {"tools": [dict(tool) for tool in server.tools]}


def _call(server: Server, request: Message) -> Json:
    name, arguments = request.params.get("name"), request.params.get("arguments", {})
    if not isinstance(name, str) or name not in {tool["name"] for tool in server.tools}:
        raise RpcError(INVALID_PARAMS, "Unknown tool. See tools/list.")
    if not isinstance(arguments, dict):
        raise RpcError(INVALID_PARAMS, "The arguments must be an object.")
    return dict(server.call(name, arguments))


def _unknown(request: Message) -> RpcError:
    text = f"The method {request.method[:100]} does not exist in this revision."
    return RpcError(METHOD_NOT_FOUND, text, status=HTTPStatus.NOT_FOUND)
