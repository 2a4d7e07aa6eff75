"""JSON-RPC 2.0 with the restrictions of MCP: no batches and no null ids (MCP 2026-07-28, basic, Messages)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast

Json = dict[str, object]

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
HEADER_MISMATCH = -32020
UNSUPPORTED_PROTOCOL_VERSION = -32022
"""The codes of JSON-RPC 2.0 (5.1), and those that MCP defines (2026-07-28, basic, Error Codes)."""
MAX_ID = 256
"""Maximum characters of a message id, because it is sent back."""


class RpcError(Exception):
    """An error that the caller gets as a JSON-RPC error, with the HTTP status ``status``.

    ``headers`` are added to the response.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: int = HTTPStatus.BAD_REQUEST,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, int(status)
        self.data, self.headers = data, headers or {}


@dataclass(frozen=True, slots=True)
class Message:
    """A request, or a notification if it has no ``id``."""

    method: str
    id: str | int | None
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def meta(self) -> Mapping[str, object]:
        """The member `_meta` of the parameters; empty if there is none."""
        found = self.params.get("_meta")
        return cast("Json", found) if isinstance(found, dict) else {}


def read(members: Mapping[str, object]) -> Message:
    """Read a message. Raises `RpcError` (`INVALID_REQUEST`), also for a response: the server sends no requests."""
    if members.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, 'Send one JSON-RPC message, with "jsonrpc": "2.0".')
    method, params = members.get("method"), members.get("params", {})
    if not isinstance(method, str) or not isinstance(params, dict):
        raise RpcError(INVALID_REQUEST, "Send a request or a notification: a method, and its parameters by name.")
    return Message(method, read_id(members), params)


def read_id(members: Mapping[str, object]) -> str | int | None:
    """Read the id of a message; None if it has none. Raises `RpcError` (`INVALID_REQUEST`)."""
    if "id" not in members:
        return None
    found = members["id"]
    if isinstance(found, bool) or not isinstance(found, str | int) or (isinstance(found, str) and len(found) > MAX_ID):
        raise RpcError(INVALID_REQUEST, f"An id must be an integer, or a string of up to {MAX_ID} characters.")
    return found


def result(message_id: str | int | None, content: Mapping[str, object]) -> Json:
    """The response to a request."""
    return {"jsonrpc": "2.0", "id": message_id, "result": dict(content)}


def failure(message_id: str | int | None, error: RpcError) -> Json:
    """An error response; without an id if the id could not be read."""
    content: Json = {"code": error.code, "message": error.message}
    if error.data is not None:
        content["data"] = dict(error.data)
    return {"jsonrpc": "2.0", **({} if message_id is None else {"id": message_id}), "error": content}
