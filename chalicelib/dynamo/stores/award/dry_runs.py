"""The store of dry runs, in the table `secrets`: one item for the state, and the upload in parts. All expire."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from datetime import datetime
from typing import Any, Self

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.award.bulk.bulk_issuer import UploadSummary
from chalicelib.award.bulk.dry_run import DryRun, DryRunState
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.bulk.upload import RowError
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, epoch, members, read
from chalicelib.dynamo.tables import ABSENT, UNCONDITIONAL, Put, Tables
from chalicelib.dynamo.writes import replacing
from chalicelib.errors import NotFound

PART_BYTES = 350_000
"""Bytes of an upload in one item, which holds 400 KB."""


class DryRunItem(Item, discriminator="dry_run"):
    """A dry run without its upload. ``summary`` is deflated JSON."""

    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    achievement_id = UnicodeAttribute()
    notify = BooleanAttribute()
    any_columns = BooleanAttribute()
    valid_from = UTCDateTimeAttribute(null=True)
    valid_until = UTCDateTimeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    created_by = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    summary = BinaryAttribute(legacy_encoding=False)
    expires = NumberAttribute()
    version = NumberAttribute()

    @classmethod
    def of(cls, one: DryRun) -> Self:
        return cls(
            *keys.dry_run(one.issuer_id, one.id),
            achievement_id=one.terms.achievement_id,
            notify=one.terms.notify,
            summary=zlib.compress(json.dumps(asdict(one.summary)).encode()),
            expires=epoch(one.expires),
            **members(one, DryRun, exclude=("terms", "summary")),
        )

    def to_domain(self) -> DryRun:
        summary: dict[str, Any] = json.loads(zlib.decompress(self.summary))
        for name in ("row_errors", "duplicates"):
            summary[name] = tuple(RowError(**each) for each in summary[name])
        return DryRun(
            terms=Terms(self.achievement_id, self.notify),
            state=DryRunState(self.state),
            summary=UploadSummary(**summary),
            **members(self, DryRun, exclude=("terms", "state", "summary")),
        )


class DryRunPartItem(Item, discriminator="dry_run_part"):
    """A part of the upload of a dry run."""

    content = BinaryAttribute(legacy_encoding=False)
    expires = NumberAttribute()

    def to_domain(self) -> bytes:
        return bytes(self.content)


class DynamoDryRuns:
    """`award.bulk.dry_run.DryRuns` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.secrets

    def add(self, dry_run: DryRun, content: bytes) -> None:
        for number, start in enumerate(range(0, len(content), PART_BYTES)):
            part = DryRunPartItem(
                *keys.dry_run_part(dry_run.issuer_id, dry_run.id, number),
                content=content[start : start + PART_BYTES],
                expires=epoch(dry_run.expires),
            )
            self._tables.put(self._table, Put(part.raw(), UNCONDITIONAL))
        self._tables.put(self._table, Put(DryRunItem.of(dry_run).raw(), ABSENT))

    def dry_run(self, issuer_id: str, dry_run_id: str, now: datetime) -> DryRun:
        found = reads.find(self._tables, self._table, DryRunItem, keys.dry_run(issuer_id, dry_run_id))
        if found is None or now >= found.expires:
            raise NotFound("no such dry run")
        return found

    def content(self, dry_run: DryRun) -> bytes:
        parts = self._tables.query(self._table, keys.dry_run_parts(dry_run.issuer_id, dry_run.id))
        content = b"".join(read(DryRunPartItem, raw) for raw in parts)
        if not content:
            raise NotFound("the upload has expired")
        return content

    def replace(self, dry_run: DryRun) -> None:
        self._tables.put(self._table, replacing(DryRunItem.of(dry_run).raw(), dry_run.version - 1))
