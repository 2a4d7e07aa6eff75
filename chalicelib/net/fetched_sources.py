"""External sources for one request, with one deadline and one budget for all fetches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from chalicelib.errors import LaurelError, Unavailable
from chalicelib.net import did_web, did_webvh, issuer_keys
from chalicelib.net.did_web import DidWeb
from chalicelib.net.did_webvh import DidWebvh
from chalicelib.net.fetching.budget import REQUEST_LIMITS, FetchBudget, FetchLimits
from chalicelib.net.fetching.dead_hosts import DeadHosts
from chalicelib.net.fetching.deadline import Deadline, Monotonic
from chalicelib.net.fetching.guard import Guard
from chalicelib.net.fetching.request_fetcher import BudgetedFetcher, RequestFetcher
from chalicelib.net.issuer_keys import IssuerKeys
from chalicelib.net.issuer_registries import IssuerRegistries
from chalicelib.net.status_lists import FetchedStatusLists
from chalicelib.net.web import WebFetcher
from chalicelib.reports.registry_list import RegistrySource
from chalicelib.verify.ports import Controller, Fetched

REQUEST_SECONDS = 10.0
"""Limit of all fetches of one request: people do not wait longer, and API Gateway times out after 29 s."""
PREFETCHES = 16
"""Links that are fetched at the same time."""
_ACCEPT = (
    "application/vc, application/vc+jwt, application/ld+json;q=0.9, application/json;q=0.8, application/jwt;q=0.7, "
    "*/*;q=0.1"
)


class FetchedSources:
    """Implements `chalicelib.reports.remote_sources.RemoteSources`. For ``admit`` and ``dead_hosts`` see
    `FetchBudget`.

    Nothing is fetched after ``seconds``. ``limits`` are those of all fetches, or if there are limits for ``links``, of
    all but the links that the caller sent."""

    def __init__(
        self,
        web: BudgetedFetcher,
        guard: Guard,
        clock: Monotonic,
        admit: Callable[[], None],
        dead_hosts: DeadHosts,
        registries: Sequence[RegistrySource] = (),
        *,
        seconds: float = REQUEST_SECONDS,
        limits: FetchLimits = REQUEST_LIMITS,
        links: FetchLimits | None = None,
    ) -> None:
        self._guard = guard
        budget = FetchBudget(admit, dead_hosts, limits)
        self._links: set[str] = set()
        self._web = RequestFetcher(web, budget)
        self._link_budget = budget if links is None else FetchBudget(admit, dead_hosts, links)
        self._linked = RequestFetcher(web, self._link_budget)
        self._deadline = Deadline.after(seconds, clock)
        self.controllers = _Controllers(
            DidWeb(self._web, self._deadline),
            DidWebvh(self._web, self._deadline),
            IssuerKeys(self._web, guard, self._deadline),
        )
        self.documents = FetchedDocuments(self._web, self._deadline)
        self.status_lists = FetchedStatusLists(RequestFetcher(web, budget), self._deadline)
        # With a budget of their own, since it is not the submitted document that chooses their hosts.
        self.registry = IssuerRegistries(RequestFetcher(web, FetchBudget()), self._deadline, registries)

    def credential(self, url: str) -> Fetched:
        """The credential at ``url``. It may come from any host or redirect, because it carries its own proof."""
        authority = self._guard.target(url).authority
        if url not in self._links:  # read again after `refresh`, it still costs one request
            self._links.add(url)
            self._link_budget.add_one(authority)
        return self._linked.get(url, accept=_ACCEPT, deadline=self._deadline)

    def prefetch(self, urls: Sequence[str]) -> None:
        """See the port. What earlier links led to is forgotten, so that a batch of them needs little memory."""
        self._linked.forget()
        if not urls:
            return
        with ThreadPoolExecutor(max_workers=PREFETCHES, thread_name_prefix="link") as pool:
            list(pool.map(self._prefetch, dict.fromkeys(urls)))

    def _prefetch(self, url: str) -> None:
        with suppress(LaurelError):  # raised again by `credential`
            self.credential(url)

    def refresh(self) -> bool:
        """See the port."""
        refreshed = [fetcher.refresh() for fetcher in (self._web, self._linked)]
        return any(refreshed)


class FetchedDocuments:
    """Implements `chalicelib.verify.ports.Documents` within one request."""

    def __init__(self, web: WebFetcher, deadline: Deadline) -> None:
        self._web = web
        self._deadline = deadline

    def fetch(self, url: str) -> Fetched:
        """The document at ``url``. A redirect to another origin is not followed: a site that redirects anywhere on
        request would vouch for every document."""
        return self._web.get(url, accept=_ACCEPT, deadline=self._deadline, same_origin=True)


class _Controllers:
    def __init__(self, dids: DidWeb, histories: DidWebvh, issuers: IssuerKeys) -> None:
        self._dids = dids
        self._histories = histories
        self._issuers = issuers

    def find(self, did: str, kid: str | None = None) -> Controller:
        if did.startswith(did_web.PREFIX):
            return self._dids.find(did)
        if did.startswith(did_webvh.PREFIX):
            return self._histories.find(did)
        if did.startswith(issuer_keys.PREFIX):
            return self._issuers.find(did, kid)
        method = ":".join(did.split(":")[:2])[:40]
        raise Unavailable(f"Laurel cannot look up keys of {method!r} yet.", code="key_method_unsupported")
