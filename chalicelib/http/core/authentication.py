"""Authentication of requests: tokens, sessions and the origin of forms."""

from __future__ import annotations

import hmac
from urllib.parse import quote, urlencode

from chalice.app import Request

from chalicelib.access import sessions, tokens
from chalicelib.access.access_context import AccessContext
from chalicelib.access.caller import Caller, Person
from chalicelib.access.models import Token
from chalicelib.access.roles import Permission
from chalicelib.errors import Forbidden, Unauthenticated
from chalicelib.http.core import cookies, log
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import READ
from chalicelib.http.input import form, negotiation

_CROSS_SITE = "This form has expired or did not come from this site. Reload the page and try again."


class StaleForm(Forbidden):
    """The form does not have the token of this session: it is from an earlier session's page, or from another site."""


def caller(access_context: AccessContext, request: Request, permission: Permission) -> Caller:
    """Authenticate an issuer's token. Raises `Unauthenticated`, `Forbidden`."""
    return _caller(_token(access_context, request), permission)


def operator(access_context: AccessContext, request: Request) -> str:
    """Authenticate an operator's token and return its name. Raises `Unauthenticated`, `Forbidden`."""
    token = _token(access_context, request)
    if token.issuer_id is not None:
        raise Forbidden("This requires an operator's API key. An issuer's API key has no access.")
    return token.name


def either(access_context: AccessContext, request: Request, permission: Permission) -> Caller | str:
    """Authenticate an issuer's token, or an operator's and return its name. Raises `Unauthenticated`, `Forbidden`."""
    token = _token(access_context, request)
    return token.name if token.issuer_id is None else _caller(token, permission)


def person(access_context: AccessContext, request: Request) -> Person:
    """Return the signed-in person; a request that changes something must also pass `check_form`.

    Raises `Unauthenticated`; `Forbidden` for a change that another site requested.
    """
    found = signed_in(access_context, request)
    if request.method not in READ:
        check_same_origin(request, access_context.base_url)
    return found


def check_form(request: Request, person: Person, max_bytes: int) -> None:
    """Check that a request that changes something has a form from a page of this session.

    Call it once the person is authorised, because it parses the form, of at most ``max_bytes`` bytes.
    Raises `StaleForm`, and `Problem` as `form.sent` does.
    """
    if request.method in READ:
        return
    sent = form.sent(request, max_bytes).fields.get("csrf", b"")
    if not hmac.compare_digest(sent, person.csrf.encode("ascii")):
        raise StaleForm(_CROSS_SITE)


def signed_in(access_context: AccessContext, request: Request) -> Person:
    """Return the signed-in person for a read; a write requires `person` and `check_form`. Raises `Unauthenticated`."""
    cookie = cookies.session(request, access_context.base_url)
    if cookie is None:
        raise Unauthenticated("You are not signed in.")
    return sessions.person(access_context, cookie)


def member(access_context: AccessContext, person: Person, issuer_id: str, permission: Permission) -> Caller:
    """Return the person's membership of the issuer. Raises `NotFound` for a non-member, `Forbidden`."""
    return _allowed(membership(access_context, person, issuer_id), permission)


def membership(access_context: AccessContext, person: Person, issuer_id: str) -> Caller:
    """Return the membership as `member` does, whatever its role allows. Raises `NotFound`."""
    found = access_context.member_store.member(issuer_id, person.email)
    log.tenant(issuer_id)
    return Caller(person.email, issuer_id, found.role, person.email)


def check_same_origin(request: Request, base_url: str) -> None:
    """Check that no other site sent this request. Raises `Forbidden` when the browser reports another origin.

    A browser too old to send either header relies on the CSRF token in the form.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if (origin is not None and origin != base_url) or (site is not None and site not in ("same-origin", "none")):
        raise Forbidden(_CROSS_SITE)


def is_own_page(request: Request, base_url: str) -> bool:
    """Whether the browser reports that one of our own pages sent this request. An old browser reports nothing."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    return (origin == base_url and site in (None, "same-origin")) or (origin is None and site == "same-origin")


def is_own_link(request: Request, base_url: str) -> bool:
    """Whether a person followed a link on one of our own pages, or typed the address. No other site can cause that.

    A browser that does not send `Sec-Fetch-Site` (Safari before 16.4) names the page in `Referer`, which another site
    can leave out but not forge.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return str(request.headers.get("referer", "")).startswith(f"{base_url}/")


def is_browser(request: Request) -> bool:
    """Whether the request comes from a browser."""
    return negotiation.wants_html(request.headers.get("accept"))


def redirect_to_sign_in(request: Request, base_url: str) -> Reply:
    """Redirect to the sign-in page, which leads back to the requested page."""
    back = f"?{urlencode({'next': address(request)}, safe='/')}" if request.method in READ else ""
    return Reply("", "text/plain", 303, uncached(Location=f"{base_url}/sign-in{back}"))


def address(request: Request) -> str:
    """Return the path and query of ``request``."""
    # Build the path from the route, because the event's own path may begin with the stage.
    path: str = request.path
    for name, value in (request.uri_params or {}).items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return f"{path}?{urlencode(dict(request.query_params))}" if request.query_params else path


def _token(access_context: AccessContext, request: Request) -> Token:
    scheme, _, text = str(request.headers.get("authorization", "")).partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("Send an API key in the header: Authorization: Bearer laurel_...")
    return tokens.authenticate(access_context, text.strip())


def _caller(token: Token, permission: Permission) -> Caller:
    if token.issuer_id is None or token.role is None:
        raise Forbidden("An operator's API key does not belong to an issuer. Use one of the issuer's API keys.")
    log.tenant(token.issuer_id)
    return _allowed(Caller(f"token:{token.id}", token.issuer_id, token.role, token.member), permission)


def _allowed(caller: Caller, permission: Permission) -> Caller:
    if not caller.may(permission):
        raise Forbidden(f"The role {caller.role} does not allow this. Contact an owner of the issuer.")
    return caller
