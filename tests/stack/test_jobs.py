"""Scheduled jobs, run by the deployed functions under their own roles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.s3.event_archive import S3EventArchive
from local.deploy import client, current
from tests.archived import archive_days_before
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


def test_archiving_has_the_rights_it_needs(stack: RunningStack, monkeypatch: pytest.MonkeyPatch) -> None:
    aws, yesterday = jobs.embedded_aws(stack), datetime.now(UTC).date() - timedelta(days=1)
    deployed = current(aws)
    assert deployed
    for name, value in aws.client_env.items():
        monkeypatch.setenv(name, value)
    event_archive = S3EventArchive(aws.region, deployed.outputs["EventArchive"])
    archive_days_before(event_archive, yesterday)
    jobs.run(stack, "ArchiveEvents")
    assert yesterday in event_archive.days()


def test_sending_messages_has_the_rights_it_needs(stack: RunningStack) -> None:
    jobs.run(stack, "SendMessages")


@pytest.mark.parametrize(
    ("logical", "expression"),
    [
        ("RunTasks", "rate(1 minute)"),
        ("CountEvents", "rate(1 minute)"),
        ("SendSummaries", "cron(10 9 2-4 * ? *)"),
        ("SendMessages", "rate(1 minute)"),
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
