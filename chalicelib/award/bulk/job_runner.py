"""Run a job: issue the waiting rows chunk by chunk and store their results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.award.bulk.bulk_issuer import KIND, BulkIssuer
from chalicelib.award.bulk.job import (
    Chunk,
    Counts,
    Job,
    JobState,
    Outcome,
    Results,
    RowState,
    count,
)
from chalicelib.award.bulk.job_results import progress
from chalicelib.award.bulk.row_validation import Terms, award_of
from chalicelib.award.issuing import batch
from chalicelib.errors import Conflict, LaurelError, NotFound, QuotaExceeded, Unavailable
from chalicelib.tasks.task_queue import Task, TaskQueue

BATCH = 50
"""Rows issued between two checks of the time limit: about a second, mostly for the key service."""
TIME_PER_CALL = timedelta(seconds=12)
"""Time limit of one handler call, out of the 20 s of a task (`worker.SLICE`); the rest is for the current batch and
slow storage."""
MAX_ATTEMPTS = 4
"""Maximum attempts to store results; each fails only because another worker stored those of the same chunk."""

MAX_DETAIL = 500
"""Maximum characters of a stored reason."""
STOPPING = ("no_signing_key", "achievement_archived")
"""Codes of refusals that affect every row, not just one."""

WAITING, ISSUED = Outcome(RowState.WAITING), Outcome(RowState.ISSUED)


def run(
    bulk: BulkIssuer,
    issuer_id: str,
    job_id: str,
    until: Callable[[], bool] = lambda: False,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> Job:
    """Issue waiting rows until every row has a result or ``until()`` is true, and return the job with its current
    counts.

    Calls ``on_progress`` from time to time with the number of rows that have a result. Safe to run concurrently. Raises
    `NotFound`, `QuotaExceeded` when the issuer's quota of the day is used up, and `Unavailable` when storage or the key
    service does not respond; results so far are kept.
    """
    job = bulk.jobs.job(issuer_id, job_id)
    if job.state is not JobState.RUNNING:
        return job
    settled = {each.chunk: each.counts.total for each in bulk.jobs.results(job) if not each.counts.waiting}
    done = sum(settled.values())
    for number in range(job.chunks):
        if number in settled:
            continue
        on_progress(done)
        if until():
            return progress(bulk, job)
        try:
            counts = _issue_chunk(bulk, job, number, until)
        except _Stop as stop:
            return _end(bulk, job, JobState.STOPPED, stop.detail)
        if counts.waiting:
            return progress(bulk, job)
        done += counts.total
    return _end(bulk, job, JobState.DONE, None)


def handler(bulk: BulkIssuer, tasks: TaskQueue, clock: Callable[[], datetime]) -> Callable[[Task], None]:
    """Return the handler for tasks of the kind `job`."""

    def handle(task: Task) -> None:
        end = clock() + TIME_PER_CALL
        try:
            job = run(bulk, task.issuer_id, task.subject, lambda: clock() >= end)
        except NotFound:
            return  # the job was deleted, so the task is done
        except QuotaExceeded as error:
            tasks.add([Task(KIND, task.issuer_id, task.subject, error.resets)])
            return
        if job.state is JobState.RUNNING:
            tasks.add([Task(KIND, task.issuer_id, task.subject, clock())])

    return handle


class _Stop(LaurelError):
    """A problem that affects every row."""

    def __init__(self, cause: LaurelError) -> None:
        super().__init__(cause.detail, code=cause.code)


def _issue_chunk(bulk: BulkIssuer, job: Job, number: int, until: Callable[[], bool]) -> Counts:
    """Issue the waiting rows of one chunk. Stores results even if an error is raised."""
    chunk = bulk.jobs.chunk(job, number)
    before = bulk.jobs.results_of(job, number)
    outcomes = list(before.outcomes) if before else [WAITING] * len(chunk.rows)
    try:
        for start in range(0, len(outcomes), BATCH):
            batch = range(start, min(start + BATCH, len(outcomes)))
            waiting = [at for at in batch if outcomes[at].state is RowState.WAITING]
            if waiting and start and until():
                break
            _issue_rows(bulk, job, chunk, waiting, outcomes)
    finally:
        _store_results(bulk, job, Results(number, tuple(outcomes), before.version + 1 if before else 1))
    return count(outcomes)


def _issue_rows(bulk: BulkIssuer, job: Job, chunk: Chunk, waiting: Sequence[int], outcomes: list[Outcome]) -> None:
    """Issue the rows at the indexes ``waiting`` and put their results into ``outcomes``."""
    for at in waiting:
        if row_errors := chunk.rows[at].row_errors:
            detail = " ".join(row_error.detail for row_error in row_errors)
            outcomes[at] = Outcome(RowState.REFUSED, row_errors[0].code, detail[:MAX_DETAIL])
    valid = [at for at in waiting if not chunk.rows[at].row_errors]
    terms = Terms(job.achievement_id, job.notify)
    awards = [award_of(job.issuer_id, terms, row, job.credential_id(row)) for row in (chunk.rows[at] for at in valid)]
    failure: LaurelError | None = None
    try:
        issued = batch.issue_many(bulk.issuer_context, job.issuer_id, awards)
    except NotFound as error:
        raise _Stop(error) from error
    for at, done in zip(valid, issued, strict=True):
        if not isinstance(done, LaurelError):
            outcomes[at] = ISSUED
        elif done.code in STOPPING or isinstance(done, NotFound):
            failure = _Stop(done)
        elif isinstance(done, Unavailable | QuotaExceeded) or done.code == "busy":
            failure = failure or done
        else:
            outcomes[at] = Outcome(RowState.REFUSED, done.code, done.detail[:MAX_DETAIL])
    if failure is not None:
        raise failure


def _store_results(bulk: BulkIssuer, job: Job, results: Results) -> None:
    """Store ``results`` merged with those of another worker."""
    for _ in range(MAX_ATTEMPTS):
        try:
            bulk.jobs.put_results(job, results)
        except Conflict:
            theirs = bulk.jobs.results_of(job, results.chunk)
            if theirs is None:
                continue
            both = zip(results.outcomes, theirs.outcomes, strict=True)
            merged = tuple(max(pair, key=lambda outcome: _PRECEDENCE.index(outcome.state)) for pair in both)
            if merged == theirs.outcomes:
                return
            results = Results(results.chunk, merged, theirs.version + 1)
        else:
            return
    raise Conflict("Another worker is processing the same rows. Try again.", code="busy")


_PRECEDENCE = (RowState.WAITING, RowState.REFUSED, RowState.ISSUED)
"""Later states win a merge: a refused row may have been issued since, but not the other way round."""


def _end(bulk: BulkIssuer, job: Job, state: JobState, reason: str | None) -> Job:
    """Store ``job`` in its final ``state`` with counts, and return the stored job, or the version of another writer."""
    for _ in range(MAX_ATTEMPTS):
        ended = progress(bulk, replace(job, state=JobState.RUNNING))
        ended = replace(ended, state=state, reason=reason, ended_at=bulk.issuer_context.now(), version=job.version + 1)
        try:
            bulk.jobs.replace(ended)
        except Conflict:
            job = bulk.jobs.job(job.issuer_id, job.id)
            if job.state is not JobState.RUNNING:
                return job
        else:
            return ended
    raise Conflict("Someone else is changing this job. Try again.", code="busy")
