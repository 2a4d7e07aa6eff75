"""Fetch status lists of other issuers (Bitstring Status List v1.0, 3.2; Token Status List, 8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.web import WebFetcher
from chalicelib.verify.ports import Fetched

_ACCEPT = (
    "application/vc, application/vc+jwt, application/statuslist+jwt, application/ld+json;q=0.9, "
    "application/json;q=0.8, */*;q=0.1"
)


class FetchedStatusLists:
    """Implements `chalicelib.verify.ports.StatusLists` within one request."""

    def __init__(self, web: WebFetcher, deadline: Deadline) -> None:
        self._web = web
        self._deadline = deadline
        self._prefetched: dict[str, Future[Fetched]] = {}

    def prefetch(self, urls: Sequence[str]) -> None:
        """Fetch ``urls`` at the same time, so that slow hosts do not add up; `fetch` returns the results."""
        if not urls:
            return
        with ThreadPoolExecutor(max_workers=len(urls), thread_name_prefix="status-list") as pool:
            self._prefetched |= {url: pool.submit(self._get, url) for url in urls}

    def fetch(self, url: str) -> Fetched:
        """The signed list at ``url``, unverified. It may come from any host or redirect, because it carries its
        issuer's proof."""
        prefetched = self._prefetched.get(url)
        return self._get(url) if prefetched is None else prefetched.result()

    def fetch_again(self, url: str) -> Fetched:
        """The list at ``url``, not from a cache."""
        return self._web.get(url, accept=_ACCEPT, deadline=self._deadline, fresh=True)

    def _get(self, url: str) -> Fetched:
        return self._web.get(url, accept=_ACCEPT, deadline=self._deadline)
