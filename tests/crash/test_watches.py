"""A smaller `make crash-watches`."""

from __future__ import annotations

import os

import pytest

from chalicelib.dynamo import keys
from chalicelib.verifiers.watches.watch import State
from chalicelib.verify.report import Verdict
from crash import watches
from crash.faults import Fault
from crash.watches import STEPS, VERIFIER, WATCH, Deployment, Totals
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


def test_a_receiver_that_is_down_for_ten_deliveries_gets_one_event_from_the_real_queue(region: str) -> None:
    deployment = Deployment(region)
    try:
        deployment.reports.verdict = Verdict.REVOKED
        deployment.receiver.refusals = 10
        deployment.check()
        deployment.deliver()
        for _ in range(72):  # hours, in which Laurel retries
            deployment.minute()
        [(message_id, _)] = deployment.receiver.accepted
        [delivery] = deployment.store.deliveries(VERIFIER, WATCH, None, 10, deployment.now())
        assert (delivery.id, delivery.state, delivery.attempts) == (message_id, State.DELIVERED, 11)
    finally:
        deployment.drop()
