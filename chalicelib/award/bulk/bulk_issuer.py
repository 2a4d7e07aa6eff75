"""Bulk issuing: validate an upload, and store it as a job.

A job is stored as a draft, then its rows are stored, then it starts running, so an incomplete upload issues nothing.
The id of a row's credential is derived from the job's secret and the row, so chunks can safely be processed again by
any worker at any time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib import idempotency_key
from chalicelib.award import daily_limits
from chalicelib.award.bulk import row_validation, upload
from chalicelib.award.bulk.job import (
    Chunk,
    Job,
    Jobs,
    JobState,
)
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.bulk.spreadsheet import inflated
from chalicelib.award.bulk.upload import Row, RowError
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.keys import own_key
from chalicelib.credential import dates, public_id
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.tasks.task_queue import Task

KIND = "job"
"""Kind of the task that runs a job; its subject is the job's id."""
MAX_ROWS_AT_ONCE = 50
"""Maximum rows that a request issues itself, in about two seconds; larger jobs are left to the task queue."""
GRACE = timedelta(minutes=2)
"""Delay before the task queue takes over a job that a request runs itself; longer than a request may take."""
CHUNK_ROWS = 200
CHUNK_BYTES = 256 * 1024
"""Size of the rows as JSON; a DynamoDB item holds 400 KB, and random text does not compress."""
MAX_ERRORS = 1_000
"""Maximum number of errors that are listed."""


@dataclass(frozen=True, slots=True)
class BulkIssuer:
    """Dependencies of bulk issuing."""

    issuer_context: IssuerContext
    jobs: Jobs


@dataclass(frozen=True, slots=True)
class Allow:
    """Problems that the caller accepts."""

    duplicates: bool = False
    """The same email address in several rows without distinct `ref` values."""
    row_errors: bool = False
    """Rows with errors are refused, and the others issued."""
    columns: bool = False
    """Unknown columns are ignored."""


@dataclass(frozen=True, slots=True)
class Upload:
    """The submitted rows and settings for all of them. ``key`` is the caller's `Idempotency-Key`; without one, the
    content identifies the job, so that the same rows for the same achievement are the same job."""

    terms: Terms
    content: bytes
    allow: Allow = Allow()
    key: str | None = None
    valid_from: datetime | None = None
    """Default for rows without a date, like ``valid_until``."""
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class UploadSummary:
    """Summary of an upload: ``total`` rows, ``with_errors`` of them with errors, ``with_duplicates`` of them with the
    address of an earlier row. At most `MAX_ERRORS` of each are listed."""

    total: int
    with_errors: int
    with_duplicates: int
    row_errors: tuple[RowError, ...]
    duplicates: tuple[RowError, ...]


class RowsRefused(Refused):
    """The upload has problems that must be fixed or allowed; nothing is stored."""

    def __init__(self, detail: str, code: str, row_errors: tuple[RowError, ...]) -> None:
        super().__init__(detail, code=code)
        self.row_errors = row_errors


def counted(issuer_context: IssuerContext, issuer_id: str, sent: Upload) -> Upload:
    """Inflate ``sent`` and count it against the daily limit, before any of it is parsed. Raises `NotFound`,
    `QuotaExceeded` (`daily_limit_exceeded`), `Malformed`."""
    inflated_upload = replace(sent, content=inflated(sent.content))
    kilobytes = max(len(inflated_upload.content) // 1000, daily_limits.MIN_KILOBYTES)
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    daily_limits.take(issuer_context, issuer, daily_limits.CHECKED_KILOBYTES, kilobytes)
    return inflated_upload


def validate(bulk: BulkIssuer, issuer_id: str, sent: Upload) -> UploadSummary:
    """Validate an upload without storing it: list every error that issuing would find.

    Raises `NotFound` for the achievement, `Malformed` when the upload cannot be parsed, `QuotaExceeded`
    (`daily_limit_exceeded`), and `Refused` when nothing can be issued regardless of the rows.
    """
    sent = counted(bulk.issuer_context, issuer_id, sent)
    total = with_errors = with_duplicates = 0
    row_errors: list[RowError] = []
    duplicates: list[RowError] = []
    seen = upload.Duplicates()
    for row in _validated_rows(bulk, issuer_id, sent):
        total += 1
        with_errors += bool(row.row_errors)
        row_errors += row.row_errors[: MAX_ERRORS - len(row_errors)]
        if (row_error := seen.row_error(row)) is not None:
            with_duplicates += 1
            duplicates += [row_error][: MAX_ERRORS - len(duplicates)]
    return UploadSummary(total, with_errors, with_duplicates, tuple(row_errors), tuple(duplicates))


def create(bulk: BulkIssuer, issuer_id: str, sent: Upload, who: str, *, now: bool = False) -> Job:
    """Store the upload as a running job for the task queue. Repeating the upload returns the same job, even after a
    failure. With ``now`` the caller runs a small job (`MAX_ROWS_AT_ONCE`) itself, and the task is delayed.

    Raises as `validate`, `RowsRefused` for problems that were not allowed, `QuotaExceeded` (`daily_limit_exceeded`) for
    a new job beyond the issuer's rows of the day, `Refused` (`idempotency_key_reused`) when the key was used for
    another upload, and `Conflict` (`rows_came_before`) when the same rows came with other settings.
    """
    sent = replace(sent, content=inflated(sent.content))
    job = _draft(bulk, issuer_id, sent, who)
    # The worker that issues the rows may not create keys.
    own_key.ensure(bulk.issuer_context, bulk.issuer_context.issuer_store.issuer(issuer_id))
    if job.state is not JobState.DRAFT:
        return job
    number = -1
    # A draft was already validated and has no errors, unless errors are allowed.
    rows = _validated_rows(bulk, issuer_id, sent) if sent.allow.row_errors else rows_with_dates(sent)
    for number, chunk_rows in enumerate(_chunks(rows)):
        bulk.jobs.put_chunk(job, Chunk(number, chunk_rows))
    running = replace(job, state=JobState.RUNNING, chunks=number + 1, version=job.version + 1)
    moment = bulk.issuer_context.now()
    try:
        bulk.jobs.replace(running, (_task(job, moment + GRACE if now and job.total <= MAX_ROWS_AT_ONCE else moment),))
    except Conflict:
        return bulk.jobs.job(issuer_id, job.id)  # the same upload, submitted concurrently
    return running


def resume(bulk: BulkIssuer, issuer_id: str, job_id: str) -> Job:
    """Resume a stopped job, or add a task for a running one.

    Raises `NotFound`, `Refused` (`job_incomplete`) for a draft, `Conflict` when it has just changed, `QuotaExceeded`
    (`daily_limit_exceeded`).
    """
    job = bulk.jobs.job(issuer_id, job_id)
    if job.state is JobState.DRAFT:
        raise Refused("Some rows are missing. Send them again.", code="job_incomplete")
    if job.state is JobState.DONE:
        return job
    # Each call adds a task to the queue that all issuers share.
    issuer = bulk.issuer_context.issuer_store.issuer(issuer_id)
    daily_limits.take(bulk.issuer_context, issuer, daily_limits.RESUMES)
    running = replace(job, state=JobState.RUNNING, reason=None, ended_at=None, version=job.version + 1)
    bulk.jobs.replace(running, (_task(job, bulk.issuer_context.now()),))
    return running


def _draft(bulk: BulkIssuer, issuer_id: str, sent: Upload, who: str) -> Job:
    """The job of an upload, newly stored or existing."""
    job_id, digest = _identity(issuer_id, sent)
    before = _find_job(bulk, issuer_id, job_id)
    if before is None:
        found = validate(bulk, issuer_id, sent)
        _check_allowed(found, sent.allow)
        issuer = bulk.issuer_context.issuer_store.issuer(issuer_id)
        rows = max(found.total, daily_limits.ROWS_PER_UPLOAD)
        daily_limits.take(bulk.issuer_context, issuer, daily_limits.UPLOADED_ROWS, rows)
        draft = Job(
            id=job_id,
            issuer_id=issuer_id,
            achievement_id=sent.terms.achievement_id,
            created_at=bulk.issuer_context.now(),
            created_by=who,
            digest=digest,
            secret=bulk.issuer_context.entropy(32),
            total=found.total,
            chunks=0,
            notify=sent.terms.notify,
        )
        try:
            bulk.jobs.add(draft)
        except Conflict:
            before = bulk.jobs.job(issuer_id, job_id)  # the same upload, submitted concurrently
        else:
            return draft
    if before.digest != digest:
        if sent.key:
            raise idempotency_key.reused()
        detail = (
            f"The same rows were sent before with other settings, as job {job_id}. To issue them again, "
            "send an Idempotency-Key."
        )
        raise Conflict(detail, code="rows_came_before")
    return before


def _find_job(bulk: BulkIssuer, issuer_id: str, job_id: str) -> Job | None:
    try:
        return bulk.jobs.job(issuer_id, job_id)
    except NotFound:
        return None


def _identity(issuer_id: str, sent: Upload) -> tuple[str, str]:
    """The job's id, and the digest of its content and settings."""
    content = hashlib.sha256(sent.content).hexdigest()
    terms = sent.terms
    moments = [dates.write(each) if each else None for each in (sent.valid_from, sent.valid_until)]
    named = ["key", issuer_id, sent.key] if sent.key else ["content", issuer_id, terms.achievement_id, content]
    rows = [content, terms.achievement_id, terms.notify, *moments]
    job_id = public_id.of_digest(_sha256(named))
    return job_id, _sha256(rows).hex()


def _sha256(value: object) -> bytes:
    return hashlib.sha256(json.dumps(value).encode()).digest()


def _check_allowed(found: UploadSummary, allow: Allow) -> None:
    if found.with_errors and not allow.row_errors:
        detail = (
            f"{found.with_errors:,} of {found.total:,} rows have errors. Fix them, or allow issuing only "
            "the valid rows."
        )
        raise RowsRefused(detail, "rows_refused", found.row_errors)
    if found.with_duplicates and not allow.duplicates:
        detail = (
            f"{found.with_duplicates:,} rows have the same email address as an earlier row. Give each a ref, or "
            "allow duplicates."
        )
        raise RowsRefused(detail, "duplicates", found.duplicates)


def _validated_rows(bulk: BulkIssuer, issuer_id: str, sent: Upload) -> Iterator[Row]:
    """The rows with every error that issuing would find."""
    return map(row_validation.row_validator(bulk.issuer_context, issuer_id, sent.terms), rows_with_dates(sent))


def rows_with_dates(sent: Upload) -> Iterator[Row]:
    """The rows with default dates applied."""
    for row in upload.read(sent.content, any_columns=sent.allow.columns):
        if sent.valid_from is None and sent.valid_until is None:
            yield row
        else:
            start, end = row.valid_from or sent.valid_from, row.valid_until or sent.valid_until
            yield replace(row, valid_from=start, valid_until=end)


def _chunks(rows: Iterator[Row]) -> Iterator[tuple[Row, ...]]:
    chunk: list[Row] = []
    size = 0
    for row in rows:
        taken = upload.size(row)
        if len(chunk) == CHUNK_ROWS or (chunk and size + taken > CHUNK_BYTES):
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(row)
        size += taken
    if chunk:
        yield tuple(chunk)


def _task(job: Job, due: datetime) -> Task:
    return Task(KIND, job.issuer_id, job.id, due)
