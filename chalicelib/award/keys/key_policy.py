"""The keys that a deployment gives to its issuers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """The shared key and the budget for new keys."""

    shared_handle: str
    """The key that signs for issuers that have no key of their own. An issuer's DID document lists it under the
    issuer's own DID, and every signed document names its issuer, so sharing it lets no issuer sign for another."""
    new_keys_per_day: int
    """The number of keys that issuers may get on one day (UTC) in the whole deployment."""
    may_create: bool = True
    """Whether this process may create keys; the background functions may not."""
