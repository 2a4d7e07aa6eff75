"""Bulk reads for an export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.issuing.search import Row
from chalicelib.credential.record import Record, StatusList
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import read
from chalicelib.dynamo.items.credentials import RecordItem
from chalicelib.dynamo.items.recipients import RecipientItem
from chalicelib.dynamo.stores.award.issuers import list_all_status_lists
from chalicelib.dynamo.tables import Tables


class DynamoArchive:
    """`award.export.Archive` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def read_many(self, rows: Sequence[Row]) -> list[tuple[Record, Recipient | None]]:
        pairs = [(keys.record(row.credential_id), keys.recipient(row.credential_id)) for row in rows]
        found = self._tables.get_many({self._table: [key for pair in pairs for key in pair]})
        return [
            (read(RecordItem, found[record]), read(RecipientItem, found[recipient]) if recipient in found else None)
            for record, recipient in pairs
            if record in found
        ]

    def status_lists(self, issuer_id: str) -> Iterator[StatusList]:
        return list_all_status_lists(self._tables, issuer_id)
