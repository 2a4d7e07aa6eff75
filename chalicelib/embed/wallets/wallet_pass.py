"""The contents of a pass, and the keys that sign passes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.errors import MissingSetting
from chalicelib.language.phrase import phrase
from chalicelib.language.translation import ENGLISH, Translation

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

STATUS = phrase("Check the current status")
"""The text of the link to the credential's page."""


@dataclass(frozen=True, slots=True)
class WalletPass:
    """A credential as a pass: only what its verified proof covers."""

    id: str
    url: str
    """The page of the credential."""
    title: str
    holder: str | None
    issuer: str
    """The issuer, as a phrase; an unconfirmed name is quoted."""
    valid_from: datetime | None
    valid_until: datetime | None
    colour: str
    """The background, `#rrggbb`, on which white text is readable."""
    image: str | None
    """URL of the achievement's image on this host."""
    drawing: bytes
    """The icon as SVG, without a verdict."""
    language: Translation = ENGLISH


def rsa_key(pem: str) -> RSAPrivateKey:
    """Load an unencrypted RSA key, which takes as long as sixty signatures. Raises `MissingSetting`."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, RSAPrivateKey):
        raise MissingSetting("A wallet key must be an unencrypted RSA key in PEM format.")
    return found


def settings_in(secret: str, *names: str) -> list[str]:
    """Return the texts of the members ``names`` of the JSON object in ``secret``.

    Raises `MissingSetting` naming the members, and never their contents.
    """
    try:
        found = json.loads(secret)
        values = [found[name] for name in names]
    except (KeyError, TypeError, ValueError):
        values = []
    if not values or not all(isinstance(value, str) and value for value in values):
        raise MissingSetting(f"A wallet secret must be a JSON object with the strings {', '.join(names)}.")
    return values
