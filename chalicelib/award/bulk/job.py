"""A job: one achievement for many, row by row. The nouns; what is done with them stands in `jobs`."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.award.bulk.upload import Row
from chalicelib.tasks.task_queue import Task


class JobState(StrEnum):
    """How far a job has come."""

    DRAFT = "draft"
    """Its rows are being stored; nothing is issued."""
    RUNNING = "running"
    DONE = "done"
    """Every row is issued or refused."""
    STOPPED = "stopped"
    """It met something that would befall every row; `Job.reason` says what. It can be run on."""


class RowState(StrEnum):
    """What has come of a row."""

    WAITING = "waiting"
    ISSUED = "issued"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what has come of them."""

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
    """One upload: an achievement for each of its rows."""

    id: str
    issuer_id: str
    achievement_id: str
    created_at: datetime
    created_by: str
    """A `Caller`'s ``who``, or `cli`."""
    digest: str
    """SHA-256 (hex) of what was sent and how it was to be read: the same job is not made of something else."""
    secret: bytes
    """Of this job alone: the ids of its credentials follow from it, and nobody can tell them beforehand."""
    total: int
    """Rows."""
    chunks: int
    """Pieces that the rows are stored in, numbered from 0; counted when all are there."""
    notify: bool
    """Whether the holders are written to."""
    state: JobState = JobState.DRAFT
    reason: str | None = None
    """Why it stopped, in words."""
    counts: Counts = Counts()
    """Of a job that is done or stopped; of a running one they are in its results."""
    ended_at: datetime | None = None
    version: int = 1
    """Raised by one with every change."""

    def credential_id(self, row: Row) -> str:
        """The id of the credential for ``row``: the same at every try, so that no row is issued twice."""
        digest = hmac.digest(self.secret, str(row.number).encode(), hashlib.sha256)
        return base64.b32encode(digest[:17]).decode().lower()[:26]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a job, as they are stored together. ``number`` counts from 0."""

    number: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has come of one row; ``code`` and ``detail`` say why it was refused."""

    state: RowState = RowState.WAITING
    code: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """What has come of the rows of a chunk, in their order."""

    chunk: int
    outcomes: tuple[Outcome, ...]
    version: int = 1

    @property
    def counts(self) -> Counts:
        return count(self.outcomes)


def count(outcomes: Iterable[Outcome]) -> Counts:
    """How many there are of each state."""
    states = [outcome.state for outcome in outcomes]
    return Counts(*(states.count(state) for state in (RowState.ISSUED, RowState.REFUSED, RowState.WAITING)))


@dataclass(frozen=True, slots=True)
class Result:
    """A row with what has come of it; the credential's id when it was issued."""

    row: Row
    outcome: Outcome
    credential_id: str | None


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some of an issuer's jobs, newest first; ``after`` asks for the next ones, None when there are no more."""

    jobs: tuple[Job, ...]
    after: str | None


class Jobs(Protocol):
    """Where jobs are kept. Every method raises `Unavailable` when storage does not answer."""

    def add(self, draft: Job) -> None:
        """Store a new draft. Raises `Conflict` when another one has its id."""

    def replace(self, job: Job, tasks: Sequence[Task] = ()) -> None:
        """Store ``job`` over the version before it, and ``tasks`` with it, all or nothing; what begins to run also
        comes into the issuer's list. Raises `Conflict` when another writer was first."""

    def job(self, issuer_id: str, job_id: str) -> Job:
        """Strongly read. Raises `NotFound`, for another issuer's too."""

    def jobs(self, issuer_id: str, after: str | None, limit: int) -> JobPage:
        """At most ``limit`` of those that are no drafts, newest first, from the one that follows ``after``."""

    def put_chunk(self, job: Job, chunk: Chunk) -> None:
        """Store some of a draft's rows; the same rows again are harmless."""

    def chunk(self, job: Job, number: int) -> Chunk:
        """Strongly read. Raises `NotFound`."""

    def put_results(self, job: Job, results: Results) -> None:
        """Store ``results`` over the version before them. Raises `Conflict` when another worker was first."""

    def results(self, job: Job, since: int = 0) -> Iterator[Results]:
        """Of every chunk from number ``since`` on that has any, strongly read, in the order of chunks."""

    def results_of(self, job: Job, number: int) -> Results | None:
        """Of one chunk, strongly read; None while it has none."""
