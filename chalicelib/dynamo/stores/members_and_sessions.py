"""The stores of members and tokens (permanent), and of sessions, links, counters and signing keys (expiring)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from chalicelib.access.models import (
    Link,
    Member,
    Membership,
    Session,
    Token,
)
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.access import (
    LinkItem,
    MemberItem,
    MembershipItem,
    SessionItem,
    SigningKeyItem,
    TokenItem,
)
from chalicelib.dynamo.items.base import (
    Pointer,
    Readable,
    epoch,
    read,
)
from chalicelib.dynamo.tables import ABSENT, ConditionFailed, Delete, Put, Tables, key_of
from chalicelib.errors import Conflict, NotFound

N = TypeVar("N")

EXISTS = "attribute_exists(pk)"


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
        found = self._one(MemberItem, keys.member(issuer_id, email))
        if found is None:
            raise NotFound("This issuer does not have this member.")
        return found

    def members(self, issuer_id: str) -> Iterator[Member]:
        return (read(MemberItem, raw) for raw in self._tables.query(self._table, keys.members(issuer_id)))

    def issuers_of(self, email: str) -> Iterator[str]:
        return (read(Pointer, raw) for raw in self._tables.query(self._table, keys.issuers_of(email)))

    def membership(self, issuer_id: str) -> Membership:
        return self._one(MembershipItem, keys.membership(issuer_id)) or Membership(issuer_id)

    def replace_member(self, before: Member | None, after: Member | None, membership: Membership) -> None:
        # The roster comes first because its item is unique to this change, so it shows whether the change was applied.
        version = {":before": {"N": str(membership.version - 1)}}
        puts = [
            Put(
                MembershipItem.of(membership).raw(),
                *(("version = :before", version) if membership.version > 1 else (ABSENT,)),
            )
        ]
        deletes = []
        if after is not None:
            puts.append(Put(MemberItem.of(after).raw(), EXISTS if before else ABSENT))
        if after is not None and before is None:
            puts.append(Put(_pointer(after).raw()))
        if before is not None and after is None:
            deletes = [
                Delete(keys.member(before.issuer_id, before.email)),
                Delete(keys.person_pointer(before.email, before.issuer_id)),
            ]
        try:
            self._tables.transact(self._table, puts, deletes)
        except ConditionFailed as error:
            raise Conflict("The members were changed in the meantime.") from error

    def token(self, token_id: str) -> Token:
        found = self._one(TokenItem, keys.token(token_id))
        if found is None:
            raise NotFound("This token does not exist.")
        return found

    def tokens(self, issuer_id: str | None) -> Iterator[Token]:
        pointers = self._tables.query(self._table, keys.tokens(issuer_id))
        token_keys = [keys.token(read(Pointer, raw)) for raw in pointers]
        # One call reads at most 100 items; an issuer has at most `access.tokens.MAX_TOKENS`.
        for start in range(0, len(token_keys), 100):
            batch = token_keys[start : start + 100]
            found = self._tables.get_many({self._table: batch})
            yield from (read(TokenItem, found[key]) for key in batch if key in found)

    def add_token(self, token: Token) -> None:
        pointer = Pointer(*keys.token_pointer(token.issuer_id, token.created, token.id), target=token.id)
        self._tables.transact(self._table, [Put(TokenItem.of(token).raw()), Put(pointer.raw())])

    def remove_token(self, token: Token) -> None:
        # Delete the token first: a pointer that is left behind points to nothing and grants nothing.
        try:
            self._tables.take(self._table, Delete(keys.token(token.id)))
        except ConditionFailed as error:
            raise NotFound("This token does not exist.") from error
        finally:
            self._tables.delete(self._table, keys.token_pointer(token.issuer_id, token.created, token.id))

    def used(self, token: Token, at: datetime) -> None:
        with suppress(ConditionFailed):
            self._tables.put(self._table, Put(TokenItem.of(replace(token, used=at)).raw(), EXISTS))

    def _one(self, model: type[Readable[N]], key: keys.Key) -> N | None:
        raw = self._tables.get(self._table, key)
        return None if raw is None else read(model, raw)


class DynamoSessionStore:
    """`access.ports.SessionStore` on DynamoDB, in the table without point-in-time recovery or a stream."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.secrets
        self._keys: dict[str, bytes] = {}

    def key(self, kid: str) -> bytes | None:
        # A key never changes, and the caller has checked its day, so it is cached.
        if kid not in self._keys:
            found = self._one(SigningKeyItem, keys.signing_key(kid))
            if found is None:
                return None
            self._keys = {kid: found, **dict(list(self._keys.items())[:2])}
        return self._keys[kid]

    def make_key(self, kid: str, fresh: bytes, expires: datetime) -> bytes:
        item = SigningKeyItem(*keys.signing_key(kid), key=fresh, expires=epoch(expires))
        try:
            self._tables.put(self._table, Put(item.raw()))
        except ConditionFailed as error:
            return read(SigningKeyItem, error.found[0] or {})
        return fresh

    def destroy_keys_before(self, kid: str) -> int:
        return self._delete_all(keys.signing_keys_before(kid))

    def session(self, email: str, session_id: str) -> Session | None:
        return self._one(SessionItem, keys.session(email, session_id))

    def add_session(self, session: Session) -> None:
        self._tables.put(self._table, Put(SessionItem.of(session).raw()))

    def seen(self, session: Session, at: datetime) -> None:
        with suppress(ConditionFailed):
            self._tables.put(self._table, Put(SessionItem.of(replace(session, seen=at)).raw(), EXISTS))

    def end_session(self, email: str, session_id: str) -> None:
        self._tables.delete(self._table, keys.session(email, session_id))

    def end_sessions(self, email: str) -> int:
        return self._delete_all(keys.sessions(email))

    def add_link(self, link: Link) -> None:
        self._tables.put(self._table, Put(LinkItem.of(link).raw()))

    def link(self, digest: str) -> Link | None:
        return self._one(LinkItem, keys.sign_in_link(digest))

    def take_link(self, link: Link) -> bool:
        try:
            self._tables.take(self._table, Delete(keys.sign_in_link(link.digest)))
        except ConditionFailed:
            return False
        return True

    def count(self, name: str, max_count: int, expires: datetime) -> bool:
        try:
            self._tables.count(self._table, keys.count(name), max_count, epoch(expires))
        except ConditionFailed:
            return False
        return True

    def _delete_all(self, part: keys.Range) -> int:
        deleted = 0
        for raw in self._tables.query(self._table, part):
            self._tables.delete(self._table, key_of(raw))
            deleted += 1
        return deleted

    def _one(self, model: type[Readable[N]], key: keys.Key) -> N | None:
        raw = self._tables.get(self._table, key)
        return None if raw is None else read(model, raw)


def _pointer(member: Member) -> Pointer:
    return Pointer(*keys.person_pointer(member.email, member.issuer_id), target=member.issuer_id)
