"""What every act of an issuer needs: storage, the key service, a clock and randomness."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.award.ports import IssuerStore, Signer


@dataclass(frozen=True, slots=True)
class IssuerContext:
    """The surroundings of the acts in `issuers`, `achievements`, `issue` and `standing`."""

    issuer_store: IssuerStore
    signer: Signer
    base_url: str
    """Scheme, host and port that the public sees; part of everything that is signed."""
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    """That many unpredictable bytes."""

    def now(self) -> datetime:
        """The moment in UTC, in whole seconds.

        Proofs write their `created` to the second. Were a key's own `created` finer, a proof made in that second
        would seem to be older than its key.
        """
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def public_id(self) -> str:
        """A fresh id for a URL: 26 characters of base32, 130 random bits, so that nobody can guess another one."""
        return base64.b32encode(self.entropy(17)).decode().lower()[:26]

    def uuid(self) -> str:
        """A fresh random UUID (RFC 9562, version 4)."""
        return str(uuid.UUID(bytes=self.entropy(16), version=4))
