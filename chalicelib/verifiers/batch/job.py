"""A batch that is processed in the background, and the ports of its stores.

Its items are divided into parts. The result of a part is stored once, under its number, so each item is answered
exactly once, however often a worker dies or two of them work on the same part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from chalicelib.verifiers.batch.checking import SEGMENT

RETENTION = timedelta(days=7)
"""How long the results of a job are kept: a week, so that a job of a Friday can be read on Monday. The lifecycle rule
of the bucket in `infrastructure/resources.yaml` deletes them afterwards."""


class Detail(StrEnum):
    """What the result of an item contains."""

    SUMMARY = "summary"
    """The verdict, and the checks that did not pass."""
    FULL = "full"
    """The whole report."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job."""

    id: str
    owner: str
    """The verifier whose job it is."""
    detail: Detail
    items: int
    answered: int
    """The items, from the first one, that were answered before the job was created. Their results are part 0."""
    created: datetime
    expires: datetime
    finished: datetime | None = None


class Span(NamedTuple):
    """A part of the items of a job: those from ``start``, before ``stop``."""

    number: int
    start: int
    stop: int


class Part(NamedTuple):
    """A part whose results are stored: how many items have each verdict. An item without one counts as `problem`."""

    number: int
    verdicts: Mapping[str, int]


class JobStore(Protocol):
    """Stores jobs and their progress. Every method raises `Unavailable` when storage does not respond."""

    def add(self, job: Job) -> Job:
        """Store a new job and return it; if there is one with its id, return that one and change nothing."""

    def job(self, job_id: str, now: datetime) -> Job:
        """Read a job, strongly consistent. Raises `NotFound`, also when it has expired."""

    def add_part(self, job: Job, part: Part) -> None:
        """Store that the results of a part are stored. A part that is stored already is left as it is."""

    def parts(self, job: Job) -> Sequence[Part]:
        """The stored parts, strongly consistent."""

    def finish(self, job: Job, now: datetime) -> None:
        """Store that all results are stored. A job that is finished already is left as it is."""


class JobFiles(Protocol):
    """Stores the items and results of jobs. Every method raises `Unavailable` when storage does not respond."""

    def put_items(self, job_id: str, content: bytes) -> None:
        """Store the items of a job."""

    def items(self, job_id: str) -> bytes | None:
        """Read the items of a job; None when they have been deleted."""

    def add_part(self, job_id: str, number: int, content: bytes) -> bytes:
        """Store the results of a part, unless there are results of it; return those that are stored."""

    def part(self, job_id: str, number: int) -> bytes | None:
        """Read the results of a part; None when there are none."""

    def join(self, job_id: str, numbers: Sequence[int]) -> None:
        """Store the results of all parts as one file, in this order, unless it is stored already or parts are missing,
        which another worker has cleaned up after it stored the file."""

    def clean_up(self, job_id: str, numbers: Sequence[int]) -> None:
        """Delete the items and the parts, which are in the file of all results."""

    def link(self, job_id: str, seconds: int) -> str:
        """A signed link to the file of all results, which works for ``seconds``."""


def spans(job: Job) -> Iterator[Span]:
    """The parts of a job, in order."""
    first = 0
    if job.answered:
        yield Span(0, 0, job.answered)
        first = 1
    starts = range(job.answered, job.items, SEGMENT)
    for number, start in enumerate(starts, start=first):
        yield Span(number, start, min(start + SEGMENT, job.items))
