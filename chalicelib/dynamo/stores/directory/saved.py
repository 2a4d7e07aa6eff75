"""The store of saved people and searches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.directory.saved.saved import Entry, Saved
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, mapped, members
from chalicelib.dynamo.tables import ABSENT, Delete, Put, Tables


class EntryMap(MapAttribute[str, Any]):
    """A saved person or search."""

    value = UnicodeAttribute()
    since = UTCDateTimeAttribute()


class SavedItem(Item, discriminator="saved"):
    """The people and searches that one person has saved."""

    mailbox = UnicodeAttribute()
    email = UnicodeAttribute()
    people = ListAttribute(of=EntryMap)
    searches = ListAttribute(of=EntryMap)
    emails = BooleanAttribute()
    lang = UnicodeAttribute(null=True)
    checked_at = UTCDateTimeAttribute(null=True)
    version = NumberAttribute()

    @classmethod
    def of(cls, one: Saved) -> Self:
        return cls(
            *keys.saved(one.mailbox),
            people=_mapped(one.people),
            searches=_mapped(one.searches),
            **members(one, Saved, exclude=("people", "searches")),
        )

    def to_domain(self) -> Saved:
        found = members(self, Saved, exclude=("people", "searches", "version"))
        people, searches = _entries(self.people), _entries(self.searches)
        return Saved(people=people, searches=searches, version=int(self.version), **found)


class DynamoSavedStore:
    """`directory.saved.ports.SavedStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def saved(self, mailbox: str) -> Saved | None:
        return reads.find(self._tables, self._table, SavedItem, keys.saved(mailbox))

    def save(self, saved: Saved) -> Saved:
        after = replace(saved, version=saved.version + 1)
        before = {":before": {"N": str(saved.version)}}
        condition = ("version = :before", before) if saved.version else (ABSENT,)
        self._tables.transact(self._table, [Put(SavedItem.of(after).raw(), *condition)])
        return after

    def delete(self, saved: Saved) -> None:
        before = {":before": {"N": str(saved.version)}}
        # Even if it is gone: the reply to an earlier attempt may have been lost.
        condition = "attribute_not_exists(pk) OR version = :before"
        self._tables.take(self._table, Delete(keys.saved(saved.mailbox), condition, before))


def _mapped(entries: tuple[Entry, ...]) -> list[EntryMap]:
    return [mapped(EntryMap, value=one.value, since=one.since) for one in entries]


def _entries(stored: list[EntryMap]) -> tuple[Entry, ...]:
    return tuple(Entry(str(one.value), one.since) for one in stored)
