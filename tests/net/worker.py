"""A worker of the verify function with real connections, and credentials whose status lists are anywhere."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.analytics.event import Kind, Visit, VisitorClass
from chalicelib.net.fetched_sources import REQUEST_SECONDS, FetchedSources
from chalicelib.net.fetching.budget import FetchBudget, batch_limits, link_limits
from chalicelib.net.fetching.cache import Cache
from chalicelib.net.fetching.dead_hosts import DeadHosts
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.fetch import Fetcher
from chalicelib.net.fetching.guard import Guard
from chalicelib.reports.fetch_allowance import FetchAllowance
from chalicelib.reports.registry_list import RegistrySource
from chalicelib.reports.submitted import SubmittedReports
from chalicelib.verifiers.batch.checking import BatchReports
from chalicelib.verify.report import Report
from tests import fakes
from tests.makers import BASE_URL, NOW, as_bytes, signed, unsigned
from tests.net.external_host import ExternalHost
from tests.net.fake_resolver import FakeResolver
from tests.reports.test_hosted import HostedSetup

VICTIM = "victim.example"
OTHERS = tuple(f"h{number}.example" for number in range(8))
NAMES = (VICTIM, *OTHERS)
VISIT = Visit(Kind.VERIFICATION, "192.0.2.7", "A program", None, VisitorClass.KNOWN_BOT)


def badge(urls: list[str]) -> bytes:
    """A signed credential by a did:key, whose key needs no fetch, with one status entry for each URL."""
    document = unsigned(entries=())
    document["credentialStatus"] = [
        {
            "id": f"{url}#1",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "1",
            "statusListCredential": url,
        }
        for url in urls
    ]
    return as_bytes(signed(document))


@dataclass
class Worker:
    """A worker of the verify function, with real sockets."""

    server: ExternalHost
    trust: ssl.SSLContext
    now: datetime = NOW
    names: FakeResolver = field(default_factory=FakeResolver)
    registries: list[RegistrySource] = field(default_factory=list)
    allowances: fakes.RateStore = field(default_factory=fakes.RateStore)

    def __post_init__(self) -> None:
        for name in NAMES:
            self.names.answers[name] = [["127.0.0.1"]]
        guard = Guard(frozenset(f"{name}:{self.server.port}" for name in NAMES))
        self.fetcher = Fetcher(guard, self.names, self.trust, lambda: self.now)
        self.cache = Cache(self.fetcher, lambda: self.now)
        self.dead_hosts = DeadHosts(lambda: self.now)
        hosted = HostedSetup()
        self.reports = SubmittedReports(
            hosted.public_store,
            hosted.hosted_reports,
            lambda admit: FetchedSources(self.cache, guard, time.monotonic, admit, self.dead_hosts, self.registries),
            BASE_URL,
            lambda: self.now,
            FetchAllowance(
                self.allowances, fakes.Salts(), lambda: self.now, time.monotonic, bytes, request_seconds=REQUEST_SECONDS
            ),
        )

    @property
    def batches(self) -> BatchReports:
        """Reports on many submitted credentials, of the same worker."""

        def sources(admit: Callable[[], None], items: int, seconds: float) -> FetchedSources:
            guard = self.fetcher._guard
            limits, links = batch_limits(items), link_limits(items)
            return FetchedSources(
                self.cache, guard, time.monotonic, admit, self.dead_hosts, seconds=seconds, limits=limits, links=links
            )

        return BatchReports(self.reports, sources, time.monotonic)

    def url(self, path: str, host: str = VICTIM) -> str:
        return f"https://{host}:{self.server.port}{path}"

    def check(self, urls: list[str]) -> Report:
        return self.reports.check(badge(urls), VISIT).report

    def get(self, path: str, budget: FetchBudget | None = None, seconds: float = 10, host: str = VICTIM) -> bytes:
        deadline = Deadline.after(seconds, time.monotonic)
        return self.cache.get(self.url(path, host), accept="*/*", deadline=deadline, budget=budget).body
