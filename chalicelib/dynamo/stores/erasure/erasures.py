"""The store of erasures: requested ones are in the table without backups, what is left of it in one of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Self

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.analytics.archive import EventArchive
from chalicelib.credential.record import Record
from chalicelib.delivery import links
from chalicelib.directory.profiles.profile import Profile
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.erasing.restored import restored
from chalicelib.dynamo.erasing.sweep import find_values, sweep_tables
from chalicelib.dynamo.items.base import Item, members
from chalicelib.dynamo.items.recipients import IndexMarker
from chalicelib.dynamo.keys import Key
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.stores.erasure import tombstones
from chalicelib.dynamo.tables import UNCONDITIONAL, ConditionFailed, Delete, Put, Tables
from chalicelib.dynamo.writes import delete_range, replacing
from chalicelib.erasure.erasure import Erasure, ErasureTarget, RequestedBy, Restored, State, Sweep
from chalicelib.erasure.tombstone import Tombstone


class ErasureItem(Item, discriminator="erasure"):
    """An erasure that is not done yet."""

    issuer_id = UnicodeAttribute(null=True)
    subject = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    credential_id = UnicodeAttribute(null=True)
    requested_by = UnicodeAttribute()
    requested_at = UTCDateTimeAttribute()
    due = UTCDateTimeAttribute()
    state = UnicodeAttribute()
    changed_at = UTCDateTimeAttribute(null=True)
    version = NumberAttribute()

    @classmethod
    def of(cls, one: Erasure) -> Self:
        return cls(*keys.erasure(one.issuer_id, one.subject), **members(one, Erasure))

    def to_domain(self) -> Erasure:
        found = members(self, Erasure, exclude=("requested_by", "state", "version"))
        return Erasure(
            **found, requested_by=RequestedBy(self.requested_by), state=State(self.state), version=int(self.version)
        )


class ErasedIdItem(Item, discriminator="erased_id"):
    """An id that an erasure has deleted."""

    erased = UnicodeAttribute()

    def to_domain(self) -> str:
        return str(self.erased)


class SweepItem(Item, discriminator="erasure_sweep"):
    """Where the search for other traces is."""

    started_at = UTCDateTimeAttribute()
    position = UnicodeAttribute()
    changed = NumberAttribute()

    @classmethod
    def of(cls, one: Sweep) -> Self:
        return cls(*keys.erasure_sweep(), **members(one, Sweep))

    def to_domain(self) -> Sweep:
        return Sweep(self.started_at, str(self.position), int(self.changed))


class DynamoErasureStore:
    """`erasure.erasure.ErasureStore` on DynamoDB."""

    def __init__(
        self, tables: Tables, counts: DynamoCountStore, archive: EventArchive, entropy: Callable[[int], bytes]
    ) -> None:
        self._tables = tables
        self._counts = counts
        self._archive = archive
        self._entropy = entropy

    def erasure(self, issuer_id: str | None, subject: str) -> Erasure | None:
        return reads.find(self._tables, self._tables.secrets, ErasureItem, keys.erasure(issuer_id, subject))

    def erasures(self) -> Iterator[Erasure]:
        return reads.list_range(self._tables, self._tables.secrets, ErasureItem, keys.erasures())

    def of_issuer(self, issuer_id: str) -> Iterator[Erasure]:
        return reads.list_range(self._tables, self._tables.secrets, ErasureItem, keys.erasures_of(issuer_id))

    def add(self, erasure: Erasure) -> bool:
        item = ErasureItem.of(erasure).raw()
        try:
            self._tables.put(self._tables.secrets, Put(item))
        except ConditionFailed as error:
            return error.found.get(0) == item  # an earlier attempt was applied, and its reply was lost
        return True

    def replace(self, erasure: Erasure) -> Erasure:
        after = replace(erasure, version=erasure.version + 1)
        self._tables.transact(self._tables.secrets, [replacing(ErasureItem.of(after).raw(), erasure.version)])
        return after

    def cancel(self, erasure: Erasure) -> None:
        waiting = {":version": {"N": str(erasure.version)}, ":one": {"N": "1"}}
        same = "attribute_not_exists(pk) OR (version = :version AND version = :one)"  # each change of the state counts
        self._tables.take(self._tables.secrets, Delete(keys.erasure(erasure.issuer_id, erasure.subject), same, waiting))

    def delete_credential(self, erasure: Erasure, record: Record, email: str | None, at: datetime) -> None:
        tombstones.add_tombstone(self._tables, Tombstone.CREDENTIAL, record.id, at)
        self._remember(erasure, record.id)
        markers = [IndexMarker(*keys.index_marker(entry.list_id, entry.index)) for entry in record.entries]
        gone = [
            keys.record(record.id),
            keys.row(record.issuer_id, record.issued_at, record.id),
            keys.recipient(record.id),
            keys.delivery(record.issuer_id, record.id),
            keys.view_counts(record.issuer_id, record.id),
            *_pointers(email, record.issuer_id, record.id, record.issued_at),
        ]
        self._delete(gone, [Put(marker.raw(), UNCONDITIONAL) for marker in markers])

    def delete_pointers(self, email: str, issuer_id: str, credential_id: str, issued_at: datetime) -> None:
        self._delete(_pointers(email, issuer_id, credential_id, issued_at))

    def delete_mailbox(self, digest: str, at: datetime) -> None:
        key = tombstones.mailbox_key(self._tables, self._entropy)
        tombstones.add_tombstone(self._tables, Tombstone.MAILBOX, digest, at, key)
        self._tables.delete(self._tables.credentials, keys.mailbox(digest))
        delete_range(self._tables, self._tables.secrets, keys.holder_links(links.mailbox_id_of(digest)))

    def add_profile_tombstone(self, erasure: Erasure, profile: Profile, at: datetime) -> None:
        tombstones.add_tombstone(self._tables, Tombstone.HOLDER, profile.holder_id, at)
        self._remember(erasure, profile.holder_id)

    def ids(self, erasure: Erasure) -> frozenset[str]:
        part = keys.erased_ids(erasure.issuer_id, erasure.subject)
        return frozenset(reads.list_range(self._tables, self._tables.secrets, ErasedIdItem, part))

    def finish(self, erasure: Erasure) -> None:
        delete_range(self._tables, self._tables.secrets, keys.erased_ids(erasure.issuer_id, erasure.subject))
        # Deleted last, so that a repeated call can still find the others through it.
        self._tables.delete(self._tables.secrets, keys.erasure(erasure.issuer_id, erasure.subject))

    def current_sweep(self) -> Sweep | None:
        return reads.find(self._tables, self._tables.secrets, SweepItem, keys.erasure_sweep())

    def save_sweep(self, sweep: Sweep) -> None:
        self._tables.put(self._tables.secrets, Put(SweepItem.of(sweep).raw(), UNCONDITIONAL))

    def sweep(self, sweep: Sweep, targets: Sequence[ErasureTarget]) -> Iterator[Sweep]:
        return sweep_tables(self._tables, self._counts, self._archive, sweep, targets)

    def restored(self, since: datetime) -> Iterator[Restored]:
        return restored(self._tables, tombstones.mailbox_key(self._tables, self._entropy), since)

    def find(self, values: Iterable[str]) -> Iterator[tuple[str, str]]:
        return find_values(self._tables, self._archive, values)

    def _remember(self, erasure: Erasure, erased: str) -> None:
        item = ErasedIdItem(*keys.erased_id(erasure.issuer_id, erasure.subject, erased), erased=erased)
        self._tables.put(self._tables.secrets, Put(item.raw(), UNCONDITIONAL))

    def _delete(self, gone: Sequence[Key], puts: Sequence[Put] = ()) -> None:
        deletes = [Delete(key, UNCONDITIONAL) for key in gone]
        self._tables.transact(self._tables.credentials, puts, deletes, primary=())


def _pointers(email: str | None, issuer_id: str, credential_id: str, issued_at: datetime) -> list[Key]:
    if email is None:
        return []
    return [
        keys.holder_of_issuer(issuer_id, email, issued_at, credential_id),
        keys.holder(email, issuer_id, credential_id),
    ]
