"""The tables and the calls made to them; the only place that translates DynamoDB's errors to Laurel's.

PynamoDB provides the models (`items/`) and the configured client. The calls go directly to that client, because the
single read of a view spans two tables, which PynamoDB's models do not support.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from pynamodb.connection import Connection

from chalicelib.dynamo.keys import Key, Range
from chalicelib.errors import Conflict, Refused, Unavailable

# PynamoDB's defaults of 15 s to connect and 30 s to read exceed API Gateway's limit of 29 s for the whole response.
# With these values a call that hangs costs at most 3 x (1 + 2) s, so a view whose last call hangs still responds in
# time.
CONNECT_SECONDS = 1
READ_SECONDS = 2
RETRIES = 2

MAX_KEY = 2_048
"""Maximum bytes of a partition key (Amazon DynamoDB, "Service, account, and table quotas")."""
WRITES = 25
"""Items in one BatchWriteItem."""
ATTEMPTS = 5
"""Attempts for one call when DynamoDB leaves part of it undone."""
FIRST_PAUSE_SECONDS = 0.05
"""The longest pause before the second attempt; it doubles each time (AWS: exponential back-off with full jitter)."""

Raw = dict[str, dict[str, Any]]
"""An item in DynamoDB's wire format: attribute name to ``{type: value}``."""

ABSENT = "attribute_not_exists(pk)"
"""The condition that no item exists under the key."""
EXISTS = "attribute_exists(pk)"
"""The condition that an item exists under the key."""
UNCONDITIONAL = "attribute_exists(pk) OR attribute_not_exists(pk)"
"""No condition: for an item that another item's condition in the same transaction protects, or that is the same however
often it is put."""


class Put(NamedTuple):
    """One item to store if ``condition`` is true of the existing item under its key."""

    item: Raw
    condition: str = ABSENT
    values: Mapping[str, Any] | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the API call."""
        arguments = {
            "Item": self.item,
            "ConditionExpression": self.condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",  # returns the existing item; needs no read permission
        }
        return arguments if self.values is None else {**arguments, "ExpressionAttributeValues": self.values}


class Delete(NamedTuple):
    """One item to delete in a transaction if ``condition`` is true of it."""

    key: Key
    condition: str = "attribute_exists(pk)"
    values: Mapping[str, Any] | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the API call."""
        arguments = {
            "Key": _raw_key(self.key),
            "ConditionExpression": self.condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return arguments if self.values is None else {**arguments, "ExpressionAttributeValues": self.values}


class Update(NamedTuple):
    """Attributes to set on one existing item in a transaction, in DynamoDB's wire format."""

    key: Key
    members: Mapping[str, Any]

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the API call."""
        # Attribute names are passed separately, because `state` and others are reserved words of DynamoDB.
        return {
            "Key": _raw_key(self.key),
            "ConditionExpression": "attribute_exists(pk)",
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in self.members),
            "ExpressionAttributeNames": {f"#{name}": name for name in self.members},
            "ExpressionAttributeValues": {f":{name}": value for name, value in self.members.items()},
        }


class ConditionFailed(Conflict):
    """A condition was false. ``found`` maps the positions of the actions whose conditions failed to the existing items,
    or to None where there is no item."""

    def __init__(self, found: Mapping[int, Raw | None]) -> None:
        super().__init__("The item already exists or was changed in the meantime.")
        self.found = found


class Tables:
    """The table names and the client.

    The constructor creates the client, so that on Lambda this happens during initialisation, which gets the full CPU.
    """

    def __init__(
        self, *, credentials: str, directory: str, events: str, secrets: str, erasures: str, region: str
    ) -> None:
        self.credentials = credentials
        self.directory = directory
        self.events = events
        self.secrets = secrets
        self.erasures = erasures
        connection = Connection(
            region=region,
            connect_timeout_seconds=CONNECT_SECONDS,
            read_timeout_seconds=READ_SECONDS,
            max_retry_attempts=RETRIES,
        )
        self.client: Any = connection.client

    def get(self, table: str, key: Key, *, consistent: bool = True) -> Raw | None:
        """The item under ``key``, or None; ``consistent`` as in `query`. Raises `Unavailable`."""
        if len(key.pk.encode()) > MAX_KEY:
            return None  # the id may come from a request; no item can have a key this long
        reply = self._read(self.client.get_item, TableName=table, Key=_raw_key(key), ConsistentRead=consistent)
        item: Raw | None = reply.get("Item")
        return item

    def _read(self, call: Callable[..., Any], **request: Any) -> dict[str, Any]:  # noqa: ANN401 - botocore has no types
        """The reply to a read, which is repeated after a pause while it is throttled. Raises `Unavailable`."""
        busy = _busy()
        for attempt in range(ATTEMPTS):
            _pause_before(attempt)
            try:
                with _translated_errors():
                    reply: dict[str, Any] = call(**request)
                    return reply
            except _Contended as error:
                busy = error
        raise busy

    def get_many(self, wanted: Mapping[str, Sequence[Key]], *, consistent: bool = True) -> dict[Key, Raw]:
        """The items under the ``wanted`` keys (by table), in one call; ``consistent`` as in `query`.

        At most 100 keys (BatchGetItem). Keys that DynamoDB leaves unprocessed are requested again after a pause. Raises
        `Unavailable` when some stay unprocessed, so an item that is missing from the result does not exist.
        """
        pending: dict[str, Any] = {
            table: {"Keys": [_raw_key(key) for key in dict.fromkeys(keys)], "ConsistentRead": consistent}
            for table, keys in wanted.items()
            if keys
        }
        found: dict[Key, Raw] = {}
        for attempt in range(ATTEMPTS):
            if not pending:
                return found
            _pause_before(attempt)
            reply = self._read(self.client.batch_get_item, RequestItems=pending)
            with _translated_errors():
                for items in reply["Responses"].values():
                    found.update((key_of(item), item) for item in items)
                pending = reply.get("UnprocessedKeys") or {}
        if pending:
            raise Unavailable("Storage returned an incomplete response.", code="storage_partial")
        return found

    def query(
        self,
        table: str,
        part: Range,
        page: int | None = None,
        *,
        consistent: bool = True,
        attributes: Sequence[str] = (),
    ) -> Iterator[Raw]:
        """Every item in ``part`` of a partition, in order. Raises `Unavailable`.

        ``page`` limits how many items one call reads, for a caller that may stop early; by default a call reads up to 1
        MB. A read that is not ``consistent`` costs half, and may miss the writes of the last second. With
        ``attributes``, items have only these, at the same price.
        """
        request: dict[str, Any] = {"TableName": table, **_condition_of(part), "ConsistentRead": consistent}
        if page is not None:
            request["Limit"] = page
        if attributes:
            request["ProjectionExpression"] = ", ".join(f"#{name}" for name in attributes)
            request["ExpressionAttributeNames"] = {f"#{name}": name for name in attributes}
        while True:
            reply = self._read(self.client.query, **request)
            with _translated_errors():
                items, last = reply["Items"], reply.get("LastEvaluatedKey")
            yield from items
            if not last:
                return
            request["ExclusiveStartKey"] = last

    def scan_page(self, table: str, after: Key | None) -> tuple[list[Raw], Key | None]:
        """A page of ``table`` after ``after``, of up to 1 MB, and where it ends; None at the end of the table.

        Eventually consistent, at half the price. Raises `Unavailable`.
        """
        start = {} if after is None else {"ExclusiveStartKey": _raw_key(after)}
        with _translated_errors():
            reply = self.client.scan(TableName=table, **start)
            last = reply.get("LastEvaluatedKey")
            items: list[Raw] = reply["Items"]
        return items, None if last is None else key_of(last)

    def metered_query(self, table: str, part: Range, page: int | None = None) -> Iterator[tuple[list[Raw], float]]:
        """As `query`, eventually consistent, with the read units of each page. Raises `Unavailable`."""
        request: dict[str, Any] = {"TableName": table, **_condition_of(part), "ReturnConsumedCapacity": "TOTAL"}
        if page is not None:
            request["Limit"] = page
        while True:
            with _translated_errors():
                reply = self.client.query(**request)
                items, last, units = reply["Items"], reply.get("LastEvaluatedKey"), _units([reply["ConsumedCapacity"]])
            yield items, units
            if not last:
                return
            request["ExclusiveStartKey"] = last

    def metered_get_many(self, table: str, keys: Sequence[Key]) -> tuple[dict[Key, Raw], float]:
        """As `get_many`, eventually consistent, with the read units. Raises `Unavailable`."""
        pending: dict[str, Any] = {table: {"Keys": [_raw_key(key) for key in dict.fromkeys(keys)]}} if keys else {}
        found: dict[Key, Raw] = {}
        units = 0.0
        for attempt in range(ATTEMPTS):
            if not pending:
                return found, units
            _pause_before(attempt)
            with _translated_errors():
                reply = self.client.batch_get_item(RequestItems=pending, ReturnConsumedCapacity="TOTAL")
                found.update((key_of(item), item) for items in reply["Responses"].values() for item in items)
                units += _units(reply.get("ConsumedCapacity", ()))  # the embedded AWS reports none
                pending = reply.get("UnprocessedKeys") or {}
        raise Unavailable("Storage returned an incomplete response.", code="storage_partial")

    def write_many(self, table: str, puts: Sequence[Raw], deletes: Sequence[Key] = ()) -> None:
        """Store and delete items, whatever is stored, 25 in a call (BatchWriteItem); each key at most once.

        What DynamoDB leaves unprocessed is sent again after a pause. Raises `Unavailable`, with some of it done.
        """
        requests = [{"PutRequest": {"Item": item}} for item in puts]
        requests += [{"DeleteRequest": {"Key": _raw_key(key)}} for key in deletes]
        for start in range(0, len(requests), WRITES):
            self._write_batch({table: requests[start : start + WRITES]})

    def _write_batch(self, pending: dict[str, Any]) -> None:
        for attempt in range(ATTEMPTS):
            _pause_before(attempt)
            with _translated_errors():
                pending = self.client.batch_write_item(RequestItems=pending).get("UnprocessedItems") or {}
            if not pending:
                return
        raise Unavailable("Storage did not accept all items.", code="storage_partial")

    def increase(self, table: str, key: Key, amount: int) -> int:
        """Add ``amount`` to the counter under ``key``, which starts at 0; return the sum. Raises `Unavailable`.

        A lost reply may add once too often.
        """
        with _translated_errors():
            reply = self.client.update_item(
                TableName=table,
                Key=_raw_key(key),
                UpdateExpression="ADD times :amount",
                ExpressionAttributeValues={":amount": {"N": str(amount)}},
                ReturnValues="UPDATED_NEW",
            )
            return int(reply["Attributes"]["times"]["N"])

    def scan(self, table: str, beginning: str) -> Iterator[list[Raw]]:
        """Every item whose partition key starts with ``beginning``, page by page; reads the whole table.

        Raises `Unavailable`.
        """
        request: dict[str, Any] = {
            "TableName": table,
            "FilterExpression": "begins_with(pk, :beginning)",
            "ExpressionAttributeValues": {":beginning": {"S": beginning}},
            "ConsistentRead": True,
        }
        while True:
            with _translated_errors():
                reply = self.client.scan(**request)
                items, last = reply["Items"], reply.get("LastEvaluatedKey")
            yield items
            if not last:
                return
            request["ExclusiveStartKey"] = last

    def put(self, table: str, put: Put) -> None:
        """Store one item. Raises `ConditionFailed`, `Unavailable`."""
        with _translated_errors():
            self.client.put_item(TableName=table, **put.arguments)

    def delete(self, table: str, key: Key) -> None:
        """Delete one item; a missing item is not an error. Raises `Unavailable`."""
        with _translated_errors():
            self.client.delete_item(TableName=table, Key=_raw_key(key))

    def take(self, table: str, delete: Delete) -> None:
        """Delete one item if its condition is true. Raises `ConditionFailed`, `Unavailable`.

        At most one of several callers succeeds. When a reply is lost, the client's own retry finds no item, so the
        caller that deleted it gets `ConditionFailed` too.
        """
        with _translated_errors():
            self.client.delete_item(TableName=table, **delete.arguments)

    def add(self, table: str, key: Key, amount: int, limit: int, expires: int) -> bool:
        """Add ``amount`` to the counter under ``key``, which starts at 0; False, without adding, above ``limit``.

        Raises `Unavailable`. A lost reply may add once too often.
        """
        return amount <= limit and self.change_if_possible(
            table,
            key,
            "ADD times :amount SET expires = :expires",
            "attribute_not_exists(times) OR times <= :room",
            {":amount": amount, ":room": limit - amount, ":expires": expires},
        )

    def subtract(self, table: str, key: Key, amount: int) -> None:
        """Subtract ``amount`` from the counter under ``key`` if it exists and stays at 0 or above.

        Raises `Unavailable`. A lost reply may subtract once too often, but never below 0.
        """
        self.change_if_possible(
            table, key, "ADD times :less", "times >= :amount", {":less": -amount, ":amount": amount}
        )

    def change_if_possible(
        self, table: str, key: Key, expression: str, condition: str, values: Mapping[str, int]
    ) -> bool:
        """As `change`; False when the condition is false."""
        try:
            self.change(table, key, expression, condition, values)
        except ConditionFailed:
            return False
        return True

    def change(self, table: str, key: Key, expression: str, condition: str, values: Mapping[str, int]) -> Raw:
        """Update the numbers of one item if ``condition`` is true of it, or create it; return the changed attributes.
        Raises `ConditionFailed`, `Unavailable`."""
        with _translated_errors():
            reply = self.client.update_item(
                TableName=table,
                Key=_raw_key(key),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues={name: {"N": str(value)} for name, value in values.items()},
                ReturnValues="UPDATED_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
            changed: Raw = reply["Attributes"]
        return changed

    def rewrite(self, table: str, before: Raw, after: Raw) -> bool:
        """Replace an item if the attributes that differ are as in ``before``; False if they are not.

        Raises `Unavailable`. A lost reply may return False.
        """
        names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        same = " AND ".join(f"#{name} = :old_{name}" if name in before else f"attribute_not_exists(#{name})"
                            for name in names)  # fmt: skip
        sets = ", ".join(f"#{name} = :new_{name}" for name in names if name in after)
        gone = ", ".join(f"#{name}" for name in names if name not in after)
        values = {f":old_{name}": before[name] for name in names if name in before}
        values |= {f":new_{name}": after[name] for name in names if name in after}
        try:
            with _translated_errors():
                self.client.update_item(
                    TableName=table,
                    Key=_raw_key(key_of(before)),
                    UpdateExpression=" ".join(filter(None, (sets and f"SET {sets}", gone and f"REMOVE {gone}"))),
                    ConditionExpression=same,
                    ExpressionAttributeNames={f"#{name}": name for name in names},
                    ExpressionAttributeValues=values,
                )
        except ConditionFailed:
            return False
        return True

    def transact(
        self,
        table: str,
        puts: Sequence[Put],
        deletes: Sequence[Delete] = (),
        updates: Sequence[Update] = (),
        *,
        primary: Sequence[int] = (0,),
        elsewhere: Sequence[tuple[str, Put]] = (),
    ) -> None:
        """Apply all of ``puts``, ``deletes`` and ``updates`` or none of them, with what is to be put ``elsewhere``, in
        another table. Raises `ConditionFailed`, `Unavailable`.

        ``primary`` lists the positions of the puts that identify the transaction; by default the first. If a condition
        fails but the items of all primary puts are stored exactly as requested, an earlier attempt was applied and its
        reply was lost, so the call succeeds.
        """
        actions = [{"Put": {"TableName": table, **put.arguments}} for put in puts]
        actions += [{"Delete": {"TableName": table, **delete.arguments}} for delete in deletes]
        actions += [{"Update": {"TableName": table, **update.arguments}} for update in updates]
        actions += [{"Put": {"TableName": other, **put.arguments}} for other, put in elsewhere]
        try:
            self._transact(actions)
        except ConditionFailed as error:
            if not puts or any(error.found.get(position) != puts[position].item for position in primary):
                raise

    def _transact(self, actions: list[dict[str, Any]]) -> None:
        contended = _busy()
        for attempt in range(ATTEMPTS):
            _pause_before(attempt)
            try:
                with _translated_errors():
                    self.client.transact_write_items(TransactItems=actions)
            except _Contended as error:
                contended = error
            else:
                return
        raise Unavailable("Storage is busy with the same items.", code="storage_busy") from contended


class _Contended(Unavailable):
    """A write conflicted with another one or was throttled. Nothing was written, and it can be retried."""


def key_of(item: Raw) -> Key:
    """The primary key of ``item``."""
    return Key(item["pk"]["S"], item["sk"]["S"])


def _raw_key(key: Key) -> Raw:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _condition_of(part: Range) -> dict[str, Any]:
    """The arguments of a Query that select ``part``."""
    values = {":pk": {"S": part.pk}} | ({":sk": {"S": part.value}} if part.condition else {})
    return {
        "KeyConditionExpression": "pk = :pk" if part.condition is None else f"pk = :pk AND {part.condition}",
        "ExpressionAttributeValues": values if part.last is None else {**values, ":last": {"S": part.last}},
        "ScanIndexForward": not part.backward,
    }


def _units(consumed: Sequence[Mapping[str, Any]]) -> float:
    return sum(float(one["CapacityUnits"]) for one in consumed)


def _pause_before(attempt: int) -> None:
    if attempt:
        longest: float = FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)
        time.sleep(random.uniform(0, longest))


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        _raise_translated(error)
    except BotoCoreError as error:
        raise Unavailable("Storage did not respond.", code="storage_unavailable") from error
    except _INVALID_RESPONSE as error:
        raise Unavailable("Storage returned an unexpected response.", code="storage_unreadable") from error


# Raised by botocore's parser, or while reading its result, when a body is not a DynamoDB response but, for example, a
# proxy's.
_INVALID_RESPONSE = (ResponseParserError, AttributeError, KeyError, TypeError, ValueError)


def _raise_translated(error: ClientError) -> None:
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        raise ConditionFailed({0: error.response.get("Item")}) from error
    if code == "TransactionCanceledException":
        reasons = error.response.get("CancellationReasons", ())
        codes = [reason.get("Code") for reason in reasons]
        found = {
            position: reasons[position].get("Item")
            for position, one in enumerate(codes)
            if one == "ConditionalCheckFailed"
        }
        if found:
            raise ConditionFailed(found) from error
        if not _RETRYABLE.isdisjoint(codes):
            raise _busy() from error
        if "ValidationError" in codes:
            code = "ValidationException"
    if code in _THROTTLED:
        raise _busy() from error
    if code == "ValidationException":
        # An item over 400 KB, a key over 2,048 bytes: no retry will help.
        raise Refused("A value is too large to store.", code="storage_refused") from error
    raise Unavailable("Storage rejected the request.", code="storage_unavailable") from error


def _busy() -> _Contended:
    return _Contended("Storage is busy.", code="storage_busy")


# Error codes of a single call that is throttled even after botocore's own retries (DynamoDB developer guide, "Error
# handling").
_THROTTLED = {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"}
# CancellationReasons of TransactWriteItems that allow a retry (DynamoDB API reference).
_RETRYABLE = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
