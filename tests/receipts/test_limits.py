"""How many receipts a network or a verifier gets in a day."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.errors import TooMany, Unavailable
from chalicelib.receipts import limits
from chalicelib.receipts.limits import ReceiptLimit
from tests.fakes import Counters

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def salt(day: date) -> bytes:
    return str(day).encode() * 4


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limit(clock: Clock) -> ReceiptLimit:
    return ReceiptLimit(Counters(), salt, clock)


def taken(limit: ReceiptLimit, address: str, attempts: int, *, by_other_site: bool = False) -> int:
    found = 0
    for _ in range(attempts):
        try:
            with limit.of_network(address, by_other_site=by_other_site).take():
                found += 1
        except TooMany:
            pass
    return found


def of_verifier(limit: ReceiptLimit, verifier_id: str, attempts: int) -> int:
    found = 0
    for _ in range(attempts):
        with suppress(TooMany), limit.of_verifier(verifier_id).take():
            found += 1
    return found


def test_a_network_gets_so_many_a_day(limit: ReceiptLimit, clock: Clock) -> None:
    assert taken(limit, "192.0.2.1", limits.PER_NETWORK + 5) == limits.PER_NETWORK
    assert taken(limit, "192.0.2.2", 1) == 1
    with pytest.raises(TooMany) as refused, limit.of_network("192.0.2.1").take():
        pass
    assert refused.value.seconds == 6 * 3600
    clock.now += timedelta(hours=6)
    assert taken(limit, "192.0.2.1", 1) == 1


def test_larger_networks_have_limits_too(limit: ReceiptLimit) -> None:
    subnets = [f"2001:db8:0:{number:x}::1" for number in range(4)]
    assert sum(taken(limit, one, limits.PER_NETWORK) for one in subnets) == limits.PER_SITE
    sites = [f"2001:db8:{number:x}::1" for number in range(1, 12)]
    assert sum(taken(limit, one, limits.PER_NETWORK) for one in sites) == limits.PER_PROVIDER - limits.PER_SITE


def test_everyone_together_has_a_limit(limit: ReceiptLimit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IN_TOTAL", 3)
    assert sum(taken(limit, f"192.0.2.{number}", 1) for number in range(9)) == 3


def test_other_websites_cannot_use_up_what_their_visitors_have(limit: ReceiptLimit) -> None:
    allowed = limits.PER_NETWORK // limits.OTHER_SITES
    assert taken(limit, "192.0.2.1", limits.PER_NETWORK, by_other_site=True) == allowed
    assert taken(limit, "192.0.2.1", limits.PER_NETWORK) == limits.PER_NETWORK


def test_each_verifier_has_its_own_daily_limit(limit: ReceiptLimit, clock: Clock) -> None:
    assert of_verifier(limit, "one", limits.PER_VERIFIER + 5) == limits.PER_VERIFIER
    with pytest.raises(TooMany) as refused, limit.of_verifier("one").take():
        pytest.fail("taken above the limit")
    assert refused.value.seconds == 6 * 3600
    assert of_verifier(limit, "two", 1) == 1
    assert taken(limit, "192.0.2.1", 1) == 1
    clock.now += timedelta(hours=6)
    assert of_verifier(limit, "one", 1) == 1


def test_callers_without_a_key_cannot_use_up_the_limit_of_a_verifier(
    limit: ReceiptLimit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "IN_TOTAL", 3)
    assert sum(taken(limit, f"192.0.2.{number}", 1) for number in range(9)) == 3
    assert of_verifier(limit, "one", 5) == 5


def test_verifiers_do_not_use_up_the_limit_of_callers_without_a_key(
    limit: ReceiptLimit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "IN_TOTAL", 3)
    assert of_verifier(limit, "one", 5) == 5
    assert sum(taken(limit, f"192.0.2.{number}", 1) for number in range(9)) == 3


def test_a_receipt_that_was_not_made_is_given_back(limit: ReceiptLimit) -> None:
    for _ in range(limits.PER_NETWORK + 1):
        with pytest.raises(Unavailable), limit.of_network("192.0.2.1").take():
            raise Unavailable("KMS")
    assert taken(limit, "192.0.2.1", 1) == 1


def test_nothing_is_made_that_cannot_be_counted(clock: Clock) -> None:
    with pytest.raises(Unavailable), ReceiptLimit(Counters(), lambda _day: None, clock).of_network("x").take():
        pytest.fail("taken without a count")


def test_no_address_is_stored(limit: ReceiptLimit) -> None:
    taken(limit, "192.0.2.1", 1)
    counters = limit.counters
    assert isinstance(counters, Counters)
    assert all("192" not in name for name in counters.values)
