"""Names are looked up within the deadline, by a bounded number of threads."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from chalicelib.errors import Unavailable
from chalicelib.net.deadline import Deadline
from chalicelib.net.resolve import MAX_ADDRESSES, MAX_LOOKUPS, SystemAddressResolver


def soon(seconds: float = 5) -> Deadline:
    return Deadline.after(seconds, time.monotonic)


class System:
    """A system resolver that hangs until it is let go."""

    def __init__(self) -> None:
        self.access_context = threading.Event()
        self.under_way = 0
        self.most = 0
        self.asked: list[object] = []
        self.answer: list[str] = ["93.184.216.34"]
        self._lock = threading.Lock()

    def getaddrinfo(self, host: object, *_rest: object, **_more: object) -> list[tuple[object, ...]]:
        with self._lock:
            self.asked.append(host)
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        self.access_context.wait(10)
        with self._lock:
            self.under_way -= 1
        return [(0, 0, 0, "", (address, 0)) for address in self.answer]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    fake = System()
    monkeypatch.setattr(socket, "getaddrinfo", fake.getaddrinfo)
    yield fake
    fake.access_context.set()


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_the_machines_own_names_are_found() -> None:
    found = SystemAddressResolver().addresses("localhost", soon())
    assert found
    assert all(address.is_loopback for address in found)


def test_a_name_that_is_not_there_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Unavailable) as caught:
        SystemAddressResolver().addresses("nobody.example", soon())
    assert caught.value.code == "dns_failed"


def test_a_look_up_that_hangs_is_left_at_the_deadline(system: System) -> None:
    with pytest.raises(TimeoutError):
        SystemAddressResolver().addresses("slow.example", soon(0.05))


def test_hanging_look_ups_take_a_bounded_number_of_threads_and_others_recover(system: System) -> None:
    resolver = SystemAddressResolver()
    for _ in range(MAX_LOOKUPS + 4):
        with pytest.raises(TimeoutError):
            resolver.addresses("slow.example", soon(0.02))
    assert system.most == MAX_LOOKUPS
    system.access_context.set()
    wait_until(lambda: system.under_way == 0)
    assert [str(address) for address in resolver.addresses("good.example", soon())] == ["93.184.216.34"]
    assert len(system.asked) == MAX_LOOKUPS + 1  # what had no time to start was never asked


def test_a_name_is_passed_on_as_it_was_judged(system: System) -> None:
    system.access_context.set()
    SystemAddressResolver().addresses("xn--exmple-cua.example", soon())
    assert system.asked == [b"xn--exmple-cua.example"]


def test_each_address_is_given_once_in_the_systems_order(system: System) -> None:
    system.access_context.set()
    system.answer = ["2606:2800:21f::1", "93.184.216.34", "2606:2800:21f::1"]
    found = SystemAddressResolver().addresses("good.example", soon())
    assert [str(address) for address in found] == ["2606:2800:21f::1", "93.184.216.34"]


def test_a_name_with_countless_addresses_is_refused_whole(system: System) -> None:
    system.access_context.set()
    system.answer = [f"93.184.216.{n}" for n in range(MAX_ADDRESSES)]
    assert len(SystemAddressResolver().addresses("many.example", soon())) == MAX_ADDRESSES
    system.answer += ["127.0.0.1"]
    with pytest.raises(Unavailable) as caught:
        SystemAddressResolver().addresses("more.example", soon())
    assert caught.value.code == "dns_failed"
