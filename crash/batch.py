"""`make crash-batch`: interrupt a batch before and after every DynamoDB, S3 and SQS call, then go on.

Prints one JSON line. Each scenario creates a job of `ITEMS` items under an `Idempotency-Key`, sends the request again
if it was not answered, and delivers the messages of the queue until none is left, as SQS does: again after a worker
died. `unanswered` counts items without a result, `repeated` those with more than one, `changed` results of a part that
were replaced by others, and `unfinished` jobs that never ended.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.batches import DynamoJobStore, DynamoKeyClaims
from chalicelib.dynamo.stores.counters import DynamoCounters
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.s3.batch_files import PARTS, RESULTS, S3BatchFiles
from chalicelib.services import utc_now
from chalicelib.sqs.batch_queue import BatchQueue, job_in
from chalicelib.verifiers import idempotency
from chalicelib.verifiers.batch import jobs
from chalicelib.verifiers.batch.checking import SEGMENT, Checked
from chalicelib.verifiers.batch.items import Item
from chalicelib.verifiers.batch.job import Detail
from chalicelib.verifiers.batch.jobs import JobContext
from chalicelib.verifiers.idempotency import IdempotencyContext, StoredAnswer
from crash import engine
from crash.faults import Fault, FaultInjector, SimulatedCrash
from crash.stage import create_table

ITEMS = 2 * SEGMENT + 3
ANSWERED = 2
"""Items that the request itself answers."""
DELIVERIES = 20
_NUMBERS = count()


@dataclass
class Totals(engine.Totals):
    """The totals of a run."""

    answered: int = 0
    unanswered: int = 0
    repeated: int = 0
    changed: int = 0
    unfinished: int = 0

    @property
    def clean(self) -> bool:
        """Whether there was at least one crash point and no problem."""
        return self.crash_points > 0 and not (self.unanswered or self.repeated or self.changed or self.unfinished)


class Reports:
    """In place of `BatchReports`: the verdict on an item is another one each time, so that a second one shows."""

    def monotonic(self) -> float:
        return 0.0

    def start(self, _items: int, _seconds: float) -> Reports:
        return self

    is_over = False

    def check(self, items: list[Item]) -> list[Checked]:
        return [Checked(item, Unavailable()) for item in items]


def write(checked: Checked, _detail: Detail) -> dict[str, object]:
    """A result that no other attempt has."""
    return {"ref": checked.item.ref, "verdict": secrets.token_hex(4)}


class Deployment:
    """Stores of one job on the test engine, with the time at which leases end."""

    def __init__(self, region: str) -> None:
        self.tables = Tables(credentials="", directory="", events="", secrets="", erasures="", region=region)
        number = next(_NUMBERS)
        self.tables.secrets = f"batch-secrets-{number}"
        create_table(self.tables.client, self.tables.secrets)
        self.files = S3BatchFiles(region, f"batch-files-{number}")
        self.s3 = self.files._client  # noqa: SLF001 - to hook its events
        self.s3.create_bucket(Bucket=f"batch-files-{number}")
        self.bucket = f"batch-files-{number}"
        self.service = BatchQueue(region, "")._client  # noqa: SLF001 - in place of the service that delivers messages
        self.url = self.service.create_queue(QueueName=f"batches-{number}")["QueueUrl"]
        self.queue = BatchQueue(region, self.url)
        self.sqs = self.queue._client  # noqa: SLF001
        self.injector = FaultInjector((self.tables.client, self.s3, self.sqs))
        self.offset = idempotency.LEASE * 0
        self.context = JobContext(
            DynamoJobStore(self.tables),
            self.files,
            DynamoCounters(self.tables, keys.batches_of),
            self.queue.send,
            self.now,
        )
        self.keys = IdempotencyContext(DynamoKeyClaims(self.tables), self.files, self.now, secrets.token_bytes)

    def now(self) -> Any:  # noqa: ANN401 - datetime
        return utc_now() + self.offset

    def request(self) -> str:
        """Send the batch, and return the id of its job."""
        texts = [json.dumps({"ref": str(number), "credential": "ey"}) for number in range(ITEMS)]

        def act(new_id: str) -> StoredAnswer:
            first = [jobs.to_line({"ref": str(number), "verdict": secrets.token_hex(4)}) for number in range(ANSWERED)]
            job = jobs.create(self.context, new_id, "verifier", Detail.SUMMARY, texts, first)
            return StoredAnswer(202, job.id)

        return idempotency.answer_once(self.keys, "verifier", "key-1", b"the request", act).body

    def deliver(self) -> bool:
        """Deliver a message; False when there is none."""
        received = self.service.receive_message(QueueUrl=self.url, MaxNumberOfMessages=1, VisibilityTimeout=0)
        for message in received.get("Messages", ()):
            with suppress(NotFound):
                jobs.run(self.context, Reports(), write, job_in(message["Body"]))  # type: ignore[arg-type]
            self.service.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            return True
        return False

    def parts(self) -> dict[str, bytes]:
        """The stored results of parts."""
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=PARTS).get("Contents", ())
        keys_ = [each["Key"] for each in found]
        return {key: self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys_}

    def results(self) -> list[bytes]:
        """The files of all results."""
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=RESULTS).get("Contents", ())
        return [self.s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read() for each in found]

    def drop(self) -> None:
        """Drop the table."""
        self.tables.client.delete_table(TableName=self.tables.secrets)


def attempt(deployment: Deployment, act: Callable[[], Any], nth: int, fault: Fault | None) -> tuple[bool, Any]:
    """Run ``act`` with a fault at its ``nth`` call; return whether it ended by itself, and what it returned."""
    try:
        with deployment.injector.failing(nth, fault) if fault else nullcontext():
            return True, act()
    except (SimulatedCrash, Unavailable, Conflict):
        return False, None


def interrupt(region: str, step: int, nth: int, fault: Fault, totals: Totals) -> bool:
    """Interrupt the ``step``: 0 is the request, 1 the worker. Return False when it finished before its ``nth`` call."""
    deployment = Deployment(region)
    try:
        if step:
            job_id = deployment.request()
        ended, returned = attempt(deployment, deployment.deliver if step else deployment.request, nth, fault)
        if deployment.injector.calls < nth:
            return False
        totals.crash_points += 1
        before = deployment.parts()
        if not step:
            if not ended:
                deployment.offset += 2 * idempotency.LEASE
            job_id = returned if ended else deployment.request()
        for _ in range(DELIVERIES):
            deployment.deliver()
        check(deployment, job_id, before, totals, f"{('request', 'worker')[step]}, call {nth}: {fault}")
        return True
    finally:
        deployment.drop()


def check(deployment: Deployment, job_id: str, before: dict[str, bytes], totals: Totals, where: str) -> None:
    """Compare what is stored with what must be."""
    job = deployment.context.store.job(job_id, deployment.now())
    files = deployment.results()
    problems = 0 if job.finished and len(files) == 1 else 1
    totals.unfinished += problems
    results = files[0] if files else b""
    refs = Counter(json.loads(line)["ref"] for line in results.splitlines())
    unanswered = sum(str(number) not in refs for number in range(ITEMS))
    repeated = sum(times - 1 for times in refs.values())
    changed = sum(part not in results for key, part in before.items() if job_id in key)
    totals.answered += len(refs)
    totals.unanswered += unanswered
    totals.repeated += repeated
    totals.changed += changed
    if problems or unanswered or repeated or changed:
        totals.faults.append(f"{where}: {problems=} {unanswered=} {repeated=} {changed=}")


def run(region: str) -> Totals:
    """Interrupt both steps at every call with every fault, on the engine configured in the environment."""
    totals = Totals()
    for step in (0, 1):
        for fault in Fault:
            nth = 1
            while interrupt(region, step, nth, fault, totals):
                nth += 1
    return totals


if __name__ == "__main__":
    sys.exit(engine.report(run))
