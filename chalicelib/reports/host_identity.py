"""The deployment's own identity: the host's did:web, with the key that the template creates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.credential.did import did_document, host_did
from chalicelib.credential.issuer import SigningKey
from chalicelib.credential.multibase import encode_ed25519


class PublicKeys(Protocol):
    """Reads public keys."""

    def public(self, handle: str) -> bytes:
        """The raw 32 bytes of an Ed25519 public key. Raises `Unavailable`."""


@dataclass(frozen=True, slots=True)
class Host:
    """The identity of this deployment. ``handle`` is the id of its KMS key."""

    keys: PublicKeys
    handle: str
    base_url: str
    clock: Callable[[], datetime]

    def document(self) -> dict[str, object]:
        """The DID document for `/.well-known/did.json`. Raises `Unavailable` when the key cannot be read."""
        multibase = encode_ed25519(self.keys.public(self.handle))
        key = SigningKey(fragment=multibase, multibase=multibase, handle=self.handle, created=self.clock())
        return did_document(host_did(self.base_url), [key])
