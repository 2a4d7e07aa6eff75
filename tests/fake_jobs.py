"""`award.bulk.job.Jobs` in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from chalicelib.award.bulk.dry_run import DryRun
from chalicelib.award.bulk.job import (
    Chunk,
    Job,
    JobPage,
    JobState,
    Results,
)
from chalicelib.errors import Conflict, NotFound
from chalicelib.tasks.task_queue import Task


class Jobs:
    """Job store. Tasks stored with a job are added to ``tasks``, a task queue."""

    def __init__(self, tasks: Any) -> None:
        self._tasks = tasks
        self._jobs: dict[tuple[str, str], Job] = {}
        self._begun: set[tuple[str, str]] = set()
        self._chunks: dict[tuple[str, str, int], Chunk] = {}
        self._results: dict[tuple[str, str, int], Results] = {}

    def add(self, draft: Job) -> None:
        if self._jobs.setdefault((draft.issuer_id, draft.id), draft) != draft:
            raise Conflict("taken")

    def replace(self, job: Job, tasks: Sequence[Task] = ()) -> None:
        before = self._jobs.get((job.issuer_id, job.id))
        if before == job:
            return
        if before is None or before.version != job.version - 1:
            raise Conflict("changed concurrently")
        self._jobs[job.issuer_id, job.id] = job
        if job.state is not JobState.DRAFT:
            self._begun.add((job.issuer_id, job.id))
        self._tasks.add(tasks)

    def job(self, issuer_id: str, job_id: str) -> Job:
        try:
            return self._jobs[issuer_id, job_id]
        except KeyError as error:
            raise NotFound("no such job") from error

    def jobs(self, issuer_id: str, after: str | None, limit: int) -> JobPage:
        own = [job for key, job in self._jobs.items() if key in self._begun and job.issuer_id == issuer_id]
        positions = sorted(((f"{job.created_at:%Y-%m-%dT%H:%M:%S.%f}#{job.id}", job) for job in own), reverse=True)
        rest = [(place, job) for place, job in positions if after is None or place < after]
        page = rest[:limit]
        return JobPage(tuple(job for _, job in page), page[-1][0] if len(rest) > limit else None)

    def put_chunk(self, job: Job, chunk: Chunk) -> None:
        self._chunks[job.issuer_id, job.id, chunk.number] = chunk

    def chunk(self, job: Job, number: int) -> Chunk:
        try:
            return self._chunks[job.issuer_id, job.id, number]
        except KeyError as error:
            raise NotFound("no such chunk") from error

    def put_results(self, job: Job, results: Results) -> None:
        key = (job.issuer_id, job.id, results.chunk)
        before = self._results.get(key)
        if before != results and (before.version if before else 0) != results.version - 1:
            raise Conflict("changed concurrently")
        self._results[key] = results

    def results(self, job: Job, since: int = 0) -> Iterator[Results]:
        own = [key for key in self._results if key[:2] == (job.issuer_id, job.id) and key[2] >= since]
        return iter([self._results[key] for key in sorted(own)])

    def results_of(self, job: Job, number: int) -> Results | None:
        return self._results.get((job.issuer_id, job.id, number))


class DryRuns:
    """`award.bulk.dry_run.DryRuns` in memory."""

    def __init__(self) -> None:
        self._stored: dict[tuple[str, str], DryRun] = {}
        self._contents: dict[tuple[str, str], bytes] = {}

    def add(self, dry_run: DryRun, content: bytes) -> None:
        self._stored[dry_run.issuer_id, dry_run.id] = dry_run
        self._contents[dry_run.issuer_id, dry_run.id] = content

    def dry_run(self, issuer_id: str, dry_run_id: str, now: datetime) -> DryRun:
        found = self._stored.get((issuer_id, dry_run_id))
        if found is None or now >= found.expires:
            raise NotFound("no such dry run")
        return found

    def content(self, dry_run: DryRun) -> bytes:
        try:
            return self._contents[dry_run.issuer_id, dry_run.id]
        except KeyError as error:
            raise NotFound("the upload has expired") from error

    def replace(self, dry_run: DryRun) -> None:
        if self._stored[dry_run.issuer_id, dry_run.id].version != dry_run.version - 1:
            raise Conflict("changed concurrently")
        self._stored[dry_run.issuer_id, dry_run.id] = dry_run
