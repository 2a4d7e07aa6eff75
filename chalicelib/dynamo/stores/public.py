"""The reads of a view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Image, Record, StatusList
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Pointer, Readable, read
from chalicelib.dynamo.items.catalogue import CatalogueEntryItem
from chalicelib.dynamo.items.credentials import ImageItem, RecordItem, StatusListItem
from chalicelib.dynamo.items.issuers import IssuerItem
from chalicelib.dynamo.stores.analytics.salts import SaltItem
from chalicelib.dynamo.stores.award.pathway_links import PathwayLinksItem
from chalicelib.dynamo.stores.erasure import tombstones
from chalicelib.dynamo.tables import Raw, Tables, key_of
from chalicelib.erasure.tombstone import Tombstone
from chalicelib.errors import Erased, NotFound
from chalicelib.reports.hosted import ERASED
from chalicelib.reports.store import RelatedItems

if TYPE_CHECKING:
    from chalicelib.analytics.counts.view_counts import ViewCounts

N = TypeVar("N")


class DynamoPublicStore:
    """`reports.store.PublicStore` on DynamoDB: every read is strongly consistent."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def record(self, credential_id: str) -> Record:
        found = reads.find(self._tables, self._tables.credentials, RecordItem, keys.record(credential_id))
        if found is not None:
            return found
        if tombstones.exists(self._tables, Tombstone.CREDENTIAL, credential_id):
            raise Erased(ERASED)
        raise NotFound("This credential does not exist.")

    def existing_records(self, credential_ids: Sequence[str]) -> list[Record]:
        wanted = [keys.record(credential_id) for credential_id in credential_ids]
        return [read(RecordItem, raw) for raw in reads.existing(self._tables, self._tables.credentials, wanted)]

    def issuers_and_lists(self, records: Sequence[Record]) -> tuple[Mapping[str, Issuer], Mapping[str, StatusList]]:
        issuers = dict.fromkeys(keys.issuer(record.issuer_id) for record in records)
        lists = dict.fromkeys(keys.status_list(entry.list_id) for record in records for entry in record.entries)
        found = {key_of(raw): raw for raw in reads.existing(self._tables, self._tables.credentials, (*issuers, *lists))}
        read_issuers = [read(IssuerItem, found[key]) for key in issuers if key in found]
        read_lists = [read(StatusListItem, found[key]) for key in lists if key in found]
        return {one.id: one for one in read_issuers}, {one.id: one for one in read_lists}

    def related_items(self, record: Record, day: date) -> RelatedItems:
        issuer_key, salt_key = keys.issuer(record.issuer_id), keys.salt(day)
        list_keys = {entry.list_id: keys.status_list(entry.list_id) for entry in record.entries}
        links_key = keys.pathway_links(record.issuer_id, record.achievement_id)
        entry_key = keys.catalogue_entry(record.issuer_id, record.achievement_id)
        view_counts_key = keys.view_counts(record.issuer_id, record.id)
        shown = [view_counts_key] if record.shows_view_counts else []
        found = self._tables.get_many(
            {
                self._tables.credentials: [issuer_key, links_key, entry_key, *list_keys.values(), *shown],
                self._tables.secrets: [salt_key],
            }
        )
        return RelatedItems(
            issuer=read(IssuerItem, found[issuer_key]) if issuer_key in found else None,
            status_lists={
                list_id: read(StatusListItem, found[key]) for list_id, key in list_keys.items() if key in found
            },
            salt=read(SaltItem, found[salt_key]) if salt_key in found else None,
            pathway_links=read(PathwayLinksItem, found[links_key]) if links_key in found else (),
            catalogue_entry=read(CatalogueEntryItem, found[entry_key]) if entry_key in found else None,
            view_counts=_view_counts(found[view_counts_key]) if view_counts_key in found else None,
        )

    def issuer(self, issuer_id: str) -> Issuer:
        return self._require(IssuerItem, keys.issuer(issuer_id), "This issuer does not exist.")

    def issuer_of_did(self, did: str) -> Issuer:
        pointer = self._require(Pointer, keys.did_pointer(did), "No issuer here has this DID.")
        return self.issuer(pointer)

    def name_holders(self, digest: str) -> set[str]:
        table, part = self._tables.credentials, keys.name_holders(digest)
        return set(reads.list_range(self._tables, table, Pointer, part))

    def status_list(self, list_id: str) -> StatusList:
        return self._require(StatusListItem, keys.status_list(list_id), "This status list does not exist.")

    def image(self, sha256: str) -> Image:
        return self._require(ImageItem, keys.image(sha256), "This image does not exist.")

    def _require(self, model: type[Readable[N]], key: keys.Key, missing_message: str) -> N:
        return reads.require(self._tables, self._tables.credentials, model, key, missing_message)


def _view_counts(raw: Raw) -> ViewCounts:
    from chalicelib.dynamo.items.view_counts import ViewCountsItem  # most credentials show none

    return read(ViewCountsItem, raw)
