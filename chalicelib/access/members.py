"""Members of an issuer. An issuer that has an owner always keeps at least one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from chalicelib.access import email_address, secrets
from chalicelib.access.access_context import AccessContext
from chalicelib.access.models import Member, Membership, Token
from chalicelib.access.roles import Role
from chalicelib.errors import Conflict, NotFound, Refused

MAX_MEMBERS = 200
"""Maximum members per issuer: enough for the staff of a large programme."""
LAST_OWNER = (
    "An issuer must have at least one owner. Make someone else an owner first. If no one else will use this issuer, "
    "ask the operator of this service to take it over."
)
MAX_ATTEMPTS = 8
"""Maximum attempts per change. Each failed attempt means that another writer changed the members first."""

Check = Callable[[], object]
"""Raises when the caller may no longer change members. It is called at each attempt: a change is stored only if nothing
else has changed since, so a person who is removed at the same moment can neither add nor promote anyone."""


def _anyone() -> None:
    """The check of a caller that cannot be removed, such as the command line."""


def add(
    access_context: AccessContext, issuer_id: str, email: str, role: Role, *, still_allowed: Check = _anyone
) -> Member:
    """Add a member; the first one must be an owner. For ``still_allowed`` see `Check`.

    Raises `Refused` (`bad_email`, `too_many`), `Conflict` (`member_exists`, `last_owner`).
    """
    member = Member(issuer_id, email_address.normalize(email), role, access_context.now())
    if "/" in member.email:
        # A member's address is part of a path, where API Gateway decodes `%2F` to a path separator.
        raise Refused("An email address with a slash is not supported.", code="bad_email")
    for _ in range(MAX_ATTEMPTS):
        membership = access_context.member_store.membership(issuer_id)
        still_allowed()
        if _existing(access_context, member) is not None:
            raise Conflict(f"{member.email} is already a member.", code="member_exists")
        if _try_replace(access_context, membership, None, member):
            return member
    raise _busy()


def change(
    access_context: AccessContext,
    issuer_id: str,
    email: str,
    role: Role,
    also: Collection[str] = (),
    *,
    still_allowed: Check = _anyone,
) -> Member:
    """Change the role of a member, and revoke the keys with the ids ``also`` in the same transaction: keys of the
    organization whose secrets the member may know, and which would let them do what their new role does not.

    The member's own keys stay, but never permit more than their role. For ``still_allowed`` see `Check`. Raises
    `NotFound`; `Conflict` (`last_owner`) for the only owner; `Refused` (`unknown_token`) when one of the keys does not
    exist, and changes nothing then.
    """
    for _ in range(MAX_ATTEMPTS):
        membership = access_context.member_store.membership(issuer_id)
        still_allowed()
        before = access_context.member_store.member(issuer_id, email_address.normalize(email))
        after = replace(before, role=role)
        ended = _named(access_context.member_store.tokens(issuer_id), frozenset(also)) if also else ()
        if (after == before and not ended) or _try_replace(access_context, membership, before, after, ended):
            return after
    raise _busy()


def remove(
    access_context: AccessContext,
    issuer_id: str,
    email: str,
    also: Collection[str] = (),
    *,
    still_allowed: Check = _anyone,
) -> tuple[Token, ...]:
    """Remove a member, with effect from their next request, and revoke their API keys in the same transaction; return
    the revoked keys.

    ``also`` are the ids of other keys to revoke, whose secrets the member may know. For ``still_allowed`` see `Check`.
    Raises as `change` does; `Refused`
    (`unknown_token`) when one of them does not exist, and changes nothing then.
    """
    for _ in range(MAX_ATTEMPTS):
        membership = access_context.member_store.membership(issuer_id)
        still_allowed()
        before = access_context.member_store.member(issuer_id, email_address.normalize(email))
        ended = _ended(access_context, before, frozenset(also))
        if _try_replace(access_context, membership, before, None, ended):
            return ended
    raise _busy()


def of_issuer(access_context: AccessContext, issuer_id: str) -> Iterator[Member]:
    """All members of an issuer, sorted by address."""
    return access_context.member_store.members(issuer_id)


def issuers_of(access_context: AccessContext, email: str) -> list[str]:
    """The ids of the issuers that a person is a member of, in the order in which they were added."""
    return list(access_context.member_store.issuers_of(email))


def _ended(access_context: AccessContext, leaving: Member, also: frozenset[str]) -> tuple[Token, ...]:
    known = tuple(access_context.member_store.tokens(leaving.issuer_id))
    # Organization keys first: a member's own key is refused after the removal in any case.
    named = _named(known, also)
    return (*named, *(token for token in known if token.member == leaving.email and token not in named))


def _named(known: Iterable[Token], ids: frozenset[str]) -> tuple[Token, ...]:
    """The keys with these ``ids``. Raises `Refused` (`unknown_token`) when one does not exist."""
    found = tuple(token for token in known if token.id in ids)
    if len(found) < len(ids):
        raise Refused("One of these API keys does not exist. It may have been revoked.", code="unknown_token")
    return found


def _existing(access_context: AccessContext, member: Member) -> Member | None:
    try:
        return access_context.member_store.member(member.issuer_id, member.email)
    except NotFound:
        return None


def _try_replace(
    access_context: AccessContext,
    membership: Membership,
    before: Member | None,
    after: Member | None,
    ended: Sequence[Token] = (),
) -> bool:
    # The membership was read before the member, so if its version is unchanged, the member is too.
    mark = secrets.new_secret(access_context.entropy, secrets.ID_BYTES)
    updated = replace(_next(membership, before, after), last=mark)
    try:
        access_context.member_store.replace_member(before, after, updated, ended)
    except Conflict:
        return False
    return True


def _next(membership: Membership, before: Member | None, after: Member | None) -> Membership:
    """The membership counts after the change. Raises `Conflict` (`last_owner`), `Refused` (`too_many`)."""
    updated = replace(
        membership,
        owners=membership.owners + _owner_count(after) - _owner_count(before),
        members=membership.members + (after is not None) - (before is not None),
        version=membership.version + 1,
    )
    if updated.owners < 1:
        raise Conflict(LAST_OWNER, code="last_owner")
    if after is not None and before is None and updated.members > MAX_MEMBERS:
        raise Refused(f"An issuer can have up to {MAX_MEMBERS} members.", code="too_many")
    return updated


def _owner_count(member: Member | None) -> int:
    return int(member is not None and member.role is Role.OWNER)


def _busy() -> Conflict:
    return Conflict("Someone else is changing the members. Try again.", code="busy")
