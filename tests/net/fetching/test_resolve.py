"""Host names are resolved within the deadline, by a bounded number of threads."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.dead_hosts import FetchSkipped
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.resolve import MAX_ADDRESSES, MAX_LOOKUPS, SystemAddressResolver


def soon(seconds: float = 5) -> Deadline:
    return Deadline.after(seconds, time.monotonic)


class System:
    """A system resolver that hangs until ``gate`` is set."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.running = 0
        self.peak = 0
        self.lookups: list[object] = []
        self.answer: list[str] = ["93.184.216.34"]
        self._lock = threading.Lock()

    def getaddrinfo(self, host: object, *_rest: object, **_more: object) -> list[tuple[object, ...]]:
        with self._lock:
            self.lookups.append(host)
            self.running += 1
            self.peak = max(self.peak, self.running)
        self.gate.wait(10)
        with self._lock:
            self.running -= 1
        return [(0, 0, 0, "", (address, 0)) for address in self.answer]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    fake = System()
    monkeypatch.setattr(socket, "getaddrinfo", fake.getaddrinfo)
    yield fake
    fake.gate.set()


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_local_names_are_resolved() -> None:
    found = SystemAddressResolver().addresses("localhost", soon())
    assert found
    assert all(address.is_loopback for address in found)


def test_an_unknown_name_is_reported_as_dns_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Unavailable) as caught:
        SystemAddressResolver().addresses("nobody.example", soon())
    assert caught.value.code == "dns_failed"


def test_name_servers_that_do_not_respond_are_reported_as_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Unavailable) as caught:
        SystemAddressResolver().addresses("slow.example", soon())
    assert caught.value.code == "timeout"


def test_a_hanging_lookup_is_abandoned_at_the_deadline(system: System) -> None:
    with pytest.raises(TimeoutError):
        SystemAddressResolver().addresses("slow.example", soon(0.05))


@pytest.mark.slow
def test_hanging_lookups_use_a_bounded_number_of_threads(system: System) -> None:
    resolver = SystemAddressResolver()
    for _ in range(MAX_LOOKUPS):
        with pytest.raises(TimeoutError):
            resolver.addresses("slow.example", soon(0.02))
    for _ in range(4):
        with pytest.raises(FetchSkipped) as caught:
            resolver.addresses("good.example", soon(0.02))
        assert caught.value.code == "out_of_time"
    assert system.peak == MAX_LOOKUPS
    system.gate.set()
    wait_until(lambda: system.running == 0)
    assert [str(address) for address in resolver.addresses("good.example", soon())] == ["93.184.216.34"]
    assert len(system.lookups) == MAX_LOOKUPS + 1  # lookups that found no free thread were never started


def test_a_name_is_resolved_exactly_as_checked(system: System) -> None:
    system.gate.set()
    SystemAddressResolver().addresses("xn--exmple-cua.example", soon())
    assert system.lookups == [b"xn--exmple-cua.example"]


def test_addresses_are_unique_and_in_system_order(system: System) -> None:
    system.gate.set()
    system.answer = ["2606:2800:21f::1", "93.184.216.34", "2606:2800:21f::1"]
    found = SystemAddressResolver().addresses("good.example", soon())
    assert [str(address) for address in found] == ["2606:2800:21f::1", "93.184.216.34"]


def test_a_name_with_too_many_addresses_is_refused(system: System) -> None:
    system.gate.set()
    system.answer = [f"93.184.216.{n}" for n in range(MAX_ADDRESSES)]
    assert len(SystemAddressResolver().addresses("many.example", soon())) == MAX_ADDRESSES
    system.answer += ["127.0.0.1"]
    with pytest.raises(Unavailable) as caught:
        SystemAddressResolver().addresses("more.example", soon())
    assert caught.value.code == "dns_failed"
