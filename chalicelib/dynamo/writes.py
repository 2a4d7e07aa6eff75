"""Writes that several stores share."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from chalicelib.dynamo.keys import Range
from chalicelib.dynamo.tables import UNCONDITIONAL, Delete, Put, Raw, Tables, key_of

MAX_ACTIONS = 100
"""Maximum actions in one TransactWriteItems (Amazon DynamoDB, "Service, account, and table quotas")."""


def replacing(raw: Raw, before: int, tenant: str | None = None) -> Put:
    """Put ``raw`` in place of version ``before`` of the item, which must belong to the issuer ``tenant`` if given; 0 if
    there must not be an item yet."""
    if not before:
        return Put(raw)
    condition, values = "version = :before", {":before": {"N": str(before)}}
    if tenant is None:
        return Put(raw, condition, values)
    return Put(raw, f"{condition} AND issuer_id = :tenant", {**values, ":tenant": {"S": tenant}})


def delete_range(tables: Tables, table: str, part: Range, keeps: Callable[[Raw], bool] = lambda _raw: False) -> None:
    """Delete the items in ``part`` of a partition, except those that ``keeps`` names, in as many transactions as that
    takes. Raises `Unavailable`."""
    stored = (raw for raw in tables.query(table, part) if not keeps(raw))
    while batch := list(islice(stored, MAX_ACTIONS)):
        tables.transact(table, (), [Delete(key_of(raw), UNCONDITIONAL) for raw in batch], primary=())
