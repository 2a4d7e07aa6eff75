"""Resolve keys and status lists of a submitted credential: Laurel's own from its tables, all others by fetching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.credential import lookalike
from chalicelib.credential.build import status_list_url
from chalicelib.credential.did import host_did, issuer_did
from chalicelib.errors import NotFound, Unavailable
from chalicelib.reports.archive import StoreArchive
from chalicelib.reports.hosted_resolver import hosted_controller, hosted_registration
from chalicelib.reports.remote_sources import RemoteSources
from chalicelib.reports.store import PublicStore
from chalicelib.verify.ports import Controller, Fetched, KnownIssuer, Resolver


def build_open_resolver(
    base_url: str, public_store: PublicStore, remote_sources: RemoteSources, now: datetime
) -> Resolver:
    """A resolver for one request."""
    return Resolver(
        controllers=_Controllers(base_url, public_store, remote_sources, now),
        status_lists=_StatusLists(base_url, public_store, remote_sources, now),
        registry=_Registry(base_url, public_store, remote_sources, now),
        archive=StoreArchive(base_url, public_store),
        documents=_Documents(base_url, remote_sources),
        names=_Names(public_store),
    )


@dataclass(frozen=True, slots=True)
class _Controllers:
    base_url: str
    public_store: PublicStore
    remote_sources: RemoteSources
    now: datetime

    def find(self, did: str, kid: str | None = None) -> Controller:
        if did != host_did(self.base_url) and not did.startswith(issuer_did(self.base_url, "")):
            return self.remote_sources.controllers.find(did, kid)
        try:
            return hosted_controller(self.base_url, self.public_store.issuer_of_did(did), self.now)
        except NotFound as error:
            raise Unavailable(f"{did[:200]!r} is not an issuer that Laurel hosts.", code="issuer_not_hosted") from error


@dataclass(frozen=True, slots=True)
class _StatusLists:
    base_url: str
    public_store: PublicStore
    remote_sources: RemoteSources
    now: datetime

    def prefetch(self, urls: Sequence[str]) -> None:
        self.remote_sources.status_lists.prefetch([url for url in urls if not self._is_own(url)])

    def fetch(self, url: str) -> Fetched:
        prefix = status_list_url(self.base_url, "")
        if not self._is_own(url):
            return self.remote_sources.status_lists.fetch(url)
        try:
            return Fetched(url, self.public_store.status_list(url.removeprefix(prefix)).document, self.now)
        except NotFound as error:
            message = f"{url[:200]!r} is not a status list that Laurel hosts."
            raise Unavailable(message, code="status_list_not_hosted") from error

    def fetch_again(self, url: str) -> Fetched:
        return self.fetch(url) if self._is_own(url) else self.remote_sources.status_lists.fetch_again(url)

    def _is_own(self, url: str) -> bool:
        return url.startswith(status_list_url(self.base_url, ""))


@dataclass(frozen=True, slots=True)
class _Documents:
    base_url: str
    remote_sources: RemoteSources

    def fetch(self, url: str) -> Fetched:
        if f"{url.lower()}/".startswith(f"{self.base_url}/"):
            # Never fetched: Laurel publishes no badges of the old format.
            raise Unavailable(f"{url[:200]!r} is not a badge.", code="url_refused")
        return self.remote_sources.documents.fetch(url)


@dataclass(frozen=True, slots=True)
class _Registry:
    base_url: str
    public_store: PublicStore
    remote_sources: RemoteSources
    now: datetime

    def find(self, did: str) -> KnownIssuer | None:
        try:
            own = hosted_registration(self.base_url, self.public_store.issuer_of_did(did), self.now)
        except NotFound:
            own = None
        if own is not None and (own.name is not None or own.domains):
            return own
        return self.remote_sources.registry.find(did) or own


class _Names:
    """The registered names, each looked up once for a request."""

    def __init__(self, public_store: PublicStore) -> None:
        self._public_store = public_store
        self._found: dict[str, bool] = {}

    def is_taken(self, name: str) -> bool:
        if name not in self._found:
            self._found[name] = any(map(self._public_store.name_holders, lookalike.digests(name)))
        return self._found[name]
