"""`make crash-watches`: interrupt the function of watches before and after every DynamoDB and SQS call, then go on.

Prints one JSON line. In each scenario a watched credential is revoked, and the receiver refuses the first attempt. One
of the steps is interrupted: the check, the first delivery, or the minute's run with the next one. Then the message is
delivered again, as SQS does, and the minute's run continues. `lost` counts scenarios in which the receiver never
accepted the event, `doubled` those with more than one logical event, `unfinished` those in which the log of deliveries
does not say that it was accepted. `repeated` counts requests with the id of an event that was accepted before: those a
receiver recognises.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from chalicelib.award.webhooks.webhook import Secret
from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.counters import DynamoCounters
from chalicelib.dynamo.stores.tasks import DynamoTaskQueue
from chalicelib.dynamo.stores.watches import DynamoWatchStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Conflict, Unavailable
from chalicelib.services import utc_now
from chalicelib.sqs.watch_queue import WatchQueue, wakes_in
from chalicelib.tasks.worker import Worker, run
from chalicelib.verifiers.watches import running
from chalicelib.verifiers.watches.changing import RemovalContext
from chalicelib.verifiers.watches.checking import CheckContext
from chalicelib.verifiers.watches.running import WatchWork
from chalicelib.verifiers.watches.sending import SendContext
from chalicelib.verifiers.watches.waking import Wake, WakeSubject
from chalicelib.verifiers.watches.watch import State, Watch
from chalicelib.verify.report import Finding, Outcome, Report, Verdict
from crash import engine
from crash.faults import Fault, FaultInjector, SimulatedCrash
from crash.stage import create_table

VERIFIER, WATCH, CREDENTIAL = "01KB000000000000000000000A", "w" * 26, "c" * 26
STEPS = ("check", "first delivery", "minute")
ROUNDS = 12
"""Minute's runs after an interruption, with an hour between them: longer than the lease of a task whose worker died."""
_NUMBERS = count()


@dataclass
class Totals(engine.Totals):
    """The totals of a run."""

    accepted: int = 0
    lost: int = 0
    doubled: int = 0
    unfinished: int = 0
    repeated: int = 0

    @property
    def clean(self) -> bool:
        """Whether there was at least one crash point and no problem."""
        return self.crash_points > 0 and not (self.lost or self.doubled or self.unfinished)


@dataclass
class Receiver:
    """`award.endpoints.sending.Sender`: refuses the first requests, and remembers what it accepted."""

    refusals: int = 1
    accepted: list[tuple[str, bytes]] = field(default_factory=list)

    def send(self, _url: str, body: bytes, headers: Mapping[str, str]) -> int:
        if self.refusals:
            self.refusals -= 1
            return 503
        self.accepted.append((headers["webhook-id"], body))
        return 204


class Reports:
    """In place of `HostedReports`: the credential is valid, and then revoked."""

    def __init__(self) -> None:
        self.verdict = Verdict.VALID

    def open_many(self, credential_ids: Sequence[str]) -> list[Any]:
        outcome = Outcome.PASSED if self.verdict is Verdict.VALID else Outcome.FAILED
        finding = Finding(7, "status", outcome, self.verdict.value, "")
        report = Report(self.verdict, utc_now(), None, None, (finding,), ())
        return [SimpleNamespace(record=SimpleNamespace(id=each), report=report) for each in credential_ids]


class Deployment:
    """Stores of one watch on the test engine, and a clock that can be moved."""

    def __init__(self, region: str) -> None:
        number = next(_NUMBERS)
        self.tables = Tables(credentials="", directory="", events="", secrets="", erasures="", region=region)
        self.tables.credentials, self.tables.secrets = f"watch-credentials-{number}", f"watch-secrets-{number}"
        for table in (self.tables.credentials, self.tables.secrets):
            create_table(self.tables.client, table)
        self.service = WatchQueue(region, "")._client  # noqa: SLF001 - in place of the service that delivers messages
        self.url = self.service.create_queue(QueueName=f"watches-{number}")["QueueUrl"]
        self.queue = WatchQueue(region, self.url)
        self.injector = FaultInjector((self.tables.client, self.queue._client))  # noqa: SLF001 - to hook its events
        self.store = DynamoWatchStore(self.tables)
        self.tasks = DynamoTaskQueue(self.tables, keys.WATCH_TASKS)
        self.reports, self.receiver, self.offset = Reports(), Receiver(), timedelta()
        now = self.now()
        secret = Secret(b"s" * 32, now)
        self.store.add(
            Watch(WATCH, VERIFIER, "o" * 64, "https://laurel.example/c/x", CREDENTIAL, "issuer",
                  "https://jobs.example/", "ref", (secret,), now, Verdict.VALID, since=now),
            [],
        )  # fmt: skip

    def now(self) -> datetime:
        return utc_now() + self.offset

    def work(self) -> WatchWork:
        """The dependencies of one call."""
        counters = DynamoCounters(self.tables, keys.watch_checks)
        reports: Any = self.reports  # the watch is of a hosted credential, so no other reports are asked for
        checks = CheckContext(self.store, reports, reports, counters, self.queue.send, self.now, secrets.token_bytes)
        sends = SendContext(self.store, self.receiver, self.now, secrets.token_bytes)
        return WatchWork(checks, sends, RemovalContext(self.store, self.tasks))

    def check(self) -> None:
        """What the message about the revocation makes the function do."""
        running.work(self.work(), Wake(WakeSubject.CREDENTIAL, CREDENTIAL))

    def deliver(self) -> None:
        """Deliver the messages of the queue until there is none."""
        while messages := self.service.receive_message(QueueUrl=self.url, VisibilityTimeout=0).get("Messages"):
            for message in messages:
                for wake in wakes_in([{"body": message["Body"]}]):
                    running.work(self.work(), wake)
                self.service.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def minute(self) -> None:
        """The minute's run, an hour later."""
        self.offset += timedelta(hours=1)
        handlers = running.handlers(self.work())
        worker = Worker(self.tasks, handlers, self.now, secrets.token_bytes, lambda _failure: None)
        run(worker, self.now() + timedelta(seconds=50))

    def drop(self) -> None:
        """Drop the tables."""
        for table in (self.tables.credentials, self.tables.secrets):
            self.tables.client.delete_table(TableName=table)


def attempt(deployment: Deployment, act: Callable[[], None], nth: int, fault: Fault | None) -> bool:
    """Run ``act`` with a fault at its ``nth`` call; return whether it ended by itself."""
    try:
        with deployment.injector.failing(nth, fault) if fault else nullcontext():
            act()
    except (SimulatedCrash, Unavailable, Conflict):
        return False
    return True


def interrupt(region: str, step: int, nth: int, fault: Fault, totals: Totals) -> bool:
    """Interrupt the ``step``. Return False when it finished before its ``nth`` call."""
    deployment = Deployment(region)
    try:
        deployment.reports.verdict = Verdict.REVOKED
        acts = (deployment.check, deployment.deliver, deployment.minute)
        for act in acts[:step]:
            act()
        ended = attempt(deployment, acts[step], nth, fault)
        if deployment.injector.calls < nth:
            return False
        totals.crash_points += 1
        if not ended and step == 0:
            deployment.check()  # SQS delivers the message again
        for _ in range(ROUNDS):
            deployment.deliver()
            deployment.minute()
        check(deployment, totals, f"{STEPS[step]}, call {nth}: {fault}")
        return True
    finally:
        deployment.drop()


def check(deployment: Deployment, totals: Totals, where: str) -> None:
    """Compare what the receiver accepted with what must be."""
    accepted = deployment.receiver.accepted
    events = Counter(message_id for message_id, _ in accepted)
    changes = {json.loads(body)["data"]["change"] for _, body in accepted}
    log = deployment.store.deliveries(VERIFIER, WATCH, None, 10, deployment.now())
    watch = deployment.store.watch(VERIFIER, WATCH)
    lost, doubled = not events, len(events) > 1 or len(changes) > 1 or len(log) > 1
    unfinished = [each.state for each in log] != [State.DELIVERED] or watch.verdict is not Verdict.REVOKED
    totals.accepted += len(events)
    totals.repeated += sum(events.values()) - len(events)
    totals.lost += lost
    totals.doubled += doubled
    totals.unfinished += unfinished
    if lost or doubled or unfinished:
        totals.faults.append(f"{where}: {lost=} {doubled=} {unfinished=}")


def run_all(region: str) -> Totals:
    """Interrupt each step at every call with every fault, on the engine configured in the environment."""
    keys.TASK_SHARDS = 1  # reading empty shards would take most of the time
    totals = Totals()
    for step in range(len(STEPS)):
        for fault in Fault:
            nth = 1
            while interrupt(region, step, nth, fault, totals):
                nth += 1
    return totals


if __name__ == "__main__":
    sys.exit(engine.report(run_all))
