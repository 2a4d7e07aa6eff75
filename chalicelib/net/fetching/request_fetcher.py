"""A per-request fetcher: each URL is fetched once, within the request's budget."""

from __future__ import annotations

from typing import Protocol

from chalicelib.errors import Unavailable
from chalicelib.net.fetching.budget import FetchBudget
from chalicelib.net.fetching.cache import CachedFailure
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.verify.ports import Fetched


class BudgetedFetcher(Protocol):
    """The cached, guarded fetcher: `chalicelib.net.fetching.cache.Cache`."""

    def get(
        self,
        url: str,
        *,
        accept: str,
        deadline: Deadline,
        same_origin: bool = False,
        budget: FetchBudget | None = None,
        fresh: bool = False,
    ) -> Fetched:
        """See `chalicelib.net.fetching.cache.Cache.get`."""


class RequestFetcher:
    """Implements `chalicelib.net.web.WebFetcher`. A response that may not be cached is still used for the whole
    request."""

    def __init__(self, web: BudgetedFetcher, budget: FetchBudget) -> None:
        self._web = web
        self._budget = budget
        self._results: dict[tuple[str, str, bool], Fetched | Unavailable] = {}
        self._fresh = False

    def forget(self) -> None:
        """Forget everything that was fetched."""
        self._results.clear()

    def refresh(self) -> bool:
        """Use nothing from the cache from now on, and forget what came from it; False when nothing did."""
        cached = [key for key, result in self._results.items() if _is_cached(result)]
        for key in cached:
            del self._results[key]
        self._fresh = True
        return bool(cached)

    def get(
        self, url: str, *, accept: str, deadline: Deadline, same_origin: bool = False, fresh: bool = False
    ) -> Fetched:
        """See `chalicelib.net.web.Web.get`. What was fetched for this request is fresh."""
        key = (url, accept, same_origin)
        if key not in self._results or (fresh and _is_cached(self._results[key])):
            self._results[key] = self._fetch(url, accept, deadline, same_origin, fresh=fresh or self._fresh)
        result = self._results[key]
        if isinstance(result, Unavailable):
            raise result
        return result

    def _fetch(
        self, url: str, accept: str, deadline: Deadline, same_origin: bool, *, fresh: bool
    ) -> Fetched | Unavailable:
        try:
            return self._web.get(
                url,
                accept=accept,
                deadline=deadline,
                same_origin=same_origin,
                budget=self._budget,
                fresh=fresh,
            )
        except Unavailable as error:
            return error


def _is_cached(result: Fetched | Unavailable) -> bool:
    return isinstance(result, CachedFailure) or (isinstance(result, Fetched) and result.cached)
