"""The store of sessions, sign-in links, rate limit counters and signing keys, which all expire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from chalicelib.access.models import Link, Session
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.access import KnownPersonItem, LinkItem, SessionItem, SigningKeyItem
from chalicelib.dynamo.items.base import epoch, read
from chalicelib.dynamo.tables import EXISTS, UNCONDITIONAL, ConditionFailed, Delete, Put, Tables, key_of


class DynamoSessionStore:
    """`access.ports.SessionStore` on DynamoDB, in the table without point-in-time recovery or a stream."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.secrets
        self._keys: dict[str, bytes] = {}

    def key(self, kid: str) -> bytes | None:
        # A key never changes, and the caller has checked its day, so it is cached.
        if kid not in self._keys:
            found = reads.find(self._tables, self._table, SigningKeyItem, keys.signing_key(kid))
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
        return reads.find(self._tables, self._table, SessionItem, keys.session(email, session_id))

    def sessions_of(self, email: str) -> Iterator[Session]:
        return reads.list_range(self._tables, self._table, SessionItem, keys.sessions(email))

    def add_session(self, session: Session) -> None:
        self._tables.put(self._table, Put(SessionItem.of(session).raw()))

    def mark_used(self, session: Session, at: datetime) -> None:
        with suppress(ConditionFailed):
            self._tables.put(self._table, Put(SessionItem.of(replace(session, seen=at)).raw(), EXISTS))

    def end_session(self, email: str, session_id: str) -> None:
        self._tables.delete(self._table, keys.session(email, session_id))

    def end_sessions(self, email: str) -> int:
        return self._delete_all(keys.sessions(email))

    def add_link(self, link: Link) -> None:
        self._tables.put(self._table, Put(LinkItem.of(link).raw()))

    def link(self, digest: str) -> Link | None:
        return reads.find(self._tables, self._table, LinkItem, keys.sign_in_link(digest))

    def take_link(self, link: Link) -> bool:
        try:
            self._tables.take(self._table, Delete(keys.sign_in_link(link.digest)))
        except ConditionFailed:
            return False
        return True

    def add_known_person(self, hashed: str, expires: datetime) -> None:
        item = KnownPersonItem(*keys.known_person(hashed), expires=epoch(expires))
        self._tables.put(self._table, Put(item.raw(), UNCONDITIONAL))

    def is_known_person(self, hashed: str, now: datetime) -> bool:
        expires = reads.find(self._tables, self._table, KnownPersonItem, keys.known_person(hashed))
        return expires is not None and now < expires

    def count(self, name: str, max_count: int, expires: datetime) -> bool:
        return self._tables.add(self._table, keys.count(name), 1, max_count, epoch(expires))

    def decrement(self, name: str) -> None:
        self._tables.subtract(self._table, keys.count(name), 1)

    def _delete_all(self, part: keys.Range) -> int:
        deleted = 0
        for raw in self._tables.query(self._table, part):
            self._tables.delete(self._table, key_of(raw))
            deleted += 1
        return deleted
