"""Fetch status list credentials of other issuers (Bitstring Status List v1.0, 3.2)."""

from __future__ import annotations

from chalicelib.net.deadline import Deadline
from chalicelib.net.web import Web
from chalicelib.verify.ports import Fetched

_ACCEPT = "application/vc, application/vc+jwt, application/ld+json;q=0.9, application/json;q=0.8, */*;q=0.1"


class FetchedStatusLists:
    """Implements `chalicelib.verify.ports.StatusLists` within one request."""

    def __init__(self, web: Web, deadline: Deadline) -> None:
        self._web = web
        self._deadline = deadline

    def fetch(self, url: str) -> Fetched:
        """The signed list at ``url``, unverified. It may come from any host or redirect, because it carries its
        issuer's proof."""
        return self._web.get(url, accept=_ACCEPT, deadline=self._deadline)
