"""Storage errors, injected into the real client in front of the real engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from chalicelib.analytics.counts.view_counts import ViewCounts
from chalicelib.award.issuing.recipient import Issued
from chalicelib.dynamo import keys
from chalicelib.dynamo.keys import Range
from chalicelib.dynamo.stores.analytics.events import DynamoEventStore
from chalicelib.dynamo.stores.analytics.salts import DynamoSalts
from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore
from chalicelib.dynamo.tables import ATTEMPTS, RETRIES, Tables
from chalicelib.errors import Conflict, LaurelError, Refused, Unavailable
from tests import aws_calls
from tests.contract import samples
from tests.examples import examples

DAY = samples.NOW.date()


@pytest.fixture
def issuer_store(tables: Tables) -> DynamoIssuerStore:
    return DynamoIssuerStore(tables)


@dataclass(frozen=True)
class Operation:
    """A storage write. Each run has its own ``name``, so that all runs can share a table."""

    prepare: Callable[[DynamoIssuerStore, str], Any]
    do: Callable[[DynamoIssuerStore, Any], None]
    items: int
    """The number of items it writes."""


def _issuer(name: str):
    issuer = samples.issuer(name)
    return issuer, samples.status_lists(issuer, size=64)


def _stored_issuer(issuer_store: DynamoIssuerStore, name: str):
    issuer, lists = _issuer(name)
    issuer_store.add_issuer(issuer, lists)
    return replace(issuer, name="Next", version=2), [samples.with_bit(lists[0], 1)]


def _stored_record(issuer_store: DynamoIssuerStore, name: str):
    issuer, lists = _issuer(name)
    issuer_store.add_issuer(issuer, lists)
    record = samples.record(f"credential-{name}", of=issuer)
    issuer_store.add_record(record)
    return samples.revoked(record), [samples.with_bit(lists[0], 7)]


def _stored_achievement(issuer_store: DynamoIssuerStore, name: str):
    first = samples.achievement(name, name)
    issuer_store.add_achievement(first)
    return first, replace(first, name="Next", version=2)


def _replaced_record(issuer_store: DynamoIssuerStore, name: str):
    revoked, lists = _stored_record(issuer_store, name)
    new = samples.record(f"next-{name}", index=8, of=samples.issuer(name))
    return replace(revoked, superseded_by=new.id), lists, Issued(new)


OPERATIONS = {
    "add_issuer": Operation(
        lambda _, name: _issuer(name), lambda issuer_store, made: issuer_store.add_issuer(*made), 7
    ),
    "replace_issuer": Operation(_stored_issuer, lambda issuer_store, made: issuer_store.replace_issuer(*made), 2),
    "add_achievement": Operation(
        lambda _, name: samples.achievement(name, name),
        lambda issuer_store, made: issuer_store.add_achievement(made),
        4,
    ),
    "replace_achievement": Operation(
        _stored_achievement, lambda issuer_store, made: issuer_store.replace_achievement(*made), 3
    ),
    "add_record": Operation(
        lambda _, name: samples.record(f"credential-{name}", of=samples.issuer(name)),
        lambda issuer_store, made: issuer_store.add_record(made),
        4,
    ),
    "replace_status": Operation(_stored_record, lambda issuer_store, made: issuer_store.replace_status(*made), 3),
    "supersede": Operation(_replaced_record, lambda issuer_store, made: issuer_store.supersede(*made), 7),
}


def all_items(tables: Tables) -> dict[tuple[str, str], Any]:
    pages = tables.client.get_paginator("scan").paginate(TableName=tables.credentials, ConsistentRead=True)
    return {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}


def changed_count(before: dict[Any, Any], after: dict[Any, Any]) -> int:
    assert before.keys() <= after.keys()
    return sum(before.get(key) != item for key, item in after.items())


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("fault", [aws_calls.lost_before, aws_calls.reply_lost])
def test_write_is_atomic_and_can_be_repeated_after_an_error_at_any_call(
    tables: Tables, issuer_store: DynamoIssuerStore, name: str, fault
):
    """Inject the error at each call, for a first run and for a run that was already applied."""
    operation = OPERATIONS[name]
    points = 0
    for applied_before in (False, True):
        nth = 0
        crashed = True
        while crashed:
            nth += 1
            made = operation.prepare(issuer_store, f"{name}-{applied_before}-{nth}")
            start = all_items(tables)
            if applied_before:
                operation.do(issuer_store, made)
            with fault(tables.client, nth):
                crashed = _crashes(operation, issuer_store, made)
            points += crashed
            whole = changed_count(start, all_items(tables))
            assert whole in (0, operation.items), (applied_before, nth)
            operation.do(issuer_store, made)
            assert changed_count(start, all_items(tables)) == operation.items
    assert points == 2  # one call for the first run, one refused call for the repetition


def _crashes(operation: Operation, issuer_store: DynamoIssuerStore, made: Any) -> bool:
    try:
        operation.do(issuer_store, made)
    except Unavailable:
        return True
    return False


def test_different_credential_conflicts_after_a_lost_reply(tables: Tables, issuer_store: DynamoIssuerStore):
    record = samples.record()
    with aws_calls.reply_lost(tables.client), pytest.raises(Unavailable):
        issuer_store.add_record(record)
    with pytest.raises(Conflict):
        issuer_store.add_record(replace(record, document=b"{}"))
    assert issuer_store.record(record.id) == record


def test_unprocessed_keys_are_requested_again(tables: Tables, issuer_store: DynamoIssuerStore):
    issuer = samples.issuer()
    issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    DynamoSalts(tables).create(DAY, bytes(32))
    whole = issuer_store.related_items(samples.record(), DAY)
    with aws_calls.unprocessed(tables.client, times=2) as left, aws_calls.counted(tables.client) as calls:
        assert issuer_store.related_items(samples.record(), DAY) == whole
    assert left[0] == 4
    assert len(calls) == 3


def test_keys_that_stay_unprocessed_are_not_reported_as_missing(tables: Tables, issuer_store: DynamoIssuerStore):
    issuer = samples.issuer()
    issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    with (
        aws_calls.unprocessed(tables.client, times=99),
        aws_calls.counted(tables.client) as calls,
        pytest.raises(Unavailable) as caught,
    ):
        issuer_store.related_items(samples.record(), DAY)
    assert caught.value.code == "storage_partial"
    assert len(calls) == ATTEMPTS


def test_cancelled_transaction_is_retried(tables: Tables, issuer_store: DynamoIssuerStore):
    for reason in ("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"):
        record = samples.record(reason, index=len(reason))
        with aws_calls.cancelled(tables.client, reason, times=2) as refused:
            issuer_store.add_record(record)
        assert len(refused) == 2
        assert issuer_store.record(record.id) == record


def test_repeatedly_cancelled_transaction_is_unavailable_not_a_conflict(
    tables: Tables, issuer_store: DynamoIssuerStore
):
    with (
        aws_calls.cancelled(tables.client, "TransactionConflict", times=99) as refused,
        pytest.raises(Unavailable) as caught,
    ):
        issuer_store.add_record(samples.record())
    assert caught.value.code == "storage_busy"
    assert len(refused) == ATTEMPTS


@pytest.mark.parametrize("times", [1, RETRIES + 2])
@pytest.mark.parametrize("operation", ["GetItem", "BatchGetItem", "Query"])
def test_throttled_read_is_retried_beyond_the_clients_retries(
    tables: Tables, issuer_store: DynamoIssuerStore, operation: str, times: int
):
    issuer_store.add_record(samples.record())
    key = keys.record(samples.record().id)
    reads = {
        "GetItem": lambda: [tables.get(tables.credentials, key)],
        "BatchGetItem": lambda: list(tables.get_many({tables.credentials: [key]}).values()),
        "Query": lambda: list(tables.query(tables.credentials, Range(key.pk))),
    }
    with aws_calls.throttled(tables.client, operation, times=times) as refused:
        (found,) = reads[operation]()
    assert found is not None
    assert found["id"]["S"] == samples.record().id
    assert len(refused) == times


def test_read_that_is_throttled_for_long_is_unavailable(tables: Tables):
    with aws_calls.throttled(tables.client, "GetItem", times=99) as refused, pytest.raises(Unavailable) as caught:
        tables.get(tables.credentials, keys.record(samples.record().id))
    assert caught.value.code == "storage_busy"
    assert len(refused) == ATTEMPTS * (1 + RETRIES)


def test_throttled_transaction_is_retried_beyond_the_clients_retries(tables: Tables, issuer_store: DynamoIssuerStore):
    with aws_calls.throttled(tables.client, "TransactWriteItems", times=RETRIES + 2) as refused:
        issuer_store.add_record(samples.record())
    assert len(refused) == RETRIES + 2
    assert issuer_store.record(samples.record().id) == samples.record()


def test_view_makes_two_reads(tables: Tables, issuer_store: DynamoIssuerStore):
    issuer = samples.issuer()
    issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    issuer_store.add_record(samples.record())
    with aws_calls.counted(tables.client) as calls:
        issuer_store.related_items(issuer_store.record(samples.record().id), DAY)
    assert calls == ["GetItem", "BatchGetItem"]


def test_a_view_that_shows_view_counts_makes_no_more_reads(tables: Tables, issuer_store: DynamoIssuerStore):
    issuer = samples.issuer()
    issuer_store.add_issuer(issuer, samples.status_lists(issuer))
    issuer_store.add_record(samples.record())
    issuer_store.show_view_counts(replace(samples.record(), shows_view_counts=True, version=2))
    with aws_calls.counted(tables.client) as calls:
        found = issuer_store.related_items(issuer_store.record(samples.record().id), DAY)
    assert calls == ["GetItem", "BatchGetItem"]
    assert found.view_counts == ViewCounts(samples.record().id)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["Item", "Items", "Responses", "UnprocessedKeys", "LastEvaluatedKey", "__type", "message", "pk", "S", "B",
         "CancellationReasons", "Code", "type", "sk"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
BODIES = st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode())


@examples(150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(status=st.sampled_from([200, 301, 400, 403, 404, 413]), body=BODIES)
def test_any_response_from_storage_raises_only_laurel_errors(tables: Tables, status: int, body: bytes):
    issuer_store = DynamoIssuerStore(tables)
    issuer, lists = _issuer("any")
    with aws_calls.answered(tables.client, status, body):
        for call in (
            lambda: issuer_store.record("c"),
            lambda: issuer_store.related_items(samples.record(), DAY),
            lambda: list(zip(issuer_store.issuers(), range(3), strict=False)),
            lambda: list(zip(issuer_store.achievements("north"), range(3), strict=False)),
            lambda: issuer_store.add_issuer(issuer, lists),
            lambda: DynamoEventStore(tables, lambda: samples.NOW, samples.RETENTION).write(samples.event()),
            lambda: DynamoSalts(tables).create(DAY, bytes(32)),
        ):
            try:
                call()
            except LaurelError:
                continue


def test_oversized_item_is_refused_without_retry(tables: Tables, issuer_store: DynamoIssuerStore):
    large = bytes(400 * 1024)
    with aws_calls.counted(tables.client) as calls:
        with pytest.raises(Refused):
            issuer_store.add_image(replace(samples.image(), content=large))
        with pytest.raises(Refused):
            issuer_store.add_record(samples.record(document=large))
    assert len(calls) == 2
    assert all_items(tables) == {}
