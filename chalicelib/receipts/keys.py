"""The published keys of receipts.

The current key comes from the key service, and every night it is stored. So a key that was replaced stays published,
even after it was deleted, and no function that visitors can reach is able to publish one.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.receipts import jws
from chalicelib.receipts.receipt import Json, ReceiptKey, ReceiptStore, Signer

PATH = "/.well-known/jwks.json"


@dataclass(frozen=True, slots=True)
class ReceiptKeys:
    """The keys of a deployment; ``handle`` is the one that signs."""

    signer: Signer
    store: ReceiptStore
    handle: str

    def current(self) -> ReceiptKey:
        """The key that signs. Raises `Unavailable`."""
        return jws.key_of(self.signer.public_p256(self.handle))

    def published(self) -> list[ReceiptKey]:
        """All keys that have signed receipts, the current one first. Raises `Unavailable`."""
        current = self.current()
        return [current, *(key for key in self.store.stored_keys() if key.kid != current.kid)]

    def document(self) -> Json:
        """The JSON Web Key Set. Raises `Unavailable`."""
        return {"keys": [dict(key.jwk) for key in self.published()]}

    def remember(self) -> None:
        """Keep the current key published for ever. Safe to repeat. Raises `Unavailable`."""
        self.store.add_key(self.current())
