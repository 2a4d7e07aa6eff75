"""A DynamoDB engine in memory that answers a client at once: everything takes only the time of our own code."""

from __future__ import annotations

import json
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.awsrequest import AWSResponse

from benchmarks.units import size

PAGE = 1_000_000
"""Bytes that one Query reads."""
Item = dict[str, dict[str, Any]]
Condition = Callable[[Item | None, Mapping[str, Any]], bool]

CONDITIONS: Mapping[str, Condition] = {
    "attribute_not_exists(pk)": lambda found, _: found is None,
    "attribute_exists(pk) OR attribute_not_exists(pk)": lambda *_: True,
    "run_number = :number": lambda found, values: found is not None and _number(found) == values[":number"]["N"],
    "attribute_not_exists(pk) OR run_number <= :number": lambda found, values: (
        found is None or int(_number(found)) <= int(values[":number"]["N"])
    ),
}
"""Those of the stores of events and counts."""


def _number(item: Item) -> str:
    return str(item["run_number"]["N"])


class InstantEngine:
    """Answers the requests of one client. A request that it does not know is an error."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - botocore has no types
        self._items: dict[tuple[str, str], dict[str, Item]] = defaultdict(dict)
        self._order: dict[tuple[str, str], list[str]] = defaultdict(list)
        client.meta.events.register("before-send.dynamodb", self._answer)

    def _answer(self, request: Any, **_: object) -> AWSResponse:  # noqa: ANN401
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        body = json.loads(request.body)
        status, reply = {
            "PutItem": self._put, "DeleteItem": self._delete, "TransactWriteItems": self._transact,
            "GetItem": self._get, "BatchGetItem": self._get_many, "Query": self._query,
        }[operation](body)  # fmt: skip
        headers = {"x-amzn-requestid": "instant"}
        return AWSResponse(request.url, status, headers, _Raw(json.dumps(reply).encode()))

    def _find(self, table: str, key: Item) -> Item | None:
        return self._items[table, key["pk"]["S"]].get(key["sk"]["S"])

    def _allows(self, action: dict[str, Any]) -> bool:
        condition = action.get("ConditionExpression")
        found = self._find(action["TableName"], action.get("Item") or action["Key"])
        return condition is None or CONDITIONS[condition](found, action.get("ExpressionAttributeValues", {}))

    def _apply(self, action: dict[str, Any]) -> None:
        item = action.get("Item")
        key = item or action["Key"]
        place, sort = (action["TableName"], key["pk"]["S"]), key["sk"]["S"]
        if item is not None:
            if sort not in self._items[place]:
                insort(self._order[place], sort)
            self._items[place][sort] = item
        elif self._items[place].pop(sort, None) is not None:
            self._order[place].remove(sort)

    def _put(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self._allows(body):
            self._apply(body)
            return 200, {}
        found = self._find(body["TableName"], body.get("Item") or body["Key"])
        return 400, {"__type": "x#ConditionalCheckFailedException", **({"Item": found} if found else {})}

    _delete = _put

    def _transact(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        actions = [action for each in body["TransactItems"] for action in each.values()]
        reasons = ["None" if self._allows(action) else "ConditionalCheckFailed" for action in actions]
        if set(reasons) != {"None"}:
            codes = [{"Code": reason} for reason in reasons]
            return 400, {"__type": "x#TransactionCanceledException", "CancellationReasons": codes}
        for action in actions:
            self._apply(action)
        return 200, {}

    def _get(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        found = self._find(body["TableName"], body["Key"])
        return 200, {"Item": found} if found else {}

    def _get_many(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        replies = {
            table: [found for key in request["Keys"] if (found := self._find(table, key))]
            for table, request in body["RequestItems"].items()
        }
        return 200, {"Responses": replies}

    def _query(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        values = {name: value["S"] for name, value in body["ExpressionAttributeValues"].items()}
        place = body["TableName"], values[":pk"]
        after = body.get("ExclusiveStartKey", {}).get("sk", {}).get("S", "")
        found: list[Item] = []
        total = 0
        for sort in self._matching(place, body["KeyConditionExpression"], values):
            if sort <= after:
                continue
            if total >= PAGE or len(found) == body.get("Limit"):
                last = {"pk": found[-1]["pk"], "sk": found[-1]["sk"]}
                return 200, {"Items": found, "LastEvaluatedKey": last}
            found.append(self._items[place][sort])
            total += size(found[-1])
        return 200, {"Items": found}

    def _matching(self, place: tuple[str, str], condition: str, values: Mapping[str, str]) -> Iterator[str]:
        start, last = values.get(":sk", ""), values.get(":last", "\U0010ffff")
        match condition.partition(" AND ")[2]:
            case "begins_with(sk, :sk)":
                return (sort for sort in self._order[place] if sort.startswith(start))
            case "" | "sk BETWEEN :sk AND :last":
                return (sort for sort in self._order[place] if start <= sort <= last)
            case other:
                raise NotImplementedError(other)


class _Raw:
    """The part of urllib3's response that botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self._body
