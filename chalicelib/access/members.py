"""Who belongs to an issuer."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.access import address
from chalicelib.access.gate import Gate
from chalicelib.access.nouns import Member
from chalicelib.access.roles import Role

MAX_MEMBERS = 200
"""Of one issuer: the people of a large programme office."""


def add(gate: Gate, issuer_id: str, email: str, role: Role) -> Member:
    """Let a person in. Raises `Refused` (`bad_email`), `Conflict` (`member_exists`, `too_many_members`)."""
    member = Member(issuer_id, address.normal(email), role, gate.now())
    gate.register.add_member(member, MAX_MEMBERS)
    return member


def change(gate: Gate, issuer_id: str, email: str, role: Role) -> Member:
    """Give a member another role.

    Raises `NotFound`; `Conflict`: `last_owner` for the only owner, `conflict` when another writer was first.
    """
    member = gate.register.member(issuer_id, address.normal(email))
    if member.role is not role:
        gate.register.change_member(member, role)
    return Member(issuer_id, member.email, role, member.since)


def remove(gate: Gate, issuer_id: str, email: str) -> None:
    """Let a person go; they are locked out from their next request on. Raises as `change` does."""
    gate.register.remove_member(gate.register.member(issuer_id, address.normal(email)))


def of_issuer(gate: Gate, issuer_id: str) -> Iterator[Member]:
    """All members of an issuer, by address."""
    return gate.register.members(issuer_id)


def issuers_of(gate: Gate, email: str) -> list[str]:
    """The ids of the issuers that a person belongs to."""
    return sorted(gate.register.issuers_of(email))
