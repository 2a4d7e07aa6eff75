"""How long a network may keep workers waiting, and that it locks out nobody else."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from chalicelib.analytics.networks import Level
from chalicelib.analytics.rate_store import Taken
from chalicelib.errors import TooMany, Unavailable
from chalicelib.reports.fetch_allowance import (
    OTHER_SITES,
    SHARES,
    FetchAllowance,
    RequestAllowance,
)
from tests import fakes
from tests.makers import NOW

SECONDS = 10
WORKERS = 40
"""`VerifyConcurrency` in infrastructure/resources.yaml."""
AT_ONCE = SHARES[Level.CLIENT].at_once
ADDRESS = "198.51.100.7"


@dataclass
class Setup:
    store: fakes.RateStore = field(default_factory=fakes.RateStore)
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
        """A request that waits for ``seconds``, while nothing else happens."""
        found = self.waiting(address)
        self.wait(seconds)
        found.close()

    def wait(self, seconds: float) -> None:
        self.elapsed += seconds
        self.now += timedelta(seconds=seconds)

    def refused_for(self, address: str) -> int:
        """The `Retry-After` of a request that is refused."""
        with pytest.raises(TooMany) as caught:
            self.waiting(address)
        return caught.value.seconds


@pytest.fixture
def setup() -> Setup:
    return Setup()


@pytest.mark.parametrize("address", [ADDRESS, "2001:db8::1", "not an address"])
def test_pages_of_other_sites_cannot_use_up_the_time_of_a_network(setup: Setup, address: str) -> None:
    """A page that many people open makes their browsers submit slow credentials."""
    admitted = setup.fill(address, by_other_site=True)
    assert admitted == AT_ONCE / OTHER_SITES
    assert setup.fill(address) == admitted
    assert setup.fill(address, by_other_site=True) == 0


@pytest.mark.parametrize(
    ("address", "level"), [("2001:db8:1:{:x}::1", Level.SITE), ("2001:db8:{:x}:1::1", Level.PROVIDER)]
)
def test_pages_of_other_sites_cannot_use_up_the_time_of_a_site_or_provider(
    setup: Setup, address: str, level: Level
) -> None:
    """Many people of one university or provider open the same page."""
    admitted = sum(setup.fill(address.format(number), by_other_site=True) for number in range(64))
    assert admitted == SHARES[level].at_once / OTHER_SITES
    assert sum(setup.fill(address.format(number)) for number in range(64, 128)) == admitted


def test_time_that_a_page_of_another_site_did_not_need_is_given_back(setup: Setup) -> None:
    for _ in range(20):
        found = setup.allowance.of(ADDRESS, by_other_site=True)
        found.admit()
        setup.elapsed += 0.5
        found.close()


def test_whoever_waits_as_long_as_they_are_told_is_admitted(setup: Setup) -> None:
    assert setup.fill(ADDRESS) == AT_ONCE
    assert setup.refused_for(ADDRESS) == SECONDS
    setup.waiting("198.51.100.8")
    setup.wait(SECONDS - 0.5)
    assert setup.refused_for(ADDRESS) == 1
    setup.wait(0.5)
    setup.waiting(ADDRESS)
    assert setup.refused_for(ADDRESS) == SECONDS


def test_there_is_no_moment_at_which_the_limit_doubles(setup: Setup) -> None:
    """A limit of each minute admitted twice as many around its end."""
    setup.now = NOW.replace(second=59, microsecond=900_000)
    most = 0
    ends: list[float] = []
    for _ in range(3 * 60 * 2):
        ends += [setup.elapsed + SECONDS] * setup.fill(ADDRESS)
        ends = [end for end in ends if end > setup.elapsed]
        most = max(most, len(ends))
        setup.wait(0.5)
    assert most <= AT_ONCE + SHARES[Level.CLIENT].on_average
    assert setup.elapsed == 180


def test_a_class_of_thirty_behind_one_address_can_verify_within_two_seconds(setup: Setup) -> None:
    """Each needs half a second, in which seven others start."""
    waiting: list[RequestAllowance] = []
    for number in range(30):
        waiting.append(setup.waiting(ADDRESS))
        setup.wait(2 / 30)
        if number >= 8:
            waiting.pop(0).close()


def test_a_few_short_verifications_at_once_are_not_refused(setup: Setup) -> None:
    together = [setup.waiting(ADDRESS) for _ in range(10)]
    setup.wait(0.5)
    for each in together:
        each.close()
    assert setup.fill(ADDRESS) == AT_ONCE - 1, "ten times half a second was used"


def test_concurrent_requests_cannot_exceed_the_limit(setup: Setup) -> None:
    def attempt(_: int) -> bool:
        try:
            setup.waiting(ADDRESS)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(attempt, range(100))) == AT_ONCE


def test_people_behind_one_address_can_verify_two_a_second_for_ever(setup: Setup) -> None:
    """What a fast verification does not use is given back."""
    for _ in range(1000):
        setup.verify(ADDRESS, 0.5)


def test_time_that_was_used_comes_back_as_slowly_as_one_worker_waits(setup: Setup) -> None:
    together = [setup.waiting(ADDRESS) for _ in range(AT_ONCE)]
    setup.wait(SECONDS + 1)
    for each in together:
        each.close()
    assert setup.fill(ADDRESS) == 1
    setup.wait(AT_ONCE * SECONDS)
    assert setup.fill(ADDRESS) == AT_ONCE


def test_a_request_without_a_fetch_is_free(setup: Setup) -> None:
    setup.allowance.of(ADDRESS).close()
    assert not setup.store.free_at
    assert not setup.salts.by_day


def test_all_fetches_of_a_request_are_reserved_once(setup: Setup) -> None:
    found = setup.allowance.of(ADDRESS)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: found.admit(), range(8)))
    assert list(setup.store.free_at.values()) == [NOW + timedelta(seconds=SECONDS)]
    found.close()
    assert list(setup.store.free_at.values()) == [NOW]


def test_an_ipv6_host_with_many_subnets_is_limited_and_locks_out_no_other_site(setup: Setup) -> None:
    admitted = sum(setup.fill(f"2001:db8:1:{number:x}::1") for number in range(16))
    assert admitted == SHARES[Level.SITE].at_once
    assert setup.fill("2001:db8:2::1") == SHARES[Level.PROVIDER].at_once - SHARES[Level.SITE].at_once


def test_one_subnet_cannot_use_up_its_site_and_one_site_not_its_provider(setup: Setup) -> None:
    assert [SHARES[level].at_once for level in Level] == sorted({share.at_once for share in SHARES.values()})
    largest = SHARES[Level.PROVIDER]
    assert largest.at_once + largest.on_average < WORKERS, "one provider's networks never hold all workers"
    setup.fill("2001:db8:1:1::1")
    setup.waiting("2001:db8:1:2::1")
    setup.fill("2001:db8:1:3::1")
    setup.waiting("2001:db8:2:1::1")


def test_many_sites_of_one_provider_are_limited_together(setup: Setup) -> None:
    admitted = sum(setup.fill(f"2001:db8:{number:x}:1::1") for number in range(64))
    assert admitted == SHARES[Level.PROVIDER].at_once
    setup.waiting("2001:db9::1")


def test_a_refused_request_gives_back_what_smaller_networks_reserved(setup: Setup) -> None:
    for number in range(16):
        setup.fill(f"2001:db8:1:{number:x}::1")
    refused = setup.allowance.of("2001:db8:1:ffff::1")
    with pytest.raises(TooMany):
        refused.admit()
    before = dict(setup.store.free_at)
    refused.close()
    assert [
        was - now for was, now in zip(before.values(), setup.store.free_at.values(), strict=True) if was != now
    ] == [timedelta(seconds=SECONDS)]


def test_a_mapped_address_is_the_ipv4_address(setup: Setup) -> None:
    setup.fill(ADDRESS)
    with pytest.raises(TooMany):
        setup.waiting(f"::ffff:{ADDRESS}")


def test_what_is_not_an_address_is_limited_too(setup: Setup) -> None:
    setup.fill("")
    with pytest.raises(TooMany):
        setup.waiting("not an address")


def test_networks_are_stored_as_keyed_hashes_of_the_day(setup: Setup) -> None:
    setup.waiting(ADDRESS)
    [network] = setup.store.free_at
    assert re.fullmatch("[0-9a-f]{32}", network)
    setup.salts.by_day.clear()
    setup.salts.by_day[NOW.date()] = b"another salt"
    setup.waiting(ADDRESS)
    assert len(setup.store.free_at) == 2


def test_nothing_is_fetched_when_time_cannot_be_counted(setup: Setup) -> None:
    class Broken(fakes.RateStore):
        def take(self, name: str, now: datetime, span: timedelta, limit: timedelta) -> Taken:
            raise Unavailable("Storage did not respond.")

    setup.store = Broken()
    found = setup.allowance.of(ADDRESS)
    for _ in range(2):
        with pytest.raises(Unavailable):
            found.admit()
    with pytest.raises(Unavailable):
        found.close()


def test_a_reservation_that_cannot_be_given_back_ends_by_itself(setup: Setup) -> None:
    class Broken(fakes.RateStore):
        def give_back(self, name: str, span: timedelta) -> None:
            raise Unavailable("Storage did not respond.")

    setup.store = Broken()
    setup.waiting(ADDRESS).close()
    assert setup.fill(ADDRESS) == AT_ONCE - 1
    setup.now += timedelta(seconds=AT_ONCE * SECONDS)
    assert setup.fill(ADDRESS) == AT_ONCE
