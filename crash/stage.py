"""Test engine with fresh tables for every crash, and consistency checks on their contents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import copy
from itertools import count
from typing import Any

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.keys.key_policy import KeyPolicy
from chalicelib.award.ports import Claims
from chalicelib.credential.record import Purpose, Record, State
from chalicelib.dynamo.stores.award.idempotency import DynamoClaims
from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.counters import DynamoCounters
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import NotFound
from chalicelib.kms.signer import KmsSigner
from chalicelib.services import utc_now
from chalicelib.verify import bitstring
from crash.faults import FaultInjector

BASE_URL = "http://localhost:8000"
Items = list[dict[str, Any]]


def create_table(client: Any, name: str) -> None:  # noqa: ANN401 - botocore clients have no type
    """Create a table with the keys of every table."""
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )


class Stage:
    """Tables, signer and stores on the test engine; ``entropy`` returns random bytes."""

    def __init__(self, region: str, entropy: Any) -> None:  # noqa: ANN401 - Callable[[int], bytes]
        self._tables = Tables(credentials="", directory="", events="", secrets="", erasures="", region=region)
        self._signer = KmsSigner(region, "crash")
        self._entropy = entropy
        self._key_policy = KeyPolicy(self._signer.create("shared").handle, new_keys_per_day=50)
        self._names = count()
        self.fault_injector = FaultInjector((self._tables.client, self._signer._client))  # noqa: SLF001 - to hook its events
        self.issuer_context: IssuerContext
        self.claims: Claims
        self.issuer_store: DynamoIssuerStore
        self.create_tables(())

    def create_tables(self, items: Sequence[dict[str, Any]]) -> None:
        """Drop the current tables and create new ones, with ``items`` in the table ``credentials``."""
        if self._tables.credentials:
            self._drop()
        self._tables = copy(self._tables)
        number = next(self._names)
        for table in ("credentials", "secrets", "erasures"):
            setattr(self._tables, table, f"crash-{table}-{number}")
            create_table(self._tables.client, f"crash-{table}-{number}")
        self._tables.write_many(self._tables.credentials, items)
        self.issuer_store = DynamoIssuerStore(self._tables)
        self.claims = DynamoClaims(self._tables)
        self.issuer_context = IssuerContext(
            self.issuer_store,
            self._signer,
            BASE_URL,
            utc_now,
            self._entropy,
            self._key_policy,
            DynamoCounters(self._tables),
        )

    def _drop(self) -> None:
        for table in (self._tables.credentials, self._tables.secrets, self._tables.erasures):
            self._tables.client.delete_table(TableName=table)

    def items(self) -> Items:
        """All items in the table ``credentials``."""
        pages = self._tables.client.get_paginator("scan").paginate(
            TableName=self._tables.credentials, ConsistentRead=True
        )
        return [item for page in pages for item in page["Items"]]

    def drop_tables(self) -> None:
        """Drop the tables."""
        self._drop()


def stored_credential_ids(items: Items) -> set[str]:
    """The ids of the stored credentials."""
    return {item["id"]["S"] for item in items if item["type"]["S"] == "credential"}


def inconsistencies(stage: Stage, items: Items) -> list[str]:
    """Describe each missing or inconsistent item in ``items``, one sentence each."""
    by_type: dict[str, Items] = {}
    for item in items:
        by_type.setdefault(item["type"]["S"], []).append(item)
    ids = stored_credential_ids(items)
    found = [f"{kind} of no credential" for kind, name in _owners(by_type) if name not in ids]
    around = Counter(_owners(by_type))
    for name in ids:
        record = stage.issuer_store.record(name)
        expected = {"row": 1, "recipient": 1, "index": 2, "holding": 2, "task": 2 + _status_tasks(record)}
        found += [
            f"{around[kind, name]} of {many} {kind}" for kind, many in expected.items() if around[kind, name] != many
        ]
        found += _contradictions(stage, record, by_type)
    return found


def _status_tasks(record: Record) -> int:
    """Tasks of status changes: one email for each, and the pathways of a reinstated credential. A correction or a
    renewal adds none."""
    if record.superseded_by is not None or record.version == 1:
        return 0
    return 3 if record.status.state is State.ACTIVE else 1


def _owners(by_type: dict[str, Items]) -> list[tuple[str, str]]:
    """The related items of credentials: item kind and credential id."""
    owned = [
        (kind, item["credential_id"]["S"])
        for kind in ("row", "recipient", "index", "holding")
        for item in by_type.get(kind, ())
    ]
    return owned + [("task", item["subject"]["S"]) for item in by_type.get("task", ())]


def _contradictions(stage: Stage, record: Record, by_type: dict[str, Items]) -> list[str]:
    state, found = record.status.state, []
    rows = [item for item in by_type.get("row", ()) if item["credential_id"]["S"] == record.id]
    said = [(row["state"]["S"], row.get("superseded_by", {}).get("S"), row["corrected"]["BOOL"]) for row in rows]
    if said != [(state.value, record.superseded_by, record.corrected)]:
        found.append(f"its row says {said}, and its record {state}, {record.superseded_by}, {record.corrected}")
    for entry in record.entries:
        bit = bitstring.get(stage.issuer_store.status_list(entry.list_id).bits, entry.index)
        means = State.REVOKED if entry.purpose is Purpose.REVOCATION else State.SUSPENDED
        if bit != (state is means):
            found.append(f"its {entry.purpose} bit is {bit}, and its record says {state}")
    for other, back in ((record.superseded_by, "supersedes"), (record.supersedes, "superseded_by")):
        if other is not None and _of(stage, other, back) != record.id:
            found.append(f"{other} does not say {back}")
    return found


def _of(stage: Stage, name: str, member: str) -> object:
    try:
        return getattr(stage.issuer_store.record(name), member)
    except NotFound:
        return None


def count_duplicate_indexes(stage: Stage, items: Items) -> int:
    """Number of status list indexes assigned to more than one credential."""
    places = Counter(
        (entry.list_id, entry.index)
        for name in stored_credential_ids(items)
        for entry in stage.issuer_store.record(name).entries
    )
    return sum(many - 1 for many in places.values())
