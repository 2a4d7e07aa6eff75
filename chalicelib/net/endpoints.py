"""Send messages to endpoints of issuers, through the guarded fetcher."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.fetching.fetch import TOTAL_SECONDS, Fetcher
from chalicelib.net.fetching.https_exchange import PostBody


@dataclass(frozen=True, slots=True)
class NetworkSender:
    """`award.endpoints.sending.Sender`. ``monotonic`` is the clock of deadlines."""

    fetcher: Fetcher
    monotonic: Callable[[], float]

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        sent = PostBody(body, "application/json", headers=headers)
        return self.fetcher.deliver(url, sent, deadline=Deadline.after(TOTAL_SECONDS, self.monotonic))
