"""External sources for one request, with one deadline and one budget for all fetches."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.errors import Unavailable
from chalicelib.net import did_web, issuer_keys
from chalicelib.net.did_web import DidWeb
from chalicelib.net.fetching.budget import FetchBudget
from chalicelib.net.fetching.dead_hosts import DeadHosts
from chalicelib.net.fetching.deadline import Deadline, Monotonic
from chalicelib.net.fetching.guard import Guard
from chalicelib.net.fetching.request_web import BudgetedWeb, RequestWeb
from chalicelib.net.issuer_keys import IssuerKeys
from chalicelib.net.status_lists import FetchedStatusLists
from chalicelib.verify.ports import Controller, Fetched

REQUEST_SECONDS = 10.0
"""Limit of all fetches of one request: people do not wait longer, and API Gateway times out after 29 s."""
_ACCEPT = (
    "application/vc, application/vc+jwt, application/ld+json;q=0.9, application/json;q=0.8, application/jwt;q=0.7, "
    "*/*;q=0.1"
)


class FetchedSources:
    """Implements `chalicelib.reports.remote_sources.RemoteSources`. For ``admit`` and ``dead_hosts`` see
    `FetchBudget`."""

    def __init__(
        self, web: BudgetedWeb, guard: Guard, clock: Monotonic, admit: Callable[[], None], dead_hosts: DeadHosts
    ) -> None:
        self._guard = guard
        self._budget = FetchBudget(admit, dead_hosts)
        self._links: set[str] = set()
        self._web = RequestWeb(web, self._budget)
        self._deadline = Deadline.after(REQUEST_SECONDS, clock)
        self.controllers = _Controllers(DidWeb(self._web, self._deadline), IssuerKeys(self._web, guard, self._deadline))
        self.status_lists = FetchedStatusLists(RequestWeb(web, self._budget), self._deadline)

    def credential(self, url: str) -> Fetched:
        """The credential at ``url``. It may come from any host or redirect, because it carries its own proof."""
        authority = self._guard.target(url).authority
        if url not in self._links:  # read again after `refresh`, it still costs one request
            self._links.add(url)
            self._budget.add_one(authority)
        return self._web.get(url, accept=_ACCEPT, deadline=self._deadline)

    def refresh(self) -> bool:
        """See the port."""
        return self._web.refresh()


class _Controllers:
    def __init__(self, dids: DidWeb, issuers: IssuerKeys) -> None:
        self._dids = dids
        self._issuers = issuers

    def find(self, did: str, kid: str | None = None) -> Controller:
        if did.startswith(did_web.PREFIX):
            return self._dids.find(did)
        if did.startswith(issuer_keys.PREFIX):
            return self._issuers.find(did, kid)
        method = ":".join(did.split(":")[:2])[:40]
        raise Unavailable(f"Laurel cannot look up keys of {method!r} yet.", code="key_method_unsupported")
