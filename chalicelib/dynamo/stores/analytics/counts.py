"""The store of counts: those of buckets and hours in the table of events, which expire; the others in the permanent
table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from itertools import count, islice
from typing import Any, NamedTuple, Self

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.analytics.counts.counts import NOTHING, Counts
from chalicelib.analytics.counts.counts_json import from_bytes, to_bytes
from chalicelib.analytics.counts.periods import Level, Period, bucket_of
from chalicelib.analytics.counts.ports import Late, Progress, Superseded
from chalicelib.analytics.counts.sections import Part, parts_of
from chalicelib.analytics.counts.view_counts import ViewCounts
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, epoch, read
from chalicelib.dynamo.items.view_counts import ViewCountsItem
from chalicelib.dynamo.keys import Key, Range
from chalicelib.dynamo.stores.analytics.events import LateItem
from chalicelib.dynamo.tables import ABSENT, UNCONDITIONAL, ConditionFailed, Delete, Put, Raw, Tables, key_of
from chalicelib.errors import Malformed, Unavailable

MAX_PAYLOAD = 300_000
"""Maximum bytes of counts in one item, which has at most 400 KB. What is larger is cut into chunks."""
OUTLIVES_EVENTS = timedelta(days=30)
"""The extra time for which counts of buckets and hours are kept after their events, because an hour is folded from all
its buckets."""
_NOT_LATER = "attribute_not_exists(pk) OR run_number <= :number"


class ProgressItem(Item, discriminator="fold_progress"):
    """The progress of counting."""

    run_number = NumberAttribute()
    folded_to = UTCDateTimeAttribute()
    busy_until = UTCDateTimeAttribute()
    owner = UnicodeAttribute()

    @classmethod
    def of(cls, progress: Progress) -> Self:
        return cls(
            *keys.fold_progress(),
            run_number=progress.number,
            folded_to=progress.folded_to,
            busy_until=progress.busy_until,
            owner=progress.owner,
        )

    def to_domain(self) -> Progress:
        ends = (self.folded_to.astimezone(UTC), self.busy_until.astimezone(UTC))
        return Progress(int(self.run_number), *ends, str(self.owner))


class Stored(NamedTuple):
    """The content of an item of counts."""

    issuer_id: str
    period: Period
    payload: bytes
    digest: str
    chunks: int


class CountsItem(Item, discriminator="counts"):
    """The counts of an issuer in a period, compressed; in ``chunks`` other items if they are large."""

    issuer_id = UnicodeAttribute()
    level = UnicodeAttribute()
    start = UTCDateTimeAttribute()
    run_number = NumberAttribute()
    payload = BinaryAttribute(legacy_encoding=False, null=True)
    digest = UnicodeAttribute()
    chunks = NumberAttribute()
    expires = NumberAttribute(null=True)

    def to_domain(self) -> Stored:
        period = Period(Level(self.level), self.start.astimezone(UTC))
        return Stored(str(self.issuer_id), period, bytes(self.payload or b""), str(self.digest), int(self.chunks))


class ChunkItem(Item, discriminator="counts_chunk"):
    """A part of large counts."""

    payload = BinaryAttribute(legacy_encoding=False)
    expires = NumberAttribute(null=True)

    def to_domain(self) -> bytes:
        return bytes(self.payload)


class DynamoCountStore:
    """`analytics.counts.ports.CountStore` on DynamoDB."""

    def __init__(self, tables: Tables, retention: timedelta, *, consistent: bool = True) -> None:
        """Only a fold needs ``consistent`` reads: counts that people read are minutes old anyway."""
        self._tables = tables
        self._consistent = consistent
        self._kept = retention + OUTLIVES_EVENTS

    def progress(self, *, latest: bool = True) -> Progress | None:
        consistent = self._consistent and latest
        return reads.find(self._tables, self._tables.events, ProgressItem, keys.fold_progress(), consistent=consistent)

    def save_progress(self, progress: Progress, since: int, done: Sequence[Late] = ()) -> None:
        item = ProgressItem.of(progress).raw()
        condition = "run_number = :number" if since else ABSENT
        put = Put(item, condition, {":number": {"N": str(since)}} if since else None)
        notes = [Delete(_note_key(note), UNCONDITIONAL) for note in done]
        try:
            if notes:
                self._tables.transact(self._tables.events, [put], notes)
            else:
                self._tables.put(self._tables.events, put)
        except ConditionFailed as error:
            if error.found.get(0) != item:  # else an attempt was applied, and its reply was lost
                raise Superseded from error

    def late(self, limit: int) -> list[Late]:
        found = self._tables.query(self._tables.events, keys.late_events(), limit, consistent=False)
        return [read(LateItem, raw) for raw in islice(found, limit)]

    def note_failure(self, note: Late) -> None:
        expires = epoch(note.bucket + self._kept)
        item = LateItem(*_note_key(note), event_id=note.event_id, bucket=note.bucket, expires=expires)
        self._tables.put(self._tables.events, Put(item.raw(), UNCONDITIONAL))

    def save(self, issuer_id: str, period: Period, counts: Counts, number: int, *, shrunk: bool = False) -> None:
        if period.level in (Level.BUCKET, Level.HOUR):
            key, expires = keys.part_counts(issuer_id, period), epoch(period.end + self._kept)
            self._save(self._tables.events, key, issuer_id, period, counts, number, expires)
            return
        for part, found in parts_of(counts, period.level, shrunk=shrunk).items():
            self.save_part(issuer_id, period, part, found, number)

    def save_part(self, issuer_id: str, period: Period, part: Part, counts: Counts, number: int) -> None:
        key = keys.counts(issuer_id, part.value, period)
        self._save(self._tables.credentials, key, issuer_id, period, counts, number, None)

    def parts(self, whole: Period, issuer_ids: Collection[str] | None = None) -> Iterator[tuple[str, Period, Counts]]:
        if issuer_ids is None:
            yield from self._read_all(self._tables.events, keys.part_counts_of_all(whole))
            return
        for issuer_id in sorted(issuer_ids):
            yield from self._read_all(self._tables.events, keys.part_counts_of(issuer_id, whole))

    def stored_parts(self, whole: Period) -> list[tuple[str, Period]]:
        raws = self._tables.query(self._tables.events, keys.part_counts_of_all(whole))
        return [(stored.issuer_id, stored.period) for stored in (read(CountsItem, raw) for raw in raws)]

    def section(self, issuer_id: str, period: Period, section: Part) -> Counts:
        table, key = self._tables.credentials, keys.counts(issuer_id, section.value, period)
        stored = reads.find(self._tables, table, CountsItem, key, consistent=self._consistent)
        return NOTHING if stored is None else self._counts(table, key, stored)

    def sections(self, issuer_id: str, first: Period, last: Period, section: Part) -> Iterator[tuple[Period, Counts]]:
        part = keys.counts_between(issuer_id, section.value, first, last)
        for _, period, counts in self._read_all(self._tables.credentials, part):
            yield period, counts

    def view_counts(self, issuer_id: str) -> list[ViewCounts]:
        part = keys.view_counts_of(issuer_id)
        return list(reads.list_range(self._tables, self._tables.credentials, ViewCountsItem, part))

    def save_view_counts(self, issuer_id: str, view_counts: ViewCounts, number: int) -> None:
        item = ViewCountsItem.of(issuer_id, view_counts, number).raw()
        put = Put(item, "run_number <= :number", {":number": {"N": str(number)}})
        try:
            self._tables.put(self._tables.credentials, put)
        except ConditionFailed as error:
            if error.found.get(0) is not None:
                raise Superseded from error

    def change(self, table: str, raw: Raw, change: Callable[[Counts], Counts]) -> bool:
        """Change one item, unless it has been recounted meanwhile. Return whether there was anything to change.

        Raises `Unavailable`.
        """
        key, stored = key_of(raw), read(CountsItem, raw)
        before = self._counts(table, key, stored)
        after = change(before)
        if after == before:
            return False
        number, expires = int(raw["run_number"]["N"]), raw.get("expires", {}).get("N")
        with suppress(Superseded):
            expiry = None if expires is None else int(expires)
            self._save(table, key, stored.issuer_id, stored.period, after, number, expiry)
        return True

    def _read_all(self, table: str, part: Range) -> Iterator[tuple[str, Period, Counts]]:
        for raw in self._tables.query(table, part, consistent=self._consistent):
            stored = read(CountsItem, raw)
            yield stored.issuer_id, stored.period, self._counts(table, key_of(raw), stored)

    def _counts(self, table: str, key: Key, stored: Stored) -> Counts:
        payload = stored.payload
        if stored.chunks:
            wanted = [keys.payload_chunk(key, stored.digest, number) for number in range(stored.chunks)]
            payload = self._read_chunks(table, wanted, consistent=False)
            if hashlib.sha256(payload).hexdigest() != stored.digest:
                payload = self._read_chunks(table, wanted, consistent=True)
        try:
            return from_bytes(payload)
        except Malformed as error:
            # The counts were overwritten and their old chunks deleted in the meantime, so read them again.
            raise Unavailable("Counts are being replaced. Try again.", code="storage_unreadable") from error

    def _read_chunks(self, table: str, wanted: Sequence[Key], *, consistent: bool) -> bytes:
        """The content of chunks. Their keys contain its hash, so one that is found is never outdated, and the cheaper
        read is tried first: it can only miss chunks that were stored a moment ago."""
        found = reads.existing(self._tables, table, wanted, consistent=consistent)
        return b"".join(read(ChunkItem, raw) for raw in found)

    def _save(
        self, table: str, key: Key, issuer_id: str, period: Period, counts: Counts, number: int, expires: int | None
    ) -> None:
        payload = to_bytes(counts)
        digest = hashlib.sha256(payload).hexdigest()
        chunks = _chunks(payload)
        for n, chunk in enumerate(chunks):
            item = ChunkItem(*keys.payload_chunk(key, digest, n), payload=chunk, expires=expires)
            self._tables.put(table, Put(item.raw(), UNCONDITIONAL))
        members: dict[str, Any] = {
            "issuer_id": issuer_id,
            "level": period.level.value,
            "start": period.start,
            "run_number": number,
            "payload": None if chunks else payload,
            "digest": digest,
            "chunks": len(chunks),
            "expires": expires,
        }
        head: Raw = CountsItem(*key, **members).raw()
        try:
            self._tables.put(table, Put(head, _NOT_LATER, {":number": {"N": str(number)}}))
        except ConditionFailed as error:
            raise Superseded from error
        if chunks:
            self._delete_other_chunks(table, key, digest, len(chunks))

    def _delete_other_chunks(self, table: str, key: Key, digest: str, many: int) -> None:
        """Delete the chunks of other counts than the ``many`` of ``digest``, the last first: where there is no n-th
        chunk, there is none after it."""
        others: list[Key] = []
        for number in count():
            found = [key_of(raw) for raw in self._tables.query(table, keys.payload_chunks(key, number))]
            if not found and number >= many:
                break
            others += (chunk for chunk in found if chunk.sk != digest)
        for chunk in reversed(others):
            self._tables.delete(table, chunk)


def _note_key(note: Late) -> Key:
    key = keys.late_event if note.failed_issuer is None else keys.failed_fold
    return key(bucket_of(note.bucket), note.event_id)


def _chunks(payload: bytes) -> list[bytes]:
    """Split counts that do not fit into one item."""
    if len(payload) <= MAX_PAYLOAD:
        return []
    return [payload[start : start + MAX_PAYLOAD] for start in range(0, len(payload), MAX_PAYLOAD)]
