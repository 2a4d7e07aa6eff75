"""The model of a bulk job, which issues one achievement to many holders, and its storage port."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.award.bulk.upload import Row
from chalicelib.credential import public_id
from chalicelib.tasks.task_queue import Task


class JobState(StrEnum):
    """The state of a job."""

    DRAFT = "draft"
    """Its rows are being stored; nothing is issued yet."""
    RUNNING = "running"
    DONE = "done"
    """Every row is issued or refused."""
    STOPPED = "stopped"
    """Stopped by a problem that affects every row; see `Job.reason`. It can be resumed."""


class RowState(StrEnum):
    """The state of a row."""

    WAITING = "waiting"
    ISSUED = "issued"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of rows by state."""

    issued: int = 0
    refused: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        return self.issued + self.refused + self.waiting

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.issued + other.issued, self.refused + other.refused, self.waiting + other.waiting)


@dataclass(frozen=True, slots=True)
class Job:
    """A job: one achievement for each row of an upload."""

    id: str
    issuer_id: str
    achievement_id: str
    created_at: datetime
    created_by: str
    """A `Caller`'s ``actor``, or `cli`."""
    digest: str
    """SHA-256 (hex) of the content and settings; a repeated upload must match it."""
    secret: bytes
    """Derives the ids of the job's credentials, so that they cannot be predicted."""
    total: int
    """Number of rows."""
    chunks: int
    """Number of stored chunks, set once all are stored."""
    notify: bool
    """Whether the holders get an email."""
    state: JobState = JobState.DRAFT
    reason: str | None = None
    """Why the job stopped, as text."""
    counts: Counts = Counts()
    """Final counts of a job that is done or stopped; those of a running job are in its results."""
    ended_at: datetime | None = None
    version: int = 1
    """Incremented with every change."""

    def credential_id(self, row: Row) -> str:
        """The id of the credential for ``row``, always the same, so that no row is issued twice."""
        digest = hmac.digest(self.secret, str(row.number).encode(), hashlib.sha256)
        return public_id.of_digest(digest)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of a job that are stored together. ``number`` starts at 0."""

    number: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a row; ``code`` and ``detail`` say why it was refused."""

    state: RowState = RowState.WAITING
    code: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """The outcomes of a chunk's rows, in order."""

    chunk: int
    outcomes: tuple[Outcome, ...]
    version: int = 1

    @property
    def counts(self) -> Counts:
        return count(self.outcomes)


def count(outcomes: Iterable[Outcome]) -> Counts:
    """Count outcomes by state."""
    states = [outcome.state for outcome in outcomes]
    return Counts(*(states.count(state) for state in (RowState.ISSUED, RowState.REFUSED, RowState.WAITING)))


@dataclass(frozen=True, slots=True)
class Result:
    """A row with its outcome, and the credential's id if issued."""

    row: Row
    outcome: Outcome
    credential_id: str | None


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of an issuer's jobs, newest first. ``after`` requests the next page; None on the last one."""

    jobs: tuple[Job, ...]
    after: str | None


class Jobs(Protocol):
    """Stores jobs. Every method raises `Unavailable` when storage does not respond."""

    def add(self, draft: Job) -> None:
        """Store a new draft. Raises `Conflict` when the id exists."""

    def replace(self, job: Job, tasks: Sequence[Task] = ()) -> None:
        """Replace the previous version and add ``tasks`` in one transaction; a job that starts running is also added to
        the issuer's list. Raises `Conflict` when it has changed."""

    def job(self, issuer_id: str, job_id: str) -> Job:
        """Strongly consistent read. Raises `NotFound`, including for a job of another issuer."""

    def jobs(self, issuer_id: str, after: str | None, limit: int) -> JobPage:
        """At most ``limit`` jobs after ``after``, newest first, without drafts."""

    def put_chunk(self, job: Job, chunk: Chunk) -> None:
        """Store rows of a draft. Idempotent."""

    def chunk(self, job: Job, number: int) -> Chunk:
        """Strongly consistent read. Raises `NotFound`."""

    def put_results(self, job: Job, results: Results) -> None:
        """Replace the previous version. Raises `Conflict` when another worker changed it."""

    def results(self, job: Job, since: int = 0) -> Iterator[Results]:
        """The stored results from chunk ``since`` on, strongly consistent, in order."""

    def results_of(self, job: Job, number: int) -> Results | None:
        """The results of one chunk, strongly consistent; None if there are none yet."""
