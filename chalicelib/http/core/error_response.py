"""Error responses: problem+json for API clients, an HTML page for browsers."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.errors import LaurelError
from chalicelib.http.core import log, problem
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.html import render as html
from chalicelib.http.input import negotiation

MISSING = "Check that you copied the whole URL."


def reply(request: Request, error: Exception, *, base_url: str, missing: str = MISSING) -> Reply:
    """Create the response for ``error``. Internal errors are logged with their traceback, which is never shown."""
    return render(request.headers.get("accept"), to_problem(request, error, missing), base_url)


def to_problem(request: Request, error: Exception, missing: str = MISSING) -> Problem:
    """Map ``error`` to the problem that the caller sees; log it if it is an internal error."""
    found = problem.problem_from_error(error, missing) if isinstance(error, LaurelError) else None
    if found is None:
        found = problem.internal(_request_id(request))
    if found.kind.status >= 500:
        log.request_failed(request.path, found.code, error)
    return found


def render(accept: str | None, found: Problem, base_url: str) -> Reply:
    """Render the problem ``found`` in the format that the caller accepts."""
    headers = uncached(Vary="Accept", **found.headers)
    if negotiation.wants_html(accept):
        return html.problem(found, base_url, headers)
    return as_json(found.document(), content_type=negotiation.PROBLEM, status=found.kind.status, headers=headers)


def _request_id(request: Request) -> str:
    return str(getattr(request.lambda_context, "aws_request_id", "unknown"))
