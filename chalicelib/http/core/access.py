"""Who may come in: every route has one of these rules, and its view is called only for those whom the rule admits.

================  ====================================  ==========================================================
rule              who brings what                       what the view gets, after the request
================  ====================================  ==========================================================
`PUBLIC`          anybody                               the path's variables
`BY_SECRET`       a secret that the view itself checks  the path's variables
`token` (act)     an issuer's token                     `Caller`, the variables
`OPERATOR`        an operator's token                   its name, the variables
`either` (act)    one or the other                      `Caller` or the operator's token's name, the variables
`PERSON`          a session's cookie                    `Person`, the variables
`member` (act)    a session's cookie                    `Caller` for the first variable, `Person`, the other variables
================  ====================================  ==========================================================

A token never opens a page and a cookie never opens the API, so that no other site can make a browser speak for
somebody there. What a session sends (anything but GET and HEAD) carries the session's own ``csrf`` in its form.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from chalice.app import Request

from chalicelib.access.roles import Act
from chalicelib.http.core.ports import Services


class Door(StrEnum):
    """The kinds of rules."""

    PUBLIC = auto()
    BY_SECRET = auto()
    TOKEN = auto()
    OPERATOR = auto()
    EITHER = auto()
    PERSON = auto()
    MEMBER = auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may come in at a route; ``act`` is what their role has to allow there."""

    door: Door
    act: Act | None = None

    @property
    def private(self) -> bool:
        """Whether its answers are for one asker alone: no cache keeps them, no page of another origin reads them."""
        return self.door is not Door.PUBLIC

    @property
    def in_session(self) -> bool:
        """Whether a browser's session opens it."""
        return self.door in (Door.PERSON, Door.MEMBER)


PUBLIC = Rule(Door.PUBLIC)
BY_SECRET = Rule(Door.BY_SECRET)
OPERATOR = Rule(Door.OPERATOR)
PERSON = Rule(Door.PERSON)


def token(act: Act) -> Rule:
    """An issuer's token whose role allows ``act``."""
    return Rule(Door.TOKEN, act)


def either(act: Act) -> Rule:
    """An issuer's token whose role allows ``act``, or an operator's token."""
    return Rule(Door.EITHER, act)


def member(act: Act) -> Rule:
    """Somebody signed in whose role at the issuer in the path allows ``act``."""
    return Rule(Door.MEMBER, act)


def admit(rule: Rule, services: Services, request: Request, variables: tuple[str, ...]) -> tuple[object, ...]:
    """What the view gets after the request.

    Raises `Unauthenticated`, `Forbidden`; `NotFound` for another tenant's issuer, as if there were none.
    """
    if rule.door in (Door.PUBLIC, Door.BY_SECRET):
        return variables
    from chalicelib.http.core import (
        authentication,  # who only looks at a credential does not wait for sessions and tokens
    )

    match rule:
        case Rule(Door.TOKEN, Act() as act):
            return (authentication.caller(services.access_context, request, act), *variables)
        case Rule(Door.OPERATOR):
            return (authentication.operator(services.access_context, request), *variables)
        case Rule(Door.EITHER, Act() as act):
            return (authentication.either(services.access_context, request, act), *variables)
        case Rule(Door.PERSON):
            return (authentication.person(services.access_context, request), *variables)
        case Rule(Door.MEMBER, Act() as act):
            person = authentication.person(services.access_context, request)
            return (authentication.member(services.access_context, person, variables[0], act), person, *variables[1:])
    raise ValueError(f"{rule} admits nobody: it names no act.")
