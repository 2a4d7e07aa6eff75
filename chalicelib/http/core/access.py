"""Access rules: every route has one, and its view is called only for requests that the rule admits.

================  ====================================  ==========================================================
rule              credential of the request             arguments of the view, after the request
================  ====================================  ==========================================================
`PUBLIC`          none                                  the path's variables
`BY_SECRET`       a secret that the view itself checks  the path's variables
`token` (…)       an issuer's token                     `Caller`, the variables
`OPERATOR`        an operator's token                   its name, the variables
`either` (…)      one or the other                      `Caller` or the operator's token's name, the variables
`PERSON`          a session's cookie                    `Person`, the variables
`member` (…)      a session's cookie                    `Caller` for the first variable, `Person`, the other variables
`verifier` (…)    a verifier's API key; none, if          `ApiCaller`, the variables
                  ``anonymous``
================  ====================================  ==========================================================

A token never opens a page and a cookie never opens the API, so no other site can make a browser call the API on a
user's behalf. Every request of a session other than GET and HEAD carries the session's own ``csrf`` in its form.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from chalice.app import Request

from chalicelib.access.roles import Permission
from chalicelib.http.core.ports import Services
from chalicelib.verifiers.scope import Scope


class CallerKind(StrEnum):
    """Kinds of access rule."""

    PUBLIC = auto()
    BY_SECRET = auto()
    TOKEN = auto()
    OPERATOR = auto()
    EITHER = auto()
    PERSON = auto()
    MEMBER = auto()
    VERIFIER = auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """The access rule of a route; ``permission`` is what the caller's role must allow.

    ``scope`` is what a verifier's API key must permit; without one, any key of a verifier is accepted.
    """

    caller_kind: CallerKind
    permission: Permission | None = None
    scope: Scope | None = None
    anonymous: bool = False
    """Whether callers without a key are admitted too, with a lower limit."""

    @property
    def open_to_all(self) -> bool:
        """Whether the route answers callers without any credential."""
        return self.caller_kind is CallerKind.PUBLIC or self.anonymous

    @property
    def private(self) -> bool:
        """Whether responses are private: not cached, and not readable from another origin. Where a key is not required,
        the response to a request with one is private."""
        return not self.open_to_all

    @property
    def in_session(self) -> bool:
        """Whether the rule requires a browser session."""
        return self.caller_kind in (CallerKind.PERSON, CallerKind.MEMBER)


PUBLIC = Rule(CallerKind.PUBLIC)
BY_SECRET = Rule(CallerKind.BY_SECRET)
OPERATOR = Rule(CallerKind.OPERATOR)
PERSON = Rule(CallerKind.PERSON)


def token(permission: Permission) -> Rule:
    """Require an issuer's token whose role allows ``permission``."""
    return Rule(CallerKind.TOKEN, permission)


def either(permission: Permission) -> Rule:
    """Require an issuer's token whose role allows ``permission``, or an operator's token."""
    return Rule(CallerKind.EITHER, permission)


def member(permission: Permission) -> Rule:
    """Require a signed-in member whose role at the issuer in the path allows ``permission``."""
    return Rule(CallerKind.MEMBER, permission)


def verifier(scope: Scope | None = None, *, anonymous: bool = False) -> Rule:
    """Require a verifier's API key that permits ``scope``, and count the request against the limit of that scope; with
    ``anonymous``, also admit callers without a key, who have a lower limit.

    A request counts as one item before its body is read. A view that answers several items calls `ApiCaller.charge`.
    Responses have the headers `RateLimit-Policy` and `RateLimit`. A route without ``scope`` admits every API key, does
    not count its requests, and sends neither header, unless its view calls `api_caller.count` when it knows what the
    request needs.
    """
    return Rule(CallerKind.VERIFIER, scope=scope, anonymous=anonymous)


def admit(
    rule: Rule, services: Services, request: Request, variables: tuple[str, ...], max_form: int
) -> tuple[object, ...]:
    """Check the rule and return the view's arguments after the request.

    No body is read before the caller is authorised; only then is a form parsed, of at most ``max_form`` bytes.
    Raises `Unauthenticated`, `Forbidden`; `NotFound` for another tenant's issuer, as if it did not exist; `TooMany` for
    a caller of the API over its limit.
    """
    if rule.caller_kind in (CallerKind.PUBLIC, CallerKind.BY_SECRET):
        return variables
    # Imported here, so that public pages do not load sessions and tokens.
    if rule.caller_kind is CallerKind.VERIFIER:
        from chalicelib.http.core import api_caller

        return (api_caller.admit(services, request, rule.scope, anonymous=rule.anonymous), *variables)
    return _admit_to_private(rule, services, request, variables, max_form)


def _admit_to_private(
    rule: Rule, services: Services, request: Request, variables: tuple[str, ...], max_form: int
) -> tuple[object, ...]:
    from chalicelib.http.core import authentication

    match rule:
        case Rule(CallerKind.TOKEN, Permission() as permission):
            return (authentication.caller(services.access_context, request, permission), *variables)
        case Rule(CallerKind.OPERATOR):
            return (authentication.operator(services.access_context, request), *variables)
        case Rule(CallerKind.EITHER, Permission() as permission):
            return (authentication.either(services.access_context, request, permission), *variables)
        case Rule(CallerKind.PERSON):
            person = authentication.person(services.access_context, request)
            authentication.check_form(request, person, max_form)
            return (person, *variables)
        case Rule(CallerKind.MEMBER, Permission() as permission):
            person = authentication.person(services.access_context, request)
            caller = authentication.member(services.access_context, person, variables[0], permission)
            authentication.check_form(request, person, max_form)
            return (caller, person, *variables[1:])
    raise ValueError(f"{rule} admits no caller: it has no permission.")
