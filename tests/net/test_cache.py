"""What is kept, for how long, and that many askers make one fetch."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Unavailable
from chalicelib.net.cache import FAILURE, LONGEST, USUAL, Cache
from chalicelib.net.deadline import Deadline
from chalicelib.net.fetch import Reply
from chalicelib.verify.ports import Fetched
from tests.net.conftest import NOW

URL = "https://good.example/did.json"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Source:
    """Answers with the number of the fetch, or with the failure it is set to."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.asked: list[str] = []
        self.cache_control = ""
        self.fails: str | None = None
        self.access_context: threading.Event | None = None
        self.body = b""

    def get(self, url: str, *, accept: str, deadline: Deadline, stay: bool = False) -> Reply:
        self.asked.append(url)
        if self.access_context is not None:
            self.access_context.wait(10)
        if deadline.left() <= 0:
            raise Unavailable("There was no time left.", code="out_of_time")
        if self.fails is not None:
            raise Unavailable("It failed.", code=self.fails)
        body = self.body or str(len(self.asked)).encode()
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


def ask(
    cache: Cache, url: str = URL, accept: str = "application/json", stay: bool = False, seconds: float = 10
) -> bytes:
    return cache.get(url, accept=accept, deadline=Deadline.after(seconds, time.monotonic), stay=stay).body


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [
        ("", USUAL),
        ("public", USUAL),
        ("max-age=20", 20),
        ("public, Max-Age = 20", 20),
        ('max-age="20"', 20),
        ("max-age=299", 299),
        ("max-age=300", LONGEST),
        ("max-age=301", LONGEST),
        ("max-age=31536000, immutable", LONGEST),
        ("max-age=99999999999999999999", LONGEST),
        ("max-age=20, max-age=10", 10),
        ("s-maxage=5", USUAL),
        ("max-age=abc", USUAL),
    ],
)
def test_a_result_is_kept_as_long_as_its_host_says_within_our_bounds(
    cache: Cache, source: Source, clock: Clock, cache_control: str, seconds: int
) -> None:
    source.cache_control = cache_control
    assert ask(cache) == b"1"
    clock.pass_(seconds - 0.001)
    assert ask(cache) == b"1"
    clock.pass_(0.001)
    assert ask(cache) == b"2"


@pytest.mark.parametrize("cache_control", ["no-store", "no-cache", "max-age=0", "max-age=60, no-store", "No-Cache"])
def test_what_may_not_be_kept_is_asked_for_each_time(cache: Cache, source: Source, cache_control: str) -> None:
    source.cache_control = cache_control
    assert [ask(cache), ask(cache)] == [b"1", b"2"]


def test_the_time_of_a_kept_result_is_when_it_was_fetched(cache: Cache, clock: Clock) -> None:
    ask(cache)
    clock.pass_(30)
    assert cache.get(URL, accept="application/json", deadline=Deadline.after(1, time.monotonic)).at == NOW


def test_a_clock_that_was_set_back_makes_nothing_live_longer(cache: Cache, clock: Clock) -> None:
    ask(cache)
    clock.pass_(-3600)
    assert ask(cache) == b"2"


@pytest.mark.parametrize("code", ["dns_failed", "timeout", "http_status", "tls_failed", "too_large", "address_refused"])
def test_a_failure_is_kept_for_a_moment(cache: Cache, source: Source, clock: Clock, code: str) -> None:
    source.fails = code
    for _ in range(3):
        with pytest.raises(Unavailable, match="It failed") as caught:
            ask(cache)
        assert caught.value.code == code
    assert len(source.asked) == 1
    clock.pass_(FAILURE)
    source.fails = None
    assert ask(cache) == b"2"


def test_that_one_request_had_no_time_left_is_not_kept(cache: Cache) -> None:
    with pytest.raises(Unavailable) as caught:
        ask(cache, seconds=0)
    assert caught.value.code == "out_of_time"
    assert ask(cache) == b"2"


def test_other_headers_and_other_rules_are_other_results(cache: Cache) -> None:
    assert [ask(cache), ask(cache, accept="text/plain"), ask(cache, stay=True), ask(cache)] == [b"1", b"2", b"3", b"1"]


def test_the_least_recently_used_goes_first(source: Source, clock: Clock) -> None:
    cache = Cache(source, clock, max_entries=2)
    assert [ask(cache, "a"), ask(cache, "b"), ask(cache, "a"), ask(cache, "c")] == [b"1", b"2", b"1", b"3"]
    assert [ask(cache, "a"), ask(cache, "b")] == [b"1", b"4"]


def test_it_holds_no_more_bytes_than_it_may(source: Source, clock: Clock) -> None:
    cache = Cache(source, clock, max_bytes=100)
    source.body = b"x" * 49
    for name in "abab":
        ask(cache, name)
    assert source.asked == ["a", "b"]
    ask(cache, "c")
    assert cache._bytes == 100
    source.body = b"x" * 101
    ask(cache, "d")
    assert cache._bytes == 0  # too large to be kept at all


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 60), st.booleans(), st.integers(0, 40)), max_size=40)
)
def test_its_books_balance(turns: list[tuple[str, int, bool, int]]) -> None:
    clock = Clock()
    source = Source(clock)
    cache = Cache(source, clock, max_entries=3, max_bytes=100)
    for name, size, fails, seconds in turns:
        source.body, source.fails = b"x" * size, "timeout" if fails else None
        with contextlib.suppress(Unavailable):
            ask(cache, name)
        clock.pass_(seconds)
        assert cache._bytes == sum(entry.size for entry in cache._entries.values()) <= 100
        assert len(cache._entries) <= 3
        assert cache._flights == {}


def together(count: int, act) -> list[object]:
    """What ``act`` gives in ``count`` threads that start at once."""
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
    return_when = time.monotonic() + 20
    for thread in threads:
        thread.join(max(0, return_when - time.monotonic()))
    return results


@pytest.mark.parametrize("cache_control", ["max-age=60", "no-store"])
@pytest.mark.parametrize("fails", [None, "http_status"])
def test_thirty_two_askers_make_one_fetch(cache: Cache, source: Source, cache_control: str, fails: str | None) -> None:
    source.access_context, source.cache_control, source.fails = threading.Event(), cache_control, fails

    def open_gate() -> None:
        time.sleep(0.3)  # until all have joined the flight
        source.access_context.set()

    opener = threading.Thread(target=open_gate)
    opener.start()
    results = together(32, lambda: ask(cache))
    opener.join()
    assert results == [b"1" if fails is None else "http_status"] * 32
    assert len(source.asked) == 1


def test_a_waiter_keeps_its_own_deadline(cache: Cache, source: Source) -> None:
    source.access_context = threading.Event()
    leader = threading.Thread(target=ask, args=(cache,))
    leader.start()
    while not source.asked:
        time.sleep(0.001)
    with pytest.raises(Unavailable) as caught:
        ask(cache, seconds=0.05)
    assert caught.value.code == "out_of_time"
    source.access_context.set()
    leader.join()
    assert ask(cache) == b"1"


def test_a_waiter_asks_itself_when_the_first_asker_ran_out_of_time(cache: Cache, source: Source) -> None:
    source.access_context = threading.Event()
    codes: list[str] = []

    def hurried() -> None:
        try:
            ask(cache, seconds=0.2)
        except Unavailable as error:
            codes.append(error.code)

    leader = threading.Thread(target=hurried)
    leader.start()
    while not source.asked:
        time.sleep(0.001)
    bodies: list[bytes] = []
    waiter = threading.Thread(target=lambda: bodies.append(ask(cache)))
    waiter.start()
    time.sleep(0.3)
    source.access_context.set()
    leader.join()
    waiter.join()
    assert (codes, bodies) == (["out_of_time"], [b"2"])


def test_an_unforeseen_fault_of_the_source_leaves_nobody_waiting(clock: Clock) -> None:
    class Broken:
        def get(self, url: str, *, accept: str, deadline: Deadline, stay: bool = False) -> Reply:
            raise RuntimeError

    cache = Cache(Broken(), clock)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            ask(cache)
    assert cache._flights == {}
