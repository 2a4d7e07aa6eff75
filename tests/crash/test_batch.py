"""A smaller `make crash-batch`."""

from __future__ import annotations

import os

import pytest

from crash import batch
from crash.batch import Totals
from crash.faults import Fault
from local.aws import EmbeddedAws

pytestmark = pytest.mark.slow


@pytest.fixture
def region(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> str:
    for variable in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
        monkeypatch.delenv(variable)
    for variable, value in aws.client_env.items():
        monkeypatch.setenv(variable, value)
    return aws.region


@pytest.mark.parametrize("step", [0, 1])
def test_a_batch_that_is_killed_at_any_call_answers_each_item_once(region: str, step: int) -> None:
    totals, nth = Totals(), 1
    while batch.interrupt(region, step, nth, Fault.STOPPED_AFTER, totals):
        nth += 1
    assert totals.faults == []
    assert totals.clean
    assert totals.crash_points >= 8
