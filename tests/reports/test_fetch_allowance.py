"""How long a network may keep workers waiting, and that it locks out nobody else."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from chalicelib.errors import TooMany, Unavailable
from chalicelib.reports.fetch_allowance import IPV4, IPV6, OTHER_SITES, WINDOW, FetchAllowance, RequestAllowance
from tests import fakes
from tests.makers import NOW

SECONDS = 10
ADDRESS = "198.51.100.7"


@dataclass
class Setup:
    store: fakes.AllowanceStore = field(default_factory=fakes.AllowanceStore)
    salts: fakes.Salts = field(default_factory=fakes.Salts)
    now: datetime = NOW
    elapsed: float = 0.0

    @property
    def allowance(self) -> FetchAllowance:
        return FetchAllowance(
            self.store, self.salts, lambda: self.now, lambda: self.elapsed, bytes, request_seconds=SECONDS
        )

    def waiting(self, address: str, *, by_other_site: bool = False) -> RequestAllowance:
        """A request that waits for a host."""
        found = self.allowance.of(address, by_other_site=by_other_site)
        found.admit()
        return found

    def fill(self, address: str, *, by_other_site: bool = False) -> int:
        """Start requests that wait until one is refused; return how many were admitted."""
        for admitted in range(1000):
            try:
                self.waiting(address, by_other_site=by_other_site)
            except TooMany:
                return admitted
        raise AssertionError("There is no limit.")

    def verify(self, address: str, seconds: float) -> None:
        found = self.waiting(address)
        self.elapsed += seconds
        found.close()


@pytest.fixture
def setup() -> Setup:
    return Setup()


@pytest.mark.parametrize("address", [ADDRESS, "2001:db8::1", "not an address"])
def test_pages_of_other_sites_cannot_use_up_the_time_of_a_network(setup: Setup, address: str) -> None:
    """A page that many people open makes their browsers submit slow credentials."""
    admitted = setup.fill(address, by_other_site=True)
    assert admitted == IPV4[0].seconds / OTHER_SITES / SECONDS
    assert setup.fill(address) == admitted
    assert setup.fill(address, by_other_site=True) == 0


def test_time_that_a_page_of_another_site_did_not_need_is_given_back(setup: Setup) -> None:
    for _ in range(20):
        found = setup.allowance.of(ADDRESS, by_other_site=True)
        found.admit()
        setup.elapsed += 0.5
        found.close()


def test_waiting_requests_of_one_address_are_limited_for_a_minute(setup: Setup) -> None:
    assert setup.fill(ADDRESS) == IPV4[0].seconds / SECONDS
    with pytest.raises(TooMany) as caught:
        setup.waiting(ADDRESS)
    assert caught.value.seconds == 60
    setup.now += timedelta(seconds=59)
    with pytest.raises(TooMany) as caught:
        setup.waiting(ADDRESS)
    assert caught.value.seconds == 1
    setup.waiting("198.51.100.8")
    setup.now += timedelta(seconds=1)
    setup.waiting(ADDRESS)


def test_concurrent_requests_cannot_exceed_the_limit(setup: Setup) -> None:
    def attempt(_: int) -> bool:
        try:
            setup.waiting(ADDRESS)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(attempt, range(100))) == IPV4[0].seconds / SECONDS


def test_people_behind_one_address_can_verify_two_a_second(setup: Setup) -> None:
    """What a fast verification does not use is given back."""
    for _ in range(2 * 60 - SECONDS * 2):
        setup.verify(ADDRESS, 0.5)


def test_time_that_was_used_stays_used(setup: Setup) -> None:
    for _ in range(IPV4[0].seconds // SECONDS):
        setup.verify(ADDRESS, SECONDS + 1)
    with pytest.raises(TooMany):
        setup.waiting(ADDRESS)


def test_a_request_without_a_fetch_is_free(setup: Setup) -> None:
    setup.allowance.of(ADDRESS).close()
    assert not setup.store.used
    assert not setup.salts.by_day


def test_all_fetches_of_a_request_are_reserved_once(setup: Setup) -> None:
    found = setup.allowance.of(ADDRESS)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: found.admit(), range(8)))
    assert list(setup.store.used.values()) == [SECONDS * 1000]
    found.close()
    assert list(setup.store.used.values()) == [0]


def test_an_ipv6_host_with_many_subnets_is_limited_and_locks_out_no_other_site(setup: Setup) -> None:
    admitted = sum(setup.fill(f"2001:db8:1:{number:x}::1") for number in range(16))
    assert admitted == IPV6[1].seconds / SECONDS
    assert setup.fill("2001:db8:2::1") == IPV6[0].seconds / SECONDS


def test_one_subnet_cannot_use_up_its_site_and_one_site_not_its_provider(setup: Setup) -> None:
    assert [level.seconds for level in IPV6] == sorted({level.seconds for level in IPV6})
    assert IPV6[2].seconds < 20 * SECONDS, "one provider's networks never hold all of VerifyConcurrency"
    setup.fill("2001:db8:1:1::1")
    setup.waiting("2001:db8:1:2::1")
    setup.fill("2001:db8:1:3::1")
    setup.waiting("2001:db8:2:1::1")


def test_many_sites_of_one_provider_are_limited_together(setup: Setup) -> None:
    admitted = sum(setup.fill(f"2001:db8:{number:x}:1::1") for number in range(64))
    assert admitted == IPV6[2].seconds / SECONDS
    setup.waiting("2001:db9::1")


def test_a_refused_request_gives_back_what_smaller_networks_reserved(setup: Setup) -> None:
    for number in range(16):
        setup.fill(f"2001:db8:1:{number:x}::1")
    refused = setup.allowance.of("2001:db8:1:ffff::1")
    with pytest.raises(TooMany):
        refused.admit()
    before = sum(setup.store.used.values())
    refused.close()
    assert sum(setup.store.used.values()) == before - SECONDS * 1000


def test_a_mapped_address_is_the_ipv4_address(setup: Setup) -> None:
    setup.fill(ADDRESS)
    with pytest.raises(TooMany):
        setup.waiting(f"::ffff:{ADDRESS}")


def test_what_is_no_address_is_limited_too(setup: Setup) -> None:
    setup.fill("")
    with pytest.raises(TooMany):
        setup.waiting("not an address")


def test_networks_are_stored_as_keyed_hashes_of_the_day(setup: Setup) -> None:
    setup.waiting(ADDRESS)
    [(network, start)] = setup.store.used
    assert re.fullmatch("[0-9a-f]{32}", network)
    assert start == NOW
    setup.salts.by_day.clear()
    setup.salts.by_day[NOW.date()] = b"another salt"
    setup.waiting(ADDRESS)
    assert len({network for network, _ in setup.store.used}) == 2


def test_nothing_is_fetched_when_time_cannot_be_counted(setup: Setup) -> None:
    class Broken(fakes.AllowanceStore):
        def reserve(self, network: str, start: datetime, milliseconds: int, limit: int, expires: datetime) -> bool:
            raise Unavailable("Storage did not respond.")

    setup.store = Broken()
    found = setup.allowance.of(ADDRESS)
    for _ in range(2):
        with pytest.raises(Unavailable):
            found.admit()
    with pytest.raises(Unavailable):
        found.close()


def test_a_reservation_that_cannot_be_given_back_ends_with_its_window(setup: Setup) -> None:
    class Broken(fakes.AllowanceStore):
        def give_back(self, network: str, start: datetime, milliseconds: int) -> None:
            raise Unavailable("Storage did not respond.")

    setup.store = Broken()
    setup.waiting(ADDRESS).close()
    assert setup.fill(ADDRESS) == IPV4[0].seconds / SECONDS - 1
    setup.now += WINDOW
    assert setup.fill(ADDRESS) == IPV4[0].seconds / SECONDS
