"""Bulk jobs on the real engine with throttling, lost calls and concurrent workers."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from chalicelib.award import achievements
from chalicelib.award.bulk import bulk_issuer, job_results, job_runner
from chalicelib.award.bulk.bulk_issuer import BulkIssuer, Upload
from chalicelib.award.bulk.job import Counts, Job, JobState
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.keys import own_key
from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore
from chalicelib.dynamo.stores.award.jobs import DynamoJobs
from chalicelib.dynamo.stores.counters import DynamoCounters
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, Unavailable
from tests import aws_calls
from tests.award.fakes import BASE_URL, Clock, new_achievement, new_issuer
from tests.fakes import KEY_POLICY, Signer

ROWS = 60
UPLOAD_CONTENT = b"name,email\n" + b"".join(b"P %d,p%d@example.org\n" % (number, number) for number in range(ROWS))


@dataclass
class BulkFixture:
    bulk: BulkIssuer
    upload: Upload

    def run_with_retries(self, job: Job | None = None) -> Job:
        """Create and run the job, retrying on storage errors as callers and the task queue do."""
        for _ in range(200):
            try:
                job = job or bulk_issuer.create(self.bulk, "acme", self.upload, "tests")
                return job_runner.run(self.bulk, "acme", job.id)
            except (Unavailable, Conflict):
                continue
        raise AssertionError("the job did not finish")

    def assert_complete(self, tables: Tables, job: Job) -> None:
        """Assert that every row was issued once and no status list index was used twice."""
        assert (job.state, job.counts) == (JobState.DONE, Counts(issued=ROWS))
        records = list(self.bulk.issuer_context.issuer_store.records("acme"))
        assert Counter(record.holder_name for record in records) == {f"P {number}": 1 for number in range(ROWS)}
        assert {record.id for record in records} == {
            result.credential_id for result, _ in job_results.results(self.bulk, job)
        }
        indexes = [(entry.list_id, entry.index) for record in records for entry in record.entries]
        assert len(set(indexes)) == len(indexes) == 2 * ROWS
        pages = tables.client.get_paginator("scan").paginate(TableName=tables.credentials, ConsistentRead=True)
        markers = [item for page in pages for item in page["Items"] if item["pk"]["S"].startswith("INDEX#")]
        assert len(markers) == 2 * ROWS


@pytest.fixture
def bulk_fixture(tables: Tables) -> BulkFixture:
    issuer_context = IssuerContext(
        DynamoIssuerStore(tables), Signer(), BASE_URL, Clock(), os.urandom, KEY_POLICY, DynamoCounters(tables)
    )
    issuer = issuer_actions.create(issuer_context, new_issuer(), registered=True)
    own_key.ensure(issuer_context, issuer)  # which ignores lost requests: they only delay the key
    achievement = achievements.add(issuer_context, new_achievement())
    return BulkFixture(BulkIssuer(issuer_context, DynamoJobs(tables)), Upload(Terms(achievement.id), UPLOAD_CONTENT))


@pytest.mark.slow
def test_rows_are_issued_once_with_a_third_of_requests_throttled(tables: Tables, bulk_fixture: BulkFixture):
    with aws_calls.throttling(tables.client, 0.3) as refused:
        job = bulk_fixture.run_with_retries()
    assert len(refused) > 5
    assert "TransactWriteItems" in refused
    bulk_fixture.assert_complete(tables, job)


@pytest.mark.parametrize("fault", [aws_calls.lost_before, aws_calls.reply_lost])
def test_lost_request_at_any_call_loses_no_row(tables: Tables, bulk_fixture: BulkFixture, fault):
    nth = 0
    job = None
    for nth in range(1, 200, 3):
        with fault(tables.client, nth):
            try:
                job = bulk_issuer.create(bulk_fixture.bulk, "acme", bulk_fixture.upload, "tests")
                job = job_runner.run(bulk_fixture.bulk, "acme", job.id)
            except (Unavailable, Conflict):
                continue
        break
    assert nth > 10
    bulk_fixture.assert_complete(tables, bulk_fixture.run_with_retries(job))


@pytest.mark.slow
def test_concurrent_workers_issue_each_row_once(tables: Tables, bulk_fixture: BulkFixture):
    job = bulk_issuer.create(bulk_fixture.bulk, "acme", bulk_fixture.upload, "tests")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: bulk_fixture.run_with_retries(job), range(8)))
    bulk_fixture.assert_complete(tables, bulk_fixture.run_with_retries(job))
