"""An error becomes an answer: problem+json for a program, a helpful page for a person."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.errors import LaurelError
from chalicelib.http.core import log, negotiation, problem
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.html import render as html

MISSING = "Check that you copied the whole address."


def reply(request: Request, error: Exception, *, base_url: str, missing: str = MISSING) -> Reply:
    """The answer to ``request`` after ``error``. What is our fault is logged with its traceback, and never shown."""
    return render(request.headers.get("accept"), judged(request, error, missing), base_url)


def judged(request: Request, error: Exception, missing: str = MISSING) -> Problem:
    """The problem that ``error`` is to whoever sent ``request``; logged, when it is our fault."""
    found = problem.of(error, missing) if isinstance(error, LaurelError) else None
    if found is None:
        found = problem.internal(_request_id(request))
    if found.kind.status >= 500:
        log.fault(request.path, found.code, error)
    return found


def render(accept: str | None, found: Problem, base_url: str) -> Reply:
    """``found`` in the form that the caller reads."""
    headers = uncached(Vary="Accept", **found.headers)
    if negotiation.wants_html(accept):
        return html.problem(found, base_url, headers)
    return as_json(found.document(), content_type=negotiation.PROBLEM, status=found.kind.status, headers=headers)


def _request_id(request: Request) -> str:
    return str(getattr(request.lambda_context, "aws_request_id", "unknown"))
