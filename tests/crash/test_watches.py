"""A smaller `make crash-watches`."""

from __future__ import annotations

import os

import pytest

from chalicelib.dynamo import keys
from crash import watches
from crash.faults import Fault
from crash.watches import STEPS, Totals
from local.aws import EmbeddedAws

pytestmark = pytest.mark.slow


@pytest.fixture
def region(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> str:
    for variable in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
        monkeypatch.delenv(variable)
    for variable, value in aws.client_env.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(keys, "TASK_SHARDS", 1)
    return aws.region


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_an_event_arrives_once_wherever_the_function_is_killed(region: str, step: int) -> None:
    totals, nth = Totals(), 1
    while watches.interrupt(region, step, nth, Fault.STOPPED_AFTER, totals):
        nth += 1
    assert totals.faults == []
    assert totals.clean
    assert totals.crash_points >= 3
