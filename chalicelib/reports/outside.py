"""What checking a stranger's credential needs from outside."""

from __future__ import annotations

from typing import Protocol

from chalicelib.verify.ports import Controllers, Fetched, StatusLists


class Outside(Protocol):
    """The open world during one request: everything that it fetches shares one deadline."""

    @property
    def controllers(self) -> Controllers:
        """Keys of others, by did:web or https."""

    @property
    def status_lists(self) -> StatusLists:
        """Status lists of others."""

    def credential(self, url: str) -> Fetched:
        """Whatever is at a link that should lead to a credential. Raises `Unavailable`."""
