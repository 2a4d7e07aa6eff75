"""Issue to many: take an upload, judge it, keep it, and issue it piece by piece until every row has its result.

A job is stored as a draft, then its rows, then it is made to run: what is begun and not finished issues nothing. The
id of a row's credential follows from the job's secret and the row, so that a piece may be done again, by anyone, at
any time: what is issued already is found to be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.award.awarding import Awarding
from chalicelib.award.job import Job, Jobs, Result, RowState
from chalicelib.award.upload import Fault
from chalicelib.credential import vocabulary

AT_ONCE = 50
"""Rows that a request issues itself; more are left to the to-do list."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the acts below need."""

    awarding: Awarding
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

    achievement_id: str
    content: bytes
    allow: Allow = Allow()
    key: str | None = None
    notify: bool = True
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    suite: str = vocabulary.EDDSA_RDFC_2022
    jwt: bool = False


@dataclass(frozen=True, slots=True)
class Examined:
    """What an upload holds: ``total`` rows, ``faulty`` of them with faults. Lists are cut at `MOST_FAULTS`."""

    total: int
    faulty: int
    faults: tuple[Fault, ...] = ()
    duplicates: tuple[Fault, ...] = ()
    sample: tuple[Result, ...] = field(default=())


def examine(desk: Desk, issuer_id: str, upload: Upload) -> Examined:
    """The dry run: every fault that issuing would meet, and nothing stored."""
    raise NotImplementedError


def create(desk: Desk, issuer_id: str, upload: Upload, who: str) -> Job:
    """Store the upload as a running job. The same upload again gives the same job."""
    raise NotImplementedError


def run(desk: Desk, issuer_id: str, job_id: str, until: Callable[[], bool]) -> Job:
    """Issue what waits, chunk after chunk, until all is done or ``until()``."""
    raise NotImplementedError


def resume(desk: Desk, issuer_id: str, job_id: str) -> Job:
    """Let a stopped job run on, and see to it that somebody works at a running one."""
    raise NotImplementedError


def progress(desk: Desk, job: Job) -> Job:
    """``job`` with its counts as they are now."""
    raise NotImplementedError


def results(desk: Desk, job: Job, state: RowState | None = None, after: int = 0) -> Iterator[Result]:
    """The rows after number ``after``, with what has come of each."""
    raise NotImplementedError
