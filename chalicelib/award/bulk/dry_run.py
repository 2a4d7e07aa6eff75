"""Dry runs of large uploads: validated by the task queue, and deleted a day later.

The rows are of people who may never be issued anything, so they are stored where nothing is backed up.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Protocol

from chalicelib.award import daily_limits
from chalicelib.award.bulk import bulk_issuer, row_validation, upload
from chalicelib.award.bulk.bulk_issuer import MAX_ERRORS, Allow, Upload, UploadSummary, rows_with_dates
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.bulk.spreadsheet import inflated
from chalicelib.award.bulk.upload import Row
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.errors import Conflict, LaurelError, NotFound, Unavailable
from chalicelib.tasks.task_queue import Task, TaskQueue

KIND = "dry_run"
"""Kind of the task that validates an upload; its subject is the dry run's id."""
MAX_ROWS_AT_ONCE = 20_000
"""Maximum rows that a request validates itself, in about 1.5 s; 100,000 take 7 s, and a slow function three times as
long."""
KEPT_FOR = timedelta(days=1)
TIME_PER_CALL = timedelta(seconds=10)
"""Time limit of one handler call for validation, out of the 20 s of a task (`worker.SLICE`); parsing takes the rest."""
BATCH = 500
"""Rows validated between two checks of the time limit: about 35 ms."""


_NOTHING = UploadSummary(0, 0, 0, (), ())
_AS_SENT = Allow()


class DryRunState(StrEnum):
    """The state of a dry run."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """Nothing could be issued, whatever the rows; see `DryRun.reason`."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """A dry run. ``summary`` is of the rows that are validated so far: the first ``summary.total``."""

    id: str
    issuer_id: str
    terms: Terms
    any_columns: bool
    valid_from: datetime | None
    valid_until: datetime | None
    created_at: datetime
    created_by: str
    state: DryRunState = DryRunState.RUNNING
    reason: str | None = None
    summary: UploadSummary = _NOTHING
    version: int = 1

    @property
    def expires(self) -> datetime:
        """When it is deleted."""
        return self.created_at + KEPT_FOR


class DryRuns(Protocol):
    """Stores dry runs until they expire. Every method raises `Unavailable` when storage does not respond."""

    def add(self, dry_run: DryRun, content: bytes) -> None:
        """Store a new dry run and its compressed upload."""

    def dry_run(self, issuer_id: str, dry_run_id: str, now: datetime) -> DryRun:
        """Strongly consistent read. Raises `NotFound`, including when it has expired or is another issuer's."""

    def content(self, dry_run: DryRun) -> bytes:
        """The compressed upload. Raises `NotFound`."""

    def replace(self, dry_run: DryRun) -> None:
        """Replace the previous version. Raises `Conflict` when it has changed."""


@dataclass(frozen=True, slots=True)
class DryRunner:
    """Dependencies of dry runs."""

    issuer_context: IssuerContext
    dry_runs: DryRuns
    tasks: TaskQueue


def is_large(runner: DryRunner, issuer_id: str, sent: Upload) -> bool:
    """Whether ``sent`` has more rows than a request validates. Raises `Malformed` for rows that cannot be parsed,
    `QuotaExceeded` (`daily_limit_exceeded`)."""
    content = bulk_issuer.counted(runner.issuer_context, issuer_id, sent).content
    rows = upload.read(content, any_columns=sent.allow.columns)
    return next(islice(rows, MAX_ROWS_AT_ONCE, None), None) is not None


def start(runner: DryRunner, issuer_id: str, sent: Upload, who: str) -> DryRun:
    """Store the upload and a task that validates it.

    Raises `NotFound` for the achievement, `Refused` when nothing can be issued regardless of the rows, and
    `QuotaExceeded` (`daily_limit_exceeded`).
    """
    row_validation.row_validator(runner.issuer_context, issuer_id, sent.terms)
    issuer = runner.issuer_context.issuer_store.issuer(issuer_id)
    daily_limits.take(runner.issuer_context, issuer, daily_limits.DRY_RUNS)
    dry_run = DryRun(
        id=runner.issuer_context.public_id(),
        issuer_id=issuer_id,
        terms=sent.terms,
        any_columns=sent.allow.columns,
        valid_from=sent.valid_from,
        valid_until=sent.valid_until,
        created_at=runner.issuer_context.now(),
        created_by=who,
    )
    runner.dry_runs.add(dry_run, zlib.compress(inflated(sent.content)))
    runner.tasks.add([Task(KIND, issuer_id, dry_run.id, dry_run.created_at)])
    return dry_run


def upload_of(runner: DryRunner, dry_run: DryRun, allow: Allow = _AS_SENT, key: str | None = None) -> Upload:
    """The upload that ``dry_run`` validates, to issue it with what the caller allows. Raises `NotFound`."""
    return Upload(
        terms=dry_run.terms,
        content=zlib.decompress(runner.dry_runs.content(dry_run)),
        allow=replace(allow, columns=dry_run.any_columns),
        key=key,
        valid_from=dry_run.valid_from,
        valid_until=dry_run.valid_until,
    )


def run(runner: DryRunner, issuer_id: str, dry_run_id: str, until: Callable[[], bool] = lambda: False) -> DryRun:
    """Validate rows until all are done or ``until()`` is true. Raises `NotFound`, and `Unavailable`."""
    before = runner.dry_runs.dry_run(issuer_id, dry_run_id, runner.issuer_context.now())
    if before.state is not DryRunState.RUNNING:
        return before
    try:
        after = _validated(runner, before, until)
    except Unavailable:
        raise
    except LaurelError as error:
        after = replace(before, state=DryRunState.STOPPED, reason=error.detail)
    try:
        runner.dry_runs.replace(replace(after, version=before.version + 1))
    except Conflict:  # another worker continued from the same row while this one was paused
        return runner.dry_runs.dry_run(issuer_id, dry_run_id, runner.issuer_context.now())
    return after


def handler(runner: DryRunner, clock: Callable[[], datetime]) -> Callable[[Task], None]:
    """Return the handler for tasks of the kind `dry_run`."""

    def handle(task: Task) -> None:
        end = clock() + TIME_PER_CALL
        try:
            dry_run = run(runner, task.issuer_id, task.subject, lambda: clock() >= end)
        except NotFound:
            return  # it has expired, so the task is done
        if dry_run.state is DryRunState.RUNNING:
            runner.tasks.add([Task(KIND, task.issuer_id, task.subject, clock())])

    return handle


def _validated(runner: DryRunner, dry_run: DryRun, until: Callable[[], bool]) -> DryRun:
    """``dry_run`` after more rows. Rows that were validated before are only parsed, to find later duplicates."""
    sent = upload_of(runner, dry_run)
    validate = row_validation.row_validator(runner.issuer_context, dry_run.issuer_id, dry_run.terms)
    rows, seen, summary = rows_with_dates(sent), upload.Duplicates(), dry_run.summary
    for row in islice(rows, summary.total):
        seen.row_error(row)
    while batch := list(islice(rows, BATCH)):
        summary = _added(summary, [validate(row) for row in batch], seen)
        if until():
            return replace(dry_run, summary=summary)
    return replace(dry_run, state=DryRunState.DONE, summary=summary)


def _added(summary: UploadSummary, rows: list[Row], seen: upload.Duplicates) -> UploadSummary:
    """``summary`` with the next validated ``rows``."""
    errors = [error for row in rows for error in row.row_errors]
    duplicates = [error for row in rows if (error := seen.row_error(row)) is not None]
    return UploadSummary(
        summary.total + len(rows),
        summary.with_errors + sum(1 for row in rows if row.row_errors),
        summary.with_duplicates + len(duplicates),
        (*summary.row_errors, *errors)[:MAX_ERRORS],
        (*summary.duplicates, *duplicates)[:MAX_ERRORS],
    )
