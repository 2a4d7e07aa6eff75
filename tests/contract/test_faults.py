"""What storage does when AWS does not: every fault is injected into the real client, before the real engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.award.issuing.recipient import Issued
from chalicelib.dynamo.stores.events import DynamoEventStore
from chalicelib.dynamo.stores.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.salts import DynamoSalts
from chalicelib.dynamo.tables import RETRIES, TURNS, Tables
from chalicelib.errors import Conflict, LaurelError, Refused, Unavailable
from tests import aws_calls
from tests.contract import nouns

DAY = nouns.NOW.date()


@pytest.fixture
def issuer_store(tables: Tables) -> DynamoIssuerStore:
    return DynamoIssuerStore(tables)


@dataclass(frozen=True)
class Deed:
    """Something that changes storage, made for a fresh ``name`` so that one table serves many runs."""

    prepare: Callable[[DynamoIssuerStore, str], Any]
    do: Callable[[DynamoIssuerStore, Any], None]
    items: int
    """How many items it puts."""


def _issuer(name: str):
    issuer = nouns.issuer(name)
    return issuer, nouns.status_lists(issuer, size=64)


def _stored_issuer(issuer_store: DynamoIssuerStore, name: str):
    issuer, lists = _issuer(name)
    issuer_store.add_issuer(issuer, lists)
    return replace(issuer, name="Next", version=2), [nouns.with_bit(lists[0], 1)]


def _stored_record(issuer_store: DynamoIssuerStore, name: str):
    issuer, lists = _issuer(name)
    issuer_store.add_issuer(issuer, lists)
    record = nouns.record(f"credential-{name}", of=issuer)
    issuer_store.add_record(record)
    return nouns.revoked(record), [nouns.with_bit(lists[0], 7)]


def _stored_achievement(issuer_store: DynamoIssuerStore, name: str):
    first = nouns.achievement(name)
    issuer_store.add_achievement(first)
    return first, replace(first, name="Next", version=2)


def _replaced_record(issuer_store: DynamoIssuerStore, name: str):
    revoked, lists = _stored_record(issuer_store, name)
    new = nouns.record(f"next-{name}", index=8, of=nouns.issuer(name))
    return replace(revoked, superseded_by=new.id), lists, Issued(new)


DEEDS = {
    "add_issuer": Deed(lambda _, name: _issuer(name), lambda issuer_store, made: issuer_store.add_issuer(*made), 7),
    "replace_issuer": Deed(_stored_issuer, lambda issuer_store, made: issuer_store.replace_issuer(*made), 2),
    "add_achievement": Deed(
        lambda _, name: nouns.achievement(name), lambda issuer_store, made: issuer_store.add_achievement(made), 2
    ),
    "replace_achievement": Deed(
        _stored_achievement, lambda issuer_store, made: issuer_store.replace_achievement(*made), 2
    ),
    "add_record": Deed(
        lambda _, name: nouns.record(f"credential-{name}", of=nouns.issuer(name)),
        lambda issuer_store, made: issuer_store.add_record(made),
        4,
    ),
    "replace_status": Deed(_stored_record, lambda issuer_store, made: issuer_store.replace_status(*made), 3),
    "supersede": Deed(_replaced_record, lambda issuer_store, made: issuer_store.supersede(*made), 7),
}


def everything(tables: Tables) -> dict[tuple[str, str], Any]:
    pages = tables.client.get_paginator("scan").paginate(TableName=tables.credentials, ConsistentRead=True)
    return {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}


def changed(before: dict[Any, Any], after: dict[Any, Any]) -> int:
    assert before.keys() <= after.keys()
    return sum(before.get(key) != item for key, item in after.items())


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize("fault", [aws_calls.lost_before, aws_calls.reply_lost])
def test_a_crash_at_any_call_leaves_all_or_nothing_and_running_it_again_completes(
    tables: Tables, issuer_store: DynamoIssuerStore, name: str, fault
):
    """Swept over every call of the deed, and of the same deed when its first run was applied already."""
    deed = DEEDS[name]
    points = 0
    for applied_before in (False, True):
        nth = 0
        crashed = True
        while crashed:
            nth += 1
            made = deed.prepare(issuer_store, f"{name}-{applied_before}-{nth}")
            start = everything(tables)
            if applied_before:
                deed.do(issuer_store, made)
            with fault(tables.client, nth):
                crashed = _crashes(deed, issuer_store, made)
            points += crashed
            whole = changed(start, everything(tables))
            assert whole in (0, deed.items), (applied_before, nth)
            deed.do(issuer_store, made)
            assert changed(start, everything(tables)) == deed.items
    assert points == 2  # one call when it is new, and one that is refused when it was applied


def _crashes(deed: Deed, issuer_store: DynamoIssuerStore, made: Any) -> bool:
    try:
        deed.do(issuer_store, made)
    except Unavailable:
        return True
    return False


def test_another_credential_is_not_taken_for_the_one_whose_reply_was_lost(
    tables: Tables, issuer_store: DynamoIssuerStore
):
    record = nouns.record()
    with aws_calls.reply_lost(tables.client), pytest.raises(Unavailable):
        issuer_store.add_record(record)
    with pytest.raises(Conflict):
        issuer_store.add_record(replace(record, document=b"{}"))
    assert issuer_store.record(record.id) == record


def test_keys_left_unread_are_asked_for_again(tables: Tables, issuer_store: DynamoIssuerStore):
    issuer = nouns.issuer()
    issuer_store.add_issuer(issuer, nouns.status_lists(issuer))
    DynamoSalts(tables).create(DAY, bytes(32))
    whole = issuer_store.related_items(nouns.record(), DAY)
    with aws_calls.unprocessed(tables.client, times=2) as left, aws_calls.counted(tables.client) as calls:
        assert issuer_store.related_items(nouns.record(), DAY) == whole
    assert left[0] == 3
    assert len(calls) == 3


def test_keys_that_stay_unread_are_never_taken_for_absent(tables: Tables, issuer_store: DynamoIssuerStore):
    issuer = nouns.issuer()
    issuer_store.add_issuer(issuer, nouns.status_lists(issuer))
    with (
        aws_calls.unprocessed(tables.client, times=99),
        aws_calls.counted(tables.client) as calls,
        pytest.raises(Unavailable) as caught,
    ):
        issuer_store.related_items(nouns.record(), DAY)
    assert caught.value.code == "storage_partial"
    assert len(calls) == TURNS


def test_a_transaction_that_gave_way_is_tried_again(tables: Tables, issuer_store: DynamoIssuerStore):
    for reason in ("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"):
        record = nouns.record(reason, index=len(reason))
        with aws_calls.cancelled(tables.client, reason, times=2) as refused:
            issuer_store.add_record(record)
        assert len(refused) == 2
        assert issuer_store.record(record.id) == record


def test_a_transaction_that_always_gives_way_is_unavailable_and_no_conflict(
    tables: Tables, issuer_store: DynamoIssuerStore
):
    with (
        aws_calls.cancelled(tables.client, "TransactionConflict", times=99) as refused,
        pytest.raises(Unavailable) as caught,
    ):
        issuer_store.add_record(nouns.record())
    assert caught.value.code == "storage_busy"
    assert len(refused) == TURNS


def test_throttled_reads_are_waited_out(tables: Tables, issuer_store: DynamoIssuerStore):
    issuer_store.add_record(nouns.record())
    with aws_calls.throttled(tables.client, "GetItem", times=1) as refused:
        assert issuer_store.record(nouns.record().id) == nouns.record()
    assert refused


def test_a_transaction_throttled_for_longer_than_the_client_tries_is_tried_again(
    tables: Tables, issuer_store: DynamoIssuerStore
):
    with aws_calls.throttled(tables.client, "TransactWriteItems", times=RETRIES + 2) as refused:
        issuer_store.add_record(nouns.record())
    assert len(refused) == RETRIES + 2
    assert issuer_store.record(nouns.record().id) == nouns.record()


def test_one_view_reads_twice(tables: Tables, issuer_store: DynamoIssuerStore):
    issuer = nouns.issuer()
    issuer_store.add_issuer(issuer, nouns.status_lists(issuer))
    issuer_store.add_record(nouns.record())
    with aws_calls.counted(tables.client) as calls:
        issuer_store.related_items(issuer_store.record(nouns.record().id), DAY)
    assert calls == ["GetItem", "BatchGetItem"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["Item", "Items", "Responses", "UnprocessedKeys", "LastEvaluatedKey", "__type", "message", "pk", "S", "B",
         "CancellationReasons", "Code", "type", "sk"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
BODIES = st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(status=st.sampled_from([200, 301, 400, 403, 404, 413]), body=BODIES)
def test_whatever_answers_in_place_of_storage_only_our_errors_come_out(tables: Tables, status: int, body: bytes):
    issuer_store = DynamoIssuerStore(tables)
    issuer, lists = _issuer("any")
    with aws_calls.answered(tables.client, status, body):
        for call in (
            lambda: issuer_store.record("c"),
            lambda: issuer_store.related_items(nouns.record(), DAY),
            lambda: list(zip(issuer_store.issuers(), range(3), strict=False)),
            lambda: list(zip(issuer_store.achievements("north"), range(3), strict=False)),
            lambda: issuer_store.add_issuer(issuer, lists),
            lambda: DynamoEventStore(tables).write(nouns.event()),
            lambda: DynamoSalts(tables).create(DAY, bytes(32)),
        ):
            try:
                call()
            except LaurelError:
                continue


def test_what_is_too_large_for_storage_is_refused_and_not_tried_again(tables: Tables, issuer_store: DynamoIssuerStore):
    large = bytes(400 * 1024)
    with aws_calls.counted(tables.client) as calls:
        with pytest.raises(Refused):
            issuer_store.add_image(replace(nouns.image(), content=large))
        with pytest.raises(Refused):
            issuer_store.add_record(nouns.record(document=large))
    assert len(calls) == 2
    assert everything(tables) == {}
