"""In-memory store of erasures, for what can be asked; erasing itself is tested on a real engine (`tests/crash`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from chalicelib.erasure.erasure import Erasure, State
from chalicelib.errors import Conflict


@dataclass
class ErasureStore:
    """`erasure.erasure.ErasureStore`, as far as requests need it."""

    stored: dict[tuple[str | None, str], Erasure] = field(default_factory=dict)

    def erasure(self, issuer_id: str | None, subject: str) -> Erasure | None:
        return self.stored.get((issuer_id, subject))

    def erasures(self) -> Iterator[Erasure]:
        return iter(list(self.stored.values()))

    def of_issuer(self, issuer_id: str) -> Iterator[Erasure]:
        return (one for one in self.erasures() if one.issuer_id == issuer_id)

    def add(self, erasure: Erasure) -> bool:
        key = erasure.issuer_id, erasure.subject
        return self.stored.setdefault(key, erasure) is erasure

    def cancel(self, erasure: Erasure) -> None:
        found = self.erasure(erasure.issuer_id, erasure.subject)
        if found is not None and found.state is not State.WAITING:
            raise Conflict("It has begun.")
        self.stored.pop((erasure.issuer_id, erasure.subject), None)

    def begin(self) -> None:
        """All cooling-off periods end."""
        self.stored = {key: replace(one, state=State.ERASING, version=2) for key, one in self.stored.items()}
