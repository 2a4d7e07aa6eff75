"""The store of holders' profiles and consents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from chalicelib.directory.profiles.consent import Audience, ConsentEntry
from chalicelib.directory.profiles.profile import Profile
from chalicelib.directory.profiles.published import Published, Views
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import read
from chalicelib.dynamo.items.profiles import (
    VIEW_KEYS,
    ConsentItem,
    HiddenProfileItem,
    ProfileItem,
    PublishedItem,
    SitemapItem,
)
from chalicelib.dynamo.keys import Key
from chalicelib.dynamo.tables import ABSENT, UNCONDITIONAL, Delete, Put, Tables
from chalicelib.dynamo.writes import delete_range, replacing


class DynamoProfileStore:
    """`directory.profiles.ports.ProfileStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def profile(self, mailbox: str) -> Profile | None:
        return reads.find(self._tables, self._table, ProfileItem, keys.profile(mailbox))

    def entries(self, mailbox: str) -> tuple[ConsentEntry, ...]:
        return tuple(read(ConsentItem, raw) for raw in self._tables.query(self._table, keys.consents(mailbox)))

    def save(self, profile: Profile, entry: ConsentEntry | None, views: Views) -> Profile:
        after = replace(profile, version=profile.version + 1)
        puts = [replacing(ProfileItem.of(after).raw(), profile.version)]
        if entry is not None:
            puts.append(Put(ConsentItem.of(profile.mailbox, entry).raw()))
        # The version of the profile also protects the copies, because all of them always change together.
        puts += (Put(PublishedItem.of(*each).raw(), UNCONDITIONAL) for each in views.items())
        gone = [VIEW_KEYS[one](profile.holder_id) for one in Audience if one not in views]
        public = views.get(Audience.PUBLIC)
        if public is not None and public.indexed:
            puts.append(Put(SitemapItem.of(public).raw(), UNCONDITIONAL))
        else:
            gone.append(keys.sitemap_entry(profile.holder_id))
        deletes = [Delete(key, UNCONDITIONAL) for key in gone]
        if views:  # this deletes nothing, but fails if the profile is hidden
            deletes.append(Delete(keys.hidden_profile(profile.holder_id), ABSENT))
        self._tables.transact(self._table, puts, deletes)
        return after

    def hidden(self, holder_id: str) -> datetime | None:
        return reads.find(self._tables, self._table, HiddenProfileItem, keys.hidden_profile(holder_id))

    def hide(self, holder_id: str, at: datetime) -> None:
        marker = Put(HiddenProfileItem.of(holder_id, at).raw(), UNCONDITIONAL)
        gone = [*(key(holder_id) for key in VIEW_KEYS.values()), keys.sitemap_entry(holder_id)]
        self._tables.transact(self._table, [marker], [Delete(key, UNCONDITIONAL) for key in gone])

    def unhide(self, holder_id: str) -> None:
        self._tables.delete(self._table, keys.hidden_profile(holder_id))

    def delete(self, profile: Profile) -> None:
        # A concurrent change then fails, so that nothing becomes public again.
        withdrawn = self.save(profile, None, {})
        delete_range(self._tables, self._table, keys.consents(profile.mailbox))
        # Deleted last, so that a repeated call can still find the others through it.
        version = {":version": {"N": str(withdrawn.version)}}
        last = Delete(keys.profile(profile.mailbox), "attribute_not_exists(pk) OR version = :version", version)
        self._tables.take(self._table, last)


class DynamoPublishedStore:
    """`directory.profiles.ports.PublishedStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def published(self, holder_id: str) -> Published | None:
        return reads.find(self._tables, self._tables.credentials, PublishedItem, keys.published(holder_id))

    def listed(self, shard: str, now: datetime, limit: int) -> list[str]:
        part = keys.sitemap_entries(shard)
        found = islice(self._tables.query(self._tables.credentials, part), limit)
        entries = (read(SitemapItem, raw) for raw in found)
        return [holder_id for holder_id, ends in entries if ends is None or now < ends]

    def published_many(self, holder_ids: Sequence[str]) -> Mapping[str, Published]:
        return self._many(map(keys.published, dict.fromkeys(holder_ids)))

    def for_recruiters(self, holder_ids: Sequence[str]) -> Mapping[str, Published]:
        return self._many(map(keys.for_recruiters, dict.fromkeys(holder_ids)))

    def _many(self, wanted: Iterable[Key]) -> Mapping[str, Published]:
        found = (read(PublishedItem, raw) for raw in reads.existing(self._tables, self._tables.credentials, wanted))
        return {one.holder_id: one for one in found}

    def all_ids(self) -> Iterator[str]:
        for page in self._tables.scan(self._tables.credentials, keys.published("").pk):
            yield from (read(PublishedItem, raw).holder_id for raw in page)
