"""The ports of batches and of `Idempotency-Key`s in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.errors import NotFound
from chalicelib.verifiers.batch.job import Job, Part
from chalicelib.verifiers.idempotency import KeyClaim, StoredAnswer


@dataclass
class JobStore:
    """`verifiers.batch.job.JobStore`."""

    jobs: dict[str, Job] = field(default_factory=dict)
    done: dict[str, dict[int, Part]] = field(default_factory=dict)

    def add(self, job: Job) -> Job:
        return self.jobs.setdefault(job.id, job)

    def job(self, job_id: str, now: datetime) -> Job:
        found = self.jobs.get(job_id)
        if found is None or now >= found.expires:
            raise NotFound("no such job")
        return found

    def add_part(self, job: Job, part: Part) -> None:
        self.done.setdefault(job.id, {}).setdefault(part.number, part)

    def parts(self, job: Job) -> Sequence[Part]:
        return [part for _, part in sorted(self.done.get(job.id, {}).items())]

    def finish(self, job: Job, now: datetime) -> None:
        if self.jobs[job.id].finished is None:
            self.jobs[job.id] = replace(job, finished=now)


@dataclass
class JobFiles:
    """`verifiers.batch.job.JobFiles`."""

    sent: dict[str, bytes] = field(default_factory=dict)
    stored: dict[tuple[str, int], bytes] = field(default_factory=dict)
    results: dict[str, bytes] = field(default_factory=dict)

    def put_items(self, job_id: str, content: bytes) -> None:
        self.sent[job_id] = content

    def items(self, job_id: str) -> bytes | None:
        return self.sent.get(job_id)

    def add_part(self, job_id: str, number: int, content: bytes) -> bytes:
        return self.stored.setdefault((job_id, number), content)

    def part(self, job_id: str, number: int) -> bytes | None:
        return self.stored.get((job_id, number))

    def join(self, job_id: str, numbers: Sequence[int]) -> None:
        if all((job_id, number) in self.stored for number in numbers):
            self.results.setdefault(job_id, b"".join(self.stored[job_id, number] for number in numbers))

    def clean_up(self, job_id: str, numbers: Sequence[int]) -> None:
        self.sent.pop(job_id, None)
        for number in numbers:
            self.stored.pop((job_id, number), None)

    def link(self, job_id: str, seconds: int) -> str:
        return f"https://files.example/{job_id}?expires={seconds}"


@dataclass
class Queue:
    """The queue of jobs to be processed."""

    waiting: list[str] = field(default_factory=list)

    def send(self, job_id: str) -> None:
        self.waiting.append(job_id)


@dataclass
class KeyClaims:
    """`verifiers.idempotency.KeyClaims`."""

    stored: dict[tuple[str, str], KeyClaim] = field(default_factory=dict)

    def claim(self, fresh: KeyClaim, now: datetime) -> KeyClaim:
        found = self.stored.get((fresh.owner, fresh.key))
        if found is None or found.expires <= now:
            found = self.stored[fresh.owner, fresh.key] = fresh
        return found

    def replace(self, before: KeyClaim, after: KeyClaim) -> bool:
        if self.stored.get((before.owner, before.key)) != before:
            return False
        self.stored[before.owner, before.key] = after
        return True


@dataclass
class Answers:
    """`verifiers.idempotency.Answers`."""

    stored: dict[str, StoredAnswer] = field(default_factory=dict)

    def put(self, answer_id: str, answer: StoredAnswer) -> None:
        self.stored[answer_id] = answer

    def find(self, answer_id: str) -> StoredAnswer | None:
        return self.stored.get(answer_id)
