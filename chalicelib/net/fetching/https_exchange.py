"""One HTTPS request to one checked address, with a deadline for every wait and a limit on every byte.

Built on the standard library's sockets and `HTTPResponse`. A client library could also be given the pinned address and
the host name, but its timeouts apply to single reads: a host that sends one byte a second would keep it busy for hours.
"""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import cast

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.addresses import Address
from chalicelib.net.fetching.budget import Exchange
from chalicelib.net.fetching.dead_hosts import HostDown
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.guard import FetchTarget

CONNECT_SECONDS = 2.0
"""Limit for connecting, over all addresses that are tried."""
MAX_TRIED = 3
"""Maximum addresses to try, one after the other."""
MAX_HEAD = 64 * 1024
"""Maximum bytes of the status line and headers."""
MAX_BODY = 1024 * 1024
"""Maximum bytes of a body as sent, and again when decompressed. A DID document has a few KB; credentials and status
lists are limited to a quarter of this (`strict_json.Limits`)."""
_FRAMING = MAX_BODY + 64 * 1024
"""Maximum bytes in addition to a body, for chunk sizes and trailers."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An HTTP response, with the body as sent (possibly compressed)."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class PostBody:
    """The body and headers of a POST."""

    body: bytes
    content_type: str
    authorization: str = ""
    """The `Authorization` header; empty for none."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further headers, chosen by Laurel; no value comes from user input."""


class _Incoming(io.RawIOBase):
    """Reads a connection until a deadline, at most ``allowance`` bytes, within the request's budget."""

    def __init__(self, connection: ssl.SSLSocket, deadline: Deadline, host: str, counted: Exchange) -> None:
        super().__init__()
        self._connection = connection
        self._deadline = deadline
        self._host = host
        self._counted = counted
        self.allowance = MAX_HEAD
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # any writable buffer
        if self.allowance <= 0:
            raise too_large(self._host)
        _set_timeout(self._connection, self._deadline)
        taken = self._counted.take(min(len(buffer), self.allowance))
        count = 0
        try:
            count = self._connection.recv_into(buffer[:taken])
        finally:
            self._counted.give_back(taken - count)
        self.allowance -= count
        self.ended = count == 0
        return count

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The method that `HTTPResponse` calls on a socket."""
        return io.BufferedReader(self)


def exchange(
    target: FetchTarget,
    addresses: Sequence[Address],
    accept: str,
    trust: ssl.SSLContext,
    deadline: Deadline,
    counted: Exchange,
    sent: PostBody | None = None,
) -> HttpResponse:
    """GET ``target``, or POST ``sent`` to it, at one of ``addresses``, which the guard has checked; no other address is
    contacted. The budget counts what is received.

    Raises `Unavailable` with one of the codes `connect_failed`, `tls_failed`, `too_large`, `cut_off`, `not_http`,
    `fetch_limit`, or `timeout` for a host that accepts no connection; `TimeoutError` when ``deadline`` passes first.
    """
    with _connect(target, addresses, deadline) as tcp, _secure(tcp, target, trust, deadline) as connection:
        counted.connected()
        try:
            _set_timeout(connection, deadline)
            connection.sendall(_request(target, accept, sent))
            return _read(connection, target.host, deadline, counted)
        except TimeoutError:
            raise
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError) as error:
            raise _cut_off(target.host) from error
        except (OSError, HTTPException, ValueError) as error:
            raise Unavailable(f"{target.host} sent an invalid response.", code="not_http") from error


def too_large(host: str) -> Unavailable:
    """The error for a response that exceeds the limits."""
    return Unavailable(f"{host} sent more than {MAX_BODY:,} bytes.", code="too_large")


def _connect(target: FetchTarget, addresses: Sequence[Address], deadline: Deadline) -> socket.socket:
    # A host that had the full time to accept a connection is down; one that was contacted late may only have had too
    # little time.
    in_full = deadline.left() >= CONNECT_SECONDS
    connect_deadline = deadline.within(CONNECT_SECONDS)
    tried = addresses[:MAX_TRIED]
    failure: OSError | None = None
    for position, address in enumerate(tried):
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        tcp = socket.socket(family, socket.SOCK_STREAM)
        tcp.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )  # otherwise Nagle's algorithm delays the request until the handshake is acknowledged
        try:
            share = connect_deadline.left() / (len(tried) - position)
            if share <= 0:
                raise TimeoutError
            tcp.settimeout(share)
            tcp.connect((str(address), target.port))
        except OSError as error:  # includes TimeoutError: the next address gets its share of the time
            tcp.close()
            failure = error
        else:
            return tcp
    if isinstance(failure, TimeoutError) and not in_full:
        raise failure
    if isinstance(failure, TimeoutError):
        raise HostDown(f"{target.host} did not respond in time.", code="timeout") from failure
    raise HostDown(f"{target.host} cannot be reached.", code="connect_failed") from failure


def _secure(tcp: socket.socket, target: FetchTarget, trust: ssl.SSLContext, deadline: Deadline) -> ssl.SSLSocket:
    try:
        _set_timeout(tcp, deadline)
        # An end of the connection without TLS's close_notify is an error; otherwise anyone on the network could
        # truncate a body without a length.
        return trust.wrap_socket(tcp, server_hostname=target.host, suppress_ragged_eofs=False)
    except TimeoutError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise Unavailable(f"The TLS certificate of {target.host} is not valid.", code="tls_failed") from error
    except OSError as error:
        raise Unavailable(
            f"Laurel could not establish a secure connection to {target.host}.", code="tls_failed"
        ) from error


def _request(target: FetchTarget, accept: str, sent: PostBody | None) -> bytes:
    lines = [
        f"{'POST' if sent else 'GET'} {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        f"Accept: {accept}",
        "Accept-Encoding: identity",
        "User-Agent: Laurel (credential verifier)",
        "Connection: close",
    ]
    if sent is not None:
        lines += [f"Content-Type: {sent.content_type}", f"Content-Length: {len(sent.body)}"]
        lines += [f"Authorization: {sent.authorization}"] if sent.authorization else []
        lines += [f"{name}: {value}" for name, value in sent.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + (sent.body if sent else b"")


def _read(connection: ssl.SSLSocket, host: str, deadline: Deadline, counted: Exchange) -> HttpResponse:
    incoming = _Incoming(connection, deadline, host, counted)
    with HTTPResponse(cast(socket.socket, incoming), method="GET") as response:
        response.begin()
        if incoming.ended:  # the standard library would take it for the end of the headers
            raise _cut_off(host)
        incoming.allowance += MAX_BODY + _FRAMING
        if (response.length or 0) > MAX_BODY:
            raise too_large(host)
        body = bytearray()
        while chunk := response.read(64 * 1024):
            body += chunk
            if len(body) > MAX_BODY:
                raise too_large(host)
        if response.length:
            raise _cut_off(host)
        return HttpResponse(response.status, _headers(response.msg), bytes(body))


def _headers(message: Message) -> Mapping[str, str]:
    """Header names in lower case; repeated headers are joined, as RFC 9110, 5.3 allows."""
    headers: dict[str, str] = {}
    for name in {name.lower() for name in message}:
        headers[name] = ", ".join(map(str, message.get_all(name, ())))
    return headers


def _set_timeout(connection: socket.socket, deadline: Deadline) -> None:
    left = deadline.left()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)


def _cut_off(host: str) -> Unavailable:
    return Unavailable(f"{host} closed the connection before the response was complete.", code="cut_off")
