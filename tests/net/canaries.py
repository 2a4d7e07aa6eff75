"""Fetches hostile URLs next to listening canaries. `test_canaries.py` runs it in its own network namespace.

The loopback device gets private addresses that must never be contacted, each with listeners. One public address belongs
to an external host whose server redirects to the URL in its path; a DNS server resolves names to all of them. Prints
one JSON object with the results.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Self
from urllib.parse import quote, unquote, urlsplit

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.errors import Unavailable
from chalicelib.net.did_web import document_url
from chalicelib.net.fetching.addresses import Address
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.fetch import Fetcher
from chalicelib.net.fetching.guard import HTTPS, FetchTarget, Guard
from chalicelib.net.fetching.resolve import SystemAddressResolver
from tests.net.certificates import Authority
from tests.net.dns import AAAA, A, DnsServer
from tests.net.external_host import ExternalHost, ok, redirect

EXTERNAL = IPv4Address("93.184.216.34")
CANARIES_4 = [
    IPv4Address(text)
    for text in (
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "198.18.0.1",
    )
]
CANARIES_6 = [
    IPv6Address(text) for text in ("::1", "fd00:ec2::254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "fec0::1")
]
PORTS = (80, HTTPS, 8443, 9001)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Canaries:
    """Listeners on addresses that must never be contacted; ``connections`` counts the connections to each."""

    def __init__(self) -> None:
        self.connections: Counter[str] = Counter()
        self._selector = selectors.DefaultSelector()
        for address in (*CANARIES_4, *CANARIES_6):
            for port in PORTS:
                family = socket.AF_INET if address.version == 4 else socket.AF_INET6
                listener = socket.create_server((str(address), port), family=family)
                self._selector.register(listener, selectors.EVENT_READ, f"{address} {port}")
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        pass  # the listeners end with the process's namespace

    def _listen(self) -> None:
        while True:
            for key, _ in self._selector.select():
                assert isinstance(key.fileobj, socket.socket)
                connection, _address = key.fileobj.accept()
                self.connections[key.data] += 1
                connection.close()


class NoGuard(Guard):
    """A guard that allows everything: the control that shows that the canaries can be reached."""

    def target(self, url: str) -> FetchTarget:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return FetchTarget(parts.hostname or "", parts.port or HTTPS, quote(path, safe="/%?=&") or "/")

    def checked(self, target: FetchTarget, addresses: Sequence[Address]) -> Sequence[Address]:
        return addresses


def forms_4(address: IPv4Address) -> list[str]:
    """Spellings of an address that some resolver accepts."""
    a, b, c, d = address.packed
    number = int(address)
    return [
        str(address), f"{address}.", str(number), hex(number), oct(number).replace("0o", "0"),
        f"{a}.{number & 0xFFFFFF}", f"{a}.{b}.{number & 0xFFFF}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"[::ffff:{address}]", f"[::{address}]", f"[64:ff9b::{address}]",
        "".join(f"%{ord(letter):02x}" for letter in str(address)),
        str(address).translate(str.maketrans("0123456789.", "⓪①②③④⑤⑥⑦⑧⑨．")), str(address).replace(".", "。"),
        name_of(address), name_of(address).upper(), f"{name_of(address)}.", f"{address}.four.example",
    ]  # fmt: skip


def name_of(address: Address) -> str:
    """A name that resolves to ``address``."""
    if address.version == 4:
        return f"{str(address).replace('.', '-')}.four.example"
    return f"{int(address):032x}.six.example"


def names(lookups: Counter[str]) -> Callable[[str, int], list[IPv4Address] | list[IPv6Address]]:
    """The answers of the DNS server. ``rebind.example`` alternates between the external host and a canary."""

    def answers(name: str, kind: int) -> list[IPv4Address] | list[IPv6Address]:
        if kind == A:
            if match := re.fullmatch(r"(\d+)-(\d+)-(\d+)-(\d+)\.four\.example", name):
                return [IPv4Address(".".join(match.groups()))]
            if name == "good.example":
                return [EXTERNAL]
            if name == "mixed.example":
                return [EXTERNAL, CANARIES_4[2]]
            if name == "rebind.example":
                lookups[name] += 1
                return [EXTERNAL if lookups[name] % 2 else CANARIES_4[2]]
        if kind == AAAA and (match := re.fullmatch(r"([0-9a-f]{32})\.six\.example", name)):
            return [IPv6Address(int(match.group(1), 16))]
        return []

    return answers


def urls() -> st.SearchStrategy[str]:
    """URLs that an attacker might submit."""
    direct = st.sampled_from([form for address in CANARIES_4 for form in forms_4(address)])
    v6 = st.sampled_from([form for address in CANARIES_6 for form in (f"[{address}]", str(address), name_of(address))])
    named = st.sampled_from(
        ["localhost", "LOCALHOST.", "good.example", "mixed.example", "rebind.example", "nobody.example"]
    )
    resolving = st.sampled_from([name_of(each) for each in (*CANARIES_4, *CANARIES_6)])
    hosts = st.one_of(
        direct, direct, v6, named, resolving, resolving, st.text("0123456789abcdefx.:[]@\\%", min_size=1, max_size=18)
    )
    disguised = st.builds(
        lambda form, good, bad: form.format(good=good, bad=bad),
        st.sampled_from(["{bad}"] * 6 + ["{good}@{bad}", "{good}\\@{bad}", "{bad}\\@{good}", "{good}#@{bad}"]
                        + ["{good}:443@{bad}", "{bad}%00.{good}", "{bad}\t", "{good} {bad}", "{good}?@{bad}"]),
        st.just("good.example"),
        hosts,
    )  # fmt: skip
    ports = st.sampled_from(["", "", "", ":443", ":80", ":8443", ":9001", ":0443", ":"])
    paths = st.sampled_from(["/", "", "/latest/meta-data/", "/2018-06-01/runtime/invocation/next", "/did.json?a=b#c"])
    schemes = st.sampled_from(["https://"] * 6 + ["http://", "HTTPS://", "//", "https:/", "https:\\\\", "ftp://", ""])
    plain = st.builds("{}{}{}{}".format, schemes, disguised, ports, paths)
    redirected = plain.map(lambda url: f"https://good.example/to/{quote(url, safe='')}")
    twice = redirected.map(lambda url: f"https://good.example/to/{quote(url, safe='')}")
    dids = st.builds("did:web:{}{}".format, hosts, st.sampled_from(["", ":a", "%3A9001", "%3A443:a"]))
    return st.one_of(plain, plain, plain, plain, redirected, twice, dids)


@dataclass
class Report:
    """Outcomes of the fetches."""

    outcomes: Counter[str]

    def fetch(self, fetcher: Fetcher, url: str) -> None:
        try:
            target = document_url(url) if url.startswith("did:") else url
            fetcher.get(target, accept="*/*", deadline=Deadline.after(10, time.monotonic))
            self.outcomes["answered"] += 1
        except Unavailable as error:
            self.outcomes[error.code] += 1


def each(count: int, fetch: Callable[[str], None]) -> int:
    """Call ``fetch`` with ``count`` generated URLs; return the number of calls."""
    fetched = 0

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(urls())
    def run(url: str) -> None:
        nonlocal fetched
        fetched += 1
        fetch(url)

    run()
    return fetched


def main(count: int) -> None:
    """Run everything in the namespace of this process."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (*CANARIES_4[2:], *CANARIES_6[1:], EXTERNAL):
        flags = ["nodad"] if address.version == 6 else []
        subprocess.run(["ip", "address", "add", f"{address}/{address.max_prefixlen}", "dev", "lo", *flags], check=True)
    with tempfile.TemporaryDirectory() as folder:
        resolver = Path(folder) / "resolv.conf"
        resolver.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n", encoding="ascii")
        subprocess.run(["mount", "--bind", str(resolver), "/etc/resolv.conf"], check=True)
        authority, lookups = Authority(), Counter[str]()
        tls = authority.server(Path(folder), "good.example", "rebind.example", "mixed.example")
        with (
            Canaries() as canaries,
            DnsServer(names(lookups)) as dns,
            ExternalHost(tls, str(EXTERNAL), HTTPS) as server,
        ):
            server.default_page = _respond
            print(json.dumps(_run(count, authority, canaries, dns, server)))


def _respond(path: str) -> bytes:
    return redirect(_redirect_target(path[4:])) if path.startswith("/to/") else ok(b"{}")


def _redirect_target(text: str) -> str:
    """The target of a redirect; characters that would end the header stay escaped."""
    return re.sub(r"[^\x21-\x7e]", lambda match: quote(match.group()), unquote(text))


def _run(
    count: int, authority: Authority, canaries: Canaries, dns: DnsServer, server: ExternalHost
) -> dict[str, object]:
    guarded = Fetcher(Guard(), SystemAddressResolver(), authority.trust(), lambda: NOW)
    report = Report(Counter())
    fetched = each(count, lambda url: report.fetch(guarded, url))

    rebound = Report(Counter())
    before = dns.queries["rebind.example", A]
    for _ in range(100):
        rebound.fetch(guarded, "https://rebind.example/")
    queries = dns.queries["rebind.example", A] - before
    connections = dict(canaries.connections)

    control = Report(Counter())
    unguarded = Fetcher(NoGuard(), SystemAddressResolver(), authority.trust(), lambda: NOW)
    for address in (*CANARIES_4, *CANARIES_6):
        for port in PORTS:
            control.fetch(unguarded, f"https://{name_of(ip_address(address))}:{port}/")
    return {
        "fetched": fetched,
        "connections": connections,
        "outcomes": dict(report.outcomes),
        "redirects": len(server.paths),
        "rebound": dict(rebound.outcomes),
        "queries": queries,
        "connections_without_guard": dict(canaries.connections),
        "listeners": len(PORTS) * len((*CANARIES_4, *CANARIES_6)),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
