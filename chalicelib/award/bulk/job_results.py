"""The progress of a bulk job, and the result of each of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from chalicelib.award.bulk.bulk_issuer import BulkIssuer
from chalicelib.award.bulk.job import (
    Job,
    JobState,
    Outcome,
    Result,
    RowState,
)


class Position(NamedTuple):
    """Position in the rows of a job from which to continue reading."""

    chunk: int
    at: int


FIRST_ROW = Position(0, 0)


def progress(bulk: BulkIssuer, job: Job) -> Job:
    """``job`` with its current counts."""
    if job.state is not JobState.RUNNING:
        return job
    issued = refused = 0
    for results in bulk.jobs.results(job):
        counts = results.counts
        issued, refused = issued + counts.issued, refused + counts.refused
    return replace(
        job, counts=replace(job.counts, issued=issued, refused=refused, waiting=job.total - issued - refused)
    )


def results(
    bulk: BulkIssuer, job: Job, state: RowState | None = None, after: Position = FIRST_ROW
) -> Iterator[tuple[Result, Position]]:
    """Yield the result of each row from ``after`` on and the position after it, optionally only those in ``state``."""
    # Read as far as the caller needs them: a page of a few rows must not read the results of a hundred thousand.
    stored = bulk.jobs.results(job, after.chunk)
    following = next(stored, None)
    for number in range(after.chunk, job.chunks):
        found = None
        if following is not None and following.chunk == number:
            found, following = following, next(stored, None)
        if state and found and not any(each.state is state for each in found.outcomes):
            continue
        if state and not found and state is not RowState.WAITING:
            continue
        rows = bulk.jobs.chunk(job, number).rows
        outcomes = found.outcomes if found else (Outcome(),) * len(rows)
        for index, (row, outcome) in enumerate(zip(rows, outcomes, strict=True)):
            if (number, index) >= after and state in (None, outcome.state):
                name = job.credential_id(row) if outcome.state is RowState.ISSUED else None
                yield Result(row, outcome, name), Position(number, index + 1)
