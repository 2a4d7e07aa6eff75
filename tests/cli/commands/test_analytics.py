"""Counting again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.analytics.counts.counts import NOTHING
from chalicelib.analytics.counts.periods import bucket_of
from tests.analytics.counts import fakes
from tests.analytics.counts.makers import NOON, event
from tests.analytics.counts.test_folding import run_until_done, started
from tests.cli.conftest import FakeServices, Run

DAY = NOON.date().isoformat()


@pytest.fixture
def store(services: FakeServices) -> fakes.CountStore:
    store = started(NOON)
    store.write(event(at=NOON))
    store.clock.advance(days=1)
    run_until_done(store)
    services.fold_context = fakes.context_of(store)
    services.clock = store.clock
    return store


def test_right_counts_list_nothing(run: Run, store: fakes.CountStore) -> None:
    result = run("analytics", "recount", "--json")
    assert (result.code, result.rows) == (0, [])
    assert "1 day recounted, differences: 0" in result.err


def test_wrong_counts_are_listed_and_repaired(run: Run, store: fakes.CountStore) -> None:
    store.save("north", bucket_of(NOON), NOTHING, 2)
    found = [{"issuer": "north", "period": "bucket", "start": "2026-11-21T12:00Z", "stored": 0, "expected": 1}]
    for arguments, code, rows in (
        (("--from", DAY, "--to", DAY), 1, found),
        (("--from", DAY, "--repair"), 0, found),
        (("--from", DAY), 0, []),
    ):
        result = run("analytics", "recount", *arguments, "--json")
        assert (result.code, result.rows) == (code, rows)


@pytest.mark.parametrize("arguments", [("--from", "yesterday"), ("--from", DAY, "--to", "2026-01-01")])
def test_days_must_be_dates_in_order(run: Run, store: fakes.CountStore, arguments: tuple[str, ...]) -> None:
    assert run("analytics", "recount", *arguments).code == 2


def test_expired_days_are_an_error(run: Run, store: fakes.CountStore) -> None:
    first = (NOON.date() - timedelta(days=500)).isoformat()
    assert run("analytics", "recount", "--from", first, "--to", first).code == 1
