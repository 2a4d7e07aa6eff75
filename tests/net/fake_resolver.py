"""A resolver of names for tests."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from chalicelib.net.fetching.addresses import Address
from chalicelib.net.fetching.dead_hosts import HostDown
from chalicelib.net.fetching.deadline import Deadline


class FakeResolver:
    """A resolver: each lookup of a name returns its next answer; the last one repeats."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.answers = {name.replace("_", "."): list(rounds) for name, rounds in answers.items()}
        self.lookups: list[str] = []

    def addresses(self, host: str, deadline: Deadline) -> Sequence[Address]:
        self.lookups.append(host)
        rounds = self.answers.get(host)
        if not rounds:
            raise HostDown(f"There is no {host}.", code="dns_failed")
        answer = rounds.pop(0) if len(rounds) > 1 else rounds[0]
        return [ip_address(address) for address in answer]
