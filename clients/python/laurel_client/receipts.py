"""Get receipts, and check them offline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from laurel_client.errors import ReceiptInvalid
from laurel_client.models import CheckedReceipt, Receipt, Report
from laurel_client.transport import Transport

ALGORITHM, TYPE = "ES256", "receipt+jwt"
"""How Laurel signs receipts (docs/receipts.md, What is signed)."""


class Receipts:
    """The receipts of one Laurel."""

    def __init__(self, transport: Transport, verify: Callable[..., Report]) -> None:
        self._transport, self._verify = transport, verify

    def create(self, source: str | bytes | Mapping[str, Any], *, recipient: str | None = None) -> Report:
        """Verify ``source`` as `Laurel.verify` does, with a receipt: the ``receipt`` of the report."""
        return self._verify(source, recipient=recipient, receipt=True)

    def get(self, receipt_id: str) -> Receipt:
        """Return the receipt with ``receipt_id``. Raises `Refused` if there is none."""
        found = self._transport.send(f"/r/{quote(receipt_id, safe='')}.json")
        return Receipt(found["id"], found["url"], found["jws"])

    def keys(self) -> Mapping[str, Any]:
        """Return the public keys of receipts, a JWK set: store it beside the receipts."""
        return self._transport.send("/.well-known/jwks.json")

    def check_offline(self, jws: str, keys: Mapping[str, Any]) -> CheckedReceipt:
        """Check the signature of a receipt without a request. Needs the extra ``receipts`` (PyJWT).

        Raises `ReceiptInvalid` unless one of ``keys`` signed exactly this text for the Laurel of this client.
        """
        import jwt
        from jwt.utils import base64url_decode, base64url_encode

        try:
            key = jwt.PyJWKSet.from_dict(dict(keys))[jwt.get_unverified_header(jws)["kid"]]
            decoded = jwt.decode_complete(jws, key, algorithms=[ALGORITHM], issuer=self._transport.base_url)
            signature = jws.rpartition(".")[2].encode()
            # Decoders ignore the last bits of this text, so compare: nothing in a receipt may differ.
            exact = base64url_encode(base64url_decode(signature)) == signature
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise ReceiptInvalid(f"The receipt is not valid: {error}") from error
        if not exact or decoded["header"].get("typ") != TYPE:
            raise ReceiptInvalid("This is not a receipt, or it was changed.")
        claims = decoded["payload"]
        return CheckedReceipt(datetime.fromtimestamp(claims["iat"], UTC), claims)
