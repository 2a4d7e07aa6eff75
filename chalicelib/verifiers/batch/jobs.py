"""Create a job, process it, and report its progress."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.analytics.limit_counters import LimitCounters
from chalicelib.credential import dates
from chalicelib.errors import NotFound, QuotaExceeded
from chalicelib.verifiers.batch import items as batch_items
from chalicelib.verifiers.batch.checking import BatchReports, Checked
from chalicelib.verifiers.batch.job import RETENTION, Detail, Job, JobFiles, JobStore, Part, Span, spans

MAX_ITEMS = 10_000
"""Items of a job. They are sent in one request, of which Lambda accepts 6 MB in base64."""
JOBS_PER_DAY = 50
"""Jobs of one verifier in a UTC day: half a million items, and at most two hours of one worker for each slow one."""
RUN_SECONDS = 60.0
"""Seconds in which a worker starts parts. It continues with the next message, behind the jobs of others."""
FETCH_SECONDS = 110.0
"""Seconds from its start after which a worker fetches nothing: less than the function's time limit by enough to store
the results of its last part."""
PROBLEM = "problem"

Write = Callable[[Checked, Detail], dict[str, object]]
"""Serializes the result of an item."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """Dependencies of jobs. ``wake`` makes a worker continue a job, at least once."""

    store: JobStore
    files: JobFiles
    counters: LimitCounters
    wake: Callable[[str], None]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Progress:
    """A job, and how many of its answered items have each verdict (`PROBLEM` for those without one)."""

    job: Job
    verdicts: Counter[str]

    @property
    def answered(self) -> int:
        """How many items have a result."""
        return self.verdicts.total()


@dataclass(frozen=True, slots=True)
class Run:
    """What one call of the worker did."""

    parts: int
    is_finished: bool


def create(
    context: JobContext, job_id: str, owner: str, detail: Detail, texts: Sequence[str], answered: Sequence[bytes]
) -> Job:
    """Create a job for the items with the ``texts`` that were sent; ``answered`` are the results of the first ones, a
    line of JSON each. A job that exists already is woken again.

    Nothing is processed before everything is stored. Raises `QuotaExceeded` (`daily_limit_exceeded`), `Unavailable`.
    """
    now = context.clock()
    count_job(context, owner, now)
    job = Job(job_id, owner, detail, len(texts), len(answered), now, now + RETENTION)
    context.files.put_items(job_id, batch_items.to_lines(texts))
    job = context.store.add(job)
    if 0 < job.answered <= len(answered):  # a request that is sent again may have come less far: a worker answers them
        _store(context, job, Span(0, 0, job.answered), b"".join(line + b"\n" for line in answered[: job.answered]))
    context.wake(job_id)
    return job


def count_job(context: JobContext, owner: str, now: datetime) -> None:
    """Count a job of today. Raises `QuotaExceeded`, `Unavailable`."""
    midnight = dates.next_day(now)
    if not context.counters.add(f"{owner} {now.astimezone(UTC).date()}", 1, JOBS_PER_DAY, midnight):
        detail = f"You have created {JOBS_PER_DAY} jobs today, which is the limit. Try again after midnight UTC."
        seconds = max(1, int((midnight - now).total_seconds()))
        raise QuotaExceeded(detail, midnight, seconds, code="daily_limit_exceeded")


def progress(context: JobContext, job_id: str, owner: str) -> Progress:
    """How far a job of ``owner`` is. Raises `NotFound`, also for a job of another owner; `Unavailable`."""
    job = context.store.job(job_id, context.clock())
    if job.owner != owner:
        raise NotFound("another verifier's job")
    total: Counter[str] = Counter()
    for part in context.store.parts(job):
        total.update(part.verdicts)
    return Progress(job, total)


def run(context: JobContext, reports: BatchReports, write: Write, job_id: str) -> Run:
    """Work on a job for a while; wake another worker if something is left.

    It may be called again at any time, also while another worker is at the same job. Raises `NotFound`, `Unavailable`.
    """
    job = context.store.job(job_id, context.clock())
    all_parts = list(spans(job))
    if job.finished is not None:
        context.files.clean_up(job_id, [span.number for span in all_parts])
        return Run(0, is_finished=True)
    stored = {part.number for part in context.store.parts(job)}
    left = [span for span in all_parts if span.number not in stored]
    done = _work(context, reports, write, job, left)
    if done < len(left):
        context.wake(job_id)
        return Run(done, is_finished=False)
    numbers = [span.number for span in all_parts]
    context.files.join(job_id, numbers)
    context.store.finish(job, context.clock())
    context.files.clean_up(job_id, numbers)
    return Run(done, is_finished=True)


def _work(context: JobContext, reports: BatchReports, write: Write, job: Job, left: Sequence[Span]) -> int:
    """Answer parts, in order, until the time is over; return how many."""
    if not left:
        return 0
    content = context.files.items(job.id)
    if content is None:
        raise NotFound("the items have been deleted")
    items = batch_items.from_lines(content)
    start = reports.monotonic()
    batch = reports.start(sum(span.stop - span.start for span in left), FETCH_SECONDS)
    for done, span in enumerate(left):
        if done and reports.monotonic() - start >= RUN_SECONDS:
            return done
        results = context.files.part(job.id, span.number)
        if results is None:
            checked = batch.check(items[span.start : span.stop])
            if done and batch.is_over:
                return done  # the next worker has time for its fetches
            results = b"".join(to_line(write(each, job.detail)) + b"\n" for each in checked)
        _store(context, job, span, results)
    return len(left)


def _store(context: JobContext, job: Job, span: Span, results: bytes) -> None:
    stored = context.files.add_part(job.id, span.number, results)
    context.store.add_part(job, Part(span.number, _counted(stored)))


def _counted(results: bytes) -> dict[str, int]:
    lines = (json.loads(line) for line in results.split(b"\n") if line)
    return dict(Counter(str(line.get("verdict", PROBLEM)) for line in lines))


def to_line(result: dict[str, object]) -> bytes:
    """Serialize a result as one line of JSON, without the end of the line."""
    return json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
