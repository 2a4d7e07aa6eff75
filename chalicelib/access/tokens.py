"""API keys, with which a program acts for an issuer or for the operators.

An issuer's key belongs to a member, and ends with the membership, or to the organization. A member's key never permits
more than the member: that is checked at every use, so a key that a removal missed is worth nothing.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from chalicelib.access import api_keys, secrets
from chalicelib.access.access_context import AccessContext
from chalicelib.access.models import Token
from chalicelib.access.roles import Role, covers
from chalicelib.errors import Forbidden, LaurelError, NotFound, Refused

"""Lets scanners of source code recognise a leaked token."""
USED_EVERY = timedelta(hours=1)
"""Precision of the last use of a token: at most one write per hour, not one per request."""
MAX_TOKENS = 50
"""Maximum tokens per issuer: one for each program and person, with room to replace them."""

_SHAPE = re.compile(r"laurel_([a-z2-7]{16})_([a-z2-7]{52})", re.ASCII)


def new_id(access_context: AccessContext) -> str:
    """Generate an id for a new token."""
    return api_keys.new_id(access_context.entropy)


def make(
    access_context: AccessContext,
    issuer_id: str | None,
    role: Role | None,
    name: str,
    by: str,
    token_id: str | None = None,
    *,
    member: str | None = None,
    still_allowed: Callable[[], object] = lambda: None,
) -> tuple[Token, str]:
    """Create a token for an issuer, or for the operators if ``issuer_id`` and ``role`` are None; return it and its
    text.

    The text cannot be retrieved later. ``by`` is who created it. A caller that may retry passes a ``token_id``, so that
    a retry cannot create a second token. ``member`` is the address of the member that it belongs to; None for an
    organization key. ``still_allowed`` raises when the creator may no longer create tokens. It is called once the token
    is stored, so that a person who is removed at the same moment leaves no token behind.

    Raises `Refused` (`bad_name`, `bad_id`, `bad_member`, `too_many_tokens`), `Conflict` when the id is taken, and what
    ``still_allowed`` raises.
    """
    if (issuer_id is None) is not (role is None):
        raise ValueError("A token has an issuer and a role, or neither.")
    if member is not None:
        _check_new(access_context, issuer_id, role, member)
    name = api_keys.checked_name(name)
    if token_id is not None:
        api_keys.check_id(token_id)
    if sum(1 for _ in access_context.member_store.tokens(issuer_id)) >= MAX_TOKENS:
        raise Refused(
            f"You have reached the limit of {MAX_TOKENS} API keys. Revoke one that you no longer use.",
            code="too_many_tokens",
        )
    secret = secrets.new_secret(access_context.entropy)
    token = Token(
        id=token_id or new_id(access_context),
        issuer_id=issuer_id,
        role=role,
        name=name,
        digest=secrets.digest(secret),
        created=access_context.now(),
        created_by=by,
        member=member,
    )
    access_context.member_store.add_token(token)
    try:
        still_allowed()
    except LaurelError:
        access_context.member_store.remove_token(token)
        raise
    return token, f"{api_keys.ISSUER_PREFIX}_{token.id}_{secret}"


def authenticate(access_context: AccessContext, text: str) -> Token:
    """Authenticate a token by its ``text``.

    Raises `Unauthenticated`, the same for every kind of invalid token; `Forbidden` when its member may no longer do
    what it permits.
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise api_keys.unknown(text)
    try:
        token = access_context.member_store.token(shape[1])
    except NotFound as error:
        raise api_keys.unknown() from error
    if not hmac.compare_digest(token.digest, secrets.digest(shape[2])):
        raise api_keys.unknown()
    _check_member(access_context, token)
    now = access_context.now()
    if token.used is None or now - token.used >= USED_EVERY:
        access_context.member_store.used(token, now)
        token = replace(token, used=now)
    return token


def of_issuer(access_context: AccessContext, issuer_id: str | None) -> Iterator[Token]:
    """An issuer's tokens, oldest first; the operators' if ``issuer_id`` is None."""
    return access_context.member_store.tokens(issuer_id)


def of_member(access_context: AccessContext, issuer_id: str, email: str) -> tuple[Token, ...]:
    """The tokens that end with a member, oldest first."""
    return tuple(token for token in of_issuer(access_context, issuer_id) if token.member == email)


def of_organization(access_context: AccessContext, issuer_id: str) -> tuple[Token, ...]:
    """The tokens that belong to the organization, oldest first."""
    return tuple(token for token in of_issuer(access_context, issuer_id) if token.member is None)


def revoke(access_context: AccessContext, issuer_id: str | None, token_id: str) -> None:
    """Revoke a token, with immediate effect. Raises `NotFound` when it does not exist or belongs to another issuer."""
    token = access_context.member_store.token(token_id)
    if token.issuer_id != issuer_id:
        raise NotFound("no such token")
    access_context.member_store.remove_token(token)


def _check_new(access_context: AccessContext, issuer_id: str | None, role: Role | None, member: str) -> None:
    if issuer_id is None or role is None:
        raise ValueError("An operator's token belongs to no member.")
    try:
        found = access_context.member_store.member(issuer_id, member)
    except NotFound as error:
        raise Refused("This person is not a member of the issuer.", code="bad_member") from error
    if not covers(found.role, role):
        raise Refused(
            f"The member has the role {found.role}, so their API key cannot have more permissions than that.",
            code="bad_member",
        )


def _check_member(access_context: AccessContext, token: Token) -> None:
    """A strongly consistent read, so that removals and role changes take effect immediately."""
    if token.member is None or token.issuer_id is None or token.role is None:
        return
    try:
        member = access_context.member_store.member(token.issuer_id, token.member)
    except NotFound as error:
        raise api_keys.unknown() from error
    if token.created < member.since:
        raise api_keys.unknown()  # of an earlier membership of the same person
    if not covers(member.role, token.role):
        raise Forbidden(
            f"This API key has the role {token.role}, but the member it belongs to only has the role {member.role}."
        )
