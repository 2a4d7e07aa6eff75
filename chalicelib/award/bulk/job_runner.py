"""Work at a job: issue what waits, chunk after chunk, and write down what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.award.bulk.bulk_issuer import KIND, BulkIssuer, progress
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
from chalicelib.award.bulk.row_validation import Terms, award_of
from chalicelib.award.issuing import issue
from chalicelib.errors import Conflict, LaurelError, NotFound, Unavailable
from chalicelib.tasks.task_queue import Task, TaskQueue

BATCH = 50
"""Rows issued between two looks at the clock: about a second, most of it the key service's."""
PIECE = timedelta(seconds=12)
"""How long one call of the handler works, of the 20 s that it may take (`work.SLICE`): the rest is for the batch that
is under way, and for storage that is slow."""
TRIES = 4
"""Each lost try at writing results means that another worker wrote those of the same chunk."""

MAX_DETAIL = 500
"""Characters of a reason that are kept."""
STOPPING = ("no_signing_key", "achievement_archived")
"""Refusals that say nothing of the row: every other one would meet the same."""

WAITING, ISSUED = Outcome(RowState.WAITING), Outcome(RowState.ISSUED)


def run(
    bulk: BulkIssuer,
    issuer_id: str,
    job_id: str,
    until: Callable[[], bool] = lambda: False,
    told: Callable[[int], None] = lambda _done: None,
) -> Job:
    """Issue what waits until every row has its result or ``until()``; the job as it then stands, with its counts.

    ``told`` hears from time to time how many rows have their result. Several workers at once are harmless. Raises
    `NotFound`, and `Unavailable` when storage or the key service did not answer: what was done until then is kept.
    """
    job = bulk.jobs.job(issuer_id, job_id)
    if job.state is not JobState.RUNNING:
        return job
    settled = {each.chunk: each.counts.total for each in bulk.jobs.results(job) if not each.counts.waiting}
    done = sum(settled.values())
    for number in range(job.chunks):
        if number in settled:
            continue
        told(done)
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
    """What the to-do list calls for a task of kind `job`."""

    def handle(task: Task) -> None:
        end = clock() + PIECE
        try:
            job = run(bulk, task.issuer_id, task.subject, lambda: clock() >= end)
        except NotFound:
            return  # it is gone, and its task with it
        if job.state is JobState.RUNNING:
            tasks.add([Task(KIND, task.issuer_id, task.subject, clock())])

    return handle


class _Stop(LaurelError):
    """Every row would meet the same."""

    def __init__(self, met: LaurelError) -> None:
        super().__init__(met.detail, code=met.code)


def _issue_chunk(bulk: BulkIssuer, job: Job, number: int, until: Callable[[], bool]) -> Counts:
    """Issue what waits in one chunk. What has its result is written down, whatever is raised."""
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
        _keep(bulk, job, Results(number, tuple(outcomes), before.version + 1 if before else 1))
    return count(outcomes)


def _issue_rows(bulk: BulkIssuer, job: Job, chunk: Chunk, waiting: Sequence[int], outcomes: list[Outcome]) -> None:
    """Issue the rows at ``waiting`` and put what came of each into ``outcomes``."""
    for at in waiting:
        if faults := chunk.rows[at].faults:
            detail = " ".join(fault.detail for fault in faults)
            outcomes[at] = Outcome(RowState.REFUSED, faults[0].code, detail[:MAX_DETAIL])
    good = [at for at in waiting if not chunk.rows[at].faults]
    terms = Terms(job.achievement_id, job.notify)
    awards = [award_of(job.issuer_id, terms, row, job.credential_id(row)) for row in (chunk.rows[at] for at in good)]
    unclear: LaurelError | None = None
    try:
        issued = issue.issue_many(bulk.issuer_context, job.issuer_id, awards)
    except NotFound as error:
        raise _Stop(error) from error
    for at, done in zip(good, issued, strict=True):
        if not isinstance(done, LaurelError):
            outcomes[at] = ISSUED
        elif done.code in STOPPING or isinstance(done, NotFound):
            unclear = _Stop(done)
        elif isinstance(done, Unavailable) or done.code == "busy":
            unclear = unclear or done
        else:
            outcomes[at] = Outcome(RowState.REFUSED, done.code, done.detail[:MAX_DETAIL])
    if unclear is not None:
        raise unclear


def _keep(bulk: BulkIssuer, job: Job, results: Results) -> None:
    """Write down ``results``, and with them what another worker has found out meanwhile."""
    for _ in range(TRIES):
        try:
            bulk.jobs.put_results(job, results)
        except Conflict:
            theirs = bulk.jobs.results_of(job, results.chunk)
            if theirs is None:
                continue
            both = zip(results.outcomes, theirs.outcomes, strict=True)
            merged = tuple(max(pair, key=lambda outcome: _KNOWN.index(outcome.state)) for pair in both)
            if merged == theirs.outcomes:
                return
            results = Results(results.chunk, merged, theirs.version + 1)
        else:
            return
    raise Conflict("Another worker is processing the same rows. Try again.", code="busy")


_KNOWN = (RowState.WAITING, RowState.REFUSED, RowState.ISSUED)
"""The later, the surer: what was refused once may have been issued since, and never the other way round."""


def _end(bulk: BulkIssuer, job: Job, state: JobState, reason: str | None) -> Job:
    """``job`` in ``state``, with its counts, stored; or as somebody else has left it."""
    for _ in range(TRIES):
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
