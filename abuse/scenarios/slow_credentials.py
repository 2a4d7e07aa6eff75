"""A network submits credentials whose eight status entries name slow hosts, 100 times a second for a minute.

One such credential is verified with real connections to a host that does not respond, to measure how long it holds a
worker and how many requests the host gets. The minute is simulated with these values.
"""

from __future__ import annotations

import ssl
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from abuse import prices
from abuse.result import Result
from chalicelib.errors import TooMany
from chalicelib.net.fetched_sources import REQUEST_SECONDS
from chalicelib.net.fetching.budget import MAX_PER_HOST
from chalicelib.reports.fetch_allowance import FetchAllowance, RequestAllowance
from tests import fakes
from tests.makers import NOW
from tests.net.certificates import Authority
from tests.net.external_host import Behaviour, ExternalHost
from tests.net.worker import NAMES, VICTIM, Worker

WORKERS = 40
"""`VerifyConcurrency` in infrastructure/resources.yaml."""
PER_SECOND = 100
SECONDS = 60
FAST_SECONDS = 0.5
"""Time of an honest verification with fetches."""
MEMORY_GB = 1.0
"""`lambda_memory_size` in .chalice/config.json."""
REFUSED_SECONDS = 0.05
"""Time of a request that is refused: parsing, checks 1 to 6, and one write."""
WRITES = 10
"""Write units of one admitted IPv6 request: the salt, and three networks when it starts, twice each because they are
busy, and when it ends."""


@dataclass
class _Minute:
    """One worker pool and its clocks, in seconds since the start."""

    now: float = 0.0

    def __post_init__(self) -> None:
        self.allowance = FetchAllowance(
            fakes.RateStore(),
            fakes.Salts(),
            lambda: NOW + timedelta(seconds=self.now),
            lambda: self.now,
            bytes,
            request_seconds=REQUEST_SECONDS,
        )
        self.waiting: list[tuple[float, RequestAllowance]] = []

    def end_finished(self) -> None:
        for ends, allowance in self.waiting:
            if ends <= self.now:
                allowance.close()
        self.waiting = [each for each in self.waiting if each[0] > self.now]

    def submit(self, address: str, seconds: float) -> bool:
        """Start one request that waits for ``seconds``; False when it was refused."""
        allowance = self.allowance.of(address)
        try:
            allowance.admit()
        except TooMany:
            allowance.close()
            return False
        self.waiting.append((self.now + seconds, allowance))
        return True


def run() -> Result:
    """Measure one credential, then simulate the minute."""
    held, to_victim = _measured()
    minute = _Minute()
    admitted, most, neighbour_refused = 0, 0, 0
    for number in range(PER_SECOND * SECONDS):
        minute.now = number / PER_SECOND
        minute.end_finished()
        admitted += minute.submit(f"2001:db8:1:{number:x}::1", held)
        most = max(most, len(minute.waiting))
        if number % PER_SECOND == 0:  # one a second
            neighbour_refused += not minute.submit("2001:db8:2:1::1", FAST_SECONDS)
            neighbour_refused += not minute.submit("198.51.100.7", FAST_SECONDS)
    requests = PER_SECOND * SECONDS
    seconds = admitted * held + (requests - admitted) * REFUSED_SECONDS
    locked_out = []
    if neighbour_refused:
        locked_out.append("people of other networks")
    if most >= WORKERS:
        locked_out.append("everyone: no worker is left")
    return Result(
        "slow-credentials",
        requests=requests,
        cost_usd=requests * (prices.GATEWAY_REQUEST + prices.LAMBDA_REQUEST)
        + seconds * MEMORY_GB * prices.LAMBDA_GB_SECOND
        + admitted * WRITES * prices.DYNAMODB_WRITE,
        locked_out=tuple(locked_out),
        sent=to_victim,
        within_budget=held <= REQUEST_SECONDS + 1 and to_victim <= MAX_PER_HOST,
        details={
            "seconds_held_by_one": held,
            "admitted": admitted,
            "workers_held_on_average": admitted * held / SECONDS,
            "workers_held_at_most": most,
        },
    )


def _measured() -> tuple[float, int]:
    """How long one credential holds a worker, and how many requests its victim gets."""
    authority, end = Authority(), threading.Event()
    with (
        tempfile.TemporaryDirectory(prefix="laurel-abuse-") as home,
        ExternalHost(authority.server(Path(home), *NAMES)) as server,
    ):
        paths = [f"/status/{number}" for number in range(8)]
        server.pages = dict.fromkeys(paths, _silent(end))
        worker = Worker(server, authority.trust())
        start = time.monotonic()
        worker.check([worker.url(path, VICTIM) for path in paths])
        held = time.monotonic() - start
        end.set()
        return held, len(server.paths)


def _silent(end: threading.Event) -> Behaviour:
    def page(_connection: ssl.SSLSocket) -> None:
        end.wait(2 * REQUEST_SECONDS)

    return page
