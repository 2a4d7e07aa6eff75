"""Look issuers up in the registries that the operators of the deployment trust."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from chalicelib.errors import Malformed, Unavailable
from chalicelib.net.fetching.deadline import Deadline
from chalicelib.net.web import WebFetcher
from chalicelib.reports.registry_list import LIMITS, RegistrySource, names_in
from chalicelib.verify.ports import KnownIssuer
from chalicelib.verify.report import Evidence

_ACCEPT = "application/json, */*;q=0.1"


class IssuerRegistries:
    """Implements `chalicelib.verify.ports.Registry` within one request. The first registry that has an issuer decides.

    ``web`` caches the lists, for at most five minutes.
    """

    def __init__(self, web: WebFetcher, deadline: Deadline, sources: Sequence[RegistrySource]) -> None:
        self._web = web
        self._deadline = deadline
        self._sources = sources

    def find(self, did: str) -> KnownIssuer | None:
        """See the port. An unreadable registry only matters if no other one has the issuer: raises `Unavailable`."""
        unread: Unavailable | None = None
        for source in self._sources:
            try:
                name, evidence = self._find_in(source, did)
            except Unavailable as error:
                unread = unread or Unavailable(f"{source.name}: {error.detail}", code=error.code)
                continue
            if name is not None:
                return KnownIssuer(did, name, source.name, evidence=evidence)
        if unread is not None:
            raise unread
        return None

    def _find_in(self, source: RegistrySource, did: str) -> tuple[str | None, tuple[Evidence, ...]]:
        try:
            if not source.is_fetched:
                return names_in(_file(source.location)).get(did), ()
            fetched = self._web.get(source.location, accept=_ACCEPT, deadline=self._deadline)
            return names_in(fetched.body).get(did), (fetched.evidence(),)
        except Malformed as error:
            raise Unavailable(f"its list cannot be used: {error.detail}", code="document_unreadable") from error


@lru_cache(maxsize=16)
def _file(path: str) -> bytes:
    """The content of a file of the deployment, which does not change while a worker runs. Raises `Unavailable`."""
    try:
        with Path(path).open("rb") as file:
            return file.read(LIMITS.size + 1)
    except OSError as error:
        raise Unavailable("its file cannot be read.", code="document_unreadable") from error
