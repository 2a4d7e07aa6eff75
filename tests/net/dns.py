"""A small DNS server for names whose addresses change between two queries (RFC 1035)."""

from __future__ import annotations

import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import Self

A, AAAA = 1, 28
Answers = Callable[[str, int], list[IPv4Address] | list[IPv6Address]]


class DnsServer:
    """Answers queries on port 53 of ``address`` with ``answers(name, kind)`` and TTL 0."""

    def __init__(self, answers: Answers, address: str = "127.0.0.1") -> None:
        self.queries: Counter[tuple[str, int]] = Counter()
        self._answers = answers
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 53))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                query, sender = self._socket.recvfrom(4096)
            except OSError:
                return
            self._socket.sendto(self._answer(query), sender)

    def _answer(self, message: bytes) -> bytes:
        labels, offset = [], 12
        while length := message[offset]:
            labels.append(message[offset + 1 : offset + 1 + length].decode("latin-1"))
            offset += 1 + length
        name, kind = ".".join(labels).lower(), struct.unpack_from(">H", message, offset + 1)[0]
        self.queries[name, kind] += 1
        found = self._answers(name, kind)
        header = message[:2] + struct.pack(">HHHHH", 0x8180, 1, len(found), 0, 0)
        records = b"".join(
            struct.pack(">HHHIH", 0xC00C, kind, 1, 0, len(address.packed)) + address.packed for address in found
        )
        return header + message[12 : offset + 5] + records
