"""Who belongs to an issuer. Once it has an owner it is never without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.access import email_address
from chalicelib.access.access_context import AccessContext
from chalicelib.access.models import Member, Membership
from chalicelib.access.roles import Role
from chalicelib.errors import Conflict, NotFound, Refused

MAX_MEMBERS = 200
"""Of one issuer: the people of a large programme office."""
TRIES = 8
"""Each lost try means that another writer of the same members was first; eight in a row is no coincidence."""


def add(access_context: AccessContext, issuer_id: str, email: str, role: Role) -> Member:
    """Let a person in; the first one as owner.

    Raises `Refused` (`bad_email`, `too_many`), `Conflict` (`member_exists`, `last_owner`).
    """
    member = Member(issuer_id, email_address.normal(email), role, access_context.now())
    if "/" in member.email:
        # A member is named in a path, where API Gateway takes `%2F` for the end of a part.
        raise Refused("An email address with a slash is not supported.", code="bad_email")
    for _ in range(TRIES):
        membership = access_context.member_store.membership(issuer_id)
        if _found(access_context, member) is not None:
            raise Conflict(f"{member.email} is already a member.", code="member_exists")
        if _stored(access_context, membership, None, member):
            return member
    raise _busy()


def change(access_context: AccessContext, issuer_id: str, email: str, role: Role) -> Member:
    """Give a member another role. Raises `NotFound`; `Conflict` (`last_owner`) for the only owner."""
    for _ in range(TRIES):
        membership = access_context.member_store.membership(issuer_id)
        before = access_context.member_store.member(issuer_id, email_address.normal(email))
        after = replace(before, role=role)
        if after == before or _stored(access_context, membership, before, after):
            return after
    raise _busy()


def remove(access_context: AccessContext, issuer_id: str, email: str) -> None:
    """Let a person go; they are locked out from their next request on. Raises as `change` does."""
    for _ in range(TRIES):
        membership = access_context.member_store.membership(issuer_id)
        before = access_context.member_store.member(issuer_id, email_address.normal(email))
        if _stored(access_context, membership, before, None):
            return
    raise _busy()


def of_issuer(access_context: AccessContext, issuer_id: str) -> Iterator[Member]:
    """All members of an issuer, by address."""
    return access_context.member_store.members(issuer_id)


def issuers_of(access_context: AccessContext, email: str) -> list[str]:
    """The ids of the issuers that a person belongs to."""
    return sorted(access_context.member_store.issuers_of(email))


def _found(access_context: AccessContext, member: Member) -> Member | None:
    try:
        return access_context.member_store.member(member.issuer_id, member.email)
    except NotFound:
        return None


def _stored(access_context: AccessContext, membership: Membership, before: Member | None, after: Member | None) -> bool:
    # The roster was read before the member: while it is still the same, so is the member.
    following = _next(membership, before, after)
    try:
        access_context.member_store.replace_member(before, after, following)
    except Conflict:
        return False
    return True


def _next(membership: Membership, before: Member | None, after: Member | None) -> Membership:
    """The roster after the change. Raises `Conflict` (`last_owner`), `Refused` (`too_many`)."""
    following = replace(
        membership,
        owners=membership.owners + _owns(after) - _owns(before),
        members=membership.members + (after is not None) - (before is not None),
        version=membership.version + 1,
        last=f"{before and before.email} {before and before.role} -> {after and after.email} {after and after.role}",
    )
    if following.owners < 1:
        raise Conflict("An issuer must have at least one owner. Make someone else an owner first.", code="last_owner")
    if after is not None and before is None and following.members > MAX_MEMBERS:
        raise Refused(f"An issuer can have up to {MAX_MEMBERS} members.", code="too_many")
    return following


def _owns(member: Member | None) -> int:
    return int(member is not None and member.role is Role.OWNER)


def _busy() -> Conflict:
    return Conflict("The members are being changed by someone else. Try again.", code="busy")
