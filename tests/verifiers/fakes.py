"""`verifiers.ports.VerifierStore` and `GrantStore` in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.verifiers.verifier import MAX_VERIFIERS, KeyGrant, Verifier


@dataclass
class VerifierStore:
    """See the ports. Each operation is atomic, as in the real store."""

    accounts: dict[str, Verifier] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def verifier(self, verifier_id: str) -> Verifier:
        if verifier_id not in self.accounts:
            raise NotFound("This account does not exist.")
        return self.accounts[verifier_id]

    def of_owner(self, email: str) -> Sequence[Verifier]:
        return sorted((one for one in self.accounts.values() if one.email == email), key=lambda one: one.id)

    def create(self, verifier: Verifier) -> Verifier:
        with self.lock:
            taken = {one.slot for one in self.of_owner(verifier.email)}
            free = sorted(set(range(1, MAX_VERIFIERS + 1)) - taken)
            if not free:
                raise Refused("too many", code="too_many_verifiers")
            made = self.accounts[verifier.id] = replace(verifier, slot=free[0], version=1)
            return made

    def save(self, before: Verifier, after: Verifier) -> Verifier:
        with self.lock:
            self._require(before)
            stored = self.accounts[before.id] = replace(after, version=before.version + 1)
            return stored

    def delete(self, verifier: Verifier) -> None:
        with self.lock:
            self._require(verifier)
            del self.accounts[verifier.id]

    def grant(self, digest: str) -> KeyGrant | None:
        return next(
            (
                KeyGrant(key.id, one.id, key.scopes, key.ends)
                for one in self.accounts.values()
                for key in one.keys
                if key.digest == digest
            ),
            None,
        )

    def _require(self, verifier: Verifier) -> None:
        stored = self.accounts.get(verifier.id)
        if stored is None or stored.version != verifier.version:
            raise Conflict("changed in the meantime")
