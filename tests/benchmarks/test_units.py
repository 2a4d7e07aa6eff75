"""Units by DynamoDB's rules, on an engine in memory."""

from __future__ import annotations

import os
from typing import Any

import pytest

from benchmarks.instant_engine import InstantEngine
from benchmarks.units import Meter
from chalicelib.dynamo.keys import Key, Range
from chalicelib.dynamo.tables import ABSENT, UNCONDITIONAL, ConditionFailed, Delete, Put, Tables
from local.aws import CREDENTIALS, REGION


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Tables:
    for name in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
        monkeypatch.delenv(name)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    made = Tables(credentials="credentials", directory="", events="events", secrets="", erasures="", region=REGION)
    InstantEngine(made.client)
    return made


def item(pk: str, sk: str, size: int) -> dict[str, Any]:
    """An item of ``size`` bytes."""
    rest = size - len("pk") - len(pk) - len("sk") - len(sk) - len("b")
    return {"pk": {"S": pk}, "sk": {"S": sk}, "b": {"B": b"x" * rest}}


def test_a_write_costs_one_unit_for_each_begun_kilobyte_of_the_larger_item(tables: Tables) -> None:
    meter = Meter(tables.client)
    for size, writes in ((1024, 1), (1025, 2), (100, 2), (100, 1)):
        meter.clear()
        tables.put("events", Put(item("p", "s", size), UNCONDITIONAL))
        assert meter.writes == writes
    tables.put("events", Put(item("p", "s", 3000), UNCONDITIONAL))
    meter.clear()
    tables.delete("events", Key("p", "s"))
    assert (meter.writes, meter.reads) == (3, 0)


def test_a_write_in_a_transaction_costs_twice_as_much(tables: Tables) -> None:
    meter = Meter(tables.client)
    puts = [Put(item("p", "a", 500)), Put(item("q", "b", 1500))]
    tables.transact("events", puts, [Delete(Key("p", "c"), UNCONDITIONAL)])
    assert {used.partition: used.writes for used in meter.used[:2]} == {"p": 2, "q": 4}
    assert meter.writes == 2 + 4 + 2


def test_a_read_costs_a_unit_for_four_kilobytes_or_half_of_one(tables: Tables) -> None:
    for number in range(3):
        tables.put("events", Put(item("p", str(number), 3000)))
    meter = Meter(tables.client)

    def units() -> float:
        found = meter.reads
        meter.clear()
        return found

    assert len(list(tables.query("events", Range("p")))) == 3
    assert units() == 3  # 9,000 bytes together
    list(tables.query("events", Range("p"), consistent=False))
    assert units() == 1.5
    tables.get_many({"events": [Key("p", "0"), Key("p", "1"), Key("gone", "1")]})
    assert units() == 3  # each by itself, also one that does not exist
    tables.get("events", Key("gone", "1"), consistent=False)
    assert units() == 0.5


def test_pages_of_a_query_are_calls_of_their_own(tables: Tables) -> None:
    for number in range(30):
        tables.put("events", Put(item("p", f"{number:02}", 100_000)))
    meter = Meter(tables.client)
    assert [raw["sk"]["S"] for raw in tables.query("events", Range("p"))] == [f"{number:02}" for number in range(30)]
    assert len(meter.used) == 3
    assert meter.reads == pytest.approx(3_000_000 / 4096, abs=3)


def test_a_failed_condition_costs_nothing_here_and_is_reported(tables: Tables) -> None:
    tables.put("events", Put(item("p", "s", 100), ABSENT))
    meter = Meter(tables.client)
    with pytest.raises(ConditionFailed) as failed:
        tables.put("events", Put(item("p", "s", 200), ABSENT))
    assert failed.value.found[0] == item("p", "s", 100)
    assert meter.used == []


def test_the_busiest_second_is_that_of_one_partition_key(tables: Tables) -> None:
    seconds = iter([0.0, 0.5, 0.9, 1.0])
    meter = Meter(tables.client, lambda: next(seconds))
    for pk in ("p", "p", "q", "p"):
        tables.put("events", Put(item(pk, "s", 2000), UNCONDITIONAL))
    assert meter.busiest() == (0, 4)
