"""A job on the real engine while storage refuses a third of all requests, dies, or has many workers."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from chalicelib.award import achievements
from chalicelib.award.bulk import bulk_issuer, job_runner
from chalicelib.award.bulk.bulk_issuer import BulkIssuer, Upload
from chalicelib.award.bulk.job import Counts, Job, JobState
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuers import issuer_actions
from chalicelib.dynamo.stores.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.jobs import DynamoJobs
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, Unavailable
from tests import aws_calls
from tests.award.fakes import BASE_URL, Clock, new_achievement, new_issuer
from tests.fakes import Signer

ROWS = 60
SENT = b"name,email\n" + b"".join(b"P %d,p%d@example.org\n" % (number, number) for number in range(ROWS))


@dataclass
class Office:
    bulk: BulkIssuer
    upload: Upload

    def retried(self, job: Job | None = None) -> Job:
        """As callers and the to-do list do: what storage did not answer is asked again."""
        for _ in range(200):
            try:
                job = job or bulk_issuer.create(self.bulk, "acme", self.upload, "tests")
                return job_runner.run(self.bulk, "acme", job.id)
            except (Unavailable, Conflict):
                continue
        raise AssertionError("it never came to an end")

    def whole(self, tables: Tables, job: Job) -> None:
        """Every row once, and no place in a status list twice."""
        assert (job.state, job.counts) == (JobState.DONE, Counts(issued=ROWS))
        records = list(self.bulk.issuer_context.issuer_store.records("acme"))
        assert Counter(record.holder_name for record in records) == {f"P {number}": 1 for number in range(ROWS)}
        assert {record.id for record in records} == {
            result.credential_id for result, _ in bulk_issuer.results(self.bulk, job)
        }
        places = [(entry.list_id, entry.index) for record in records for entry in record.entries]
        assert len(set(places)) == len(places) == 2 * ROWS
        pages = tables.client.get_paginator("scan").paginate(TableName=tables.credentials, ConsistentRead=True)
        markers = [item for page in pages for item in page["Items"] if item["sk"]["S"].startswith("INDEX#")]
        assert len(markers) == 2 * ROWS


@pytest.fixture
def office(tables: Tables) -> Office:
    issuer_context = IssuerContext(DynamoIssuerStore(tables), Signer(), BASE_URL, Clock(), os.urandom)
    issuer_actions.create(issuer_context, new_issuer())
    achievement = achievements.add(issuer_context, new_achievement())
    return Office(BulkIssuer(issuer_context, DynamoJobs(tables)), Upload(Terms(achievement.id), SENT))


@pytest.mark.slow
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
                job = bulk_issuer.create(office.bulk, "acme", office.upload, "tests")
                job = job_runner.run(office.bulk, "acme", job.id)
            except (Unavailable, Conflict):
                continue
        break
    assert nth > 10
    office.whole(tables, office.retried(job))


@pytest.mark.slow
def test_many_workers_at_once_issue_each_row_once(tables: Tables, office: Office):
    job = bulk_issuer.create(office.bulk, "acme", office.upload, "tests")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: office.retried(job), range(8)))
    office.whole(tables, office.retried(job))
