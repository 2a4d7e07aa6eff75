"""The deployment whose costs are measured counts what it records, beside the history that it starts with."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest

from benchmarks import event_costs
from benchmarks.event_costs import DAYS, LAST, Deployment, Load
from benchmarks.instant_engine import InstantEngine
from benchmarks.units import Meter
from chalicelib.analytics.counts.periods import ALL_TIME, Level
from chalicelib.analytics.counts.sections import Section
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.tables import Tables
from local.aws import CREDENTIALS, REGION

START = datetime.combine(LAST - timedelta(days=DAYS - 1), time(), UTC)


@pytest.mark.slow
def test_everything_that_is_recorded_is_counted_and_its_units_are_known_by_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
        monkeypatch.delenv(name)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    tables = Tables(credentials="credentials", directory="", events="events", secrets="", erasures="", region=REGION)
    InstantEngine(tables.client)
    simulated, history = event_costs._simulated(Load(1, 60, 40), START)
    assert {period.level for period in history} == {Level.DAY, Level.MONTH}
    live = event_costs._of_each(["one", "two"], simulated)
    assert len({event.id for event in live}) == 2 * len(simulated) > 0
    deployment = Deployment(tables, START)
    deployment.store_history(["one", "two"], history)
    meter = Meter(tables.client)
    deployment.run(live, START + timedelta(days=DAYS, minutes=10))
    assert "EVENTS written 1.0000" in event_costs._by_kind(meter.used, len(live))
    store = DynamoCountStore(tables, event_costs.RETENTION)
    expected = Counter(event.kind.value for events in [*history.values(), simulated] for event in events)
    for issuer_id in ("one", "two"):
        counted: Counter[str] = Counter()
        for cell, many in store.section(issuer_id, ALL_TIME, Section.ACHIEVEMENTS).cells.items():
            counted[cell.kind] += many
        assert counted == expected
