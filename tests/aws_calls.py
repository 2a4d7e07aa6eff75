"""Record the calls of a botocore client and inject errors, through the events of botocore."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}


class Calls(list[str]):
    """The names of the called operations, in order."""

    @property
    def reads(self) -> list[str]:
        return [name for name in self if name in READS]

    @property
    def writes(self) -> list[str]:
        return [name for name in self if name not in READS]


@contextmanager
def counted(client: Any) -> Iterator[Calls]:
    """Record the calls of ``client`` within the block. Retries by botocore are not counted."""
    calls = Calls()
    with _registered(client, "before-call", lambda model, **_: calls.append(model.name)):
        yield calls


@contextmanager
def throttled(client: Any, operation: str, times: int) -> Iterator[list[str]]:
    """Throttle the next ``times`` requests for ``operation``. Yields the refused ones."""
    refused: list[str] = []

    def refuse(**_: Any) -> AWSResponse | None:
        if len(refused) >= times:
            return None
        refused.append(operation)
        body = b'{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow"}'
        return _response(400, body)

    with _registered(client, "before-send", refuse, operation):
        yield refused


@contextmanager
def throttling(client: Any, share: float, seed: int = 7) -> Iterator[Calls]:
    """Throttle a random ``share`` of all requests, including transactions. Yields the refused operations."""
    refused, rolls = Calls(), random.Random(seed)

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        if rolls.random() >= share:
            return None
        refused.append(request.headers["X-Amz-Target"].decode().rpartition(".")[2])
        transaction = refused[-1] == "TransactWriteItems"
        code = "TransactionCanceledException" if transaction else "ProvisionedThroughputExceededException"
        body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "slow"}
        reasons = {"CancellationReasons": [{"Code": "ThrottlingError"}, {"Code": "None"}]} if transaction else {}
        return _response(400, json.dumps(body | reasons).encode())

    with _registered(client, "before-send", refuse):
        yield refused


@contextmanager
def lost_before(client: Any, nth: int = 1) -> Iterator[None]:
    """Lose the ``nth`` call (from 1) before it reaches the service."""
    with _raising(client, "before-call", nth, ConnectTimeoutError(endpoint_url="lost before it was sent")):
        yield


@contextmanager
def reply_lost(client: Any, nth: int = 1) -> Iterator[None]:
    """Lose the reply to the ``nth`` call (from 1) after the service has applied it."""
    with _raising(client, "after-call", nth, ReadTimeoutError(endpoint_url="applied, and the reply was lost")):
        yield


@contextmanager
def answered(client: Any, status: int, body: bytes) -> Iterator[None]:
    """Answer every request with ``status`` and ``body``."""
    with _registered(client, "before-send", lambda **_: _response(status, body)):
        yield


@contextmanager
def cancelled(client: Any, reason: str, times: int) -> Iterator[list[str]]:
    """Cancel the next ``times`` transactions, with ``reason`` for the first action."""
    refused: list[str] = []

    def refuse(**_: Any) -> AWSResponse | None:
        if len(refused) >= times:
            return None
        refused.append(reason)
        body = (
            b'{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","message":"cancelled",'
            b'"CancellationReasons":[{"Code":"%s"},{"Code":"None"}]}'
        ) % reason.encode()
        return _response(400, body)

    with _registered(client, "before-send", refuse, "TransactWriteItems"):
        yield refused


@contextmanager
def unprocessed(client: Any, times: int) -> Iterator[list[int]]:
    """Leave every second key of the next ``times`` BatchGetItem calls unprocessed. Yields the number left by each."""
    left: list[int] = []

    def take_out(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        rest: dict[str, Any] = {}
        if len(left) < times:
            for table, request in params["RequestItems"].items():
                keys = request["Keys"]
                rest[table] = {**request, "Keys": keys[::2]}
                params["RequestItems"] = {**params["RequestItems"], table: {**request, "Keys": keys[1::2]}}
            left.append(sum(len(request["Keys"]) for request in rest.values()))
        context["left_unread"] = rest
        params["RequestItems"] = {name: one for name, one in params["RequestItems"].items() if one["Keys"]} or dict(
            [_anything(rest)]
        )

    def put_back(parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        if context["left_unread"]:
            parsed["UnprocessedKeys"] = context["left_unread"]

    with (
        _registered(client, "before-parameter-build", take_out, "BatchGetItem"),
        _registered(client, "after-call", put_back, "BatchGetItem"),
    ):
        yield left


def _anything(rest: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Keys of a request must not be empty: the key of a missing item."""
    table, request = next(iter(rest.items()))
    return table, {**request, "Keys": [{"pk": {"S": "nothing"}, "sk": {"S": "nothing"}}]}


@contextmanager
def _raising(client: Any, event: str, nth: int, error: Exception) -> Iterator[None]:
    seen = 0

    def count(**_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == nth:
            raise error

    with _registered(client, event, count):
        yield


@contextmanager
def _registered(client: Any, event: str, handler: Callable[..., Any], operation: str | None = None) -> Iterator[None]:
    name = f"{event}.{client.meta.service_model.service_id.hyphenize()}" + (f".{operation}" if operation else "")
    client.meta.events.register(name, handler)
    try:
        yield
    finally:
        client.meta.events.unregister(name, handler)


def _response(status: int, body: bytes) -> AWSResponse:
    return AWSResponse("https://injected.invalid", status, {"x-amzn-requestid": "injected"}, _Raw(body))


class _Raw:
    """The part of urllib3's response that botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body
