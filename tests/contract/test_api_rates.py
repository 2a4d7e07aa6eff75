"""The limits of callers of the API under many parallel callers, on the real engine."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from chalicelib.dynamo import keys
from chalicelib.dynamo.stores.rates import DynamoRateStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import TooMany, Unavailable
from chalicelib.verifiers.limits import ApiLimits, ApiMeter, Policy
from tests import fakes

CALLERS = 64
POLICY = Policy("test", 100, timedelta(milliseconds=200))


def test_64_parallel_callers_get_the_burst_and_the_rate_and_no_more(tables: Tables) -> None:
    store = DynamoRateStore(tables, keys.api_rate)
    limits = ApiLimits(store, fakes.Salts(), lambda: datetime.now(UTC), bytes)
    started = time.monotonic()
    until = started + 8

    def call(_caller: int) -> tuple[int, int, int]:
        admitted = refused = lost = 0
        while time.monotonic() < until:
            try:
                ApiMeter(limits, (("verifier x", POLICY),)).charge(1)
            except TooMany:
                refused += 1
            except Unavailable:  # the reply was lost on a busy machine: it may have been taken
                lost += 1
            else:
                admitted += 1
        return admitted, refused, lost

    with ThreadPoolExecutor(CALLERS) as pool:
        counts = list(pool.map(call, range(CALLERS)))
    elapsed = time.monotonic() - started
    admitted, refused, lost = (sum(each) for each in zip(*counts, strict=True))
    most = POLICY.burst + elapsed / POLICY.interval.total_seconds()
    assert refused > 0 <= lost < CALLERS
    assert 0.99 * (POLICY.burst + 8 / POLICY.interval.total_seconds()) <= admitted + lost
    assert admitted <= most
    item = tables.get(tables.secrets, keys.api_rate("verifier x"))
    assert item is not None
    assert 0 < int(item["expires"]["N"]) - int(item["free_at"]["N"]) / 1000 <= POLICY.window.total_seconds() + 1
