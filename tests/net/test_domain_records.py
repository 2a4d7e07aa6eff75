"""How a domain names its issuers, read from real name servers and through the guarded fetcher."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import dns.message
import dns.rrset
import pytest
from dns import flags, rcode
from dns.resolver import Resolver

from chalicelib.errors import Unavailable
from chalicelib.net.domain_records import DNS_SECONDS, MAX_RECORDS, NetworkDomainReader
from chalicelib.net.fetching.budget import FetchBudget
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.fetch import Reply
from chalicelib.verify.ports import Fetched
from tests.net.conftest import NOW

NAME = "_laurel.acme.example"


class Pages:
    """A fake source with one page."""

    def get(
        self, url: str, *, accept: str, deadline: Deadline, same_origin: bool = False, budget: FetchBudget | None = None
    ) -> Reply:
        if url != "https://acme.example/x.txt":
            raise Unavailable("There is no such page.", code="http_status")
        assert 0 < deadline.left() <= 5
        assert not same_origin
        return Reply(Fetched(url, b"did:web:acme.example", NOW))


@contextmanager
def name_server(texts: list[str] | None, *, code: rcode.Rcode = rcode.NOERROR) -> Iterator[Resolver]:
    """Run a name server with ``texts`` at `NAME` (None: it never responds) and yield a resolver that queries it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            message, sender = listener.recvfrom(4096)
            if not message:
                return
            if texts is None:
                continue
            query = dns.message.from_wire(message)
            answer = dns.message.make_response(query)
            answer.flags |= flags.RA
            answer.set_rcode(code)
            if texts and query.question[0].name.to_text() == f"{NAME}.":
                answer.answer.append(dns.rrset.from_text_list(query.question[0].name, 0, "IN", "TXT", texts))
            listener.sendto(answer.to_wire(), sender)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    resolver = Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = listener.getsockname()[1]
    try:
        yield resolver
    finally:
        listener.sendto(b"", listener.getsockname())
        thread.join()
        listener.close()


def domain_reader(names: Resolver) -> NetworkDomainReader:
    return NetworkDomainReader(Pages(), time.monotonic, names)


def test_the_strings_of_a_record_are_joined() -> None:
    with name_server(['"issuer=did:web:" "acme.example"', '"v=spf1 -all"']) as names:
        assert set(domain_reader(names).records(NAME)) == {"issuer=did:web:acme.example", "v=spf1 -all"}


@pytest.mark.parametrize("code", [rcode.NOERROR, rcode.NXDOMAIN])
def test_a_name_without_records_has_none(code: rcode.Rcode) -> None:
    with name_server([], code=code) as names:
        assert domain_reader(names).records(NAME) == ()


def test_a_failing_name_server_is_unavailable() -> None:
    with name_server([], code=rcode.SERVFAIL) as names, pytest.raises(Unavailable) as caught:
        domain_reader(names).records(NAME)
    assert caught.value.code == "dns_failed"


@pytest.mark.slow
def test_a_silent_name_server_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert DNS_SECONDS <= 5
    monkeypatch.setattr("chalicelib.net.domain_records.DNS_SECONDS", 0.3)
    with name_server(None) as names, pytest.raises(Unavailable) as caught:
        domain_reader(names).records(NAME)
    assert caught.value.code == "timeout"


def test_at_most_max_records_are_read() -> None:
    with name_server([f'"text {number}"' for number in range(MAX_RECORDS + 5)]) as names:
        assert len(domain_reader(names).records(NAME)) <= MAX_RECORDS


def test_files_are_read_through_the_fetcher() -> None:
    with name_server([]) as names:
        assert domain_reader(names).file("https://acme.example/x.txt") == b"did:web:acme.example"
        with pytest.raises(Unavailable):
            domain_reader(names).file("https://acme.example/y.txt")
