"""Read external documents: fetch bytes by URL and parse them as strict JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed, Unavailable
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.verify.ports import Fetched

Result = TypeVar("Result")


class WebFetcher(Protocol):
    """The cached, guarded fetcher: `chalicelib.net.fetching.cache.Cache`."""

    def get(
        self, url: str, *, accept: str, deadline: Deadline, same_origin: bool = False, fresh: bool = False
    ) -> Fetched:
        """See `chalicelib.net.fetching.fetch.Fetcher.get`; ``fresh`` takes nothing from a cache."""


def read(fetched: Fetched, reader: Callable[[Mapping[str, object]], Result]) -> Result:
    """Parse a fetched document as JSON and pass it to ``reader``.

    An unreadable document counts as no answer from its host: raises `Unavailable` (`document_unreadable`) with the
    reason, never `Malformed`, which would mean that the credential is malformed.
    """
    try:
        return reader(strict_json.parse(fetched.body))
    except Malformed as error:
        raise Unavailable(f"{fetched.url[:200]} cannot be used: {error.detail}", code="document_unreadable") from error
