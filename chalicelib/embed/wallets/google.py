"""Links that save a credential to Google Wallet: a Generic pass in a signed token ("JWT link", Google Wallet API)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING

import jwt

from chalicelib.credential import dates
from chalicelib.embed.wallets.wallet_pass import STATUS, WalletPass, rsa_key, settings_in
from chalicelib.language.phrase import phrase
from chalicelib.language.translation import Translation

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SAVE = "https://pay.google.com/gp/v/save/"
MAX_TOKEN = 1800
"""Maximum characters of a token that every browser keeps in a link (Google Wallet, "Create a JWT")."""
_DATES, _IMAGE, _TEXTS = 2, 1, 0
_ATTEMPTS = (
    *product((_DATES, _IMAGE), (120, 80, 60)),
    *product((_TEXTS,), (120, 80, 60, 40, 25, 12)),
)
"""Contents of the pass and maximum length of each text, tried in this order until the token is
short enough. The dates go first, because the wallet knows from another field when the pass expires."""


@dataclass(frozen=True, slots=True)
class GoogleSigner:
    """A service account that may issue passes for ``issuer_id``."""

    issuer_id: str
    email: str
    private_key: RSAPrivateKey = field(repr=False)

    def link(self, wallet_pass: WalletPass, now: datetime) -> str:
        """Return the link that saves ``wallet_pass``. Images, dates and the ends of long texts are left out
        until it fits."""
        token = ""
        for parts, length in _ATTEMPTS:
            claims = {
                "iss": self.email,
                "aud": "google",
                "typ": "savetowallet",
                "iat": int(now.timestamp()),
                "origins": [],
                "payload": _payload(self.issuer_id, wallet_pass, parts, length),
            }
            token = jwt.encode(claims, self.private_key, "RS256", json_encoder=_Encoder)
            if len(token) <= MAX_TOKEN:
                break
        return SAVE + token


def signer(secret: str) -> GoogleSigner:
    """Read the signer from its secret: a service account's key file, with the member `issuer_id` added to it.

    Raises `MissingSetting`.
    """
    issuer_id, email, key = settings_in(secret, "issuer_id", "client_email", "private_key")
    return GoogleSigner(issuer_id, email, rsa_key(key))


class _Encoder(json.JSONEncoder):
    """Writes letters of every script as themselves, in half the space of escapes."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{**options, "ensure_ascii": False})  # type: ignore[arg-type]


def _payload(issuer_id: str, wallet_pass: WalletPass, parts: int, length: int) -> dict[str, object]:
    class_id, language = f"{issuer_id}.laurel", wallet_pass.language
    one: dict[str, object] = {
        "id": f"{issuer_id}.{wallet_pass.id}",
        "classId": class_id,
        "cardTitle": _text(language.own(wallet_pass.issuer), length, language),
        "header": _text(language.own(wallet_pass.title), length, language),
        "hexBackgroundColor": wallet_pass.colour,
        "barcode": {"type": "QR_CODE", "value": wallet_pass.url},
        "linksModuleData": {"uris": [{"id": "page", "uri": wallet_pass.url, "description": language.text(STATUS)}]},
    }
    if wallet_pass.holder:
        one["subheader"] = _text(wallet_pass.holder, length, language)
    if parts >= _DATES and wallet_pass.valid_from is not None:
        day = language.day(wallet_pass.valid_from)
        if wallet_pass.valid_until is not None:
            both = phrase("{start}, valid until {end}", start=wallet_pass.valid_from, end=wallet_pass.valid_until)
            day = language.text(both)
        one["textModulesData"] = [{"id": "dates", "header": language.text(phrase("Issued")), "body": day}]
    if parts >= _IMAGE and wallet_pass.image and wallet_pass.image.startswith("https://"):
        one["logo"] = {"sourceUri": {"uri": wallet_pass.image}}
    if wallet_pass.valid_until is not None:
        # From this time on, the wallet shows the pass as expired.
        one["validTimeInterval"] = {"end": {"date": dates.write(wallet_pass.valid_until)}}
    return {"genericClasses": [{"id": class_id}], "genericObjects": [one]}


def _text(text: str, length: int, language: Translation) -> dict[str, object]:
    short = text if len(text) <= length else text[: length - 1].rstrip() + "…"
    return {"defaultValue": {"language": language.code, "value": short}}
