"""Bulk job storage, in memory and on the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from chalicelib.award.bulk.bulk_issuer import UploadSummary
from chalicelib.award.bulk.dry_run import DryRun, DryRuns, DryRunState
from chalicelib.award.bulk.job import (
    Chunk,
    Counts,
    Job,
    Jobs,
    JobState,
    Outcome,
    Results,
    RowState,
)
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.bulk.upload import Row, RowError
from chalicelib.dynamo.stores.award.dry_runs import DynamoDryRuns
from chalicelib.dynamo.stores.award.jobs import DynamoJobs
from chalicelib.dynamo.stores.tasks import DynamoTaskQueue
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.tasks.task_queue import Task, TaskQueue
from tests import aws_calls, fakes
from tests.fake_jobs import DryRuns as FakeDryRuns
from tests.fake_jobs import Jobs as FakeJobs

NOW = datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC)
ISSUED, WAITING = Outcome(RowState.ISSUED), Outcome()
ROWS = (
    Row(2, "Ada #1 %", "ada@x.example", "did:x:ada", NOW, NOW + timedelta(days=9), ("https://a.example/",), "UTC", "7",
        "ja"),
    Row(3, "陈美", row_errors=(
        RowError(3, "email", "bad_email", "'x' is no e-mail address."), RowError(3, None, "odd", "Odd."))),
)  # fmt: skip


@dataclass(frozen=True)
class Storage:
    jobs: Jobs
    tasks: TaskQueue


@pytest.fixture
def fake() -> Storage:
    tasks = fakes.TaskQueue()
    return Storage(FakeJobs(tasks), tasks)


@pytest.fixture
def real(tables: Tables) -> Storage:
    return Storage(DynamoJobs(tables), DynamoTaskQueue(tables))


@pytest.fixture(params=["fake", "real"])
def storage(request: pytest.FixtureRequest) -> Storage:
    return request.getfixturevalue(request.param)


def draft(job_id: str = "j" * 26, **changes: object) -> Job:
    one = Job(job_id, "north", "welding", NOW, "ada@north.example", "ab" * 32, b"secret", 400, 0, notify=True)
    return replace(one, **changes)  # type: ignore[arg-type]


def begun(storage: Storage, job: Job) -> Job:
    storage.jobs.add(job)
    running = replace(job, state=JobState.RUNNING, chunks=2, version=2)
    storage.jobs.replace(running, [task(job)])
    return running


def task(job: Job) -> Task:
    return Task("job", job.issuer_id, job.id, NOW)


def test_job_round_trips(storage: Storage):
    job = draft(notify=False)
    storage.jobs.add(job)
    assert storage.jobs.job("north", job.id) == job
    storage.jobs.add(job)  # an identical write is idempotent
    ended = replace(
        job, state=JobState.STOPPED, reason="No key.", counts=Counts(3, 2, 1), ended_at=NOW, version=2, chunks=2
    )
    storage.jobs.replace(ended)
    assert storage.jobs.job("north", job.id) == ended


def test_job_ids_of_different_issuers_are_separate(storage: Storage):
    storage.jobs.add(draft())
    with pytest.raises(NotFound):
        storage.jobs.job("south", draft().id)
    storage.jobs.add(draft(issuer_id="south", total=1))
    assert storage.jobs.job("north", draft().id).total == 400


def test_different_job_with_the_same_id_conflicts(storage: Storage):
    storage.jobs.add(draft())
    with pytest.raises(Conflict):
        storage.jobs.add(draft(digest="cd" * 32))


def test_stale_job_write_conflicts(storage: Storage):
    job = begun(storage, draft())
    storage.jobs.replace(replace(job, state=JobState.DONE, version=3))
    with pytest.raises(Conflict):
        storage.jobs.replace(replace(job, state=JobState.STOPPED, version=3))
    assert storage.jobs.job("north", job.id).state is JobState.DONE


def test_running_job_has_a_task_and_a_draft_has_none(storage: Storage):
    storage.jobs.add(draft())
    assert list(storage.tasks.due(NOW, 9)) == []
    storage.jobs.replace(draft(state=JobState.RUNNING, version=2), [task(draft())])
    assert list(storage.tasks.due(NOW, 9)) == [task(draft())]


def test_jobs_are_listed_newest_first_in_pages_without_drafts(storage: Storage):
    names = [letter * 26 for letter in "abcde"]
    for age, name in enumerate(names):
        begun(storage, draft(name, created_at=NOW - timedelta(hours=age)))
    storage.jobs.add(draft("x" * 26))
    begun(storage, draft("y" * 26, issuer_id="south"))
    found, after, pages = [], None, 0
    while pages == 0 or after:
        page = storage.jobs.jobs("north", after, 2)
        found += [job.id for job in page.jobs]
        after, pages = page.after, pages + 1
    assert (found, pages) == (names, 3)
    assert storage.jobs.jobs("north", None, 5).after is None


def test_rows_round_trip(storage: Storage):
    storage.jobs.add(draft())
    storage.jobs.put_chunk(draft(), Chunk(0, ROWS))
    storage.jobs.put_chunk(draft(), Chunk(0, ROWS))
    assert storage.jobs.chunk(draft(), 0) == Chunk(0, ROWS)
    with pytest.raises(NotFound):
        storage.jobs.chunk(draft(), 1)
    with pytest.raises(NotFound):
        storage.jobs.chunk(draft(issuer_id="south"), 0)


def test_results_are_in_order_and_start_at_any_chunk(storage: Storage):
    job = begun(storage, draft())
    stored_results = [
        Results(number, (ISSUED, WAITING, Outcome(RowState.REFUSED, "odd", f"Odd {number}."))) for number in (11, 2, 1)
    ]
    for results in stored_results:
        storage.jobs.put_results(job, results)
    assert list(storage.jobs.results(job)) == stored_results[::-1]
    assert [results.chunk for results in storage.jobs.results(job, 2)] == [2, 11]
    assert storage.jobs.results_of(job, 11) == stored_results[0]
    assert storage.jobs.results_of(job, 0) is None
    assert stored_results[0].counts == Counts(1, 1, 1)


def test_results_of_concurrent_workers_conflict(storage: Storage):
    job = begun(storage, draft())
    storage.jobs.put_results(job, Results(0, (ISSUED, WAITING)))
    with pytest.raises(Conflict):
        storage.jobs.put_results(job, Results(0, (WAITING, ISSUED)))
    storage.jobs.put_results(job, Results(0, (ISSUED, ISSUED), version=2))
    with pytest.raises(Conflict):
        storage.jobs.put_results(job, Results(0, (WAITING, WAITING), version=2))
    assert storage.jobs.results_of(job, 0) == Results(0, (ISSUED, ISSUED), version=2)


@pytest.mark.parametrize("fault", [aws_calls.lost_before, aws_calls.reply_lost])
def test_lost_job_write_can_be_retried(tables: Tables, fault):
    storage = Storage(DynamoJobs(tables), DynamoTaskQueue(tables))
    running = draft(state=JobState.RUNNING, chunks=1, version=2)
    operations = [
        lambda: storage.jobs.add(draft()),
        lambda: storage.jobs.put_chunk(draft(), Chunk(0, ROWS)),
        lambda: storage.jobs.replace(running, [task(running)]),
        lambda: storage.jobs.put_results(running, Results(0, (ISSUED, WAITING))),
        lambda: storage.jobs.put_results(running, Results(0, (ISSUED, ISSUED), version=2)),
    ]
    for operation in operations:
        with fault(tables.client), pytest.raises(Unavailable):
            operation()
        operation()
    assert storage.jobs.job("north", running.id) == running
    assert list(storage.tasks.due(NOW, 9)) == [task(running)]
    assert storage.jobs.results_of(running, 0) == Results(0, (ISSUED, ISSUED), version=2)


def rows_of_every_size() -> Iterator[Row]:
    for number in range(3, 203):
        yield Row(number, "n" * number, evidence=tuple(f"https://a.example/{one}" for one in range(number % 11)))


def test_large_chunk_is_read_in_order(storage: Storage):
    chunk = Chunk(3, tuple(rows_of_every_size()))
    storage.jobs.put_chunk(draft(), chunk)
    read = storage.jobs.chunk(draft(), 3)
    assert read == chunk
    assert all(one.number < other.number for one, other in pairwise(read.rows))


DRY_RUN = DryRun("d" * 26, "northwind", Terms("a", notify=False), True, NOW, None, NOW, "token:1")


@pytest.fixture(params=["fake", "real"])
def dry_runs(request: pytest.FixtureRequest) -> DryRuns:
    return FakeDryRuns() if request.param == "fake" else DynamoDryRuns(request.getfixturevalue("tables"))


def test_dry_run_and_its_upload_are_kept_until_they_expire(dry_runs: DryRuns) -> None:
    content = bytes(range(256)) * 3_000  # more than two items hold
    dry_runs.add(DRY_RUN, content)
    found = dry_runs.dry_run("northwind", DRY_RUN.id, NOW)
    assert (found, dry_runs.content(found)) == (DRY_RUN, content)
    for issuer_id, at in (("other", NOW), ("northwind", DRY_RUN.expires)):
        with pytest.raises(NotFound):
            dry_runs.dry_run(issuer_id, DRY_RUN.id, at)


def test_dry_run_is_replaced_by_the_worker_that_read_it(dry_runs: DryRuns) -> None:
    dry_runs.add(DRY_RUN, b"x")
    errors = (RowError(3, "email", "bad_email", "'x' is no e-mail address."), RowError(4, None, "odd", "Odd."))
    after = replace(
        DRY_RUN, state=DryRunState.STOPPED, reason="No.", summary=UploadSummary(9, 2, 1, errors, errors[:1]), version=2
    )
    dry_runs.replace(after)
    assert dry_runs.dry_run("northwind", DRY_RUN.id, NOW) == after
    with pytest.raises(Conflict):
        dry_runs.replace(after)
