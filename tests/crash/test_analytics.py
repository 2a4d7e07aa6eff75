"""A smaller `make crash-analytics`, and proof that it detects lost and doubled events."""

from __future__ import annotations

import os
from copy import copy
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.analytics.counts.counts import Counts, merge
from chalicelib.analytics.counts.periods import ALL_TIME, Period
from chalicelib.analytics.counts.sections import Section
from chalicelib.analytics.event import Event
from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
from chalicelib.dynamo.tables import Tables
from crash import analytics
from crash.analytics import Totals
from crash.counting import RETENTION, Deployment
from local.aws import EmbeddedAws

pytestmark = pytest.mark.slow


@pytest.fixture
def tables(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Tables:
    for variable in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
        monkeypatch.delenv(variable)
    for variable, value in aws.client_env.items():
        monkeypatch.setenv(variable, value)
    return Tables(credentials="", directory="", events="", secrets="", erasures="", region=aws.region)


def test_faults_at_random_lose_and_double_nothing(tables: Tables) -> None:
    totals = Totals()
    analytics.run_random(tables, totals, 150, analytics.SHORT_START, analytics.SHORT_SPAN)
    assert totals.clean, totals
    assert totals.crashes > 50
    assert totals.redelivered > 0


def test_throttling_loses_nothing_and_no_view_fails(tables: Tables) -> None:
    totals = Totals()
    analytics.run_throttled(tables, totals, 60)
    assert totals.clean, totals
    assert totals.throttled > 50


def test_throttling_fails_no_page(aws: EmbeddedAws, tables: Tables) -> None:
    totals = Totals(acknowledged=1)
    analytics.run_views(totals, 15)
    assert totals.clean, totals
    assert totals.views == 15
    assert totals.throttled > 5


def small_run(deployment: Deployment) -> Totals:
    """Three events, of which the last is recorded late and again, all counted."""
    totals = Totals()
    try:
        analytics._small_run(deployment, 99, analytics.Fault.LOST)
        totals.check(deployment)
    finally:
        deployment.drop()
    return totals


@pytest.mark.parametrize("nth", [11, 31, 43, 56])
def test_what_failed_for_one_issuer_is_counted_with_the_next_bucket(tables: Tables, nth: int) -> None:
    totals, deployment = Totals(), Deployment(copy(tables))
    try:
        analytics._small_run(deployment, nth, analytics.Fault.LOST)
        totals.check(deployment)
    finally:
        deployment.drop()
    assert totals.clean, totals


def test_counts_that_are_added_up_are_detected_as_doubled(tables: Tables) -> None:
    class Adding(DynamoCountStore):
        def save(self, issuer_id: str, period: Period, counts: Counts, number: int, *, shrunk: bool = False) -> None:
            before = self.section(issuer_id, ALL_TIME, Section.ACHIEVEMENTS) if period == ALL_TIME else Counts()
            super().save(issuer_id, period, merge([before, counts]), number, shrunk=shrunk)

    deployment = Deployment(copy(tables))
    store: Any = Adding(deployment.tables, RETENTION)
    deployment.store, deployment.context = store, replace(deployment.context, store=store)
    assert small_run(deployment).double > 0


def test_late_events_without_a_note_are_detected_as_lost(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = Deployment(copy(tables))
    write = deployment.event_store.write

    def write_on_time(event: Event) -> None:
        now, deployment.now = deployment.now, event.at
        write(event)
        deployment.now = now

    monkeypatch.setattr(deployment.event_store, "write", write_on_time)
    assert small_run(deployment).lost == 1


def test_nothing_acknowledged_is_not_clean() -> None:
    assert not Totals().clean
