"""The store of holders' profiles and consents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from chalicelib.directory.profiles.consent import ConsentEntry
from chalicelib.directory.profiles.profile import Profile
from chalicelib.directory.profiles.published import Published
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import read
from chalicelib.dynamo.items.profiles import ConsentItem, HiddenProfileItem, ProfileItem, PublishedItem, SitemapItem
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

    def save(self, profile: Profile, entry: ConsentEntry | None, published: Published | None) -> Profile:
        after = replace(profile, version=profile.version + 1)
        puts = [replacing(ProfileItem.of(after).raw(), profile.version)]
        if entry is not None:
            puts.append(Put(ConsentItem.of(profile.mailbox, entry).raw()))
        # The version of the profile also protects the public copy, because both always change together.
        if published is not None:
            puts.append(Put(PublishedItem.of(published).raw(), UNCONDITIONAL))
        listed = keys.sitemap_entry(profile.holder_id)
        if published is not None and published.indexed:
            puts.append(Put(SitemapItem.of(published).raw(), UNCONDITIONAL))
            unlisted = []
        else:
            unlisted = [Delete(listed, UNCONDITIONAL)]
        hidden = Delete(keys.hidden_profile(profile.holder_id), ABSENT)  # deletes nothing, but fails if there is one
        gone = hidden if published is not None else Delete(keys.published(profile.holder_id), UNCONDITIONAL)
        self._tables.transact(self._table, puts, [gone, *unlisted])
        return after

    def hidden(self, holder_id: str) -> datetime | None:
        return reads.find(self._tables, self._table, HiddenProfileItem, keys.hidden_profile(holder_id))

    def hide(self, holder_id: str, at: datetime) -> None:
        marker = Put(HiddenProfileItem.of(holder_id, at).raw(), UNCONDITIONAL)
        gone = [keys.published(holder_id), keys.sitemap_entry(holder_id)]
        self._tables.transact(self._table, [marker], [Delete(key, UNCONDITIONAL) for key in gone])

    def unhide(self, holder_id: str) -> None:
        self._tables.delete(self._table, keys.hidden_profile(holder_id))

    def delete(self, profile: Profile) -> None:
        # A concurrent change then fails, so that nothing becomes public again.
        withdrawn = self.save(profile, None, None)
        delete_range(self._tables, self._table, keys.consents(profile.mailbox))
        # Last, because it leads to the others when this is repeated.
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
        wanted = map(keys.published, dict.fromkeys(holder_ids))
        found = (read(PublishedItem, raw) for raw in reads.existing(self._tables, self._tables.credentials, wanted))
        return {one.holder_id: one for one in found}

    def all_ids(self) -> Iterator[str]:
        for page in self._tables.scan(self._tables.credentials, keys.published("").pk):
            yield from (read(PublishedItem, raw).holder_id for raw in page)
