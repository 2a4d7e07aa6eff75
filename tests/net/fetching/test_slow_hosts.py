"""Attacks: a submitted credential names hosts that are dead, slow, large or someone else's."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import pytest

from chalicelib.errors import TooMany, Unavailable
from chalicelib.net.fetched_sources import REQUEST_SECONDS, FetchedSources
from chalicelib.net.fetching.address_limit import MAX_FAILURES
from chalicelib.net.fetching.addresses import Address
from chalicelib.net.fetching.budget import MAX_BYTES, MAX_PER_HOST, MAX_REQUESTS, FetchBudget
from chalicelib.net.fetching.cache import Cache, CachedFailure
from chalicelib.net.fetching.dead_hosts import DEAD_FOR, MAX_HOSTS, DeadHosts, FetchSkipped, HostDown
from chalicelib.net.fetching.deadline import MAX_OWN_WAITING, Deadline
from chalicelib.net.fetching.fetch import TOTAL_SECONDS, Fetcher
from chalicelib.net.fetching.guard import Guard
from chalicelib.net.fetching.https_exchange import MAX_BODY
from chalicelib.verify.report import Verdict
from tests.makers import NOW
from tests.net.certificates import Authority
from tests.net.external_host import Behaviour, ExternalHost, ok, redirect
from tests.net.worker import OTHERS, VICTIM, VISIT, Worker, badge

pytestmark = pytest.mark.slow


@pytest.fixture
def hang() -> Iterator[Behaviour]:
    """A page that does not respond until the test ends."""
    end = threading.Event()

    def page(_connection: ssl.SSLSocket) -> None:
        end.wait(30)

    yield page
    end.set()


def slow(seconds: float) -> Behaviour:
    def page(connection: ssl.SSLSocket) -> None:
        time.sleep(seconds)
        connection.sendall(ok(b"{}"))

    return page


SHARED = ip_address("93.184.216.34")


def soon(seconds: float = 5) -> Deadline:
    return Deadline.after(seconds, time.monotonic)


def timed(act: Callable[[], object]) -> float:
    start = time.monotonic()
    act()
    return time.monotonic() - start


def test_eight_status_entries_on_a_slow_host_hold_a_worker_for_one_fetch(worker: Worker, hang: Behaviour) -> None:
    paths = [f"/status/{number}" for number in range(8)]
    worker.server.pages = dict.fromkeys(paths, hang)
    credential = badge([worker.url(path) for path in paths])
    assert len(credential) < 4_000
    seconds = timed(lambda: worker.reports.check(credential, VISIT))
    assert seconds < TOTAL_SECONDS + 2 < REQUEST_SECONDS
    assert len(worker.server.paths) <= MAX_PER_HOST


def test_status_lists_on_slow_hosts_are_fetched_at_the_same_time(worker: Worker) -> None:
    worker.server.pages = dict.fromkeys([f"/{name}" for name in OTHERS], slow(0.5))
    seconds = timed(lambda: worker.check([worker.url(f"/{name}", name) for name in OTHERS]))
    assert len(worker.server.paths) == len(OTHERS)
    assert seconds < 0.5 * len(OTHERS) / 2


def test_a_dead_host_is_asked_once_and_remembered_for_a_minute(worker: Worker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    worker.server.port = port
    worker.__post_init__()
    report = worker.check([worker.url(f"/status/{number}") for number in range(8)])
    assert (report.verdict, report.findings[6].code) == (Verdict.UNKNOWN, "status_list_unavailable")
    assert worker.names.lookups == [VICTIM]
    worker.now += DEAD_FOR - timedelta(seconds=1)
    worker.check([worker.url("/status/another")])
    assert worker.names.lookups == [VICTIM]
    worker.now += timedelta(seconds=1)
    worker.check([worker.url("/status/another")])
    assert worker.names.lookups == [VICTIM, VICTIM]


def test_a_host_that_was_dead_is_asked_at_once_for_a_known_person(worker: Worker) -> None:
    """Domain proof and sign-in: whoever has just mended the host tries again immediately."""
    worker.names.answers[VICTIM] = []
    for _ in range(2):
        with pytest.raises(HostDown):
            worker.fetcher.get(worker.url("/proof"), accept="text/plain", deadline=Deadline.after(5, time.monotonic))
    assert worker.names.lookups == [VICTIM, VICTIM]


def test_a_victim_host_gets_at_most_three_requests(worker: Worker) -> None:
    worker.server.default_page = lambda _path: ok(b"{}")
    worker.check([worker.url(f"/search?q={number}") for number in range(8)])
    assert len(worker.server.paths) == MAX_PER_HOST


def test_a_victim_host_gets_at_most_three_requests_through_redirects(
    worker: Worker, authority: Authority, tmp_path: Path
) -> None:
    worker.server.pages = {f"/{name}": redirect(worker.url("/search")) for name in OTHERS}
    worker.check([worker.url(f"/{name}", name) for name in OTHERS])
    assert worker.server.paths.count("/search") <= MAX_PER_HOST


def test_a_server_that_others_names_lead_to_gets_at_most_three_connections(
    worker: Worker, authority: Authority, tmp_path: Path
) -> None:
    """An attacker's domain has any number of names for the address of someone else's server."""
    with ExternalHost(authority.server(tmp_path, "unrelated.example")) as victim:
        worker.server.port = victim.port
        worker.__post_init__()
        worker.check([worker.url(f"/{name}", name) for name in OTHERS])
        assert victim.paths == []
        assert victim.connections <= MAX_PER_HOST


def test_one_request_makes_a_limited_number_of_requests_to_all_hosts(worker: Worker) -> None:
    worker.server.pages = {f"/{name}": redirect(worker.url("/again", name)) for name in OTHERS}
    worker.server.pages["/again"] = redirect(worker.url("/again2", OTHERS[0]))
    worker.check([worker.url(f"/{name}", name) for name in OTHERS])
    assert len(worker.server.paths) <= MAX_REQUESTS


def test_one_request_reads_at_most_four_megabytes(worker: Worker) -> None:
    worker.server.default_page = lambda _path: ok(b"x" * (MAX_BODY - 100))
    budget, received = FetchBudget(), []
    for name in OTHERS:
        with suppress(FetchSkipped):
            received.append(len(worker.get(f"/{name}", budget, host=name)))
    assert MAX_BYTES - MAX_BODY < sum(received) <= MAX_BYTES


def test_a_limit_of_one_request_does_not_hide_a_url_from_the_next(worker: Worker) -> None:
    worker.server.default_page = lambda _path: ok(b"{}")
    budget = FetchBudget()
    for number in range(MAX_PER_HOST):
        worker.get(f"/{number}", budget)
    with pytest.raises(FetchSkipped):
        worker.get("/list", budget)
    assert worker.get("/list", FetchBudget()) == b"{}"


def test_a_slow_url_does_not_hide_other_urls_of_its_host(worker: Worker, hang: Behaviour) -> None:
    """Anyone can submit a slow URL of a host, so it must not make the host count as dead."""
    worker.server.pages = {"/slow-search": hang, "/list": ok(b"{}")}
    budget = FetchBudget()
    with pytest.raises(Unavailable):
        worker.get("/slow-search", budget, seconds=0.3)
    with pytest.raises(FetchSkipped):
        worker.get("/list", budget)
    assert worker.get("/list", FetchBudget()) == b"{}"


def test_the_link_that_a_visitor_enters_is_not_counted_for_its_host(worker: Worker) -> None:
    """A credential with its key and two lists on the host of its link is complete."""
    worker.server.default_page = lambda _path: ok(b"{}")
    guard = Guard(frozenset({f"{VICTIM}:{worker.server.port}"}))
    sources = FetchedSources(worker.cache, guard, time.monotonic, lambda: None, worker.dead_hosts)
    sources.credential(worker.url("/badge"))
    for number in range(MAX_PER_HOST):
        sources.status_lists.fetch(worker.url(f"/{number}"))
    with pytest.raises(FetchSkipped):
        sources.status_lists.fetch(worker.url("/more"))


def test_the_link_is_added_to_the_budget_once_even_if_it_is_read_again(worker: Worker) -> None:
    """Otherwise a credential that looks forged gives the documents that it chooses one more request to the host."""
    worker.server.default_page = lambda _path: ok(b"{}")
    guard = Guard(frozenset({f"{VICTIM}:{worker.server.port}"}))
    sources = FetchedSources(worker.cache, guard, time.monotonic, lambda: None, worker.dead_hosts)
    sources.credential(worker.url("/badge"))
    sources.refresh()
    sources.credential(worker.url("/badge"))
    for number in range(MAX_PER_HOST):
        sources.status_lists.fetch(worker.url(f"/{number}"))
    with pytest.raises(FetchSkipped):
        sources.status_lists.fetch(worker.url("/more"))


def test_a_url_is_fetched_once_a_request_even_if_it_may_not_be_cached(worker: Worker) -> None:
    worker.server.default_page = lambda _path: ok(b"{}", "Cache-Control: no-store")
    guard = Guard(frozenset({f"{VICTIM}:{worker.server.port}"}))
    sources = FetchedSources(worker.cache, guard, time.monotonic, lambda: None, worker.dead_hosts)
    for _ in range(5):
        sources.status_lists.fetch(worker.url("/list"))
    assert worker.server.paths == ["/list"]


def test_a_network_that_keeps_workers_waiting_is_refused_before_any_request(worker: Worker, hang: Behaviour) -> None:
    worker.server.default_page = lambda _path: ok(b"{}")
    while True:
        allowance = worker.reports.fetch_allowance.of(VISIT.address)
        try:
            allowance.admit()  # a request that is still waiting
        except TooMany:
            break
    with pytest.raises(TooMany) as caught:
        worker.check([worker.url(f"/status/{number}") for number in range(8)])
    assert 1 <= caught.value.seconds <= REQUEST_SECONDS
    assert worker.server.connections == 0
    worker.now += timedelta(minutes=1)
    worker.check([worker.url("/status/1")])
    assert worker.server.connections == 1


def test_a_host_that_shares_an_address_with_slow_ones_is_not_remembered_as_slow() -> None:
    """An attacker's names lead to the server of someone else; only the attempts for those names are slow."""
    budget = FetchBudget()
    with contextlib.ExitStack() as stack:
        for number in range(MAX_FAILURES):
            exchange = stack.enter_context(budget.request(f"h{number}.example", soon()))
            exchange.trying([SHARED], soon())
        with pytest.raises(FetchSkipped) as caught, budget.request(VICTIM, soon()) as exchange:
            exchange.trying([SHARED], soon(0.05))
        assert caught.value.code == "out_of_time"


@pytest.mark.parametrize(("own", "code"), [(0.0, "timeout"), (4.0, "out_of_time")])
def test_a_host_that_was_left_too_little_time_is_not_remembered_as_slow(worker: Worker, own: float, code: str) -> None:
    """An attacker's slow names beside someone else's status list must not make the list unreadable for a minute."""
    seconds = [0.0]

    def wait() -> None:
        seconds[0] += own

    class SlowNames:
        def addresses(self, host: str, deadline: Deadline) -> list[Address]:
            seconds[0] += TOTAL_SECONDS - own
            raise TimeoutError

    cache = Cache(Fetcher(Guard(), SlowNames(), worker.trust, lambda: NOW), lambda: NOW)
    get = partial(cache.get, f"https://{VICTIM}/list", accept="*/*")
    deadline = Deadline.after(REQUEST_SECONDS, lambda: seconds[0])
    with pytest.raises(Unavailable) as caught:
        get(deadline=deadline, budget=FetchBudget(wait))
    assert caught.value.code == code
    is_cached = code == "timeout"
    with pytest.raises(CachedFailure if is_cached else Unavailable) as again:
        get(deadline=soon())
    assert isinstance(again.value, CachedFailure) is is_cached


def test_waiting_for_attempts_at_the_same_address_is_laurels_own() -> None:
    budget, deadline = FetchBudget(), soon()
    with contextlib.ExitStack() as stack:
        for number in range(MAX_FAILURES):
            exchange = stack.enter_context(budget.request(f"h{number}.example", soon()))
            exchange.trying([SHARED], soon())
        threading.Timer(MAX_OWN_WAITING + 0.05, exchange.connected).start()
        with budget.request(VICTIM, deadline) as waiting:
            waiting.trying([SHARED], deadline)
    assert deadline.was_held_up


def test_a_request_that_waited_for_another_one_says_nothing_about_its_url() -> None:
    budget = FetchBudget()
    with budget.request(VICTIM, soon()), pytest.raises(FetchSkipped), budget.request(VICTIM, soon(0.05)):
        pass


def test_the_memory_of_dead_hosts_is_bounded() -> None:
    dead = DeadHosts(lambda: NOW)
    for number in range(MAX_HOSTS + 1):
        dead.remember(f"h{number}.example", HostDown("It is down.", code="connect_failed"))
    dead.check("h0.example")
    with pytest.raises(FetchSkipped, match="It is down"):
        dead.check("h1.example")
    assert len(dead._entries) == MAX_HOSTS
