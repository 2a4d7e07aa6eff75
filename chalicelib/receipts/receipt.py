"""A receipt, what it is about, and the ports to store and sign it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class VerificationRequest:
    """What a receipt is about: the credential as it was sent, found and checked."""

    document: bytes
    """The credential that was verified; for a hosted one, as it was signed."""
    submitted: bytes | None = None
    """Exactly what was sent; None for a link or a hosted credential."""
    url: str | None = None
    """Where the credential was read from."""
    page: str | None = None
    """The web page that led there."""
    hosted: bool = False
    """Whether ``url`` is the page of a credential hosted here, whose id nobody can guess."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A stored receipt."""

    id: str
    """A public id (`credential.public_id`). Whoever knows it can read the names in ``readable``."""
    jws: str
    """The signed part (`payload.build`), which is kept for ever."""
    readable: Json | None
    """The readable part (`readable.build`); None after it was erased."""


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """A public key for checking receipts, as a JSON Web Key (RFC 7517)."""

    kid: str
    jwk: Mapping[str, str]


def receipt_url(base_url: str, receipt_id: str) -> str:
    """The URL of the page of a receipt."""
    return f"{base_url}/r/{receipt_id}"


class Signer(Protocol):
    """The key service. Every method raises `Unavailable`."""

    def public_p256(self, handle: str) -> bytes:
        """The compressed point of a P-256 key."""

    def sign_p256(self, handle: str, message: bytes) -> bytes:
        """Sign ``message`` with ES256: r and s, 32 bytes each (RFC 7518, 3.4)."""


class ReceiptStore(Protocol):
    """Keeps receipts and the keys that have signed them. Every method raises `Unavailable`."""

    def add(self, receipt: Receipt) -> None:
        """Store a new receipt, all or nothing."""

    def receipt(self, receipt_id: str) -> Receipt:
        """Raises `NotFound`."""

    def erase_readable(self, receipt_id: str) -> bool:
        """Delete the readable part for good; False if there was none. The signed part stays."""

    def stored_keys(self) -> list[ReceiptKey]:
        """The keys that were stored with `add_key`."""

    def add_key(self, key: ReceiptKey) -> None:
        """Keep ``key`` published for ever. Safe to repeat."""
