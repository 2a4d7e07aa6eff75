"""A batch of credentials of one issuer, from the request's body to the response's, without AWS calls.

    batch/item         milliseconds for each credential, compared with `verify` of the same credential in this process
    batch/throughput   credentials per second on one core, after the first batch

The target is at most 1.2 times the time of the bare verification, and at least 1,500 credentials per second.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from statistics import median
from types import SimpleNamespace
from typing import Any

from benchmarks import badges
from benchmarks.core import pinned_to_one_core
from benchmarks.line import Line
from benchmarks.rounds import progress, repeated
from chalicelib.analytics.event import Kind, Visit, VisitorClass
from chalicelib.credential import vocabulary
from chalicelib.http.batch import answer_json, request_body, result_json
from chalicelib.net.fetched_sources import FetchedSources
from chalicelib.net.fetching.network import Network
from chalicelib.reports.submitted import SubmittedReports
from chalicelib.verifiers.batch import answering
from chalicelib.verifiers.batch.checking import BatchReports
from chalicelib.verify.pipeline import verify

ITEMS, ROUNDS = 1_000, 5
VISIT = Visit(Kind.VERIFICATION, "192.0.2.7", "bench", None, VisitorClass.KNOWN_BOT)
BASE_URL = "https://laurel.example"


def lines() -> Iterator[Line]:
    """Measure `batch/...`, as described above."""
    badges.check_examples()
    with pinned_to_one_core():
        source = badges.badge("simple", vocabulary.EDDSA_RDFC_2022)
        body = json.dumps(
            {"items": [{"ref": str(number), "credential": json.loads(source)} for number in range(ITEMS)]}
        ).encode()
        answer = _handler(_reports())
        if json.loads(answer(body))["verdict"] != "valid":
            raise RuntimeError("the batch is not valid")
        times, bare = [], []
        for number in range(ROUNDS):
            progress(f"batch: round {number + 1} of {ROUNDS}, {ITEMS:,} credentials")
            before = time.perf_counter()
            answer(body)
            times.append((time.perf_counter() - before) / ITEMS * 1000)
            alone = repeated(lambda: verify(source, resolver=badges.resolver(), now=badges.NOW))(0.5)
            bare.append(median(alone) / 1e6)
        own, peer = median(times), median(bare)
        yield Line("batch/item", own, "ms", own, max(times), "verify of the same credential", peer)
        yield Line("batch/throughput", 1000 / own, "1/s", peer="target", peer_value=1_500)


def _handler(reports: BatchReports) -> Callable[[bytes], str]:
    write = result_json.writer(BASE_URL)

    def answer(body: bytes) -> str:
        sent = request_body.parse(body)
        found = answering.answer(reports, write, sent.items, len(body), sent.detail, VISIT)
        return answer_json.results(result_json.worst(found.checked), found.lines)

    return answer


def _reports() -> BatchReports:
    """Reports over a store in which nothing is found, since the issuer is elsewhere: the calls cost nothing here."""
    store = SimpleNamespace(issuer_of_did=_missing, name_holders=lambda _digest: set())
    network = Network.create(frozenset(), lambda: datetime.now(UTC))
    free = SimpleNamespace(admit=lambda: None, close=lambda: None)
    allowance = SimpleNamespace(of=lambda *_address, **_options: free)
    hosted = SimpleNamespace(record_many=lambda _seen, _visit: None)
    reports = SubmittedReports(
        public_store=store,  # type: ignore[arg-type]
        hosted_reports=hosted,  # type: ignore[arg-type]
        remote_sources=lambda admit: FetchedSources(
            network.cache, network.guard, time.monotonic, admit, network.dead_hosts
        ),
        base_url=BASE_URL,
        clock=lambda: badges.NOW,
        fetch_allowance=allowance,  # type: ignore[arg-type]
    )
    return BatchReports(reports, lambda admit, _items, _seconds: reports.remote_sources(admit), time.monotonic)


def _missing(_did: str) -> Any:  # noqa: ANN401 - it never returns
    from chalicelib.errors import NotFound

    raise NotFound("not hosted here")
