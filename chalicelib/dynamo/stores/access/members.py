"""The store of members and API keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from chalicelib.access.models import (
    Member,
    Membership,
    Token,
)
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.access import (
    MemberItem,
    MembershipItem,
    TokenItem,
)
from chalicelib.dynamo.items.base import (
    Pointer,
    read,
)
from chalicelib.dynamo.tables import ABSENT, EXISTS, UNCONDITIONAL, ConditionFailed, Delete, Put, Tables
from chalicelib.dynamo.writes import replacing
from chalicelib.errors import Conflict, NotFound, Unavailable

MAX_ENDED = 90
"""Maximum tokens that end in the transaction that removes their member: one has up to 100 actions (TransactWriteItems).
An issuer should have at most 50."""


def first_member(member: Member) -> list[Put]:
    """The puts that add ``member`` as the first member of a new issuer, for the transaction that stores the issuer."""
    owner = Membership(member.issuer_id, owners=1, members=1, version=1, last=f"created by {member.email}")
    return [Put(MemberItem.of(member).raw()), Put(_pointer(member).raw()), Put(MembershipItem.of(owner).raw())]


class DynamoMemberStore:
    """`access.ports.MemberStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def member(self, issuer_id: str, email: str) -> Member:
        key = keys.member(issuer_id, email)
        return reads.require(self._tables, self._table, MemberItem, key, "This issuer does not have this member.")

    def members(self, issuer_id: str) -> Iterator[Member]:
        return reads.list_range(self._tables, self._table, MemberItem, keys.members(issuer_id))

    def issuers_of(self, email: str, limit: int | None = None) -> Iterator[str]:
        return reads.list_range(self._tables, self._table, Pointer, keys.issuers_of(email), limit)

    def membership(self, issuer_id: str) -> Membership:
        return reads.find(self._tables, self._table, MembershipItem, keys.membership(issuer_id)) or Membership(
            issuer_id
        )

    def replace_member(
        self, before: Member | None, after: Member | None, membership: Membership, ended: Sequence[Token] = ()
    ) -> None:
        # The membership comes first: its item is unique to this change, so it shows whether the change was applied.
        puts = [replacing(MembershipItem.of(membership).raw(), membership.version - 1)]
        deletes = []
        if after is not None:
            puts.append(Put(MemberItem.of(after).raw(), EXISTS if before else ABSENT))
        if after is not None and before is None:
            puts.append(Put(_pointer(after).raw()))
        if before is not None and after is None:
            deletes = [
                Delete(keys.member(before.issuer_id, before.email)),
                Delete(keys.person_pointer(before.email, before.since, before.issuer_id)),
            ]
        # Concurrent requests may have created more tokens than an issuer may have.
        now, later = ended[:MAX_ENDED], ended[MAX_ENDED:]
        deletes += [Delete(keys.token(token.id), UNCONDITIONAL) for token in now]
        try:
            self._tables.transact(self._table, puts, deletes)
        except ConditionFailed as error:
            raise Conflict("The members were changed in the meantime.") from error
        for token in later:
            self._tables.delete(self._table, keys.token(token.id))
        for token in ended:  # a pointer that is left behind points to nothing and grants nothing
            with suppress(Unavailable):
                self._tables.delete(self._table, keys.token_pointer(token.issuer_id, token.created, token.id))

    def token(self, token_id: str) -> Token:
        return reads.require(self._tables, self._table, TokenItem, keys.token(token_id), "This API key does not exist.")

    def tokens(self, issuer_id: str | None) -> Iterator[Token]:
        pointers = self._tables.query(self._table, keys.tokens(issuer_id))
        token_keys = (keys.token(read(Pointer, raw)) for raw in pointers)
        return (read(TokenItem, raw) for raw in reads.existing(self._tables, self._table, token_keys))

    def add_token(self, token: Token) -> None:
        pointer = Pointer(*keys.token_pointer(token.issuer_id, token.created, token.id), target=token.id)
        self._tables.transact(self._table, [Put(TokenItem.of(token).raw()), Put(pointer.raw())])

    def remove_token(self, token: Token) -> None:
        # The pointer last, and only once the token is gone: without it, a key that still works would be in no list.
        pointer = keys.token_pointer(token.issuer_id, token.created, token.id)
        try:
            self._tables.take(self._table, Delete(keys.token(token.id)))
        except ConditionFailed as error:
            self._tables.delete(self._table, pointer)
            raise NotFound("This API key does not exist.") from error
        self._tables.delete(self._table, pointer)

    def used(self, token: Token, at: datetime) -> None:
        with suppress(ConditionFailed):
            self._tables.put(self._table, Put(TokenItem.of(replace(token, used=at)).raw(), EXISTS))


def _pointer(member: Member) -> Pointer:
    return Pointer(*keys.person_pointer(member.email, member.since, member.issuer_id), target=member.issuer_id)
