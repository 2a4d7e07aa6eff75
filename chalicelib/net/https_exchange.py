"""One HTTPS exchange with one checked address: every wait ends at a deadline, every byte is counted.

Built on the standard library's sockets and `HTTPResponse`. A client library would be given the pinned address and the
host's name as well, but its time limits hold for single reads: a host that sends one byte a second keeps it for hours.
"""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import cast

from chalicelib.errors import Unavailable
from chalicelib.net.addresses import Address
from chalicelib.net.deadline import Deadline
from chalicelib.net.guard import Target

CONNECT_SECONDS = 2.0
"""For reaching the host, over all the addresses that are tried."""
MAX_TRIED = 3
"""Addresses that are tried, one after the other."""
MAX_HEAD = 64 * 1024
"""Bytes of status line and headers."""
MAX_BODY = 1024 * 1024
"""Bytes of a body as sent, and again when it is inflated. A DID document has a few KB; of credentials and status
lists no more than a quarter of this is read (`strict_json.Caps`)."""
_FRAMING = MAX_BODY + 64 * 1024
"""Bytes that may come on top of a body, for the lengths of its chunks and the headers behind it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host sent: the body as it came, perhaps compressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent along with a question that is no GET."""

    body: bytes
    content_type: str
    authorization: str = ""
    """The header of that name; none when empty."""


class _Incoming(io.RawIOBase):
    """Reads a connection until a deadline, and no more than ``allowance`` bytes."""

    def __init__(self, connection: ssl.SSLSocket, deadline: Deadline, host: str) -> None:
        super().__init__()
        self._connection = connection
        self._deadline = deadline
        self._host = host
        self.allowance = MAX_HEAD
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # any writable buffer
        if self.allowance <= 0:
            raise too_large(self._host)
        _limit(self._connection, self._deadline)
        count = self._connection.recv_into(buffer[: self.allowance])
        self.allowance -= count
        self.ended = count == 0
        return count

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What `HTTPResponse` asks a socket for."""
        return io.BufferedReader(self)


def exchange(
    target: Target,
    addresses: Sequence[Address],
    accept: str,
    trust: ssl.SSLContext,
    deadline: Deadline,
    sent: Sent | None = None,
) -> Answer:
    """GET ``target``, or POST what is ``sent`` to it, at one of ``addresses``, which the guard has checked, and nowhere
    else.

    Raises `Unavailable` with one of the codes `connect_failed`, `tls_failed`, `too_large`, `cut_off`, `not_http`, or
    `TimeoutError` when ``deadline`` passes first.
    """
    with _connect(target, addresses, deadline) as plain, _secure(plain, target, trust, deadline) as connection:
        try:
            _limit(connection, deadline)
            connection.sendall(_request(target, accept, sent))
            return _read(connection, target.host, deadline)
        except TimeoutError:
            raise
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError) as error:
            raise _cut_off(target.host) from error
        except (OSError, HTTPException, ValueError) as error:
            raise Unavailable(f"{target.host} sent an invalid response.", code="not_http") from error


def too_large(host: str) -> Unavailable:
    """The refusal of an answer beyond the caps."""
    return Unavailable(f"{host} sent more than {MAX_BODY:,} bytes.", code="too_large")


def _connect(target: Target, addresses: Sequence[Address], deadline: Deadline) -> socket.socket:
    soon = deadline.within(CONNECT_SECONDS)
    tried = addresses[:MAX_TRIED]
    failure: OSError | None = None
    for position, address in enumerate(tried):
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        plain = socket.socket(family, socket.SOCK_STREAM)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or the request waits for the handshake's echo
        try:
            share = soon.left() / (len(tried) - position)
            if share <= 0:
                raise TimeoutError
            plain.settimeout(share)
            plain.connect((str(address), target.port))
        except OSError as error:  # a TimeoutError is one too: the next address has its share
            plain.close()
            failure = error
        else:
            return plain
    if isinstance(failure, TimeoutError):
        raise failure
    raise Unavailable(f"{target.host} cannot be reached.", code="connect_failed") from failure


def _secure(plain: socket.socket, target: Target, trust: ssl.SSLContext, deadline: Deadline) -> ssl.SSLSocket:
    try:
        _limit(plain, deadline)
        # An end without TLS's own farewell is an error, or a body without a length could be cut by anybody.
        return trust.wrap_socket(plain, server_hostname=target.host, suppress_ragged_eofs=False)
    except TimeoutError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise Unavailable(f"The TLS certificate of {target.host} is not valid.", code="tls_failed") from error
    except OSError as error:
        raise Unavailable(f"No secure connection to {target.host} could be established.", code="tls_failed") from error


def _request(target: Target, accept: str, sent: Sent | None) -> bytes:
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
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + (sent.body if sent else b"")


def _read(connection: ssl.SSLSocket, host: str, deadline: Deadline) -> Answer:
    incoming = _Incoming(connection, deadline, host)
    with HTTPResponse(cast(socket.socket, incoming), method="GET") as response:
        response.begin()
        if incoming.ended:  # which the standard library takes for the end of the headers
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
        return Answer(response.status, _headers(response.msg), bytes(body))


def _headers(message: Message) -> Mapping[str, str]:
    """Names in lower case; what is sent twice is joined, as RFC 9110, 5.3 allows."""
    headers: dict[str, str] = {}
    for name in {name.lower() for name in message}:
        headers[name] = ", ".join(map(str, message.get_all(name, ())))
    return headers


def _limit(connection: socket.socket, deadline: Deadline) -> None:
    left = deadline.left()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)


def _cut_off(host: str) -> Unavailable:
    return Unavailable(f"{host} closed the connection before the response was complete.", code="cut_off")
