"""The three tables and the few calls made to them; the one place where DynamoDB's errors become ours.

PynamoDB gives the models (models.py) and the configured client. The calls go to that client directly, because the
one read of a view spans two tables, which PynamoDB's models cannot say.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from pynamodb.connection import Connection

from chalicelib.dynamo.keys import Key, Range
from chalicelib.errors import Conflict, Refused, Unavailable

# PynamoDB would wait 15 s to connect and 30 s to read, longer than API Gateway's 29 s for the whole answer. A call
# that hangs costs at most 3 x (1 + 2) s here: a view whose last call hangs is still answered in time.
CONNECT_SECONDS = 1
READ_SECONDS = 2
RETRIES = 2

MAX_KEY = 2_048
"""Bytes of a partition key (Amazon DynamoDB, "Service, account, and table quotas")."""
TURNS = 5
"""How often one call is made when DynamoDB leaves a part of it undone."""
FIRST_PAUSE_SECONDS = 0.05
"""The longest pause before the second turn; it doubles each time (AWS: exponential back-off with full jitter)."""

Raw = dict[str, dict[str, Any]]
"""An item as DynamoDB's API writes it: attribute name to ``{type: value}``."""

ABSENT = "attribute_not_exists(pk)"
"""The condition that no item stands under the key."""
WHATEVER = "attribute_exists(pk) OR attribute_not_exists(pk)"
"""No condition: for what follows from an item whose own condition guards it, or is the same however often it is put."""


class Put(NamedTuple):
    """One item to be stored, if ``condition`` holds of what stands under its key."""

    item: Raw
    condition: str = ABSENT
    values: Mapping[str, Any] | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """As the API's calls take it."""
        arguments = {
            "Item": self.item,
            "ConditionExpression": self.condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",  # what stands there instead, without a read or its grant
        }
        return arguments if self.values is None else {**arguments, "ExpressionAttributeValues": self.values}


class Delete(NamedTuple):
    """One item to be deleted within a transaction, if ``condition`` holds of it."""

    key: Key
    condition: str = "attribute_exists(pk)"
    values: Mapping[str, Any] | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """As the API's calls take it."""
        arguments = {
            "Key": _raw_key(self.key),
            "ConditionExpression": self.condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return arguments if self.values is None else {**arguments, "ExpressionAttributeValues": self.values}


class Update(NamedTuple):
    """Members of one item to be set within a transaction, if the item is there; written as the API writes them."""

    key: Key
    members: Mapping[str, Any]

    @property
    def arguments(self) -> dict[str, Any]:
        """As the API's calls take it."""
        # Names go apart from the expression: `state` and others are reserved words of DynamoDB.
        return {
            "Key": _raw_key(self.key),
            "ConditionExpression": "attribute_exists(pk)",
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in self.members),
            "ExpressionAttributeNames": {f"#{name}": name for name in self.members},
            "ExpressionAttributeValues": {f":{name}": value for name, value in self.members.items()},
        }


class ConditionFailed(Conflict):
    """A condition did not hold. ``found`` has what stands there instead, None where nothing does, by the positions of
    the actions whose conditions failed."""

    def __init__(self, found: Mapping[int, Raw | None]) -> None:
        super().__init__("The item already exists or was changed in the meantime.")
        self.found = found


class Tables:
    """The names of the tables, and the client through which they are reached.

    Making one makes the client: on Lambda that belongs to the initialisation, where the whole CPU is given.
    """

    def __init__(self, *, credentials: str, events: str, secrets: str, region: str) -> None:
        self.credentials = credentials
        self.events = events
        self.secrets = secrets
        connection = Connection(
            region=region,
            connect_timeout_seconds=CONNECT_SECONDS,
            read_timeout_seconds=READ_SECONDS,
            max_retry_attempts=RETRIES,
        )
        self.client: Any = connection.client

    def get(self, table: str, key: Key) -> Raw | None:
        """The item under ``key``, strongly read, or None. Raises `Unavailable`."""
        if len(key.pk.encode()) > MAX_KEY:
            return None  # strangers name things; nothing stands under what cannot be a key
        with _our_errors():
            reply = self.client.get_item(TableName=table, Key=_raw_key(key), ConsistentRead=True)
        item: Raw | None = reply.get("Item")
        return item

    def get_many(self, wanted: Mapping[str, Sequence[Key]]) -> dict[Key, Raw]:
        """The items that stand under the ``wanted`` keys (by table), strongly read in one call.

        At most 100 keys (BatchGetItem). What DynamoDB leaves unread is asked for again, after a pause. Raises
        `Unavailable` when a part stays unread: an item that is missing in the answer is really not there.
        """
        open_keys: dict[str, Any] = {
            table: {"Keys": [_raw_key(key) for key in dict.fromkeys(keys)], "ConsistentRead": True}
            for table, keys in wanted.items()
            if keys
        }
        found: dict[Key, Raw] = {}
        for turn in range(TURNS):
            if not open_keys:
                return found
            _pause_before(turn)
            with _our_errors():
                reply = self.client.batch_get_item(RequestItems=open_keys)
                for items in reply["Responses"].values():
                    found.update((key_of(item), item) for item in items)
                open_keys = reply.get("UnprocessedKeys") or {}
        if open_keys:
            raise Unavailable("Storage returned an incomplete response.", code="storage_partial")
        return found

    def query(self, table: str, part: Range, page: int | None = None) -> Iterator[Raw]:
        """Every item in ``part`` of a partition, in order, strongly read. Raises `Unavailable`.

        ``page`` bounds what one call reads, for a caller that may stop early; without it that is 1 MB.
        """
        condition = "pk = :pk" if part.condition is None else f"pk = :pk AND {part.condition}"
        values = {":pk": {"S": part.pk}} | ({":sk": {"S": part.value}} if part.condition else {})
        request: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
            "ScanIndexForward": not part.backward,
        }
        if page is not None:
            request["Limit"] = page
        while True:
            with _our_errors():
                reply = self.client.query(**request)
                items, last = reply["Items"], reply.get("LastEvaluatedKey")
            yield from items
            if not last:
                return
            request["ExclusiveStartKey"] = last

    def put(self, table: str, put: Put) -> None:
        """Store one item. Raises `ConditionFailed`, `Unavailable`."""
        with _our_errors():
            self.client.put_item(TableName=table, **put.arguments)

    def delete(self, table: str, key: Key) -> None:
        """Delete one item; one that is gone already is no fault. Raises `Unavailable`."""
        with _our_errors():
            self.client.delete_item(TableName=table, Key=_raw_key(key))

    def take(self, table: str, delete: Delete) -> None:
        """Delete one item if its condition holds. Raises `ConditionFailed`, `Unavailable`.

        When a reply was lost, the client's own second try finds nothing, and it looks as if another had been first:
        at most one of all callers is told that it was them.
        """
        with _our_errors():
            self.client.delete_item(TableName=table, **delete.arguments)

    def count(self, table: str, key: Key, most: int, expires: int) -> None:
        """Add one to the number under ``key``, which begins at 0 and may not pass ``most``.

        Raises `ConditionFailed` when it would, `Unavailable`. A lost reply may count one too many.
        """
        with _our_errors():
            self.client.update_item(
                TableName=table,
                Key=_raw_key(key),
                UpdateExpression="ADD times :one SET expires = :expires",
                ConditionExpression="attribute_not_exists(times) OR times < :most",
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":most": {"N": str(most)},
                    ":expires": {"N": str(expires)},
                },
            )

    def transact(
        self,
        table: str,
        puts: Sequence[Put],
        deletes: Sequence[Delete] = (),
        updates: Sequence[Update] = (),
        *,
        deeds: Sequence[int] = (0,),
    ) -> None:
        """Do all of ``puts``, ``deletes`` and ``updates`` or none of them. Raises `ConditionFailed`, `Unavailable`.

        The first put is the deed, or those at the positions ``deeds``; the others follow from it. So if a condition
        fails, but the items of all deeds stand exactly as they were to be put, then this very transaction was applied
        before and its reply was lost: running it again completes it.
        """
        actions = [{"Put": {"TableName": table, **put.arguments}} for put in puts]
        actions += [{"Delete": {"TableName": table, **delete.arguments}} for delete in deletes]
        actions += [{"Update": {"TableName": table, **update.arguments}} for update in updates]
        try:
            self._transact(actions)
        except ConditionFailed as error:
            if any(error.found.get(at) != puts[at].item for at in deeds):
                raise

    def _transact(self, actions: list[dict[str, Any]]) -> None:
        contended = _busy()
        for turn in range(TURNS):
            _pause_before(turn)
            try:
                with _our_errors():
                    self.client.transact_write_items(TransactItems=actions)
            except _Contended as error:
                contended = error
            else:
                return
        raise Unavailable("Storage is busy with the same items.", code="storage_busy") from contended


class _Contended(Unavailable):
    """A write gave way to another one or to a throttle: nothing was done, and it may be tried again."""


def key_of(item: Raw) -> Key:
    """The primary key of ``item``."""
    return Key(item["pk"]["S"], item["sk"]["S"])


def _raw_key(key: Key) -> Raw:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _pause_before(turn: int) -> None:
    if turn:
        longest: float = FIRST_PAUSE_SECONDS * 2 ** (turn - 1)
        time.sleep(random.uniform(0, longest))


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        _raise_ours(error)
    except BotoCoreError as error:
        raise Unavailable("Storage did not respond.", code="storage_unavailable") from error
    except _NO_REPLY as error:
        raise Unavailable("Storage returned an unexpected response.", code="storage_unreadable") from error


# What botocore's parser, and reading its result, raise when a body is no reply of DynamoDB, but a proxy's, say.
_NO_REPLY = (ResponseParserError, AttributeError, KeyError, TypeError, ValueError)


def _raise_ours(error: ClientError) -> None:
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        raise ConditionFailed({0: error.response.get("Item")}) from error
    if code == "TransactionCanceledException":
        reasons = error.response.get("CancellationReasons", ())
        codes = [reason.get("Code") for reason in reasons]
        found = {at: reasons[at].get("Item") for at, one in enumerate(codes) if one == "ConditionalCheckFailed"}
        if found:
            raise ConditionFailed(found) from error
        if not _MAY_PASS.isdisjoint(codes):
            raise _busy() from error
        if "ValidationError" in codes:
            code = "ValidationException"
    if code in _THROTTLED:
        raise _busy() from error
    if code == "ValidationException":
        # An item over 400 KB, a key over 2,048 bytes: no retry will help.
        raise Refused("Storage cannot hold this.", code="storage_refused") from error
    raise Unavailable("Storage rejected the request.", code="storage_unavailable") from error


def _busy() -> _Contended:
    return _Contended("Storage is busy.", code="storage_busy")


# Errors that say the same of a single call, after botocore's own tries (DynamoDB developer guide, "Error handling").
_THROTTLED = {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"}
# CancellationReasons of TransactWriteItems that say "not now" (DynamoDB API reference).
_MAY_PASS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
