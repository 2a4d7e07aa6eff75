"""What is cached, for how long, and that concurrent requests share one fetch."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.budget import FetchBudget
from chalicelib.net.fetching.cache import (
    DEFAULT_SECONDS,
    FAILURE_SECONDS,
    MAX_SECONDS,
    SLOW_SECONDS,
    Cache,
    CachedFailure,
)
from chalicelib.net.fetching.dead_hosts import FetchSkipped
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.fetch import Reply
from chalicelib.verify.ports import Fetched
from tests.net.conftest import NOW

URL = "https://good.example/did.json"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Source:
    """Returns the number of the fetch, or the failure that is set."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.fetches: list[str] = []
        self.cache_control = ""
        self.fails: str | None = None
        self.not_asked = False
        self.gate: threading.Event | None = None
        self.body = b""

    def get(
        self, url: str, *, accept: str, deadline: Deadline, same_origin: bool = False, budget: FetchBudget | None = None
    ) -> Reply:
        self.fetches.append(url)
        if self.gate is not None:
            self.gate.wait(10)
        if deadline.left() <= 0:
            raise Unavailable("There was no time left.", code="out_of_time")
        if self.not_asked:
            raise FetchSkipped("It was not asked.", code="fetch_limit")
        if self.fails is not None:
            raise Unavailable("It failed.", code=self.fails)
        body = self.body or str(len(self.fetches)).encode()
        return Reply(Fetched(url, body, self.clock()), self.cache_control)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source(clock: Clock) -> Source:
    return Source(clock)


@pytest.fixture
def cache(source: Source, clock: Clock) -> Cache:
    return Cache(source, clock)


def fetch(
    cache: Cache, url: str = URL, accept: str = "application/json", same_origin: bool = False, seconds: float = 10
) -> bytes:
    return cache.get(url, accept=accept, deadline=Deadline.after(seconds, time.monotonic), same_origin=same_origin).body


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [
        ("", DEFAULT_SECONDS),
        ("public", DEFAULT_SECONDS),
        ("max-age=20", 20),
        ("public, Max-Age = 20", 20),
        ('max-age="20"', 20),
        ("max-age=299", 299),
        ("max-age=300", MAX_SECONDS),
        ("max-age=301", MAX_SECONDS),
        ("max-age=31536000, immutable", MAX_SECONDS),
        ("max-age=99999999999999999999", MAX_SECONDS),
        ("max-age=20, max-age=10", 10),
        ("s-maxage=5", DEFAULT_SECONDS),
        ("max-age=abc", DEFAULT_SECONDS),
    ],
)
def test_the_lifetime_follows_cache_control_within_the_bounds(
    cache: Cache, source: Source, clock: Clock, cache_control: str, seconds: int
) -> None:
    source.cache_control = cache_control
    assert fetch(cache) == b"1"
    clock.advance(seconds - 0.001)
    assert fetch(cache) == b"1"
    clock.advance(0.001)
    assert fetch(cache) == b"2"


@pytest.mark.parametrize("cache_control", ["no-store", "no-cache", "max-age=0", "max-age=60, no-store", "No-Cache"])
def test_an_uncacheable_response_is_fetched_each_time(cache: Cache, source: Source, cache_control: str) -> None:
    source.cache_control = cache_control
    assert [fetch(cache), fetch(cache)] == [b"1", b"2"]


def test_a_cached_result_has_the_time_of_its_fetch(cache: Cache, clock: Clock) -> None:
    fetch(cache)
    clock.advance(30)
    assert cache.get(URL, accept="application/json", deadline=Deadline.after(1, time.monotonic)).at == NOW


def fetch_anew(cache: Cache) -> Fetched:
    return cache.get(URL, accept="application/json", deadline=Deadline.after(10, time.monotonic), fresh=True)


def test_a_fresh_fetch_replaces_what_is_cached(cache: Cache) -> None:
    assert [fetch(cache), fetch_anew(cache).body, fetch(cache)] == [b"1", b"2", b"2"]
    assert cache._bytes == sum(entry.size for entry in cache._entries.values())


def test_a_fresh_fetch_that_fails_does_not_hide_what_is_cached(cache: Cache, source: Source) -> None:
    fetch(cache)
    source.fails = "timeout"
    with pytest.raises(Unavailable):
        fetch_anew(cache)
    assert fetch(cache) == b"1"


def test_a_fresh_fetch_shares_no_fetch_that_started_before(cache: Cache, source: Source) -> None:
    source.gate = threading.Event()
    leader = threading.Thread(target=fetch, args=(cache,))
    leader.start()
    while not source.fetches:
        time.sleep(0.001)
    gate, source.gate = source.gate, None
    assert fetch_anew(cache).body == b"2"
    gate.set()
    leader.join()


def test_what_comes_from_the_cache_says_so(cache: Cache, source: Source) -> None:
    read = [cache.get(URL, accept="*/*", deadline=Deadline.after(1, time.monotonic)).cached for _ in range(2)]
    assert read == [False, True]
    source.fails = "http_status"
    kinds: list[type[Unavailable]] = []
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            fetch(cache)
        kinds.append(caught.type)
    assert kinds == [Unavailable, CachedFailure]


def test_a_clock_set_back_does_not_extend_a_lifetime(cache: Cache, clock: Clock) -> None:
    fetch(cache)
    clock.advance(-3600)
    assert fetch(cache) == b"2"


@pytest.mark.parametrize("code", ["dns_failed", "timeout", "http_status", "tls_failed", "too_large", "address_refused"])
def test_a_failure_is_cached_briefly(cache: Cache, source: Source, clock: Clock, code: str) -> None:
    source.fails = code
    for _ in range(3):
        with pytest.raises(Unavailable, match="It failed") as caught:
            fetch(cache)
        assert caught.value.code == code
    assert len(source.fetches) == 1
    clock.advance((SLOW_SECONDS if code == "timeout" else FAILURE_SECONDS) - 0.001)
    source.fails = None
    with pytest.raises(Unavailable):
        fetch(cache)
    clock.advance(0.001)
    assert fetch(cache) == b"2"


def test_a_fetch_that_was_not_made_is_not_cached(cache: Cache, source: Source) -> None:
    """One request's limits must not hide a URL from the next request."""
    source.not_asked = True
    with pytest.raises(FetchSkipped):
        fetch(cache)
    source.not_asked = False
    assert fetch(cache) == b"2"


def test_a_request_that_ran_out_of_time_is_not_cached(cache: Cache) -> None:
    with pytest.raises(Unavailable) as caught:
        fetch(cache, seconds=0)
    assert caught.value.code == "out_of_time"
    assert fetch(cache) == b"2"


def test_accept_header_and_redirect_rule_are_part_of_the_key(cache: Cache) -> None:
    bodies = [fetch(cache), fetch(cache, accept="text/plain"), fetch(cache, same_origin=True), fetch(cache)]
    assert bodies == [b"1", b"2", b"3", b"1"]


def test_the_least_recently_used_result_is_evicted_first(source: Source, clock: Clock) -> None:
    cache = Cache(source, clock, max_entries=2)
    assert [fetch(cache, "a"), fetch(cache, "b"), fetch(cache, "a"), fetch(cache, "c")] == [b"1", b"2", b"1", b"3"]
    assert [fetch(cache, "a"), fetch(cache, "b")] == [b"1", b"4"]


def test_the_size_limit_is_kept(source: Source, clock: Clock) -> None:
    cache = Cache(source, clock, max_bytes=100)
    source.body = b"x" * 49
    for name in "abab":
        fetch(cache, name)
    assert source.fetches == ["a", "b"]
    fetch(cache, "c")
    assert cache._bytes == 100
    source.body = b"x" * 101
    fetch(cache, "d")
    assert cache._bytes == 0  # too large to be cached at all


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 60), st.booleans(), st.integers(0, 40)), max_size=40)
)
def test_sizes_and_counts_stay_consistent(steps: list[tuple[str, int, bool, int]]) -> None:
    clock = Clock()
    source = Source(clock)
    cache = Cache(source, clock, max_entries=3, max_bytes=100)
    for name, size, fails, seconds in steps:
        source.body, source.fails = b"x" * size, "timeout" if fails else None
        with contextlib.suppress(Unavailable):
            fetch(cache, name)
        clock.advance(seconds)
        assert cache._bytes == sum(entry.size for entry in cache._entries.values()) <= 100
        assert len(cache._entries) <= 3
        assert cache._flights == {}


def run_concurrently(count: int, act) -> list[object]:
    """The results of ``act`` in ``count`` threads that start at once."""
    results: list[object] = []
    barrier = threading.Barrier(count)

    def run() -> None:
        barrier.wait()
        try:
            results.append(act())
        except Unavailable as error:
            results.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 20
    for thread in threads:
        thread.join(max(0, until - time.monotonic()))
    return results


@pytest.mark.slow
@pytest.mark.parametrize("cache_control", ["max-age=60", "no-store"])
@pytest.mark.parametrize("fails", [None, "http_status"])
def test_32_concurrent_requests_make_one_fetch(
    cache: Cache, source: Source, cache_control: str, fails: str | None
) -> None:
    source.gate, source.cache_control, source.fails = threading.Event(), cache_control, fails

    def open_gate() -> None:
        time.sleep(0.3)  # until all wait for the same fetch
        source.gate.set()

    opener = threading.Thread(target=open_gate)
    opener.start()
    results = run_concurrently(32, lambda: fetch(cache))
    opener.join()
    assert results == [b"1" if fails is None else "http_status"] * 32
    assert len(source.fetches) == 1


def test_a_waiter_keeps_its_own_deadline(cache: Cache, source: Source) -> None:
    source.gate = threading.Event()
    leader = threading.Thread(target=fetch, args=(cache,))
    leader.start()
    while not source.fetches:
        time.sleep(0.001)
    with pytest.raises(Unavailable) as caught:
        fetch(cache, seconds=0.05)
    assert caught.value.code == "out_of_time"
    source.gate.set()
    leader.join()
    assert fetch(cache) == b"1"


@pytest.mark.slow
def test_a_waiter_fetches_itself_when_the_first_request_ran_out_of_time(cache: Cache, source: Source) -> None:
    source.gate = threading.Event()
    codes: list[str] = []

    def impatient() -> None:
        try:
            fetch(cache, seconds=0.2)
        except Unavailable as error:
            codes.append(error.code)

    leader = threading.Thread(target=impatient)
    leader.start()
    while not source.fetches:
        time.sleep(0.001)
    bodies: list[bytes] = []
    waiter = threading.Thread(target=lambda: bodies.append(fetch(cache)))
    waiter.start()
    time.sleep(0.3)
    source.gate.set()
    leader.join()
    waiter.join()
    assert (codes, bodies) == (["out_of_time"], [b"2"])


def test_an_unexpected_error_of_the_source_does_not_block_later_requests(clock: Clock) -> None:
    class Broken:
        def get(
            self,
            url: str,
            *,
            accept: str,
            deadline: Deadline,
            same_origin: bool = False,
            budget: FetchBudget | None = None,
        ) -> Reply:
            raise RuntimeError

    cache = Cache(Broken(), clock)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            fetch(cache)
    assert cache._flights == {}
