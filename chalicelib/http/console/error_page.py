"""Error pages of the console, with its layout, so that a signed-in person keeps the navigation."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import LaurelError, Unauthenticated
from chalicelib.http.console import layout
from chalicelib.http.console.forms import form_resubmission
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core import authentication, error_response
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply


def reply(
    services: Services, request: Request, error: Exception, of_issuer: tuple[str, ...], missing: str, max_form: int
) -> Reply:
    """Build the response to ``request`` after ``error``; ``of_issuer`` holds the issuer's id on a page of one issuer,
    and is empty elsewhere. A form of up to ``max_form`` bytes that was refused because of its session keeps its
    text."""
    kept = form_resubmission.resubmission_page(
        services, request, error, max_form, lambda: _page_context(services, request, of_issuer)
    )
    if kept is not None:
        return kept
    if isinstance(error, Unauthenticated) and authentication.is_browser(request):
        return authentication.redirect_to_sign_in(request, services.settings.base_url)
    problem = error_response.to_problem(request, error, missing)
    context = _page_context(services, request, of_issuer) if authentication.is_browser(request) else None
    if context is None:
        return error_response.render(request.headers.get("accept"), problem, services.settings.base_url)
    answer = layout.show(context, "error.html", status=problem.kind.status, problem=problem)
    answer.headers.update({"Vary": "Accept", **problem.headers})
    return answer


def _page_context(services: Services, request: Request, of_issuer: tuple[str, ...]) -> PageContext | None:
    """Build the page context, with the issuer's navigation for its members only; None when the visitor is not signed
    in."""
    try:
        person = authentication.signed_in(services.access_context, request)
    except LaurelError:
        return None
    caller, issuer = _membership(services, person, *of_issuer) if of_issuer else (None, None)
    return PageContext(person, services.settings.base_url, "", issuer, caller)


def _membership(services: Services, person: Person, issuer_id: str) -> tuple[Caller, Issuer] | tuple[None, None]:
    try:
        caller = authentication.membership(services.access_context, person, issuer_id)
        return caller, services.issuer_context.issuer_store.issuer(issuer_id)
    except Exception:  # noqa: BLE001 - the original error is logged, and the same call may have caused it
        return None, None
