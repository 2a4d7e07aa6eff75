"""Read and write units of a DynamoDB client, by its rules (developer guide, "Read/write capacity", "Item sizes and
formats"), because the embedded engine does not report them.

`make bench-events` compares them with what DynamoDB Local reports.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

READ_UNIT, WRITE_UNIT = 4096, 1024
"""Bytes of a unit. An eventually consistent read takes half of one, a write in a transaction two."""
PARTITION_READS, PARTITION_WRITES = 3000, 1000
"""Units a second of one partition (developer guide, "Designing partition keys")."""

Item = Mapping[str, Mapping[str, Any]]


class Used(NamedTuple):
    """The units of one call on one partition key."""

    table: str
    partition: str
    sort: str = ""
    """The beginning of the sort key, up to a `#`."""
    reads: float = 0
    writes: float = 0
    second: int = 0
    """Of the meter's clock."""


class Meter:
    """Adds up the units of a client by partition key. Calls that fail are not counted."""

    def __init__(self, client: Any, clock: Callable[[], float] = time.time) -> None:  # noqa: ANN401 - botocore has no types
        self.used: list[Used] = []
        self._clock = clock
        self._sizes: dict[tuple[str, str, str], int] = {}
        """Of the stored items, because a write costs as much as the larger of the old and the new one."""
        self._params: dict[str, Any] = {}
        client.meta.events.register("provide-client-params.dynamodb", self._before)
        client.meta.events.register("after-call.dynamodb", self._after)

    @property
    def reads(self) -> float:
        """All read units."""
        return sum(used.reads for used in self.used)

    @property
    def writes(self) -> float:
        """All write units."""
        return sum(used.writes for used in self.used)

    def clear(self) -> None:
        """Forget all calls, but not what is stored."""
        self.used.clear()

    def reads_by(self, name: Callable[[Used], str]) -> dict[str, float]:
        """Read units by ``name``."""
        found: dict[str, float] = defaultdict(float)
        for used in self.used:
            found[name(used)] += used.reads
        return dict(found)

    def busiest(self) -> tuple[float, float]:
        """The most read and write units of one partition key in one second."""
        seconds: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0, 0])
        for used in self.used:
            total = seconds[used.table, used.partition, used.second]
            total[0] += used.reads
            total[1] += used.writes
        totals = seconds.values()
        return max((reads for reads, _ in totals), default=0), max((writes for _, writes in totals), default=0)

    def _before(self, params: dict[str, Any], **_: object) -> None:
        self._params = params

    def _after(self, parsed: dict[str, Any], model: Any, http_response: Any, **_: object) -> None:  # noqa: ANN401
        if http_response.status_code == 200:
            second = int(self._clock())
            self.used += (used._replace(second=second) for used in self._count(model.name, self._params, parsed))

    def _count(self, operation: str, params: dict[str, Any], reply: dict[str, Any]) -> Iterator[Used]:
        match operation:
            case "Query":
                partition = params["ExpressionAttributeValues"][":pk"]["S"]
                found = _read(params["TableName"], partition, reply["Items"], params.get("ConsistentRead"))
                yield found._replace(sort=_sort(params["ExpressionAttributeValues"].get(":sk", {}).get("S", "")))
            case "GetItem":
                items = [reply["Item"]] if "Item" in reply else []
                yield _read(params["TableName"], params["Key"]["pk"]["S"], items, params.get("ConsistentRead"))
            case "BatchGetItem":
                yield from _batch_read(params["RequestItems"], reply["Responses"])
            case "BatchWriteItem":
                for table, requests in params["RequestItems"].items():
                    for request in requests:
                        yield self._write(table, *next(iter(request.items())))
            case "TransactWriteItems":
                for action in params["TransactItems"]:
                    kind, request = next(iter(action.items()))
                    used = self._write(request["TableName"], f"{kind}Request", request)
                    yield used._replace(writes=2 * used.writes)
            case "PutItem" | "DeleteItem" | "UpdateItem":
                yield self._write(params["TableName"], operation.removesuffix("Item") + "Request", params)
            case _:
                raise NotImplementedError(operation)

    def _write(self, table: str, kind: str, request: dict[str, Any]) -> Used:
        """An update is taken to leave the size as it is."""
        key = request["Item"] if kind == "PutRequest" else request["Key"]
        place = table, key["pk"]["S"], key["sk"]["S"]
        before = self._sizes.get(place, 0)
        if kind == "PutRequest":
            self._sizes[place] = size(request["Item"])
        elif kind == "DeleteRequest":
            self._sizes.pop(place, None)
        largest = max(before, self._sizes.get(place, 0), 1)
        return Used(table, key["pk"]["S"], _sort(key["sk"]["S"]), writes=math.ceil(largest / WRITE_UNIT))


def _sort(key: str) -> str:
    return key.partition("#")[0]


def _read(table: str, partition: str, items: Iterable[Item], consistent: object) -> Used:
    """Of one item, or of several that one call reads from one partition."""
    units = max(1, math.ceil(sum(map(size, items)) / READ_UNIT))
    return Used(table, partition, reads=units if consistent else units / 2)


def _batch_read(requests: dict[str, Any], found: dict[str, list[Item]]) -> Iterator[Used]:
    """Each item is rounded by itself, also one that does not exist."""
    for table, request in requests.items():
        items = {(item["pk"]["S"], item["sk"]["S"]): item for item in found.get(table, ())}
        for key in request["Keys"]:
            place = key["pk"]["S"], key["sk"]["S"]
            yield _read(table, place[0], [items[place]] if place in items else [], request.get("ConsistentRead"))


def size(item: Item) -> int:
    """The size of an item in bytes."""
    return sum(len(name.encode()) + _length(*value.items()) for name, value in item.items())


def _length(pair: tuple[str, Any]) -> int:
    kind, value = pair
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return len(value) // 2 + 2
        case "B":
            return len(value) if isinstance(value, bytes) else len(value) * 3 // 4  # as on the wire
        case "L":
            return 3 + sum(1 + _length(*each.items()) for each in value)
        case "M":
            return 3 + sum(1 + len(name) + _length(*each.items()) for name, each in value.items())
        case _:
            return 1
