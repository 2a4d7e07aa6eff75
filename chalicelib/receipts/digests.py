"""Hashes in a receipt.

A hash hides only what nobody can guess. A signed credential contains a signature, 64 or more bytes that only its issuer
can compute, so its plain SHA-256 leads to the credential only those who have a copy. The address of a web page, an
email address or an unsigned badge can be guessed and compared, so their hash is salted. The salt is in the part of the
receipt that can be erased; without it the hash says nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

SALT_BYTES = 16
"""128 bits, which cannot be guessed."""


@dataclass(frozen=True, slots=True)
class Digests:
    """Writes hashes; ``salt`` is random for each receipt."""

    salt: bytes

    def plain(self, content: bytes) -> dict[str, str]:
        """The hash of something that contains a signature or an unguessable id."""
        return {"sha256": hashlib.sha256(content).hexdigest()}

    def salted(self, content: bytes) -> dict[str, str]:
        """The hash of anything else: SHA-256 of the salt and the SHA-256 of ``content``."""
        return self.salted_again(hashlib.sha256(content).hexdigest())

    def salted_again(self, sha256: str) -> dict[str, str]:
        """The same for something whose SHA-256, in hexadecimal, is all that is known of it."""
        return {"salted_sha256": hashlib.sha256(self.salt + bytes.fromhex(sha256)).hexdigest()}

    def of(self, content: bytes, *, guessable: bool) -> dict[str, str]:
        """The hash of ``content``, salted if it is ``guessable``."""
        return self.salted(content) if guessable else self.plain(content)
