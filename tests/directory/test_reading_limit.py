"""How much of the directory one network can read in a day."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.directory.reading_limit import OTHER_SITES, PER_NETWORK, PER_PROVIDER, PER_SITE, SUSPECTED, ReadingLimit
from chalicelib.directory.search import MAX_PAGE
from chalicelib.errors import TooMany, Unavailable
from tests.fakes import Counters

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OFFICE = "203.0.113.7"


class Clock:
    """A clock that tests set."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


class Broken(Counters):
    """Counters that do not respond."""

    def add(self, name: str, amount: int, limit: int, expires: datetime) -> bool:
        raise Unavailable("no response")


def secret(day: date) -> bytes | None:
    return day.isoformat().encode() * 4


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limit(clock: Clock) -> ReadingLimit:
    return ReadingLimit(Counters(), secret, clock)


def read(limit: ReadingLimit, address: str, listings: int = MAX_PAGE, shown: int | None = None) -> int:
    """How many listings a request shows: 0 if it is refused."""
    try:
        with limit.reading(address, listings) as reading:
            reading.shown = listings if shown is None else shown
            return reading.shown
    except TooMany:
        return 0


def copied(limit: ReadingLimit, addresses: Iterable[str]) -> int:
    """How many listings a program reads that asks for the largest pages, from all ``addresses`` at the same time."""
    asked = [address for address in addresses for _ in range(2 * PER_NETWORK // MAX_PAGE)]
    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(lambda address: read(limit, address), asked))


def test_one_address_reads_half_a_percent_of_a_million_people_in_a_day(limit: ReadingLimit, clock: Clock) -> None:
    assert copied(limit, [OFFICE]) == PER_NETWORK == 1_000_000 * 0.5 / 100
    clock.now += timedelta(hours=11)
    assert read(limit, OFFICE) == 0
    clock.now += timedelta(hours=1)
    assert read(limit, OFFICE) == MAX_PAGE


def test_other_networks_are_not_affected(limit: ReadingLimit) -> None:
    copied(limit, [OFFICE])
    assert read(limit, "203.0.113.8") == MAX_PAGE


def test_addresses_of_one_ipv6_subnet_are_one_network(limit: ReadingLimit) -> None:
    addresses = [f"2001:db8:7:1::{number:x}" for number in range(1, 4)]
    assert copied(limit, addresses) == PER_NETWORK


def test_subnets_of_one_ipv6_site_have_a_limit_together(limit: ReadingLimit) -> None:
    addresses = [f"2001:db8:7:{number:x}::1" for number in range(1, 5)]
    assert copied(limit, addresses) == PER_SITE == 1_000_000 * 1 / 100


def test_a_customer_of_a_mobile_provider_does_not_lock_out_its_other_customers(limit: ReadingLimit) -> None:
    """Each has a /64 of a /48 that many share."""
    copier = "2001:db8:7:1::1"
    decoy = decoy_of(limit, copier)
    assert copied(limit, [copier]) == PER_NETWORK
    limit.opened_decoy(copier, decoy)
    for number in range(2, 22):
        assert read(limit, f"2001:db8:7:{number:x}::1", 200) == 200


def test_a_program_that_says_it_is_embedded_reads_no_more_by_changing_its_subnet(limit: ReadingLimit) -> None:
    def embedded(address: str) -> int:
        try:
            with limit.reading(address, MAX_PAGE, by_other_site=True) as reading:
                reading.shown = MAX_PAGE
                return MAX_PAGE
        except TooMany:
            return 0

    addresses = [f"2001:db8:7:{number:x}::1" for number in range(1, 5) for _ in range(2 * PER_NETWORK // MAX_PAGE)]
    assert sum(map(embedded, addresses)) == PER_SITE / OTHER_SITES


@pytest.mark.slow
def test_sites_of_one_ipv6_provider_have_a_limit_together(limit: ReadingLimit) -> None:
    sites = [f"2001:db8:{site:x}:{subnet:x}::1" for site in range(1, 7) for subnet in (1, 2)]
    assert copied(limit, sites) == PER_PROVIDER == 1_000_000 * 5 / 100
    assert read(limit, "2001:db9::1") == MAX_PAGE


def test_what_a_refused_site_asks_does_not_count_for_its_provider(limit: ReadingLimit) -> None:
    copied(limit, ["2001:db8:1::1"] * 10)
    assert sorted(limit.counters.values.values()) == [PER_NETWORK] * 3  # type: ignore[attr-defined]


def test_an_office_of_recruiters_is_not_locked_out(limit: ReadingLimit) -> None:
    """25 people with 20 searches each, of which every third leads to a second page."""
    for number in range(25 * 20 * 4 // 3):
        found = number % 12  # many searches find fewer people than fit on a page
        assert read(limit, OFFICE, 10, shown=min(10, found)) == min(10, found)


def test_what_was_not_shown_does_not_count(limit: ReadingLimit) -> None:
    for _ in range(PER_NETWORK):
        read(limit, OFFICE, shown=0)
    assert read(limit, OFFICE) == MAX_PAGE


@pytest.mark.slow
def test_a_failed_search_does_not_count(limit: ReadingLimit) -> None:
    for _ in range(PER_NETWORK):
        with pytest.raises(ZeroDivisionError), limit.reading(OFFICE, MAX_PAGE):
            raise ZeroDivisionError
    assert copied(limit, [OFFICE]) == PER_NETWORK


def test_who_is_refused_learns_when_to_continue(limit: ReadingLimit) -> None:
    copied(limit, [OFFICE])
    with pytest.raises(TooMany) as refusal, limit.reading(OFFICE, 10):
        pytest.fail("shown")
    assert refusal.value.seconds == 12 * 3600


def test_nothing_is_shown_that_cannot_be_counted(clock: Clock) -> None:
    for limit in (ReadingLimit(Broken(), secret, clock), ReadingLimit(Counters(), lambda _: None, clock)):
        with pytest.raises(Unavailable), limit.reading(OFFICE, 10):
            pytest.fail("shown")


def test_no_address_is_stored(limit: ReadingLimit) -> None:
    read(limit, OFFICE)
    assert OFFICE not in str(limit.counters.values)  # type: ignore[attr-defined]


def decoy_of(limit: ReadingLimit, address: str) -> str:
    with limit.reading(address, 1) as reading:
        return reading.decoy


def test_a_network_that_opens_its_decoy_is_limited_for_the_day(limit: ReadingLimit, clock: Clock) -> None:
    limit.opened_decoy(OFFICE, decoy_of(limit, OFFICE))
    assert sum(read(limit, OFFICE, 10) for _ in range(100)) == SUSPECTED
    clock.now += timedelta(days=1)
    assert copied(limit, [OFFICE]) == PER_NETWORK


def test_a_network_that_has_read_much_and_opens_its_decoy_reads_no_more(limit: ReadingLimit) -> None:
    decoy = decoy_of(limit, OFFICE)
    for _ in range(10):
        read(limit, OFFICE)
    for _ in range(10):
        limit.opened_decoy(OFFICE, decoy)
    assert read(limit, OFFICE, 1) == 0
    assert max(limit.counters.values.values()) <= 2 * PER_NETWORK  # type: ignore[attr-defined]


def test_no_one_can_make_another_network_open_a_decoy(limit: ReadingLimit, clock: Clock) -> None:
    """A page that embeds the address of a decoy, or sends it around, must not lock out whoever loads it."""
    limit.opened_decoy(OFFICE, decoy_of(limit, "198.51.100.1"))
    yesterdays = decoy_of(limit, OFFICE)
    clock.now += timedelta(days=1)
    limit.opened_decoy(OFFICE, yesterdays)
    limit.opened_decoy(OFFICE, "é")
    assert copied(limit, [OFFICE]) == PER_NETWORK
