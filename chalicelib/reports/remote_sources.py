"""The port for what a submitted credential needs from other hosts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chalicelib.verify.ports import Controllers, Documents, Fetched, Registry, StatusLists


class RemoteSources(Protocol):
    """Remote sources during one request; all fetches share one deadline."""

    @property
    def controllers(self) -> Controllers:
        """Keys of other issuers, by did:web or https."""

    @property
    def status_lists(self) -> StatusLists:
        """Status lists of other issuers."""

    @property
    def documents(self) -> Documents:
        """The parts of Open Badges 2.0 badges."""

    @property
    def registry(self) -> Registry:
        """Registries of issuers outside Laurel, in the order of their authority."""

    def credential(self, url: str) -> Fetched:
        """Fetch the document at a link that should lead to a credential. Raises `Unavailable`."""

    def prefetch(self, urls: Sequence[str]) -> None:
        """Fetch the documents at several links at the same time; `credential` then returns them, or raises."""

    def refresh(self) -> bool:
        """From now on, bypass the cache for keys and the credential; False if nothing came from the cache.

        Status lists may still come from a cache: their issuers say for how long (Bitstring Status List v1.0, 3.2).
        """
