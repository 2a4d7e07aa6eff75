"""Dependencies of issuer actions: storage, key service, clock and random bytes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.analytics.limit_counters import LimitCounters
from chalicelib.award.keys.key_policy import KeyPolicy
from chalicelib.award.ports import IssuerStore, Signer
from chalicelib.credential import public_id

MAX_ATTEMPTS = 8
"""Maximum attempts to change an issuer. Each failed attempt means that another writer of the same issuer was first."""


@dataclass(frozen=True, slots=True)
class IssuerContext:
    """The dependencies of issuer actions."""

    issuer_store: IssuerStore
    signer: Signer
    base_url: str
    """Public scheme, host and port; part of everything that is signed."""
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    """Returns the given number of cryptographically random bytes."""
    key_policy: KeyPolicy
    counters: LimitCounters
    """Daily quotas of issuers and of the deployment."""

    def moment(self) -> datetime:
        """The current UTC time in full precision, for the order of what happens within a second."""
        return self.clock().astimezone(UTC)

    def now(self) -> datetime:
        """The current UTC time in whole seconds."""
        return whole_second(self.moment())

    def public_id(self) -> str:
        """A new id for a URL (`credential.public_id`)."""
        return public_id.new(self.entropy)

    def uuid(self) -> str:
        """A new random UUID (RFC 9562, version 4)."""
        return str(uuid.UUID(bytes=self.entropy(16), version=4))


def whole_second(moment: datetime) -> datetime:
    """``moment`` in whole seconds, for everything that is signed.

    Proofs store `created` to the second. If a key's `created` were more precise, a proof made in the same second would
    appear older than its key.
    """
    return moment.replace(microsecond=0)
