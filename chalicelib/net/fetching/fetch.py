"""Fetch from external hosts: check the URL, resolve the host, check its addresses, connect to one of them, check the
response."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.budget import FetchBudget
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.guard import FetchTarget, Guard
from chalicelib.net.fetching.https_exchange import (
    MAX_BODY,
    HttpResponse,
    PostBody,
    exchange,
    too_large,
)
from chalicelib.net.fetching.resolve import AddressResolver
from chalicelib.verify.ports import Fetched

TOTAL_SECONDS = 5.0
"""Limit of one fetch with its redirects, within the request's own deadline."""
MAX_REDIRECTS = 2
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = 410
"""RFC 9110, 15.5.11: the host has removed what was there, on purpose."""
_TEMPORARY = frozenset({408, 425, 429})
"""Statuses below 500 after which the same request may succeed later (RFC 9110; RFC 6585; RFC 8470)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A fetched body and its `Cache-Control` header."""

    fetched: Fetched
    cache_control: str = ""


class Fetcher:
    """Fetches URLs from submitted documents. Stateless; see `chalicelib.net.fetching.cache` for the cache."""

    def __init__(
        self, guard: Guard, resolver: AddressResolver, trust: ssl.SSLContext, now: Callable[[], datetime]
    ) -> None:
        self._guard = guard
        self._resolver = resolver
        self._trust = trust
        self._now = now

    def get(
        self, url: str, *, accept: str, deadline: Deadline, same_origin: bool = False, budget: FetchBudget | None = None
    ) -> Reply:
        """Fetch the body at ``url``; with ``same_origin``, a redirect may not lead to another origin. ``budget`` is
        that of the whole request, if it fetches more than this.

        Raises `Unavailable`: `url_refused`, `address_refused`, `dns_failed`, `connect_failed`, `tls_failed`, `timeout`
        (the host was too slow), `out_of_time` (the request's deadline has passed, or waiting for other hosts took
        too much of the time), `too_large`, `cut_off`, `not_http`, `encoding_unsupported`, `redirect_refused`,
        `too_many_redirects`, `fetch_limit`, `http_status`, `gone`, and `http_unavailable` for an error of the host that
        may be temporary.
        """
        budget = budget or FetchBudget()
        first = target = self._guard.target(url)
        fetch_deadline = deadline.within(TOTAL_SECONDS)
        for _ in range(1 + MAX_REDIRECTS):
            answer = self._exchange(target, accept, fetch_deadline, deadline, budget)
            if answer.status not in _REDIRECTS:
                location = None if target is first else target.url
                fetched = Fetched(url, _body(answer, target), self._now(), location=location)
                return Reply(fetched, answer.headers.get("cache-control", ""))
            target = self._redirected(answer, target)
            if same_origin and target.origin != first.origin:
                raise Unavailable(
                    f"{first.host} redirects to {target.host}, a different site, so Laurel does not "
                    "follow the redirect.",
                    code="redirect_refused",
                )
        raise Unavailable(f"{first.host} redirects too many times.", code="too_many_redirects")

    def post(self, url: str, sent: PostBody, *, accept: str, deadline: Deadline) -> Fetched:
        """POST ``sent`` to ``url`` once and return the response. Redirects are not followed.

        Raises `Unavailable` as `get` does.
        """
        target = self._guard.target(url)
        answer = self._exchange(target, accept, deadline.within(TOTAL_SECONDS), deadline, FetchBudget(), sent)
        return Fetched(url, _body(answer, target), self._now())

    def deliver(self, url: str, sent: PostBody, *, deadline: Deadline) -> int:
        """POST ``sent`` to ``url`` once and return the status of the response, whatever it is. Redirects are not
        followed, and the body of the response is not used.

        Raises `Unavailable` as `get` does, if there is no response.
        """
        target = self._guard.target(url)
        return self._exchange(target, "*/*", deadline.within(TOTAL_SECONDS), deadline, FetchBudget(), sent).status

    def _exchange(
        self,
        target: FetchTarget,
        accept: str,
        fetch_deadline: Deadline,
        deadline: Deadline,
        budget: FetchBudget,
        sent: PostBody | None = None,
    ) -> HttpResponse:
        try:
            with budget.request(target.authority, fetch_deadline) as counted:
                addresses = self._guard.checked(target, self._resolver.addresses(target.host, fetch_deadline))
                counted.trying(addresses, fetch_deadline)
                return exchange(target, addresses, accept, self._trust, fetch_deadline, counted, sent)
        except TimeoutError as error:
            if deadline.left() <= 0 or fetch_deadline.was_held_up:
                raise Unavailable("The time limit was reached before the fetch.", code="out_of_time") from error
            raise Unavailable(f"{target.host} did not respond in time.", code="timeout") from error

    def _redirected(self, answer: HttpResponse, target: FetchTarget) -> FetchTarget:
        try:
            return self._guard.target(urljoin(target.url, answer.headers["location"]))
        except (KeyError, ValueError) as error:
            raise Unavailable(
                f"{target.host} sent a redirect without a Location header.", code="url_refused"
            ) from error


def system_trust() -> ssl.SSLContext:
    """A TLS context with the system's certificate authorities, TLS 1.2 or later, and host names checked only against
    the subject alternative names."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificate and host name
    trust.minimum_version = ssl.TLSVersion.TLSv1_2
    trust.hostname_checks_common_name = False  # RFC 9525, 2
    trust.set_alpn_protocols(["http/1.1"])
    trust.load_default_certs()
    return trust


def _body(answer: HttpResponse, target: FetchTarget) -> bytes:
    if answer.status == GONE:
        raise Unavailable(f"{target.host} says that this page has been removed (410).", code="gone")
    if answer.status != 200:
        code = "http_unavailable" if answer.status in _TEMPORARY or 500 <= answer.status < 600 else "http_status"
        raise Unavailable(f"{target.host} returned an error ({answer.status}).", code=code)
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        return answer.body
    if encoding not in ("gzip", "x-gzip"):
        raise Unavailable(f"{target.host} uses an unsupported content encoding.", code="encoding_unsupported")
    # The request asks for identity, but some hosts only store the compressed form.
    inflater = zlib.decompressobj(wbits=31)
    try:
        body = inflater.decompress(answer.body, MAX_BODY + 1)
    except zlib.error as error:
        raise Unavailable(f"{target.host} sent compressed data that is corrupt.", code="cut_off") from error
    if len(body) > MAX_BODY:
        raise too_large(target.host)
    if not inflater.eof or inflater.unused_data:
        raise Unavailable(f"{target.host} sent compressed data that is corrupt.", code="cut_off")
    return body
