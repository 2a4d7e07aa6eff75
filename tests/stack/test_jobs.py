"""Scheduled jobs, run by the deployed functions under their own roles."""

from __future__ import annotations

import pytest

from local.deploy import client
from tests.conftest import RunningStack
from tests.stack import jobs


def test_nightly_job_has_the_rights_it_needs(stack: RunningStack) -> None:
    jobs.run(stack, "RotateSecrets")


def test_clean_up_has_the_rights_it_needs(stack: RunningStack) -> None:
    jobs.run(stack, "CleanUpKeys")


def test_worker_has_the_rights_it_needs(stack: RunningStack) -> None:
    jobs.run(stack, "RunTasks")


def test_counting_has_the_rights_it_needs(stack: RunningStack) -> None:
    jobs.run(stack, "CountEvents")


def test_erasing_has_the_rights_it_needs(stack: RunningStack) -> None:
    jobs.run(stack, "ErasePeople")


def test_sending_summaries_has_the_rights_it_needs(stack: RunningStack) -> None:
    jobs.run(stack, "SendSummaries")


def test_archiving_has_the_rights_it_needs(stack: RunningStack) -> None:
    jobs.run(stack, "ArchiveEvents")


@pytest.mark.parametrize(
    ("logical", "expression"),
    [
        ("RunTasks", "rate(1 minute)"),
        ("CountEvents", "rate(1 minute)"),
        ("SendSummaries", "cron(10 9 2-4 * ? *)"),
        ("ArchiveEvents", "cron(50 0 * * ? *)"),
        ("ErasePeople", "rate(1 hour)"),
        ("RotateSecrets", "cron(5 0 * * ? *)"),
        ("CleanUpKeys", "cron(35 0 * * ? *)"),
    ],
)
def test_each_job_has_its_schedule(stack: RunningStack, logical: str, expression: str) -> None:
    events = client(jobs.embedded_aws(stack), "events")
    name = jobs.function_name(stack, logical)
    targets = {
        target["Arn"].rpartition(":")[2]: rule["ScheduleExpression"]
        for rule in events.list_rules()["Rules"]
        for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    }
    assert targets[name] == expression
