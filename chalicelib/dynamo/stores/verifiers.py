"""The stores of verifiers and their API keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.delivery import mailbox
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, mapped, members, read
from chalicelib.dynamo.tables import UNCONDITIONAL, ConditionFailed, Delete, Put, Tables, key_of
from chalicelib.dynamo.writes import replacing
from chalicelib.errors import Conflict, Refused
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.verifier import MAX_VERIFIERS, ApiKey, KeyGrant, Verifier


class ApiKeyMap(MapAttribute[str, Any]):
    """An API key in the account of its verifier."""

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    scopes = ListAttribute(of=UnicodeAttribute)
    digest = UnicodeAttribute()
    created = UTCDateTimeAttribute()
    ends = UTCDateTimeAttribute(null=True)

    @classmethod
    def of(cls, key: ApiKey) -> ApiKeyMap:
        return mapped(cls, scopes=sorted(key.scopes), **members(key, ApiKey, exclude=("scopes",)))

    def to_domain(self) -> ApiKey:
        return ApiKey(scopes=_scopes(self.scopes), **members(self, ApiKey, exclude=("scopes",)))


class VerifierItem(Item, discriminator="verifier"):
    """The account of a verifier."""

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    slot = NumberAttribute()
    created = UTCDateTimeAttribute()
    keys = ListAttribute(of=ApiKeyMap)
    version = NumberAttribute()

    @classmethod
    def of(cls, verifier: Verifier) -> Self:
        return cls(
            *keys.verifier(verifier.id),
            keys=[ApiKeyMap.of(key) for key in verifier.keys],
            **members(verifier, Verifier, exclude=("keys",)),
        )

    def to_domain(self) -> Verifier:
        found = members(self, Verifier, exclude=("keys", "version", "slot"))
        made = tuple(key.to_domain() for key in self.keys)
        return Verifier(keys=made, version=int(self.version), slot=int(self.slot), **found)


class VerifierPointerItem(Item, discriminator="verifier_pointer"):
    """One of the verifiers of a person."""

    target = UnicodeAttribute()

    def to_domain(self) -> str:
        return str(self.target)


class VerifierKeyItem(Item, discriminator="verifier_key"):
    """What an API key permits, under the hash of its text."""

    key_id = UnicodeAttribute()
    verifier_id = UnicodeAttribute()
    scopes = ListAttribute(of=UnicodeAttribute)
    ends = UTCDateTimeAttribute(null=True)
    owner = UnicodeAttribute()
    """The hash of the address of the person it belongs to, by which an erasure finds it."""

    @classmethod
    def of(cls, verifier: Verifier, key: ApiKey) -> Self:
        return cls(
            *keys.verifier_key(key.digest),
            key_id=key.id,
            verifier_id=verifier.id,
            scopes=sorted(key.scopes),
            ends=key.ends,
            owner=mailbox.digest(verifier.email),
        )

    def to_domain(self) -> KeyGrant:
        return KeyGrant(self.key_id, self.verifier_id, _scopes(self.scopes), self.ends)


class DynamoVerifierStore:
    """`verifiers.ports.VerifierStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def verifier(self, verifier_id: str) -> Verifier:
        key = keys.verifier(verifier_id)
        return reads.require(self._tables, self._table, VerifierItem, key, "This account does not exist.")

    def of_owner(self, email: str) -> Sequence[Verifier]:
        owner, found = mailbox.digest(email), []
        for raw in list(self._tables.query(self._table, keys.verifiers_of(owner))):
            pointer = read(VerifierPointerItem, raw)
            account = reads.find(self._tables, self._table, VerifierItem, keys.verifier(pointer))
            if account is None:  # a deletion was interrupted: free its slot
                self._tables.delete(self._table, key_of(raw))
            else:
                found.append(account)
        return sorted(found, key=lambda one: one.id)  # ULIDs sort by time

    def create(self, verifier: Verifier) -> Verifier:
        owner = mailbox.digest(verifier.email)
        for slot in range(1, MAX_VERIFIERS + 1):
            made = replace(verifier, slot=slot, version=1)
            pointer = VerifierPointerItem(*keys.verifier_pointer(owner, slot), target=made.id)
            try:
                self._tables.transact(self._table, [Put(pointer.raw()), Put(VerifierItem.of(made).raw())])
            except ConditionFailed:
                continue
            return made
        detail = f"You have reached the limit of {MAX_VERIFIERS} accounts. Delete one first."
        raise Refused(detail, code="too_many_verifiers")

    def save(self, before: Verifier, after: Verifier) -> Verifier:
        stored = replace(after, version=before.version + 1)
        puts = [replacing(VerifierItem.of(stored).raw(), before.version)]
        puts += [
            Put(VerifierKeyItem.of(stored, key).raw(), UNCONDITIONAL) for key in after.keys if key not in before.keys
        ]
        kept = {key.digest for key in after.keys}
        gone = [Delete(keys.verifier_key(key.digest), UNCONDITIONAL) for key in before.keys if key.digest not in kept]
        try:
            self._tables.transact(self._table, puts, gone)
        except ConditionFailed as error:
            raise Conflict("The account was changed in the meantime.") from error
        return stored

    def delete(self, verifier: Verifier) -> None:
        # The API keys first: none may work without an account in which it can be revoked.
        emptied = self.save(verifier, replace(verifier, keys=()))
        version = {":before": {"N": str(emptied.version)}}
        # Also if it is gone: the reply to an earlier attempt may have been lost.
        condition = "attribute_not_exists(pk) OR version = :before"
        self._tables.take(self._table, Delete(keys.verifier(verifier.id), condition, version))
        self._tables.delete(self._table, keys.verifier_pointer(mailbox.digest(verifier.email), verifier.slot))


class DynamoGrantStore:
    """`verifiers.ports.GrantStore` on DynamoDB: the only read of verifiers that functions for visitors may do."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def grant(self, digest: str) -> KeyGrant | None:
        return reads.find(self._tables, self._table, VerifierKeyItem, keys.verifier_key(digest))


def _scopes(stored: list[UnicodeAttribute]) -> frozenset[Scope]:
    return frozenset(Scope(str(one)) for one in stored)
