"""The store of the public catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from chalicelib.catalogue.entry import CatalogueEntry
from chalicelib.catalogue.ports import Click, Offer, Target
from chalicelib.credential.issuer import Issuer
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Pointer, read
from chalicelib.dynamo.items.catalogue import CatalogueEntryItem, ClickItem, ConversionItem, ConversionKeyItem
from chalicelib.dynamo.items.issuers import AchievementItem, IssuerItem
from chalicelib.dynamo.stores.analytics.salts import SaltItem
from chalicelib.dynamo.stores.award.pathway_links import PathwayLinksItem
from chalicelib.dynamo.tables import ConditionFailed, Put, Tables
from chalicelib.errors import NotFound

_NO_ACHIEVEMENT = "This achievement does not exist."


class DynamoCatalogueStore:
    """`catalogue.ports.CatalogueStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def offer(self, achievement_id: str, day: date) -> Offer:
        credentials, secrets = self._tables.credentials, self._tables.secrets
        pointer = keys.achievement_pointer(achievement_id)
        issuer_id = reads.require(self._tables, credentials, Pointer, pointer, _NO_ACHIEVEMENT)
        achievement_key, issuer_key = keys.achievement(issuer_id, achievement_id), keys.issuer(issuer_id)
        links_key, salt_key = keys.pathway_links(issuer_id, achievement_id), keys.salt(day)
        found = self._tables.get_many({credentials: [achievement_key, issuer_key, links_key], secrets: [salt_key]})
        if achievement_key not in found or issuer_key not in found:
            raise NotFound(_NO_ACHIEVEMENT)
        return Offer(
            read(AchievementItem, found[achievement_key]),
            read(IssuerItem, found[issuer_key]),
            read(PathwayLinksItem, found[links_key]) if links_key in found else (),
            read(SaltItem, found[salt_key]) if salt_key in found else None,
        )

    def issuer(self, issuer_id: str) -> Issuer:
        key = keys.issuer(issuer_id)
        return reads.require(self._tables, self._tables.credentials, IssuerItem, key, "This issuer does not exist.")

    def issuer_ids(self, after: str, limit: int) -> list[str]:
        part = keys.issuers_after(after)
        return list(reads.list_range(self._tables, self._tables.credentials, Pointer, part, limit))

    def issuers(self, issuer_ids: Sequence[str]) -> list[Issuer]:
        wanted = map(keys.issuer, issuer_ids)
        return [read(IssuerItem, raw) for raw in reads.existing(self._tables, self._tables.credentials, wanted)]

    def entries(self, issuer_id: str, after: str, limit: int) -> list[CatalogueEntry]:
        part = keys.listings_after(issuer_id, after)
        return list(reads.list_range(self._tables, self._tables.credentials, CatalogueEntryItem, part, limit))

    def entries_by_id(self, issuer_id: str, achievement_ids: Sequence[str]) -> Mapping[str, CatalogueEntry]:
        wanted = {keys.catalogue_entry(issuer_id, each): each for each in achievement_ids}
        found = self._tables.get_many({self._tables.credentials: list(wanted)})
        return {wanted[key]: read(CatalogueEntryItem, raw) for key, raw in found.items()}

    def target(self, issuer_id: str, achievement_id: str, day: date, today: date) -> Target:
        entry_key, issuer_key = keys.catalogue_entry(issuer_id, achievement_id), keys.issuer(issuer_id)
        month_key = keys.conversion_key(today.replace(day=1))
        found = self._tables.get_many(
            {
                self._tables.credentials: [entry_key, issuer_key],
                self._tables.secrets: [keys.salt(day), keys.salt(today), month_key],
            }
        )
        salts = {key: read(SaltItem, found[key]) for key in (keys.salt(day), keys.salt(today)) if key in found}
        return Target(
            read(CatalogueEntryItem, found[entry_key]) if entry_key in found else None,
            read(IssuerItem, found[issuer_key]) if issuer_key in found else None,
            salts.get(keys.salt(day)),
            salts.get(keys.salt(today)),
            read(ConversionKeyItem, found[month_key]) if month_key in found else None,
        )

    def create_conversion_key(self, month: date, fresh: bytes, expires: datetime) -> bytes:
        try:
            self._tables.put(self._tables.secrets, Put(ConversionKeyItem.of(month, fresh, expires).raw()))
        except ConditionFailed as error:
            return read(ConversionKeyItem, error.found[0] or {})
        return fresh

    def first_click(self, nonce: str, visitor_class: str, click: Click, expires: datetime) -> Click:
        try:
            self._tables.put(self._tables.secrets, Put(ClickItem.of(nonce, visitor_class, click, expires).raw()))
        except ConditionFailed as error:
            return read(ClickItem, error.found[0] or {})
        return click


class DynamoConversionStore:
    """`catalogue.ports.ConversionStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def conversion_key(self, month: date) -> bytes | None:
        return reads.find(self._tables, self._tables.secrets, ConversionKeyItem, keys.conversion_key(month))

    def has_credential(self, credential_id: str) -> bool:
        return self._tables.get(self._tables.credentials, keys.record(credential_id)) is not None

    def first_conversion(self, issuer_id: str, event_id: str, at: datetime, expires: datetime) -> datetime | None:
        try:
            self._tables.put(self._tables.secrets, Put(ConversionItem.of(issuer_id, event_id, at, expires).raw()))
        except ConditionFailed as error:
            return read(ConversionItem, error.found[0] or {})
        return None
