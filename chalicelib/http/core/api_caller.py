"""Callers of the API for verifiers: with a verifier's API key, or without one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalice.app import Request

from chalicelib.errors import Forbidden, TooMany, Unauthenticated
from chalicelib.http.core import log
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.input import request_context
from chalicelib.verifiers import accounts
from chalicelib.verifiers.limits import ApiMeter
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.verifier import KeyGrant

_SCHEME = "Send a verifier's API key in the header: Authorization: Bearer laurel_vk_..."
EXPOSED = "RateLimit, RateLimit-Policy, Retry-After"
"""Headers that pages of other origins may read as well (Fetch, 3.2.6)."""


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """Who calls the API, and the meter of this request."""

    grant: KeyGrant | None
    """What the API key permits; None without a key, on a route that admits callers without one."""
    meter: ApiMeter | None
    """None on a route without a limit, and until `count` for one whose request says what it needs."""

    def charge(self, items: int) -> None:
        """Count ``items`` for this request, one of which has been counted when it was admitted.

        Call it before the work, with at most the burst of the limit (`verifiers.limits.LIMITS`). Raises `Problem`
        (`too_many_requests`), and `Unavailable` when it cannot be counted; nothing may be answered then.
        """
        if self.meter is not None:
            _charge(self.meter, items - 1)

    @property
    def key(self) -> KeyGrant:
        """What the API key permits, on a route that requires one."""
        if self.grant is None:
            raise ValueError("This route admits callers without an API key.")
        return self.grant

    @property
    def verifier_id(self) -> str | None:
        """The verifier that the API key belongs to; None without a key."""
        return None if self.grant is None else self.grant.verifier_id

    def headers(self) -> dict[str, str]:
        """The headers about the limit, for the response."""
        found = {} if self.meter is None else self.meter.headers()
        return found if self.grant is not None else {**found, "Access-Control-Expose-Headers": EXPOSED}


def admit(services: Services, request: Request, scope: Scope | None, *, anonymous: bool) -> ApiCaller:
    """Authenticate the caller, and count one item if there is a ``scope``. Raises `Unauthenticated`, `Forbidden`,
    `Problem` (`too_many_requests`), `Unavailable`."""
    caller = _identify(services, request, anonymous=anonymous)
    return caller if scope is None else count(services, request, caller, scope)


def count(services: Services, request: Request, caller: ApiCaller, scope: Scope) -> ApiCaller:
    """Admit the authenticated ``caller`` to what needs ``scope``, and count one item. Raises as `admit` does."""
    meter = _meter(services, request, caller, scope)
    _charge(meter, 1)
    return replace(caller, meter=meter)


def _identify(services: Services, request: Request, *, anonymous: bool) -> ApiCaller:
    header = str(request.headers.get("authorization", ""))
    if anonymous and not header:
        return ApiCaller(None, None)
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated(_SCHEME)
    grant = accounts.authenticate(services.grant_store, text.strip(), services.api_limits.clock())
    log.tenant(grant.verifier_id)
    return ApiCaller(grant, None)


def _meter(services: Services, request: Request, caller: ApiCaller, scope: Scope) -> ApiMeter:
    limits = services.api_limits
    if caller.grant is None:
        visitor, by_other_site = request_context.client_address(request), request_context.by_other_site(request)
        return limits.of_network(scope, visitor, by_other_site=by_other_site)
    if scope not in caller.grant.scopes:
        raise Forbidden(f"This API key does not have the scope {scope}. Create one that has it at /developers.")
    return limits.of_verifier(scope, caller.grant.verifier_id)


def _charge(meter: ApiMeter, items: int) -> None:
    try:
        meter.charge(items)
    except TooMany as error:
        headers = {"Retry-After": str(error.seconds), **meter.headers()}
        raise Problem(error.code, error.detail, headers=headers) from error
