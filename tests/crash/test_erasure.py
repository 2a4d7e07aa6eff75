"""A smaller `make crash-erasure`, and proof that it detects a trace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.dynamo.erasing import rules
from chalicelib.erasure import running
from chalicelib.erasure.reapply import reapply
from crash.erasure import SCENARIOS, Totals, run
from crash.faults import Fault
from crash.people import Town
from local.aws import EmbeddedAws

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("town")]  # one worker makes the town

STEP = {"erasure for the holder": 80, "erasure for an issuer": 95, "withdrawal of a profile": 3}
"""Every so manieth call is interrupted here; `make crash-erasure` interrupts all."""


@pytest.fixture(scope="module")
def town(aws: EmbeddedAws) -> Iterator[Town]:
    with pytest.MonkeyPatch.context() as patch:
        for variable in os.environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}:
            patch.delenv(variable)
        for variable, value in aws.client_env.items():
            patch.setenv(variable, value)
        yield Town(aws.region)


@pytest.mark.parametrize("name", list(STEP), ids=["holder", "issuer", "withdrawal"])
def test_interrupted_erasure_leaves_no_trace_when_it_is_run_again(town: Town, name: str) -> None:
    scenario = next(each for each in SCENARIOS if each.name == name)
    totals = Totals()
    run(town, scenario, totals, STEP[name], [Fault.REPLY_LOST, Fault.STOPPED_AFTER])
    assert totals.faults == []
    assert totals.clean
    assert totals.crash_points >= 2


def test_person_is_in_the_directory_before_the_erasure(town: Town) -> None:
    town.restore()
    found = {kind for kind, _ in town.find() if kind.startswith("directory")}
    assert found >= {"directory: HOLDERS", "directory: CARDS", "directory: NAMES", "directory: BUFFER"}


def test_a_trace_that_stays_is_detected(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "RULES", {**rules.RULES, "mail": rules.RULES["issuer"]})
    monkeypatch.setattr("chalicelib.dynamo.erasing.sweep.RULES", rules.RULES)
    totals = Totals()
    run(town, SCENARIOS[0], totals, 80, [Fault.STOPPED_AFTER])
    assert totals.traces > 0
    assert not totals.clean


def test_restored_person_is_erased_again(town: Town) -> None:
    town.restore()
    before = town.snapshot()["credentials"]
    town.request_as_holder()
    town.erase()
    assert not list(town.find())
    now = town.snapshot()
    town.restore({**now, "credentials": before})
    assert list(town.find())
    found = reapply(town.services.erasure_context, town.start)
    assert {one.email for one in found} == {"adaora.quillfeather@example.org"}
    town.erase()
    assert not list(town.find())
    town.now = town.start


def test_credential_issued_before_the_erasure_is_finished_goes_as_a_whole(town: Town) -> None:
    town.restore()
    town.request_as_holder()
    context = town.services.erasure_context
    running.run(context, town.now + timedelta(minutes=1))  # only what has a key: the search comes an hour later
    new = town.issue_again()
    assert town.is_public(new)
    town.now += running.SETTLE
    town.erase()
    assert not town.is_public(new)
    assert not list(context.store.find([*town.values, new]))
    town.now = town.start
