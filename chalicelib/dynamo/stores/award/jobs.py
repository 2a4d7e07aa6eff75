"""The store of bulk jobs: the job, its rows in chunks, and the results of each chunk.

A chunk is deflated JSON: 200 rows take about 6 KB, and 100,000 rows about 500 items.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Self, TypeVar

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.award.bulk import upload
from chalicelib.award.bulk.job import (
    Chunk,
    Counts,
    Job,
    JobPage,
    JobState,
    Outcome,
    Results,
    RowState,
)
from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import (
    Item,
    Pointer,
    Readable,
    members,
    read,
)
from chalicelib.dynamo.stores import tasks
from chalicelib.dynamo.tables import UNCONDITIONAL, ConditionFailed, Put, Tables
from chalicelib.dynamo.writes import replacing
from chalicelib.errors import Malformed
from chalicelib.tasks.task_queue import Task

N = TypeVar("N")


class JobItem(Item, discriminator="job"):
    """A job, without its rows."""

    id = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    achievement_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    created_by = UnicodeAttribute()
    digest = UnicodeAttribute()
    secret = BinaryAttribute(legacy_encoding=False)
    total = NumberAttribute()
    chunks = NumberAttribute()
    notify = BooleanAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    issued = NumberAttribute()
    refused = NumberAttribute()
    waiting = NumberAttribute()
    ended_at = UTCDateTimeAttribute(null=True)
    version = NumberAttribute()

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls(
            *keys.job(job.issuer_id, job.id), **(members(job, Job, exclude=("counts",)) | members(job.counts, Counts))
        )

    def to_domain(self) -> Job:
        counts = Counts(**members(self, Counts))
        return Job(state=JobState(self.state), counts=counts, **members(self, Job, exclude=("state", "counts")))


class ChunkItem(Item, discriminator="job_rows"):
    """A chunk of a job's rows."""

    number = NumberAttribute()
    rows = BinaryAttribute(legacy_encoding=False)

    @classmethod
    def of(cls, job: Job, chunk: Chunk) -> Self:
        rows = _deflated([upload.to_wire(row) for row in chunk.rows])
        return cls(*keys.chunk(job.issuer_id, job.id, chunk.number), number=chunk.number, rows=rows)

    def to_domain(self) -> Chunk:
        try:
            return Chunk(int(self.number), tuple(upload.from_wire(members) for members in _inflated(self.rows)))
        except Malformed as error:
            raise ValueError(error.detail) from error


class ResultsItem(Item, discriminator="job_results"):
    """The results of a chunk: one character per row for its state, and the reasons of the refused rows."""

    chunk = NumberAttribute()
    outcomes = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()

    @classmethod
    def of(cls, job: Job, results: Results) -> Self:
        codes = "".join(outcome.state.value[0] for outcome in results.outcomes)
        reasons = [[each.code, each.detail] for each in results.outcomes if each.state is RowState.REFUSED]
        return cls(
            *keys.results(job.issuer_id, job.id, results.chunk),
            chunk=results.chunk,
            outcomes=_deflated([codes, reasons]),
            version=results.version,
        )

    def to_domain(self) -> Results:
        codes, reasons = _inflated(self.outcomes)
        remaining = iter(reasons)
        states = (_STATES[code] for code in codes)
        outcomes = (
            Outcome(state, *next(remaining)) if state is RowState.REFUSED else _WITHOUT_REASON[state]
            for state in states
        )
        return Results(int(self.chunk), tuple(outcomes), int(self.version))


class DynamoJobs:
    """`award.bulk.job.Jobs` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def add(self, draft: Job) -> None:
        self._tables.transact(self._table, [Put(JobItem.of(draft).raw())])

    def replace(self, job: Job, follow: Sequence[Task] = ()) -> None:
        pointer = Pointer(*keys.job_pointer(job.issuer_id, job.created_at, job.id), target=job.id)
        # The pointer and a task may already be stored by an earlier start, which this call resumes.
        extra = [pointer.raw(), *(tasks.raw(task) for task in follow)]
        puts = [replacing(JobItem.of(job).raw(), job.version - 1), *(Put(item, UNCONDITIONAL) for item in extra)]
        self._tables.transact(self._table, puts)

    def job(self, issuer_id: str, job_id: str) -> Job:
        return self._require(JobItem, keys.job(issuer_id, job_id))

    def jobs(self, issuer_id: str, after: str | None, limit: int) -> JobPage:
        stored = self._tables.query(self._table, keys.jobs_before(issuer_id, after), page=limit + 1)
        pointers = list(islice(stored, limit + 1))
        page = [keys.job(issuer_id, read(Pointer, raw)) for raw in pointers[:limit]]
        found = self._tables.get_many({self._table: page})
        more = pointers[limit - 1]["sk"]["S"] if len(pointers) > limit else None
        return JobPage(tuple(read(JobItem, found[key]) for key in page if key in found), more)

    def put_chunk(self, job: Job, chunk: Chunk) -> None:
        # A transaction is retried when the table is busy. An upload of 100,000 rows puts 500 chunks in a row, and an
        # upload that had to restart at every throttle would never finish.
        self._tables.transact(self._table, [Put(ChunkItem.of(job, chunk).raw(), UNCONDITIONAL)])

    def chunk(self, job: Job, number: int) -> Chunk:
        return self._require(ChunkItem, keys.chunk(job.issuer_id, job.id, number))

    def put_results(self, job: Job, results: Results) -> None:
        item = ResultsItem.of(job, results).raw()
        try:
            self._tables.put(self._table, replacing(item, results.version - 1))
        except ConditionFailed as error:
            if error.found.get(0) != item:  # otherwise this call stored it and its reply was lost
                raise

    def results(self, job: Job, since: int = 0) -> Iterator[Results]:
        part = keys.results_since(job.issuer_id, job.id, since)
        return reads.list_range(self._tables, self._table, ResultsItem, part)

    def results_of(self, job: Job, number: int) -> Results | None:
        return reads.find(self._tables, self._table, ResultsItem, keys.results(job.issuer_id, job.id, number))

    def _require(self, model: type[Readable[N]], key: keys.Key) -> N:
        return reads.require(self._tables, self._table, model, key, "This job does not exist.")


_WITHOUT_REASON = {state: Outcome(state) for state in RowState}
"""One shared outcome per state, for rows without a reason."""
_STATES = {state.value[0]: state for state in RowState}


def _deflated(value: object) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _inflated(content: bytes) -> list[Any]:
    value: list[Any] = json.loads(zlib.decompress(content))
    return value
