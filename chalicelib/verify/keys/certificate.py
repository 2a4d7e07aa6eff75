"""The certificate of a signer in the header of a token (`x5c`, RFC 7515, 4.1.6).

Its key shows that the token was not changed. Whose key it is, only the authority that issued the certificate could
say, and Laurel trusts none: anyone can make a certificate with any name in it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chalicelib.errors import Malformed
from chalicelib.verify.keys import load
from chalicelib.verify.keys.public_key import PublicKey, UnusableKey
from chalicelib.verify.ports import Controller, Method

if TYPE_CHECKING:
    from chalicelib.verify.keys import x509

OWNER = "the owner of a certificate"
"""The controller of a key that only a certificate names; never an issuer's id."""
URN = "urn:certificate:"
"""The beginning of the identifier of a subject that has no other."""
CACHED = 64
"""Number of certificates that are kept: an issuer uses the same one for all its tokens."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says. Nothing in it is verified."""

    key: PublicKey | UnusableKey
    subject: str
    """The common name or organization of its subject, else its first other name; may be empty."""
    names: frozenset[str]
    """The hosts and URLs of its subject (subject alternative names)."""
    urn: str
    """An identifier for its subject, which has no other: made from the hash of the certificate."""

    def controller(self) -> Controller:
        """Return its subject, with its only key."""
        return Controller(OWNER, (Method(self.urn, self.key, assertion=True, authentication=True),))

    def names_issuer(self, issuer: str) -> bool:
        """Whether it says that its key belongs to ``issuer``, a URL, or to its host."""
        if issuer in self.names:
            return True
        try:
            parts = urlsplit(issuer)
        except ValueError:
            return False
        return parts.scheme == "https" and (parts.hostname or "") in self.names


@lru_cache(maxsize=CACHED)
def read(encoded: str) -> Certificate:
    """Read a certificate in base64 (not base64url). Raises `Malformed` (`certificate_malformed`)."""
    try:
        der = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed() from error
    from chalicelib.verify.keys import x509  # imported late, see `openssl`

    try:
        found = x509.parse(der)
    except ValueError as error:
        raise _malformed() from error
    return Certificate(_key(found), found.subject, found.names, f"{URN}{hashlib.sha256(der).hexdigest()}")


def _key(found: x509.Parsed) -> PublicKey | UnusableKey:
    if not found.signs:
        return UnusableKey("key_not_for_signing", "This key is not meant for signatures.")
    try:
        return load.of_numbers(found.kind, found.numbers)
    except Malformed as error:
        return UnusableKey(error.code, error.detail)


def _malformed() -> Malformed:
    return Malformed("The certificate in the token cannot be read.", code="certificate_malformed")
