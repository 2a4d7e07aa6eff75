"""Fetch from a misbehaving external host, over real TLS on loopback."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from chalicelib.errors import Unavailable
from chalicelib.net.endpoints import NetworkSender
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.fetch import Fetcher, system_trust
from chalicelib.net.fetching.guard import Guard
from chalicelib.net.fetching.https_exchange import MAX_BODY, MAX_HEAD
from tests.net.certificates import Authority
from tests.net.conftest import HOST, NOW
from tests.net.external_host import Behaviour, ExternalHost, ok, redirect
from tests.net.fake_resolver import FakeResolver

Get = Callable[..., bytes]


def code_of(get: Callable[[], object]) -> str:
    with pytest.raises(Unavailable) as caught:
        get()
    assert caught.value.detail.endswith(".")
    return caught.value.code


def sending(*parts: bytes, pause: float = 0, unwrap: bool = True) -> Behaviour:
    """Send the parts one after the other, then close the connection, with close_notify or without."""

    def behave(connection: ssl.SSLSocket) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        if not unwrap:
            connection.shutdown(2)

    return behave


# Requests and responses


def test_a_fetch_returns_body_url_and_time(fetcher: Fetcher, server: ExternalHost, url, deadline) -> None:
    server.pages["/a?b=c"] = ok(b"{}", "Cache-Control: max-age=30")
    reply = fetcher.get(url("/a?b=c#d"), accept="application/json", deadline=deadline)
    assert (reply.fetched.url, reply.fetched.body, reply.fetched.at) == (url("/a?b=c#d"), b"{}", NOW)
    assert reply.cache_control == "max-age=30"
    head = server.heads[0]
    assert head.startswith("GET /a?b=c HTTP/1.1\r\n")
    assert f"\r\nHost: {HOST}:{server.port}\r\n" in head
    assert "\r\nAccept: application/json\r\n" in head
    assert "\r\nAccept-Encoding: identity\r\n" in head
    assert "cookie" not in head.lower()
    assert "authorization" not in head.lower()


def test_the_handshake_names_the_host(get: Get, server: ExternalHost) -> None:
    server.pages["/"] = ok(b"x")
    get("/")
    assert server.names == [HOST]


def test_each_hop_gets_its_own_host_name(
    get: Get, server: ExternalHost, names: FakeResolver, authority: Authority, tmp_path: Path, deadline: Deadline
) -> None:
    names.answers["other.example"] = [["127.0.0.1"]]
    with ExternalHost(authority.server(tmp_path, "other.example")) as other:
        other.pages["/b"] = ok(b"here")
        server.pages["/a"] = redirect(f"https://other.example:{other.port}/b")
        guard = Guard(frozenset({f"{HOST}:{server.port}", f"other.example:{other.port}"}))
        fetcher = Fetcher(guard, names, authority.trust(), lambda: NOW)
        requested = f"https://{HOST}:{server.port}/a"
        reply = fetcher.get(requested, accept="*/*", deadline=deadline)
        assert (reply.fetched.body, reply.fetched.url) == (b"here", requested)
        assert (server.names, other.names) == ([HOST], ["other.example"])
        assert f"\r\nHost: other.example:{other.port}\r\n" in other.heads[0]


def test_proxies_of_the_environment_are_ignored(get: Get, server: ExternalHost, monkeypatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.pages["/"] = ok(b"x")
    assert get("/") == b"x"


@pytest.mark.parametrize(
    "status",
    [
        "201 Created",
        "204 No Content",
        "206 Partial Content",
        "304 Not Modified",
        "300 Choices",
        "401 Unauthorized",
        "404 Not Found",
        "999 Odd",
    ],
)
def test_only_status_200_is_accepted(get: Get, server: ExternalHost, status: str) -> None:
    server.pages["/"] = ok(b"" if status[:3] in ("204", "304") else b"{}", status=status)
    assert code_of(lambda: get("/")) == "http_status"


def test_a_page_that_its_host_removed_has_its_own_code(get: Get, server: ExternalHost) -> None:
    server.pages["/"] = ok(b"{}", status="410 Gone")
    assert code_of(lambda: get("/")) == "gone"


@pytest.mark.parametrize("status", ["408 Request Timeout", "429 Too Many Requests", "500 Oops", "503 Busy"])
def test_an_error_that_may_be_temporary_has_its_own_code(get: Get, server: ExternalHost, status: str) -> None:
    server.pages["/"] = ok(b"{}", status=status)
    assert code_of(lambda: get("/")) == "http_unavailable"


@pytest.mark.parametrize(
    "answer",
    [
        b"hello\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"\r\n\r\n",
        b"\0" * 99,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_a_response_that_is_not_http_is_refused(get: Get, server: ExternalHost, answer: bytes) -> None:
    server.pages["/"] = answer
    assert code_of(lambda: get("/")) in ("not_http", "cut_off")


# Sizes


def test_a_body_may_have_one_mebibyte_with_a_content_length(get: Get, server: ExternalHost) -> None:
    server.pages["/full"] = ok(b"x" * MAX_BODY)
    server.pages["/over"] = ok(b"x" * (MAX_BODY + 1))
    assert len(get("/full")) == MAX_BODY
    assert code_of(lambda: get("/over")) == "too_large"


def test_a_body_may_have_one_mebibyte_without_a_content_length(get: Get, server: ExternalHost) -> None:
    server.pages["/full"] = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * MAX_BODY
    server.pages["/over"] = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MAX_BODY + 1)
    assert len(get("/full")) == MAX_BODY
    assert code_of(lambda: get("/over")) == "too_large"


def test_a_body_may_have_one_mebibyte_in_chunks(get: Get, server: ExternalHost) -> None:
    head, chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"
    server.pages["/full"] = head + chunk * 16 + b"0\r\n\r\n"
    server.pages["/over"] = head + chunk * 16 + b"1\r\nx\r\n0\r\n\r\n"
    assert len(get("/full")) == MAX_BODY
    assert code_of(lambda: get("/over")) == "too_large"


def test_an_endless_body_is_abandoned(get: Get, server: ExternalHost) -> None:
    sent: list[int] = []

    def endless(connection: ssl.SSLSocket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)
            sent.append(65536)

    server.pages["/"] = endless
    assert code_of(lambda: get("/")) == "too_large"
    assert sum(sent) < 16 * MAX_BODY  # the rest is in the socket buffers of both sides


def test_one_byte_chunks_with_long_extensions_are_abandoned(get: Get, server: ExternalHost) -> None:
    server.pages["/"] = sending(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1;" + b"e" * 60_000 + b"\r\nx\r\n"] * 80
    )
    assert code_of(lambda: get("/")) == "too_large"


@pytest.mark.parametrize(
    "headers",
    [[f"X-{i}: {'y' * 1000}" for i in range(90)], [f"X: {'y' * MAX_HEAD}"], [f"X-{i}: y" for i in range(200)]],
    ids=["many", "one", "countless"],
)
def test_headers_are_limited(get: Get, server: ExternalHost, headers: list[str]) -> None:
    server.pages["/"] = ok(b"{}", *headers)
    assert code_of(lambda: get("/")) in ("too_large", "not_http")


def test_an_endless_status_line_is_abandoned(get: Get, server: ExternalHost) -> None:
    server.pages["/"] = b"HTTP/1.1 200 " + b"O" * 1_000_000
    assert code_of(lambda: get("/")) in ("too_large", "not_http")


def test_endless_interim_responses_are_abandoned(get: Get, server: ExternalHost) -> None:
    server.pages["/"] = b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000
    assert code_of(lambda: get("/")) == "too_large"


# Compressed bodies


def test_a_gzip_body_is_decompressed_up_to_the_limit(get: Get, server: ExternalHost) -> None:
    server.pages["/full"] = ok(gzip.compress(b"x" * MAX_BODY), "Content-Encoding: gzip")
    server.pages["/over"] = ok(gzip.compress(b"x" * (MAX_BODY + 1)), "Content-Encoding: gzip")
    assert get("/full") == b"x" * MAX_BODY
    assert code_of(lambda: get("/over")) == "too_large"


@pytest.mark.slow
def test_a_decompression_bomb_is_refused_early(get: Get, server: ExternalHost) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(100)) + packer.flush()
    assert len(bomb) < 100_000
    server.pages["/"] = ok(bomb, "Content-Encoding: gzip")
    assert code_of(lambda: get("/")) == "too_large"


@pytest.mark.parametrize(
    ("encoding", "body", "code"),
    [
        ("gzip", gzip.compress(b"{}", mtime=0)[:-4], "cut_off"),
        ("gzip", gzip.compress(b"{}", mtime=0) + b"more", "cut_off"),
        ("gzip", b"plain", "cut_off"),
        ("br", b"x", "encoding_unsupported"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0), "encoding_unsupported"),
        ("deflate", zlib.compress(b"{}"), "encoding_unsupported"),
    ],
    ids=["cut", "more", "plain", "br", "twice", "deflate"],
)
def test_a_body_that_cannot_be_decompressed_is_refused(
    get: Get, server: ExternalHost, encoding: str, body: bytes, code: str
) -> None:
    server.pages["/"] = ok(body, f"Content-Encoding: {encoding}")
    assert code_of(lambda: get("/")) == code


# Bodies that are cut off


@pytest.mark.parametrize("unwrap", [True, False], ids=["close_notify", "no close_notify"])
@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive.",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfi",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive.\r\n",
    ],
)
def test_a_truncated_body_is_refused(get: Get, server: ExternalHost, start: bytes, unwrap: bool) -> None:
    server.pages["/"] = sending(start, unwrap=unwrap)
    assert code_of(lambda: get("/")) in ("cut_off", "not_http")


def test_a_body_without_length_must_end_with_close_notify(get: Get, server: ExternalHost) -> None:
    server.pages["/"] = sending(b"HTTP/1.1 200 OK\r\n\r\n{}", unwrap=False)
    assert code_of(lambda: get("/")) == "cut_off"


# Time


@pytest.mark.slow
@pytest.mark.parametrize(
    "slow",
    [
        sending(*[b"H"] * 200, pause=0.05),
        sending(b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 90, pause=0.05),
        sending(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", *[b"x"] * 200, pause=0.05),
        lambda _connection: time.sleep(2),
    ],
    ids=["status line", "headers", "body", "silence"],
)
def test_a_slow_host_is_abandoned_at_the_deadline(fetcher: Fetcher, server: ExternalHost, url, slow: Behaviour) -> None:
    server.pages["/"] = slow
    start = time.monotonic()
    fetch = partial(fetcher.get, url("/"), accept="*/*", deadline=Deadline.after(0.5, time.monotonic))
    assert code_of(fetch) in ("out_of_time", "cut_off", "not_http")
    assert time.monotonic() - start < 1.9


@pytest.mark.slow
def test_a_fetch_has_its_own_limit_within_the_request(fetcher: Fetcher, server: ExternalHost, url, monkeypatch) -> None:
    monkeypatch.setattr("chalicelib.net.fetching.fetch.TOTAL_SECONDS", 0.3)
    server.pages["/"] = sending(*[b"H"] * 40, pause=0.05)
    fetch = partial(fetcher.get, url("/"), accept="*/*", deadline=Deadline.after(60, time.monotonic))
    assert code_of(fetch) == "timeout"


@pytest.mark.slow
def test_one_deadline_is_shared_by_all_fetches_of_a_request(fetcher: Fetcher, server: ExternalHost, url) -> None:
    server.pages["/slow"] = sending(*[b"H"] * 100, pause=0.05)
    server.pages["/"] = ok(b"{}")
    shared = Deadline.after(0.4, time.monotonic)
    assert code_of(lambda: fetcher.get(url("/slow"), accept="*/*", deadline=shared)) == "out_of_time"
    before = server.connections
    assert code_of(lambda: fetcher.get(url("/"), accept="*/*", deadline=shared)) == "out_of_time"
    assert server.connections == before  # no connection attempt


@pytest.mark.slow
def test_a_hanging_handshake_is_abandoned(fetcher: Fetcher, authority: Authority, names: FakeResolver) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        hung = Fetcher(Guard(frozenset({f"{HOST}:{port}"})), names, authority.trust(), lambda: NOW)
        deadline = Deadline.after(0.4, time.monotonic)
        fetch = partial(hung.get, f"https://{HOST}:{port}/", accept="*/*", deadline=deadline)
        assert code_of(fetch) == "out_of_time"


# TLS


@pytest.mark.parametrize("problem", ["other name", "no name", "expired", "other authority", "the system's authorities"])
def test_an_invalid_certificate_is_refused(
    authority: Authority, names: FakeResolver, tmp_path: Path, deadline: Deadline, problem: str
) -> None:
    signer = Authority("Another authority") if problem == "other authority" else authority
    subject = {"other name": ["evil.example"], "no name": []}.get(problem, [HOST])
    with ExternalHost(signer.server(tmp_path, *subject, expired=problem == "expired")) as server:
        server.pages["/"] = ok(b"{}")
        trust = system_trust() if problem == "the system's authorities" else authority.trust()
        fetcher = Fetcher(Guard(frozenset({f"{HOST}:{server.port}"})), names, trust, lambda: NOW)
        fetch = partial(fetcher.get, f"https://{HOST}:{server.port}/", accept="*/*", deadline=deadline)
        assert code_of(fetch) == "tls_failed"
        assert server.paths == []


def test_the_system_trust_requires_tls_1_2_and_verifies_the_host() -> None:
    trust = system_trust()
    assert trust.minimum_version is ssl.TLSVersion.TLSv1_2
    assert trust.verify_mode is ssl.CERT_REQUIRED
    assert trust.check_hostname
    assert not trust.hostname_checks_common_name


def test_plain_http_on_the_port_is_refused(authority: Authority, names: FakeResolver, deadline: Deadline) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer() -> None:
            plain, _ = listener.accept()
            with plain:
                plain.sendall(ok(b"{}"))

        thread = threading.Thread(target=answer)
        thread.start()
        fetcher = Fetcher(Guard(frozenset({f"{HOST}:{port}"})), names, authority.trust(), lambda: NOW)
        code = code_of(lambda: fetcher.get(f"https://{HOST}:{port}/", accept="*/*", deadline=deadline))
        thread.join()
    assert code == "tls_failed"


def test_a_closed_port_is_reported_as_connect_failed(get: Get, names: FakeResolver) -> None:
    names.answers[HOST] = [["127.0.0.9"]]
    assert code_of(lambda: get("/")) == "connect_failed"


# Redirects


def test_at_most_two_redirects_are_followed(get: Get, server: ExternalHost) -> None:
    server.pages |= {f"/{n}": redirect(f"/{n - 1}") for n in range(1, 5)} | {"/0": ok(b"here")}
    assert get("/2") == b"here"
    server.paths.clear()
    assert code_of(lambda: get("/3")) == "too_many_redirects"
    assert server.paths == ["/3", "/2", "/1"]


@pytest.mark.parametrize("status", ["301 A", "302 A", "303 A", "307 A", "308 A"])
def test_every_kind_of_redirect_is_followed(get: Get, server: ExternalHost, status: str) -> None:
    server.pages |= {"/a/b": redirect("../c?d", status), "/c?d": ok(b"here")}
    assert get("/a/b") == b"here"


@pytest.mark.parametrize(
    "location",
    ["http://badges.example/", "https://127.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://[::1]/",
     "//2130706433/", "file:///etc/passwd", "https://localhost/", "https://good@evil.example/", "\\\\evil.example\\x",
     "https://badges.example:9001/2018-06-01/runtime/invocation/next", "javascript:1", "https://①②⑦.⓪.⓪.①/"],
)  # fmt: skip
def test_each_hop_is_checked_by_the_guard(get: Get, server: ExternalHost, names: FakeResolver, location: str) -> None:
    server.pages["/"] = ok(b"", f"Location: {location}", status="302 Found")
    assert code_of(lambda: get("/")) == "url_refused"
    assert names.lookups == [HOST]


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "64:ff9b::a9fe:a9fe"])
def test_a_redirect_to_a_private_address_is_refused(
    get: Get, server: ExternalHost, names: FakeResolver, address: str
) -> None:
    names.answers["inner.example"] = [[address]]
    server.pages["/"] = redirect("https://inner.example/")
    assert code_of(lambda: get("/")) == "address_refused"


def test_a_redirect_without_a_location_is_refused(get: Get, server: ExternalHost) -> None:
    server.pages["/"] = ok(b"", status="302 Found")
    assert code_of(lambda: get("/")) == "url_refused"


def test_stay_refuses_a_redirect_to_another_origin(get: Get, server: ExternalHost, names: FakeResolver) -> None:
    names.answers["evil.example"] = [["93.184.216.34"]]
    server.pages |= {"/": redirect("https://evil.example/key"), "/near": redirect("/0"), "/0": ok(b"here")}
    assert code_of(lambda: get("/", same_origin=True)) == "redirect_refused"
    assert get("/near", same_origin=True) == b"here"


# Addresses


def test_the_checked_address_is_the_one_that_is_used(
    get: Get, server: ExternalHost, names: FakeResolver, deadline: Deadline
) -> None:
    names.answers[HOST] = [["127.0.0.1"], ["169.254.169.254"]]  # rebinding between check and use
    server.pages["/"] = ok(b"{}")
    assert get("/") == b"{}"
    assert names.lookups == [HOST]


def test_a_name_that_rebinds_between_hops_is_refused(server: ExternalHost, authority: Authority, deadline) -> None:
    names = FakeResolver(rebind_example=[["93.184.216.34", "127.0.0.1"]])
    fetcher = Fetcher(Guard(), names, authority.trust(), lambda: NOW)
    assert code_of(lambda: fetcher.get("https://rebind.example/", accept="*/*", deadline=deadline)) == "address_refused"
    assert server.connections == 0


def test_the_next_address_is_tried_when_one_does_not_respond(
    get: Get, server: ExternalHost, names: FakeResolver
) -> None:
    names.answers[HOST] = [["127.0.0.9", "::1", "127.0.0.1"]]
    server.pages["/"] = ok(b"{}")
    assert get("/") == b"{}"


def test_an_unknown_host_is_reported_as_dns_failed(authority: Authority, deadline: Deadline) -> None:
    fetcher = Fetcher(Guard(), FakeResolver(), authority.trust(), lambda: NOW)
    assert code_of(lambda: fetcher.get("https://nobody.example/", accept="*/*", deadline=deadline)) == "dns_failed"


# Messages to endpoints


@pytest.mark.parametrize(
    "status", ["204 No Content", "302 Found", "410 Gone", "500 Oops"], ids=["204", "302", "410", "500"]
)
def test_a_message_is_posted_once_and_its_status_is_returned_without_following_a_redirect(
    fetcher: Fetcher, server: ExternalHost, url, status: str
) -> None:
    server.pages["/hook"] = ok(b"", "Location: https://169.254.169.254/", status=status)
    sender = NetworkSender(fetcher, time.monotonic)
    assert sender.send(url("/hook"), b"{}", {"webhook-id": "one"}) == int(status[:3])
    assert server.paths == ["/hook"]
    assert server.heads[0].startswith("POST /hook HTTP/1.1\r\n")
    assert "\r\nwebhook-id: one\r\n" in server.heads[0]
    assert "\r\nContent-Type: application/json\r\n" in server.heads[0]


def test_a_message_is_not_sent_to_a_private_address(server: ExternalHost, authority: Authority) -> None:
    """Also if the name was public when the endpoint was created."""
    names = FakeResolver(crm_example_org=[["127.0.0.1"]])
    sender = NetworkSender(Fetcher(Guard(), names, authority.trust(), lambda: NOW), time.monotonic)
    assert code_of(lambda: sender.send("https://crm.example.org/", b"{}", {})) == "address_refused"
    assert code_of(lambda: sender.send("https://127.0.0.1/", b"{}", {})) == "url_refused"
    assert server.connections == 0
