"""A smaller `make crash-award`, and proof that it detects duplicates and partial writes."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from chalicelib.award.issuing import issue
from chalicelib.credential.record import Record
from chalicelib.dynamo.items.credentials import RecordItem
from chalicelib.dynamo.tables import Put
from crash import award
from crash.award import SCENARIOS, Scenario
from crash.stage import Stage
from local.aws import EmbeddedAws

pytestmark = pytest.mark.slow


@pytest.fixture
def region(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> str:
    for variable in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
        monkeypatch.delenv(variable)
    for variable, value in aws.client_env.items():
        monkeypatch.setenv(variable, value)
    return aws.region


@pytest.mark.parametrize("name", ["issue with an Idempotency-Key", "revoke", "reinstate", "correct", "renew"])
def test_crash_at_any_call_causes_no_loss_duplicate_or_partial_write(region: str, name: str) -> None:
    scenarios = [scenario for scenario in SCENARIOS if scenario.name == name]
    totals = award.run(region, scenarios)
    assert totals.faults == []
    assert totals.clean
    assert totals.crash_points >= 4 * 4


def test_double_issue_without_an_idempotency_key_is_detected(region: str) -> None:
    def action(stage: Stage, _: str) -> list[Record]:
        return [issue.issue(stage.issuer_context, award._award(stage))]

    totals = award.run(region, [Scenario("no key", action, award._expect_count(1))])
    assert totals.duplicated > 0
    assert not totals.clean


def test_write_in_two_steps_is_detected_as_partial(region: str) -> None:
    class InTwoSteps:
        def __init__(self, stage: Stage) -> None:
            self._issuer_store, self._tables = stage.issuer_store, stage._tables

        def __getattr__(self, name: str) -> object:
            return getattr(self._issuer_store, name)

        def add_record(self, record: Record, *_: object) -> None:
            self._tables.put(self._tables.credentials, Put(RecordItem.of(record).raw()))
            self._issuer_store.record(record.id)

    def action(stage: Stage, _: str) -> list[Record]:
        stage.issuer_context = replace(stage.issuer_context, issuer_store=InTwoSteps(stage))  # type: ignore[arg-type]
        return [issue.issue(stage.issuer_context, award._award(stage, name=award._prepare_claim(stage)))]

    totals = award.run(region, [Scenario("two steps", action, award._expect_count(1))])
    assert totals.inconsistent > 0
