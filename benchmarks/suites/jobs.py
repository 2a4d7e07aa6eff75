"""Bulk issuing against an embedded AWS. Signing is excluded, because the key service does it.

    jobs/issue      credentials per second of our own CPU time, on one core
    jobs/upload     rows per second of our own CPU time, from CSV to stored pieces
    jobs/memory     peak resident megabytes of a job of `JOB_ROWS` rows (default 10,000; a job takes up to 100,000),
                    compared with a job of a tenth. Requests that store credentials are answered without reaching the
                    engine: they use none of our memory, and the engine would take hours. The job's own rows and
                    results are stored.
    jobs/throttled  rows lost or issued twice when 30% of all requests to storage are throttled

Each is measured in a process of its own: `python -m benchmarks.suites.jobs ROWS SHARE ENGINE`.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from benchmarks.core import pinned_to_one_core
from benchmarks.engine import ROOT, Seeded, seeded
from benchmarks.fake_aws import Body
from benchmarks.line import Line
from benchmarks.rounds import progress
from benchmarks.seed import ISSUER
from chalicelib import settings
from chalicelib.award.bulk import bulk_issuer, job_results, job_runner
from chalicelib.award.bulk.bulk_issuer import BulkIssuer, Upload
from chalicelib.award.bulk.job import Job, JobState, RowState
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.ports import NewKey
from chalicelib.errors import Unavailable
from chalicelib.http.core.log import LogFallback
from chalicelib.services import Services, build

JOB_ROWS = int(os.environ.get("JOB_ROWS", "10000"))
ROWS, SHARE = 1_000, 0.3
REAL, ANSWERED = "real", "answered"
MEGABYTE = 1024
"""In kilobytes, the unit in which Linux reports peak memory."""


def lines() -> Iterator[Line]:
    """Measure `jobs/...`, as described above."""
    with seeded() as seeded_aws, pinned_to_one_core():
        normal = _measure(seeded_aws, ROWS)
        yield Line("jobs/issue", normal["issued"] / normal["issue_cpu"], "1/s of own CPU, signing excluded")
        yield Line("jobs/upload", normal["issued"] / normal["upload_cpu"], "1/s of own CPU")
        small, large = (_measure(seeded_aws, rows, engine=ANSWERED) for rows in (JOB_ROWS // 10, JOB_ROWS))
        unit = f"MB at {JOB_ROWS:,} rows, {large['issued'] / large['issue_cpu']:.0f} rows/s of own CPU"
        yield Line("jobs/memory", large["peak"], unit, peer=f"{JOB_ROWS // 10:,} rows", peer_value=small["peak"])
        throttled = _measure(seeded_aws, ROWS, SHARE)
        unit = f"rows lost or double of {ROWS:,}, {throttled['refused']:,} of {throttled['calls']:,} requests throttled"
        yield Line("jobs/throttled", throttled["lost"] + throttled["double"], unit)


def _measure(seeded_aws: Seeded, rows: int, share: float = 0.0, engine: str = REAL) -> dict[str, Any]:
    progress(f"jobs: {rows:,} rows" + (f", {share:.0%} of requests throttled" if share else ""))
    command = [sys.executable, "-m", "benchmarks.suites.jobs", str(rows), str(share), engine]
    done = subprocess.run(command, env=seeded_aws.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class _FreeSigner:
    """A key service whose signatures cost no time and are invalid."""

    def create(self, issuer_id: str) -> NewKey:
        return NewKey(issuer_id, bytes(32))

    def public(self, _handle: str) -> bytes:
        return bytes(32)

    def sign(self, _handle: str, _message: bytes) -> bytes:
        return bytes(64)


def main() -> None:
    rows, share, engine = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    services = build(settings.read(), fallback=LogFallback())
    bulk = BulkIssuer(replace(services.issuer_context, signer=_FreeSigner()), services.bulk.jobs)
    (achievement,) = services.issuer_store.achievements(ISSUER.id)
    throttled = _Throttle(services, share, engine)
    sent = Upload(Terms(achievement.id), _csv(rows), key=f"{rows}-{share}-{os.getpid()}")
    upload_cpu, job = _cpu(lambda: bulk_issuer.create(bulk, ISSUER.id, sent, "bench"))
    issue_cpu, job = _cpu(lambda: _run(bulk, job))
    throttled.share = 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    audit = _count_anomalies(services, bulk, job) if engine == REAL else {}
    sys.stdout.write(
        json.dumps(
            {"upload_cpu": upload_cpu, "issue_cpu": issue_cpu, "peak": peak, "issued": job.counts.issued}
            | {"calls": throttled.calls, "refused": throttled.refused}
            | audit
        )
    )


def _csv(rows: int) -> bytes:
    holders = (f"Holder Number {one},holder.{one}@bench.example,ref-{one}\n".encode() for one in range(rows))
    return b"name,email,ref\n" + b"".join(holders)


def _cpu(act: Callable[[], Job]) -> tuple[float, Job]:
    """Return the seconds of our own CPU time. Retry when storage is unavailable, as the task queue would."""
    before = time.process_time()
    while True:
        try:
            job = act()
        except Unavailable:
            time.sleep(0.2)
        else:
            return time.process_time() - before, job


def _run(bulk: BulkIssuer, job: Job) -> Job:
    done = job_runner.run(bulk, job.issuer_id, job.id)
    if done.state is not JobState.DONE:
        raise RuntimeError(f"the job is {done.state}: {done.reason}")
    return done


class _Throttle:
    """Throttles a share of the requests, as DynamoDB does under load, or answers some without the engine."""

    def __init__(self, services: Services, share: float, engine: str) -> None:
        self.share, self.calls, self.refused = share, 0, 0
        self._answers = engine == ANSWERED
        self._random = random.Random(7)
        client = services._tables.client  # noqa: SLF001 - the client that all requests use
        client.meta.events.register("before-send.dynamodb", self._before)

    def _before(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        self.calls += 1
        if self._answers and _of_credentials(request):
            return AWSResponse("https://answered.invalid", 200, {}, Body(b'{"Responses": {}}'))
        if self._random.random() >= self.share:
            return None
        self.refused += 1
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        cancelled = {"CancellationReasons": [{"Code": "ThrottlingError"}, {"Code": "None"}]}
        transaction = operation == "TransactWriteItems"
        code = "TransactionCanceledException" if transaction else "ProvisionedThroughputExceededException"
        body = {
            "__type": f"com.amazonaws.dynamodb.v20120810#{code}",
            "message": "slow",
            **(cancelled if transaction else {}),
        }
        return AWSResponse("https://throttled.invalid", 400, {}, Body(json.dumps(body).encode()))


def _of_credentials(request: AWSPreparedRequest) -> bool:
    """Return whether ``request`` stores credentials or looks up free status list indexes for them."""
    content = bytes(request.body)
    return b"CREDENTIAL#" in content or b"INDEX#" in content


def _count_anomalies(services: Services, bulk: BulkIssuer, job: Job) -> dict[str, int]:
    """Count the rows without a credential, and the credentials and status list indexes issued twice, from storage."""
    wanted = {result.credential_id for result, _ in job_results.results(bulk, job, RowState.ISSUED)}
    found: Counter[str] = Counter()
    places: Counter[tuple[str, int]] = Counter()
    place = None
    while rows := services.issuer_store.rows(ISSUER.id, place, 100):
        found.update(row.credential_id for row in rows if row.credential_id in wanted)
        place = rows[-1].place
    for name in found:
        places.update((entry.list_id, entry.index) for entry in services.issuer_store.record(name).entries)
    twice = sum(number - 1 for number in (*found.values(), *places.values()))
    return {"lost": job.total - len(found), "double": twice}


if __name__ == "__main__":
    main()
