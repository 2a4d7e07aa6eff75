"""Fetching from a stranger who misbehaves, over real TLS on loopback."""

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
from chalicelib.net.deadline import Deadline
from chalicelib.net.fetch import Fetcher, system_trust
from chalicelib.net.guard import Guard
from chalicelib.net.https_exchange import MAX_BODY, MAX_HEAD
from tests.net.certificates import Authority
from tests.net.conftest import HOST, NOW, Names
from tests.net.stranger import Behaviour, Stranger, ok, redirect

Get = Callable[..., bytes]


def code_of(get: Callable[[], object]) -> str:
    with pytest.raises(Unavailable) as caught:
        get()
    assert caught.value.detail.endswith(".")
    return caught.value.code


def sending(*parts: bytes, pause: float = 0, unwrap: bool = True) -> Behaviour:
    """Send one part after the other, then leave, politely or not."""

    def behave(connection: ssl.SSLSocket) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        if not unwrap:
            connection.shutdown(2)

    return behave


# What it asks, and what it gives back


def test_it_brings_the_body_its_url_and_the_time(fetcher: Fetcher, stranger: Stranger, url, deadline) -> None:
    stranger.pages["/a?b=c"] = ok(b"{}", "Cache-Control: max-age=30")
    reply = fetcher.get(url("/a?b=c#d"), accept="application/json", deadline=deadline)
    assert (reply.fetched.url, reply.fetched.body, reply.fetched.at) == (url("/a?b=c#d"), b"{}", NOW)
    assert reply.cache_control == "max-age=30"
    head = stranger.heads[0]
    assert head.startswith("GET /a?b=c HTTP/1.1\r\n")
    assert f"\r\nHost: {HOST}:{stranger.port}\r\n" in head
    assert "\r\nAccept: application/json\r\n" in head
    assert "\r\nAccept-Encoding: identity\r\n" in head
    assert "cookie" not in head.lower()
    assert "authorization" not in head.lower()


def test_it_names_the_host_in_the_handshake(get: Get, stranger: Stranger) -> None:
    stranger.pages["/"] = ok(b"x")
    get("/")
    assert stranger.names == [HOST]


def test_each_hop_is_asked_by_its_own_name(
    get: Get, stranger: Stranger, names: Names, authority: Authority, tmp_path: Path, deadline: Deadline
) -> None:
    names.answers["other.example"] = [["127.0.0.1"]]
    with Stranger(authority.server(tmp_path, "other.example")) as other:
        other.pages["/b"] = ok(b"here")
        stranger.pages["/a"] = redirect(f"https://other.example:{other.port}/b")
        guard = Guard(frozenset({f"{HOST}:{stranger.port}", f"other.example:{other.port}"}))
        fetcher = Fetcher(guard, names, authority.trust(), lambda: NOW)
        asked = f"https://{HOST}:{stranger.port}/a"
        reply = fetcher.get(asked, accept="*/*", deadline=deadline)
        assert (reply.fetched.body, reply.fetched.url) == (b"here", asked)
        assert (stranger.names, other.names) == ([HOST], ["other.example"])
        assert f"\r\nHost: other.example:{other.port}\r\n" in other.heads[0]


def test_it_ignores_the_proxies_of_the_environment(get: Get, stranger: Stranger, monkeypatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    stranger.pages["/"] = ok(b"x")
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
        "410 Gone",
        "500 Oops",
        "999 Odd",
    ],
)
def test_only_200_is_an_answer(get: Get, stranger: Stranger, status: str) -> None:
    stranger.pages["/"] = ok(b"" if status[:3] in ("204", "304") else b"{}", status=status)
    assert code_of(lambda: get("/")) == "http_status"


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
def test_what_is_not_http_is_refused(get: Get, stranger: Stranger, answer: bytes) -> None:
    stranger.pages["/"] = answer
    assert code_of(lambda: get("/")) in ("not_http", "cut_off")


# Sizes


def test_a_body_of_one_mebibyte_is_read_and_one_byte_more_is_not(get: Get, stranger: Stranger) -> None:
    stranger.pages["/full"] = ok(b"x" * MAX_BODY)
    stranger.pages["/over"] = ok(b"x" * (MAX_BODY + 1))
    assert len(get("/full")) == MAX_BODY
    assert code_of(lambda: get("/over")) == "too_large"


def test_the_same_without_a_length(get: Get, stranger: Stranger) -> None:
    stranger.pages["/full"] = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * MAX_BODY
    stranger.pages["/over"] = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MAX_BODY + 1)
    assert len(get("/full")) == MAX_BODY
    assert code_of(lambda: get("/over")) == "too_large"


def test_the_same_in_chunks(get: Get, stranger: Stranger) -> None:
    head, chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"
    stranger.pages["/full"] = head + chunk * 16 + b"0\r\n\r\n"
    stranger.pages["/over"] = head + chunk * 16 + b"1\r\nx\r\n0\r\n\r\n"
    assert len(get("/full")) == MAX_BODY
    assert code_of(lambda: get("/over")) == "too_large"


def test_a_body_without_end_is_left(get: Get, stranger: Stranger) -> None:
    sent = []

    def endless(connection: ssl.SSLSocket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)
            sent.append(65536)

    stranger.pages["/"] = endless
    assert code_of(lambda: get("/")) == "too_large"
    assert sum(sent) < 16 * MAX_BODY  # what fits into the buffers of both sides


def test_chunks_of_one_byte_with_long_extensions_are_left(get: Get, stranger: Stranger) -> None:
    stranger.pages["/"] = sending(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1;" + b"e" * 60_000 + b"\r\nx\r\n"] * 80
    )
    assert code_of(lambda: get("/")) == "too_large"


@pytest.mark.parametrize(
    "headers",
    [[f"X-{i}: {'y' * 1000}" for i in range(90)], [f"X: {'y' * MAX_HEAD}"], [f"X-{i}: y" for i in range(200)]],
    ids=["many", "one", "countless"],
)
def test_headers_are_capped(get: Get, stranger: Stranger, headers: list[str]) -> None:
    stranger.pages["/"] = ok(b"{}", *headers)
    assert code_of(lambda: get("/")) in ("too_large", "not_http")


def test_a_status_line_without_end_is_left(get: Get, stranger: Stranger) -> None:
    stranger.pages["/"] = b"HTTP/1.1 200 " + b"O" * 1_000_000
    assert code_of(lambda: get("/")) in ("too_large", "not_http")


def test_countless_interim_answers_are_left(get: Get, stranger: Stranger) -> None:
    stranger.pages["/"] = b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000
    assert code_of(lambda: get("/")) == "too_large"


# Packed bodies


def test_a_gzipped_body_is_inflated_up_to_the_cap(get: Get, stranger: Stranger) -> None:
    stranger.pages["/full"] = ok(gzip.compress(b"x" * MAX_BODY), "Content-Encoding: gzip")
    stranger.pages["/over"] = ok(gzip.compress(b"x" * (MAX_BODY + 1)), "Content-Encoding: gzip")
    assert get("/full") == b"x" * MAX_BODY
    assert code_of(lambda: get("/over")) == "too_large"


def test_a_bomb_is_refused_without_unpacking_it(get: Get, stranger: Stranger) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(100)) + packer.flush()
    assert len(bomb) < 100_000
    stranger.pages["/"] = ok(bomb, "Content-Encoding: gzip")
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
def test_a_body_that_cannot_be_unpacked_is_refused(
    get: Get, stranger: Stranger, encoding: str, body: bytes, code: str
) -> None:
    stranger.pages["/"] = ok(body, f"Content-Encoding: {encoding}")
    assert code_of(lambda: get("/")) == code


# Bodies that are cut off


@pytest.mark.parametrize("unwrap", [True, False], ids=["politely", "rudely"])
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
def test_a_body_that_is_cut_off_is_no_body(get: Get, stranger: Stranger, start: bytes, unwrap: bool) -> None:
    stranger.pages["/"] = sending(start, unwrap=unwrap)
    assert code_of(lambda: get("/")) in ("cut_off", "not_http")


def test_a_body_without_length_ends_only_with_the_farewell_of_tls(get: Get, stranger: Stranger) -> None:
    stranger.pages["/"] = sending(b"HTTP/1.1 200 OK\r\n\r\n{}", unwrap=False)
    assert code_of(lambda: get("/")) == "cut_off"


# Time


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
def test_a_host_that_drips_is_left_at_the_deadline(fetcher: Fetcher, stranger: Stranger, url, slow: Behaviour) -> None:
    stranger.pages["/"] = slow
    start = time.monotonic()
    asked = partial(fetcher.get, url("/"), accept="*/*", deadline=Deadline.after(0.5, time.monotonic))
    assert code_of(asked) in ("out_of_time", "cut_off", "not_http")
    assert time.monotonic() - start < 1.9


def test_a_fetch_has_its_own_limit_within_the_request(fetcher: Fetcher, stranger: Stranger, url, monkeypatch) -> None:
    monkeypatch.setattr("chalicelib.net.fetch.TOTAL_SECONDS", 0.3)
    stranger.pages["/"] = sending(*[b"H"] * 40, pause=0.05)
    asked = partial(fetcher.get, url("/"), accept="*/*", deadline=Deadline.after(60, time.monotonic))
    assert code_of(asked) == "timeout"


def test_one_deadline_is_shared_by_all_fetches_of_a_request(fetcher: Fetcher, stranger: Stranger, url) -> None:
    stranger.pages["/slow"] = sending(*[b"H"] * 100, pause=0.05)
    stranger.pages["/"] = ok(b"{}")
    shared = Deadline.after(0.4, time.monotonic)
    assert code_of(lambda: fetcher.get(url("/slow"), accept="*/*", deadline=shared)) == "out_of_time"
    before = stranger.connections
    assert code_of(lambda: fetcher.get(url("/"), accept="*/*", deadline=shared)) == "out_of_time"
    assert stranger.connections == before  # not even tried


def test_a_handshake_that_hangs_is_left(fetcher: Fetcher, authority: Authority, names: Names) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        hung = Fetcher(Guard(frozenset({f"{HOST}:{port}"})), names, authority.trust(), lambda: NOW)
        deadline = Deadline.after(0.4, time.monotonic)
        asked = partial(hung.get, f"https://{HOST}:{port}/", accept="*/*", deadline=deadline)
        assert code_of(asked) == "out_of_time"


# Who answers


@pytest.mark.parametrize("fault", ["other name", "no name", "expired", "other authority", "the machine's authorities"])
def test_a_certificate_that_does_not_prove_the_host_is_refused(
    authority: Authority, names: Names, tmp_path: Path, deadline: Deadline, fault: str
) -> None:
    signer = Authority("Somebody else") if fault == "other authority" else authority
    subject = {"other name": ["evil.example"], "no name": []}.get(fault, [HOST])
    with Stranger(signer.server(tmp_path, *subject, expired=fault == "expired")) as stranger:
        stranger.pages["/"] = ok(b"{}")
        trust = system_trust() if fault == "the machine's authorities" else authority.trust()
        fetcher = Fetcher(Guard(frozenset({f"{HOST}:{stranger.port}"})), names, trust, lambda: NOW)
        asked = partial(fetcher.get, f"https://{HOST}:{stranger.port}/", accept="*/*", deadline=deadline)
        assert code_of(asked) == "tls_failed"
        assert stranger.asked == []


def test_old_versions_of_tls_are_refused_by_the_machines_trust() -> None:
    trust = system_trust()
    assert trust.minimum_version is ssl.TLSVersion.TLSv1_2
    assert trust.verify_mode is ssl.CERT_REQUIRED
    assert trust.check_hostname
    assert not trust.hostname_checks_common_name


def test_plain_http_on_the_port_is_no_secure_connection(authority: Authority, names: Names, deadline: Deadline) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer() -> None:
            plain, _ = listener.accept()
            with plain:
                plain.sendall(ok(b"{}"))

        server = threading.Thread(target=answer)
        server.start()
        fetcher = Fetcher(Guard(frozenset({f"{HOST}:{port}"})), names, authority.trust(), lambda: NOW)
        code = code_of(lambda: fetcher.get(f"https://{HOST}:{port}/", accept="*/*", deadline=deadline))
        server.join()
    assert code == "tls_failed"


def test_a_closed_port_is_said_to_be_unreachable(get: Get, names: Names) -> None:
    names.answers[HOST] = [["127.0.0.9"]]
    assert code_of(lambda: get("/")) == "connect_failed"


# Redirects


def test_two_redirects_are_followed_and_a_third_is_not(get: Get, stranger: Stranger) -> None:
    stranger.pages |= {f"/{n}": redirect(f"/{n - 1}") for n in range(1, 5)} | {"/0": ok(b"here")}
    assert get("/2") == b"here"
    stranger.asked.clear()
    assert code_of(lambda: get("/3")) == "too_many_redirects"
    assert stranger.asked == ["/3", "/2", "/1"]


@pytest.mark.parametrize("status", ["301 A", "302 A", "303 A", "307 A", "308 A"])
def test_every_kind_of_redirect_is_followed(get: Get, stranger: Stranger, status: str) -> None:
    stranger.pages |= {"/a/b": redirect("../c?d", status), "/c?d": ok(b"here")}
    assert get("/a/b") == b"here"


@pytest.mark.parametrize(
    "location",
    ["http://badges.example/", "https://127.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://[::1]/",
     "//2130706433/", "file:///etc/passwd", "https://localhost/", "https://good@evil.example/", "\\\\evil.example\\x",
     "https://badges.example:9001/2018-06-01/runtime/invocation/next", "javascript:1", "https://①②⑦.⓪.⓪.①/"],
)  # fmt: skip
def test_each_hop_is_guarded_anew(get: Get, stranger: Stranger, names: Names, location: str) -> None:
    stranger.pages["/"] = ok(b"", f"Location: {location}", status="302 Found")
    assert code_of(lambda: get("/")) == "url_refused"
    assert names.asked == [HOST]


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "64:ff9b::a9fe:a9fe"])
def test_a_redirect_to_a_name_in_private_space_is_refused(
    get: Get, stranger: Stranger, names: Names, address: str
) -> None:
    names.answers["inner.example"] = [[address]]
    stranger.pages["/"] = redirect("https://inner.example/")
    assert code_of(lambda: get("/")) == "address_refused"


def test_a_redirect_that_says_no_place_is_refused(get: Get, stranger: Stranger) -> None:
    stranger.pages["/"] = ok(b"", status="302 Found")
    assert code_of(lambda: get("/")) == "url_refused"


def test_keys_may_not_come_from_another_origin(get: Get, stranger: Stranger, names: Names) -> None:
    names.answers["evil.example"] = [["93.184.216.34"]]
    stranger.pages |= {"/": redirect("https://evil.example/key"), "/near": redirect("/0"), "/0": ok(b"here")}
    assert code_of(lambda: get("/", stay=True)) == "redirect_refused"
    assert get("/near", stay=True) == b"here"


# Addresses


def test_the_address_that_was_checked_is_the_one_that_is_used(
    get: Get, stranger: Stranger, names: Names, deadline: Deadline
) -> None:
    names.answers[HOST] = [["127.0.0.1"], ["169.254.169.254"]]  # rebinding between check and use
    stranger.pages["/"] = ok(b"{}")
    assert get("/") == b"{}"
    assert names.asked == [HOST]


def test_a_name_that_rebinds_between_hops_is_refused(stranger: Stranger, authority: Authority, deadline) -> None:
    names = Names(rebind_example=[["93.184.216.34", "127.0.0.1"]])
    fetcher = Fetcher(Guard(), names, authority.trust(), lambda: NOW)
    assert code_of(lambda: fetcher.get("https://rebind.example/", accept="*/*", deadline=deadline)) == "address_refused"
    assert stranger.connections == 0


def test_the_next_address_is_tried_when_one_does_not_answer(get: Get, stranger: Stranger, names: Names) -> None:
    names.answers[HOST] = [["127.0.0.9", "::1", "127.0.0.1"]]
    stranger.pages["/"] = ok(b"{}")
    assert get("/") == b"{}"


def test_a_name_that_does_not_exist_is_said_so(authority: Authority, deadline: Deadline) -> None:
    fetcher = Fetcher(Guard(), Names(), authority.trust(), lambda: NOW)
    assert code_of(lambda: fetcher.get("https://nobody.example/", accept="*/*", deadline=deadline)) == "dns_failed"
