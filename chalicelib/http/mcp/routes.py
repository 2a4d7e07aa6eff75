"""The MCP endpoint: `POST /mcp`, Streamable HTTP without streams and sessions."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from chalice.app import Request

from chalicelib import VERSION
from chalicelib.credential import strict_json
from chalicelib.errors import LaurelError
from chalicelib.http.core import api_caller, error_response
from chalicelib.http.core.access import verifier
from chalicelib.http.core.api_caller import ApiCaller
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body
from chalicelib.http.mcp import json_rpc, revisions, server
from chalicelib.http.mcp.json_rpc import INVALID_REQUEST, PARSE_ERROR, Message, RpcError
from chalicelib.settings import Function

PATH = "/mcp"
MAX_MESSAGE = 16 * 1024
"""Maximum size in bytes of a message, without the credential in it."""
MAX_BODY = 2 * strict_json.DEFAULT.size + MAX_MESSAGE
"""The maximum size of a submitted credential, doubled because quotes may be escaped when it is sent as text."""
LIMITS = strict_json.Limits(
    size=MAX_BODY, depth=strict_json.DEFAULT.depth + 3, members=strict_json.DEFAULT.members + 100
)
"""The credential in the message has its own limits too."""
_OF_THE_CALLER = frozenset({"forbidden", "too_many_requests", "unavailable", "internal"})
"""Problems that different arguments cannot fix: protocol errors, with the same status as in the REST routes."""


def routes(services: Services) -> Routes:
    """Create the route `/mcp`."""
    bound = Routes(__name__, services, Function.VERIFY)

    @bound.bind(PATH, access=verifier(anonymous=True), methods=("POST",))
    def answer(request: Request, caller: ApiCaller) -> Reply:
        message_id = None
        try:
            _check_origin(request, bound.base_url)
            members = _read(request)
            message_id = json_rpc.read_id(members)
            return _answer(services, request, caller, json_rpc.read(members))
        except RpcError as error:
            failure = json_rpc.failure(message_id, error)
            return as_json(failure, status=error.status, headers=uncached(**error.headers))

    return bound


def _check_origin(request: Request, base_url: str) -> None:
    """Reject messages from pages on other sites (MCP 2026-07-28, Streamable HTTP, Security & Endpoint)."""
    origin, own = request.headers.get("origin"), urlsplit(base_url)
    if origin is not None and origin != f"{own.scheme}://{own.netloc}":
        raise RpcError(INVALID_REQUEST, "Pages on other sites cannot send messages.", status=HTTPStatus.FORBIDDEN)


def _read(request: Request) -> dict[str, object]:
    try:
        received = body.content(request, MAX_BODY)
        if body.media_type(request) != "application/json":
            raise body.unsupported(received, "Send application/json.")
        return strict_json.parse(received, LIMITS)
    except LaurelError as error:
        problem = error_response.to_problem(request, error)
        invalid = problem.kind.status != HTTPStatus.BAD_REQUEST or problem.code == "not_an_object"
        code, detail = (INVALID_REQUEST, problem.detail) if invalid else (PARSE_ERROR, f"Parse error. {problem.detail}")
        raise RpcError(code, detail, status=problem.kind.status) from error


def _answer(services: Services, request: Request, caller: ApiCaller, message: Message) -> Reply:
    headers = {str(name).lower(): str(value) for name, value in request.headers.items()}
    legacy = message.method == revisions.INITIALIZE and revisions.VERSION_KEY not in message.meta
    revision = None if legacy else revisions.revision_of(message, headers)
    if message.id is None:
        return Reply("", "application/json", HTTPStatus.ACCEPTED, uncached())
    told: dict[str, str] = {}

    def call(name: str, arguments: Mapping[str, object]) -> Mapping[str, object]:
        found, limits = _call(services, request, caller, name, arguments)
        told.update(limits)
        return found

    from chalicelib.http.mcp.tools import INSTRUCTIONS, TOOLS  # imported late: a rejected message does not need them

    info = {"name": "laurel", "title": "Laurel", "version": VERSION}
    this = server.Server(info, INSTRUCTIONS, [tool.described() for tool in TOOLS.values()], call)
    found = server.answer(this, message, revision)
    return as_json(json_rpc.result(message.id, found), headers=uncached(**told))


def _call(
    services: Services, request: Request, caller: ApiCaller, name: str, arguments: Mapping[str, object]
) -> tuple[Mapping[str, object], Mapping[str, str]]:
    """Count and run a tool; return its result and the headers about the limit. Raises `RpcError`."""
    from chalicelib.http.mcp import tool
    from chalicelib.http.mcp.tools import TOOLS

    limits: Mapping[str, str] = {}
    try:
        counted = api_caller.count(services, request, caller, TOOLS[name].scope)
        limits = counted.headers()
        return tool.result(TOOLS[name].run(services, request, arguments)), limits
    except LaurelError as error:
        problem = error_response.to_problem(request, error, "Nothing found with this id or link.")
        if problem.code in _OF_THE_CALLER:
            raise _rejected(problem, limits) from error
        return tool.failed(problem), limits


def _rejected(problem: Problem, limits: Mapping[str, str]) -> RpcError:
    status = problem.kind.status
    return RpcError(
        status, problem.detail, status=status, data=problem.document(), headers={**limits, **problem.headers}
    )
