"""The supported revisions of MCP, and the revision of a request.

Since 2026-07-28 each request names its revision, in `_meta` and in headers; there is no handshake. Earlier revisions
begin with `initialize`, which has no lasting effect because the server is stateless: each request names its revision in
a header.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from chalicelib.http.mcp.json_rpc import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    UNSUPPORTED_PROTOCOL_VERSION,
    Message,
    RpcError,
)

MODERN = ("2026-07-28",)
"""Revisions without a handshake."""
LEGACY = ("2025-11-25", "2025-06-18")
"""Revisions with a handshake, newest first. 2025-03-26 is not supported, because it had batches."""
SUPPORTED = (*MODERN, *LEGACY)
INITIALIZE = "initialize"

_PREFIX = "io.modelcontextprotocol"
VERSION_KEY = f"{_PREFIX}/protocolVersion"
CAPABILITIES_KEY = f"{_PREFIX}/clientCapabilities"
SERVER_KEY = f"{_PREFIX}/serverInfo"
"""Members of `_meta` (2026-07-28, basic, `_meta`)."""
_HEADER = "MCP-Protocol-Version"
_NAMED_BY = {"tools/call": "name"}
"""Parameters that the header `Mcp-Name` repeats (2026-07-28, Streamable HTTP, Standard Request Headers)."""
_BASE64, _END = "=?base64?", "?="
"""Prefix and suffix of a base64 header value (the same page, Value Encoding)."""


def negotiated(requested: object) -> str:
    """The revision that `initialize` returns: the requested one, or else the newest with a handshake."""
    return requested if isinstance(requested, str) and requested in LEGACY else LEGACY[0]


def revision_of(message: Message, headers: Mapping[str, str]) -> str:
    """The revision of a request or notification that is not `initialize`; ``headers`` have names in lower case.

    Raises `RpcError` if it is not supported, if a header is missing, or if the headers contradict the message.
    """
    named, header = message.meta.get(VERSION_KEY), headers.get(_HEADER.lower())
    if header is None:
        raise RpcError(HEADER_MISMATCH, f"The header {_HEADER} is missing. Send one of: {', '.join(SUPPORTED)}.")
    if named is not None and named != header:
        raise RpcError(HEADER_MISMATCH, f"The header {_HEADER} differs from {VERSION_KEY} in _meta.")
    if header not in SUPPORTED:
        data = {"supported": list(SUPPORTED), "requested": header[:100]}
        raise RpcError(UNSUPPORTED_PROTOCOL_VERSION, "Unsupported protocol version", data=data)
    if header in MODERN and message.id is not None:
        _check_modern(message, headers)
    return header


def _check_modern(message: Message, headers: Mapping[str, str]) -> None:
    for key in (VERSION_KEY, CAPABILITIES_KEY):
        if key not in message.meta:
            raise RpcError(INVALID_PARAMS, f"The parameters must have {key} in _meta.")
    if not isinstance(message.meta[CAPABILITIES_KEY], dict):
        raise RpcError(INVALID_PARAMS, f"{CAPABILITIES_KEY} must be an object.")
    if headers.get("mcp-method") != message.method:
        raise RpcError(HEADER_MISMATCH, "The header Mcp-Method is missing or differs from the method.")
    parameter = _NAMED_BY.get(message.method)
    if parameter is not None and _decoded(headers.get("mcp-name")) != message.params.get(parameter):
        raise RpcError(HEADER_MISMATCH, f"The header Mcp-Name is missing or differs from the parameter {parameter}.")


def _decoded(header: str | None) -> str | None:
    if header is None or not (header.startswith(_BASE64) and header.endswith(_END)):
        return header
    try:
        return base64.b64decode(header[len(_BASE64) : -len(_END)], validate=True).decode("utf-8")
    except ValueError as error:  # not base64, not UTF-8, or characters that are not ASCII
        raise RpcError(HEADER_MISMATCH, "The header Mcp-Name is not valid base64.") from error
