"""Issue to many: take an upload, judge it, keep it, and issue it piece by piece until every row has its result.

A job is stored as a draft, then its rows, then it is made to run: what is begun and not finished issues nothing. The
id of a row's credential follows from the job's secret and the row, so that a piece may be done again, by anyone, at
any time: what is issued already is found to be the same.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.award.bulk import row_validation, upload
from chalicelib.award.bulk.job import (
    Chunk,
    Job,
    Jobs,
    JobState,
    Outcome,
    Result,
    RowState,
)
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.bulk.spreadsheet import inflated
from chalicelib.award.bulk.upload import Fault, Row
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import idempotency
from chalicelib.credential import dates
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.tasks.task_queue import Task

KIND = "job"
"""Of the task that works at a job; its subject is the job's id."""
AT_ONCE = 50
"""Rows that a request issues itself, in about two seconds; more are left to the to-do list."""
GRACE = timedelta(minutes=2)
"""After that the to-do list takes over what a request wanted to issue itself. Longer than a request may take."""
CHUNK_ROWS = 200
CHUNK_BYTES = 256 * 1024
"""Of the rows as JSON: an item of DynamoDB holds 400 KB, and random text does not become smaller by deflating."""
MOST_FAULTS = 1_000
"""Faults that are listed; whoever has more has one of them in every row."""


@dataclass(frozen=True, slots=True)
class BulkIssuer:
    """What the acts below need."""

    issuer_context: IssuerContext
    jobs: Jobs


@dataclass(frozen=True, slots=True)
class Allow:
    """What the caller was told of, and wants all the same."""

    duplicates: bool = False
    """One e-mail address in several rows without a `ref` of their own."""
    faults: bool = False
    """Rows with faults: they are refused, and the others issued."""
    columns: bool = False
    """Columns that we do not know: they are left out."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What is sent: the rows, and what holds for all of them. ``key`` is the caller's `Idempotency-Key`: None lets the
    content speak for itself, so that the same rows for the same achievement are the same job."""

    terms: Terms
    content: bytes
    allow: Allow = Allow()
    key: str | None = None
    valid_from: datetime | None = None
    """For rows that do not say it themselves; and so ``valid_until``."""
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What an upload holds: ``total`` rows, ``faulty`` of them with faults, ``repeated`` of them with an address that
    an earlier one has. At most `MOST_FAULTS` of each are listed."""

    total: int
    faulty: int
    repeated: int
    faults: tuple[Fault, ...]
    duplicates: tuple[Fault, ...]


class RowsRefused(Refused):
    """The upload was read, and something in it needs to be mended or allowed; nothing of it is stored."""

    def __init__(self, detail: str, code: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(detail, code=code)
        self.faults = faults


class Place(NamedTuple):
    """Where one reads on in the rows of a job."""

    chunk: int
    at: int


START = Place(0, 0)


def examine(bulk: BulkIssuer, issuer_id: str, sent: Upload) -> Examined:
    """The dry run: every fault that issuing would meet, and nothing stored.

    Raises `NotFound` for the achievement, `Malformed` when the whole cannot be read, `Refused` when nothing could be
    issued whatever the rows say.
    """
    total = faulty = repeated = 0
    faults: list[Fault] = []
    duplicates: list[Fault] = []
    seen = upload.Duplicates()
    for row in _judged(bulk, issuer_id, sent):
        total += 1
        faulty += bool(row.faults)
        faults += row.faults[: MOST_FAULTS - len(faults)]
        if (fault := seen.fault(row)) is not None:
            repeated += 1
            duplicates += [fault][: MOST_FAULTS - len(duplicates)]
    return Examined(total, faulty, repeated, tuple(faults), tuple(duplicates))


def create(bulk: BulkIssuer, issuer_id: str, sent: Upload, who: str, *, now: bool = False) -> Job:
    """Store the upload as a running job, which the to-do list works at. The same upload again gives the same job,
    whatever came of the first try. ``now`` says that the caller runs it at once if it is small (`AT_ONCE`): then the
    to-do list waits a while.

    Raises as `examine` does, `RowsRefused` for what was not allowed, `Refused` (`idempotency_key_reused`) when the key
    came with something else before, and `Conflict` (`rows_came_before`) when the same rows without a key did.
    """
    sent = replace(sent, content=inflated(sent.content))
    job = _draft(bulk, issuer_id, sent, who)
    if job.state is not JobState.DRAFT:
        return job
    number = -1
    # What is begun was found to be without faults before, unless they are allowed.
    whole = _judged(bulk, issuer_id, sent) if sent.allow.faults else _dated(sent)
    for number, rows in enumerate(_pieces(whole)):
        bulk.jobs.put_chunk(job, Chunk(number, rows))
    running = replace(job, state=JobState.RUNNING, chunks=number + 1, version=job.version + 1)
    moment = bulk.issuer_context.now()
    try:
        bulk.jobs.replace(running, (_task(job, moment + GRACE if now and job.total <= AT_ONCE else moment),))
    except Conflict:
        return bulk.jobs.job(issuer_id, job.id)  # the same upload, twice at a time
    return running


def resume(bulk: BulkIssuer, issuer_id: str, job_id: str) -> Job:
    """Let a stopped job run on, and see to it that somebody works at a running one.

    Raises `NotFound`, `Refused` (`job_incomplete`) for a draft, `Conflict` when somebody changed it just now.
    """
    job = bulk.jobs.job(issuer_id, job_id)
    if job.state is JobState.DRAFT:
        raise Refused("Some rows are missing. Send them again.", code="job_incomplete")
    if job.state is JobState.DONE:
        return job
    running = replace(job, state=JobState.RUNNING, reason=None, ended_at=None, version=job.version + 1)
    bulk.jobs.replace(running, (_task(job, bulk.issuer_context.now()),))
    return running


def progress(bulk: BulkIssuer, job: Job) -> Job:
    """``job`` with its counts as they are now."""
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
    bulk: BulkIssuer, job: Job, state: RowState | None = None, after: Place = START
) -> Iterator[tuple[Result, Place]]:
    """The rows from ``after`` on, with what has come of each, and where the next one stands; only those in ``state``,
    if one is given."""
    known = {each.chunk: each for each in bulk.jobs.results(job, after.chunk)}
    for number in range(after.chunk, job.chunks):
        found = known.pop(number, None)
        if state and found and not any(each.state is state for each in found.outcomes):
            continue
        if state and not found and state is not RowState.WAITING:
            continue
        rows = bulk.jobs.chunk(job, number).rows
        outcomes = found.outcomes if found else (Outcome(),) * len(rows)
        for index, (row, outcome) in enumerate(zip(rows, outcomes, strict=True)):
            if (number, index) >= after and state in (None, outcome.state):
                name = job.credential_id(row) if outcome.state is RowState.ISSUED else None
                yield Result(row, outcome, name), Place(number, index + 1)


def _draft(bulk: BulkIssuer, issuer_id: str, sent: Upload, who: str) -> Job:
    """The job that ``sent`` is, new or from an earlier try."""
    job_id, digest = _identity(issuer_id, sent)
    before = _known(bulk, issuer_id, job_id)
    if before is None:
        found = examine(bulk, issuer_id, sent)
        _refuse(found, sent.allow)
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
            before = bulk.jobs.job(issuer_id, job_id)  # the same upload, twice at a time
        else:
            return draft
    if before.digest != digest:
        if sent.key:
            raise idempotency.reused()
        detail = (
            f"The same rows were sent before with other settings, as job {job_id}. To issue them again, "
            "send an Idempotency-Key."
        )
        raise Conflict(detail, code="rows_came_before")
    return before


def _known(bulk: BulkIssuer, issuer_id: str, job_id: str) -> Job | None:
    try:
        return bulk.jobs.job(issuer_id, job_id)
    except NotFound:
        return None


def _identity(issuer_id: str, sent: Upload) -> tuple[str, str]:
    """The job's id, and the digest of all that makes it this job."""
    content = hashlib.sha256(sent.content).hexdigest()
    terms = sent.terms
    moments = [dates.write(each) if each else None for each in (sent.valid_from, sent.valid_until)]
    named = ["key", issuer_id, sent.key] if sent.key else ["content", issuer_id, terms.achievement_id, content]
    whole = [content, terms.achievement_id, terms.notify, *moments]
    job_id = base64.b32encode(_sha256(named)[:17]).decode().lower()[:26]
    return job_id, _sha256(whole).hex()


def _sha256(value: object) -> bytes:
    return hashlib.sha256(json.dumps(value).encode()).digest()


def _refuse(found: Examined, allow: Allow) -> None:
    if found.faulty and not allow.faults:
        detail = (
            f"{found.faulty:,} of {found.total:,} rows have errors. Fix them, or allow the valid rows to "
            "be issued alone."
        )
        raise RowsRefused(detail, "rows_refused", found.faults)
    if found.repeated and not allow.duplicates:
        detail = (
            f"{found.repeated:,} rows have the same email address as an earlier row. Give each a ref, or "
            "allow duplicates."
        )
        raise RowsRefused(detail, "duplicates", found.duplicates)


def _judged(bulk: BulkIssuer, issuer_id: str, sent: Upload) -> Iterator[Row]:
    """The rows as they would be issued, with every fault that issuing would meet."""
    return map(row_validation.of(bulk.issuer_context, issuer_id, sent.terms), _dated(sent))


def _dated(sent: Upload) -> Iterator[Row]:
    """The rows with the dates that hold for all."""
    for row in upload.read(sent.content, any_columns=sent.allow.columns):
        if sent.valid_from is None and sent.valid_until is None:
            yield row
        else:
            start, end = row.valid_from or sent.valid_from, row.valid_until or sent.valid_until
            yield replace(row, valid_from=start, valid_until=end)


def _pieces(rows: Iterator[Row]) -> Iterator[tuple[Row, ...]]:
    piece: list[Row] = []
    size = 0
    for row in rows:
        taken = upload.size(row)
        if len(piece) == CHUNK_ROWS or (piece and size + taken > CHUNK_BYTES):
            yield tuple(piece)
            piece, size = [], 0
        piece.append(row)
        size += taken
    if piece:
        yield tuple(piece)


def _task(job: Job, due: datetime) -> Task:
    return Task(KIND, job.issuer_id, job.id, due)
