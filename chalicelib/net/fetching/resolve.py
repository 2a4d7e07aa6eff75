"""Resolve a host name to its addresses within a deadline."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Protocol

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.addresses import Address
from chalicelib.net.fetching.dead_hosts import FetchSkipped, HostDown
from chalicelib.net.fetching.deadline import Deadline

MAX_LOOKUPS = 32
"""Maximum concurrent lookups; one that hangs occupies its thread until the system resolver gives up. Twice what one
request may fetch, so that the hanging lookups of one request leave room for the next."""
MAX_ADDRESSES = 32
"""Maximum addresses of one host. A host with more is refused, because all of them must be checked."""


class AddressResolver(Protocol):
    """Resolves host names."""

    def addresses(self, host: str, deadline: Deadline) -> Sequence[Address]:
        """All addresses of ``host``, at least one. Raises `Unavailable` (`dns_failed`, or `timeout`
        when its name servers do not respond; `FetchSkipped` when too many other lookups hang) or `TimeoutError`."""


class SystemAddressResolver:
    """The system resolver. `getaddrinfo` has no timeout, so each lookup runs in a thread that may be abandoned; the
    number of threads is bounded."""

    def __init__(self) -> None:
        self._slots = threading.BoundedSemaphore(MAX_LOOKUPS)

    def addresses(self, host: str, deadline: Deadline) -> Sequence[Address]:
        """See `AddressResolver`."""
        with deadline.own_waiting():
            is_free = self._slots.acquire(timeout=max(deadline.left(), 0))
        if not is_free:
            # Lookups of other names hang, perhaps for an earlier visitor. This name was not looked up.
            raise FetchSkipped("Laurel is waiting for the name servers of other hosts. Try again.", code="out_of_time")
        answers: queue.SimpleQueue[Sequence[Address] | OSError] = queue.SimpleQueue()
        try:
            threading.Thread(target=self._look_up, args=(host, answers), daemon=True, name="resolve").start()
        except RuntimeError:  # no more threads
            self._slots.release()
            raise
        try:
            answer = answers.get(timeout=max(deadline.left(), 0))
        except queue.Empty as empty:
            raise TimeoutError from empty
        if isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_AGAIN:
            raise HostDown(f"The name servers of {host} did not respond in time.", code="timeout") from answer
        if isinstance(answer, OSError):
            raise HostDown(f"The host {host} cannot be found.", code="dns_failed") from answer
        if not 0 < len(answer) <= MAX_ADDRESSES:
            raise Unavailable(f"{host} has {len(answer)} addresses, more than Laurel accepts.", code="dns_failed")
        return answer

    def _look_up(self, host: str, answers: queue.SimpleQueue[Sequence[Address] | OSError]) -> None:
        try:
            # Bytes, so that `getaddrinfo` does not apply its own IDNA encoding.
            found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
            answers.put(tuple(dict.fromkeys(ip_address(entry[4][0]) for entry in found)))
        except OSError as error:
            answers.put(error)
        finally:
            self._slots.release()
