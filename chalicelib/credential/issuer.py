"""An issuer that Laurel hosts, and the keys that speak for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.errors import Refused


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One Ed25519 key of an issuer: its private half stays in the key service.

    ``multibase`` is the Multikey form (``z6Mk...``) of the public half. The key signs from ``created`` until
    ``retired``; what it signed in that time stays good (a rotation, not a compromise). ``revoked`` is for a key
    that leaked: from then on nothing is accepted that it ever signed.
    """

    fragment: str
    multibase: str
    handle: str
    """The key service's name for it (a KMS key id)."""
    created: datetime
    retired: datetime | None = None
    revoked: datetime | None = None


PROOF_LASTS = timedelta(days=100)
"""How long a domain's word is believed after it was last read: domains change hands. It is read anew every month, so
that three readings in a row have to fail before it lapses."""


class Place(StrEnum):
    """Where a domain says which issuers speak for it."""

    DNS = "dns"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class DomainProof:
    """A domain that names this issuer as its own."""

    domain: str
    place: Place
    seen: datetime
    """When it was last read there."""
    sha256: str
    """Of what was read, in hex."""

    def believed(self, now: datetime) -> bool:
        """Whether that is recent enough."""
        return now < self.seen + PROOF_LASTS


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues. ``id`` is Laurel's short name in URLs; ``did`` is the name in credentials."""

    id: str
    did: str
    name: str
    url: str
    description: str
    keys: tuple[SigningKey, ...]
    """Oldest first; the last one signs."""
    revocation_list: str
    """The id of the status list that takes new revocation entries."""
    suspension_list: str
    email: str | None = None
    image: str | None = None
    accent: str | None = None
    """The colour of its letters, `#rrggbb`."""
    registered_as: str | None = None
    """The name under which those who run this deployment registered it; None when somebody founded it themselves."""
    domains: tuple[DomainProof, ...] = ()
    version: int = 1
    """Raised by one with every change, so that two writers cannot overwrite each other."""

    @property
    def signing_key(self) -> SigningKey:
        """The key that signs now. Raises `Refused` when the issuer has none left."""
        key = self.keys[-1] if self.keys else None
        if key is None or key.retired is not None or key.revoked is not None:
            raise Refused(f"{self.name} has no active signing key.", code="no_signing_key")
        return key

    def proven(self, now: datetime) -> tuple[DomainProof, ...]:
        """The proofs of domains that are still believed at ``now``."""
        return tuple(proof for proof in self.domains if proof.believed(now))

    def method_id(self, key: SigningKey) -> str:
        """The full verification method id of ``key``: the DID, ``#``, the fragment."""
        return f"{self.did}#{key.fragment}"
