"""A job on the real engine while storage refuses a third of all requests, dies, or has many workers."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from chalicelib.award import achievements, issuers, issuing, jobs
from chalicelib.award.awarding import Awarding
from chalicelib.award.job import Counts, Job, JobState
from chalicelib.award.jobs import Desk, Upload
from chalicelib.award.judge import Terms
from chalicelib.dynamo.jobs import DynamoJobs
from chalicelib.dynamo.ledger import DynamoLedger
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, Unavailable
from tests import aws_calls
from tests.award.fakes import BASE_URL, Clock, new_achievement, new_issuer
from tests.fakes import Signer

ROWS = 60
SENT = b"name,email\n" + b"".join(b"P %d,p%d@example.org\n" % (number, number) for number in range(ROWS))


@dataclass
class Office:
    desk: Desk
    upload: Upload

    def retried(self, job: Job | None = None) -> Job:
        """As callers and the to-do list do: what storage did not answer is asked again."""
        for _ in range(200):
            try:
                job = job or jobs.create(self.desk, "acme", self.upload, "tests")
                return issuing.run(self.desk, "acme", job.id)
            except (Unavailable, Conflict):
                continue
        raise AssertionError("it never came to an end")

    def whole(self, tables: Tables, job: Job) -> None:
        """Every row once, and no place in a status list twice."""
        assert (job.state, job.counts) == (JobState.DONE, Counts(issued=ROWS))
        records = list(self.desk.awarding.ledger.records("acme"))
        assert Counter(record.holder_name for record in records) == {f"P {number}": 1 for number in range(ROWS)}
        assert {record.id for record in records} == {result.credential_id for result, _ in jobs.results(self.desk, job)}
        places = [(entry.list_id, entry.index) for record in records for entry in record.entries]
        assert len(set(places)) == len(places) == 2 * ROWS
        pages = tables.client.get_paginator("scan").paginate(TableName=tables.credentials, ConsistentRead=True)
        markers = [item for page in pages for item in page["Items"] if item["sk"]["S"].startswith("INDEX#")]
        assert len(markers) == 2 * ROWS


@pytest.fixture
def office(tables: Tables) -> Office:
    awarding = Awarding(DynamoLedger(tables), Signer(), BASE_URL, Clock(), os.urandom)
    issuers.found(awarding, new_issuer())
    achievement = achievements.add(awarding, new_achievement())
    return Office(Desk(awarding, DynamoJobs(tables)), Upload(Terms(achievement.id), SENT))


def test_all_are_issued_once_while_a_third_of_all_requests_is_throttled(tables: Tables, office: Office):
    with aws_calls.throttling(tables.client, 0.3) as refused:
        job = office.retried()
    assert len(refused) > 5
    assert "TransactWriteItems" in refused
    office.whole(tables, job)


@pytest.mark.parametrize("fault", [aws_calls.lost_before, aws_calls.reply_lost])
def test_a_request_that_is_lost_anywhere_loses_no_row(tables: Tables, office: Office, fault):
    nth = 0
    job = None
    for nth in range(1, 200, 3):
        with fault(tables.client, nth):
            try:
                job = jobs.create(office.desk, "acme", office.upload, "tests")
                job = issuing.run(office.desk, "acme", job.id)
            except (Unavailable, Conflict):
                continue
        break
    assert nth > 10
    office.whole(tables, office.retried(job))


def test_many_workers_at_once_issue_each_row_once(tables: Tables, office: Office):
    job = jobs.create(office.desk, "acme", office.upload, "tests")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: office.retried(job), range(8)))
    office.whole(tables, office.retried(job))
