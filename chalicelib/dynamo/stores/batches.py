"""The stores of batch jobs and their progress, and of `Idempotency-Key` claims of verifiers. All expire."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Self

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, epoch, from_epoch, members, read
from chalicelib.dynamo.tables import ABSENT, ConditionFailed, Put, Tables
from chalicelib.dynamo.writes import replacing
from chalicelib.errors import NotFound
from chalicelib.verifiers.batch.job import Detail, Job, Part
from chalicelib.verifiers.idempotency import KeyClaim


class BatchItem(Item, discriminator="batch"):
    """A job. ``expires`` is also the TTL."""

    id = UnicodeAttribute()
    owner = UnicodeAttribute()
    detail = UnicodeAttribute()
    items = NumberAttribute()
    answered = NumberAttribute()
    created = UTCDateTimeAttribute()
    expires = NumberAttribute()
    finished = UTCDateTimeAttribute(null=True)

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls(*keys.batch(job.id), expires=epoch(job.expires), **members(job, Job, exclude=("expires",)))

    def to_domain(self) -> Job:
        return Job(
            detail=Detail(self.detail),
            items=int(self.items),
            answered=int(self.answered),
            expires=from_epoch(self.expires),
            **members(self, Job, exclude=("detail", "items", "answered", "expires")),
        )


class BatchPartItem(Item, discriminator="batch_part"):
    """A part of a job whose results are stored: its verdicts as JSON."""

    number = NumberAttribute()
    verdicts = UnicodeAttribute()
    expires = NumberAttribute()

    def to_domain(self) -> Part:
        return Part(int(self.number), json.loads(self.verdicts))


class KeyClaimItem(Item, discriminator="key_claim"):
    """An `Idempotency-Key`. ``expires`` is also the TTL."""

    owner = UnicodeAttribute()
    key = UnicodeAttribute()
    request = BinaryAttribute(legacy_encoding=False)
    id = UnicodeAttribute()
    leased_until = UTCDateTimeAttribute()
    expires = NumberAttribute()
    is_answered = BooleanAttribute()
    version = NumberAttribute()

    @classmethod
    def of(cls, claim: KeyClaim) -> Self:
        rest = members(claim, KeyClaim, exclude=("expires",))
        return cls(*keys.key_claim(claim.owner, claim.key), expires=epoch(claim.expires), **rest)

    def to_domain(self) -> KeyClaim:
        rest = members(self, KeyClaim, exclude=("expires", "version"))
        return KeyClaim(expires=from_epoch(self.expires), version=int(self.version), **rest)


class DynamoJobStore:
    """`verifiers.batch.job.JobStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.secrets

    def add(self, job: Job) -> Job:
        try:
            self._tables.put(self._table, Put(BatchItem.of(job).raw(), ABSENT))
        except ConditionFailed as error:
            return read(BatchItem, error.found[0] or {})
        return job

    def job(self, job_id: str, now: datetime) -> Job:
        found = reads.find(self._tables, self._table, BatchItem, keys.batch(job_id))
        if found is None or now >= found.expires:
            raise NotFound("no such job")
        return found

    def add_part(self, job: Job, part: Part) -> None:
        item = BatchPartItem(
            *keys.batch_part(job.id, part.number),
            number=part.number,
            verdicts=json.dumps(dict(part.verdicts)),
            expires=epoch(job.expires),
        )
        try:
            self._tables.put(self._table, Put(item.raw(), ABSENT))
        except ConditionFailed:
            return  # of the same stored results

    def parts(self, job: Job) -> Sequence[Part]:
        return list(reads.list_range(self._tables, self._table, BatchPartItem, keys.batch_parts(job.id)))

    def finish(self, job: Job, now: datetime) -> None:
        self._tables.rewrite(self._table, BatchItem.of(job).raw(), BatchItem.of(replace(job, finished=now)).raw())


class DynamoKeyClaims:
    """`verifiers.idempotency.KeyClaims` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.secrets

    def claim(self, fresh: KeyClaim, now: datetime) -> KeyClaim:
        free = f"{ABSENT} OR expires <= :now"
        try:
            self._tables.put(
                self._table, Put(KeyClaimItem.of(fresh).raw(), free, {":now": {"N": str(int(now.timestamp()))}})
            )
        except ConditionFailed as error:
            return read(KeyClaimItem, error.found[0] or {})
        return fresh

    def replace(self, before: KeyClaim, after: KeyClaim) -> bool:
        try:
            self._tables.put(self._table, replacing(KeyClaimItem.of(after).raw(), before.version))
        except ConditionFailed:
            return False
        return True
