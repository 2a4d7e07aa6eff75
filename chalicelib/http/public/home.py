"""Home page with its verification form, and the page for unknown URLs."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.errors import Malformed, NotFound, UnreadableLink
from chalicelib.http.core import problem, request_context
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, public, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render
from chalicelib.http.public import submission
from chalicelib.http.public.submission import Submission
from chalicelib.settings import Function

SECONDS = 300


def routes(services: Services) -> Routes:
    """Create the route `/` and the catch-all route."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/", access=PUBLIC)
    def home(request: Request) -> Reply:
        return public(request, render.home(services.settings.base_url), SECONDS)

    @bound.bind("/", access=PUBLIC, methods=("POST",), function=Function.VERIFY)
    def check(request: Request) -> Reply:
        typed = ""
        try:
            sent, typed = submission.by_person(request)
            return _shown(services, request, sent)
        except (Malformed, UnreadableLink, Problem) as error:
            # Keep the pasted input in the field, so that the visitor can correct it.
            found = problem.of(error, submission.MISSING)
            if found is None or found.kind.status >= 500:
                raise
            return render.home(services.settings.base_url, uncached(), found=found, typed=typed)

    # Chalice passes greedy variables through to API Gateway, which sends every unmatched path here. API Gateway's own
    # response cannot negotiate by `Accept`, and would show JSON to a person.
    @bound.bind("/{proxy+}", access=PUBLIC)
    def lost(_request: Request) -> Reply:
        raise NotFound

    return bound


def _shown(services: Services, request: Request, sent: Submission) -> Reply:
    hosted = submission.hosted_id(services, sent)
    if hosted is not None:
        # Redirect to its own page, whose URL can be bookmarked.
        return Reply("", "text/plain", 303, uncached(Location=f"{services.settings.base_url}/c/{hosted}"))
    checked = submission.check(services, sent, request_context.made(request, Kind.VIEW))
    return render.brought(checked, services.settings.base_url, uncached())
