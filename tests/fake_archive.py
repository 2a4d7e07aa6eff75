"""`award.export.Archive` over the in-memory issuer store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.issuing.search import Row
from chalicelib.credential.record import Record, StatusList


class Archive:
    def __init__(self, issuer_store: Any) -> None:
        self._issuer_store = issuer_store

    def read_many(self, rows: Sequence[Row]) -> list[tuple[Record, Recipient | None]]:
        names = [row.credential_id for row in rows]
        return [(self._issuer_store.record(name), self._issuer_store._recipients.get(name)) for name in names]

    def status_lists(self, issuer_id: str) -> Iterator[StatusList]:
        return iter([one for _, one in sorted(self._issuer_store._lists.items()) if one.issuer_id == issuer_id])
