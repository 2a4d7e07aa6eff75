"""Sign-in by email link, and sign-out.

Mail scanners open every link, so opening one only shows a button, and does not use up the link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from chalice.app import Request

from chalicelib.access import sessions
from chalicelib.access.caller import Person
from chalicelib.access.rate_limits import TooMany
from chalicelib.access.sign_in import known, links, return_paths
from chalicelib.access.sign_in.providers import Provider
from chalicelib.delivery.holder import link_requests
from chalicelib.errors import NotFound, Refused, Unauthenticated, Unavailable
from chalicelib.http.core import authentication, cookies, log
from chalicelib.http.core.access import BY_SECRET, PERSON, PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render, request_language
from chalicelib.http.input import body, form, request_context

REFERRER = {"Referrer-Policy": "same-origin"}
"""Keeps the URL of the link's page, which contains the secret, from other sites. With `no-referrer`, a browser would
not send the origin of the form either (Fetch, 3.3: the origin of such a request is null)."""
GONE = "It has been used, has expired, or was not copied completely. Request a new link here."

OUT = "signed_out"
"""Query parameter of the form right after sign-out."""


@dataclass(frozen=True, slots=True)
class SignInError:
    """An error shown above the form."""

    status: int
    title: str
    detail: str
    of_address: bool = False
    headers: Sequence[tuple[str, str]] = ()


def routes(services: Services) -> Routes:
    """Create the routes `/sign-in`, `/sign-in/{token}` and `/sign-out`."""
    bound = Routes(__name__, services)

    @bound.bind("/sign-in", access=PUBLIC)
    def show(request: Request) -> Reply:
        query: Mapping[str, str] = request.query_params or {}
        return_path = return_paths.local_path_or_default(query.get("next", ""))
        return _form(services, return_path, out=query.get("did") == OUT, already=_already(services, request))

    @bound.bind("/sign-in", access=PUBLIC, methods=("POST",))
    def ask(request: Request) -> Reply:
        authentication.check_same_origin(request, services.settings.base_url)
        sent = form.as_text(form.sent(request, body.MAX_ADDRESS_FORM).fields)
        typed, return_path = sent.get("email", ""), return_paths.local_path_or_default(sent.get("next", ""))
        try:
            current_cookie = cookies.browser(request, services.settings.base_url)
            known_cookie = cookies.known(request, services.settings.base_url)
            address = request_context.client_address(request)
            browser = links.request(
                services.access_context,
                typed,
                return_path,
                address,
                current_cookie,
                known_cookie,
                request_language.current().code,
            )
        except (Refused, TooMany) as error:
            return answer(request, services, error, return_path, typed)
        return _sent(services, typed.strip(), return_path, browser)

    @bound.bind("/sign-in/{token}", access=BY_SECRET)
    def show_link(request: Request, token: str) -> Reply:
        try:
            link = links.inspect(
                services.access_context, token, request_context.client_address(request), _browser(services, request)
            )
        except (NotFound, Refused, TooMany) as error:
            return answer(request, services, error, return_paths.HOME)
        hours = int(sessions.LIFETIME.total_seconds()) // 3600
        return _page(services, "confirm.html", 200, email=link.email, token=token, hours=hours)

    @bound.bind("/sign-in/{token}", access=BY_SECRET, methods=("POST",))
    def redeem(request: Request, token: str) -> Reply:
        authentication.check_same_origin(request, services.settings.base_url)
        try:
            link = links.redeem(
                services.access_context, token, request_context.client_address(request), _browser(services, request)
            )
        except (NotFound, Refused, TooMany) as error:
            return answer(request, services, error, return_paths.HOME)
        return sign_in(services, request, link.email, _next_path(services, link.email, link.next))

    @bound.bind("/sign-out", access=PERSON, methods=("POST",))
    def sign_out(request: Request, person: Person) -> Reply:
        if "everywhere" in form.sent(request).fields:
            sessions.sign_out_everywhere(services.access_context, person.email)
        else:
            sessions.sign_out(services.access_context, person)
        base_url = services.settings.base_url
        gone = cookies.set_session(base_url, "", 0)
        return Reply("", "text/plain", 303, uncached(Location=f"{base_url}/sign-in?did={OUT}", **{"Set-Cookie": gone}))

    return bound


def _next_path(services: Services, email: str, return_path: str) -> str:
    """The path to open for the owner of ``email``, who has just opened a link in their mailbox: for a holder, the page
    with their credentials, if there are any."""
    if return_path != return_paths.OWN_CREDENTIALS:
        return return_path
    with suppress(Unavailable):  # They are signed in, and can request the link on the next page.
        url = link_requests.link_for_person(services.delivery_context, email)
        if url is not None:
            return request_language.with_language(url).removeprefix(services.settings.base_url)
    return return_path


def sign_in(services: Services, request: Request, email: str, return_path: str, *set_cookies: str) -> Reply:
    """Sign in the owner of ``email`` (normalized), which has been verified, and redirect to ``return_path``.

    ``set_cookies`` are further `Set-Cookie` headers. The session is always new, and any previous session of the browser
    ends, which prevents session fixation.
    """
    base_url = services.settings.base_url
    current_cookie = cookies.session(request, base_url)
    if current_cookie is not None:
        with suppress(Unauthenticated):
            sessions.sign_out(services.access_context, sessions.person(services.access_context, current_cookie))
    _, cookie = sessions.sign_in(services.access_context, email)
    known_cookie = known.remember(services.access_context, email, cookies.known(request, base_url))
    reply = Reply(
        "", "text/plain", 303, uncached(Location=f"{base_url}{return_paths.local_path_or_default(return_path)}")
    )
    life = int(sessions.COOKIE_LIFETIME.total_seconds())
    # A list is sent as one header per cookie (RFC 6265, 3).
    reply.headers["Set-Cookie"] = [
        cookies.set_session(base_url, cookie, life),
        cookies.set_browser(base_url, "", 0),
        cookies.set_known(base_url, known_cookie, int(known.LIFETIME.total_seconds())),
        *set_cookies,
    ]
    reply.own_origin_only = True
    return reply


def _form(
    services: Services,
    return_path: str,
    error_shown: SignInError | None = None,
    typed: str = "",
    *,
    out: bool = False,
    already: Person | None = None,
) -> Reply:
    content = {"problem": error_shown, "typed": typed, "next": return_path, "out": out, "already": already}
    content["for_holder"] = return_path == return_paths.OWN_CREDENTIALS
    kept = {"hours": int(sessions.LIFETIME.total_seconds()) // 3600, "days": known.LIFETIME.days}
    status, providers = error_shown.status if error_shown else 200, _providers(services)
    return _page(services, "request_link.html", status, providers=providers, **content, **kept)


def _providers(services: Services) -> tuple[Provider, ...]:
    """The providers to offer; none if they cannot be read, because signing in by email still works."""
    try:
        return services.oidc_providers.all()
    except Unavailable as error:
        log.request_failed("/sign-in", error.code, error)
        return ()


def _already(services: Services, request: Request) -> Person | None:
    """Return the person signed in in this browser; None if there is none, or if the session store is unavailable."""
    try:
        return authentication.signed_in(services.access_context, request)
    except (Unauthenticated, Unavailable):
        return None


def _sent(services: Services, email: str, return_path: str, browser: str) -> Reply:
    base_url = services.settings.base_url
    limits = {"most": links.PER_ADDRESS_AND_NETWORK.per_client, "within": links.QUARTER.seconds // 60}
    reply = _page(services, "sent.html", 200, email=email, next=return_path, **limits)
    reply.headers["Set-Cookie"] = cookies.set_browser(base_url, browser, int(links.LIFETIME.total_seconds()))
    return reply


def _page(services: Services, template: str, status: int, **content: object) -> Reply:
    content["minutes"] = int(links.LIFETIME.total_seconds()) // 60
    base_url, headers = services.settings.base_url, uncached(**REFERRER)
    reply = render.page(f"sign_in/{template}", base_url, status, headers, forms=True, console=True, leads=(), **content)
    reply.own_origin_only = True
    return reply


def answer(
    request: Request, services: Services, error: NotFound | Refused | TooMany, return_path: str, typed: str = ""
) -> Reply:
    """Render the form with the error above it; for API clients, only the problem."""
    error_shown = _error_shown(error)
    if not authentication.is_browser(request):
        code = {400: "invalid_request", 403: "forbidden", 404: "not_found", 429: "too_many_requests"}[
            error_shown.status
        ]
        raise Problem(code, error_shown.detail, headers=dict(error_shown.headers)) from error
    reply = _form(services, return_path, error_shown, typed)
    reply.headers.update(dict(error_shown.headers))
    return reply


def _error_shown(error: NotFound | Refused | TooMany) -> SignInError:
    match error:
        case TooMany():
            return SignInError(429, "Too many requests", error.detail, headers=(("Retry-After", str(error.seconds)),))
        case NotFound():
            return SignInError(404, "This link no longer works", GONE)
        case Refused(code="bad_email"):
            return SignInError(400, "Invalid email address", error.detail, of_address=True)
        case Refused(code="other_browser"):
            return SignInError(403, "This link was requested in another browser", error.detail)
        case _:
            return SignInError(403, "Sign-in failed", error.detail)


def _browser(services: Services, request: Request) -> str | None:
    return cookies.browser(request, services.settings.base_url)
