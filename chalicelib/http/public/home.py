"""Home page with its verification form, and the page for unknown URLs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.credential.build import credential_url
from chalicelib.errors import Malformed, NotFound, OnlyLinks, TooMany, UnreadableLink
from chalicelib.http.core import problem
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, public, uncached
from chalicelib.http.core.routing import CATCH_ALL, Routes
from chalicelib.http.html import render, request_language
from chalicelib.http.input import request_context
from chalicelib.http.public import multiple_results, submission
from chalicelib.http.public.credential import credential_page, credential_view, recipient_form
from chalicelib.http.public.credential.recipient_form import NO_RECIPIENT, RecipientForm
from chalicelib.http.public.submission import Submission, Typed
from chalicelib.receipts.receipt import receipt_url
from chalicelib.reports import wrapping
from chalicelib.settings import Function

SECONDS = 300

SHAPES = (
    ("good", "tick", "Genuine and valid", "It is what the issuer signed, and it has not been revoked."),
    (
        "caution",
        "notice",
        "Genuine and valid, issuer not proven",
        "The issuer’s identity has not been confirmed. Check with the organization directly.",
    ),
    (
        "warn",
        "triangle",
        "Genuine, but not valid now",
        "It has expired, is not valid yet or is suspended. The page gives the dates.",
    ),
    ("replaced", "arrow", "Replaced by a corrected version", "The page links to the version to rely on."),
    ("bad", "octagon", "Do not rely on it", "The issuer has revoked it, or it is not what the issuer signed."),
    (
        "open",
        "question",
        "Not verified",
        "Something could not be checked. The page says what, and what to do next.",
    ),
)
"""Tone, icon, headline and meaning of each."""


def routes(services: Services) -> Routes:
    """Create the route `/` and the catch-all route."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/", access=PUBLIC)
    def home(request: Request) -> Reply:
        # A browser that has a session gets a page of its own, which a shared cache must not give to others.
        if request_language.current().has_session:
            return _page(services, uncached(Vary="Cookie"))
        return public(request, _page(services, {"Vary": "Cookie"}), SECONDS)

    @bound.bind("/", access=PUBLIC, methods=("POST",), function=Function.VERIFY)
    def check(request: Request) -> Reply:
        typed = Typed()
        try:
            sent, typed = submission.by_person(request)
            submission.require_one(typed)
            return _shown(services, request, sent, typed.recipient)
        except (Malformed, TooMany, UnreadableLink, Problem) as error:
            # Keep the pasted input in the field, so that the visitor can correct it; offer the link of a PDF there.
            found = problem.problem_from_error(error, submission.MISSING)
            if found is None or found.kind.status >= 500:
                raise
            offered = error.links if isinstance(error, OnlyLinks) else ()
            return _page(services, uncached(**found.headers), found, typed.text or "\n".join(offered[:1]))

    # Chalice passes greedy variables through to API Gateway, which sends every unmatched path here. API Gateway's own
    # response cannot negotiate by `Accept`, and would show JSON to a person.
    @bound.bind(CATCH_ALL, access=PUBLIC)
    def not_found(_request: Request) -> Reply:
        raise NotFound

    return bound


def _shown(services: Services, request: Request, sent: Submission, entered: RecipientForm) -> Reply:
    parts = wrapping.several(sent.data)
    if parts:
        return multiple_results.show(services, parts, request_context.create(request, Kind.VIEW))
    hosted = submission.hosted_id(services, sent)
    if hosted is not None:
        # Redirect to its own page, whose URL can be bookmarked.
        return Reply("", "text/plain", 303, uncached(Location=credential_url(services.settings.base_url, hosted)))
    # Not counted with an address: the credential was counted when it was submitted without one.
    visit = request_context.create(request, Kind.VIEW)
    checked = submission.check(services, sent, visit, counted=entered == NO_RECIPIENT and not sent.receipt)
    base_url = services.settings.base_url
    if sent.receipt and not entered.error:
        from chalicelib.http.public.receipts import new_receipt  # most visitors want none

        receipt = new_receipt.of_submitted(services, sent, checked, visit)
        return Reply("", "text/plain", 303, uncached(Location=receipt_url(base_url, receipt.id)))
    recipient = replace(entered, submitted=recipient_form.sent_again(submission.text_of(sent, base_url)))
    return credential_page.show(credential_view.of_submitted(checked, base_url), base_url, uncached(), recipient)


def _page(
    services: Services, headers: Mapping[str, str] | None = None, found: Problem | None = None, typed: str = ""
) -> Reply:
    """Render the page; after an error, with the problem ``found`` and the ``typed`` input to correct."""
    status = found.kind.status if found else 200
    settings = services.settings
    return render.page(
        "home.html",
        settings.base_url,
        status,
        headers or {},
        forms=True,
        shapes=SHAPES,
        example=credential_url(settings.base_url, settings.example) if settings.example else None,
        problem=found,
        typed=typed,
    )
