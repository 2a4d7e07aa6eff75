"""Check receipts offline. Needs the extra ``receipts`` (PyJWT)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from laurel_client.errors import ReceiptInvalid
from laurel_client.models import Json

ALGORITHM, TYPE, VERSION = "ES256", "receipt+jwt", 1
"""How Laurel signs receipts (docs/receipts.md, The signed part)."""


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """The signed contents of a receipt, after its signature was checked."""

    verdict: str
    """The verdict at that time."""
    signed_at: datetime
    about_file: bool | None
    """Whether it is about exactly the given file. None if no file was given, or if the hashes are salted and no salt
    was given."""
    claims: Json = field(repr=False)


def check_offline(
    jws: str, jwks: Json, issuer: str, file: bytes | None = None, salt: str | None = None
) -> CheckedReceipt:
    """Check offline that one of the keys in ``jwks`` signed exactly this receipt for ``issuer``, the URL of Laurel.

    ``file`` is what was verified: the submitted file, or the credential in it. ``salt`` is in the readable part, in
    hexadecimal (`Receipt.salt`), for a receipt whose hashes are salted. Raises `ReceiptInvalid`.
    """
    import jwt
    from jwt.utils import base64url_decode, base64url_encode

    try:
        key = jwt.PyJWKSet.from_dict(dict(jwks))[jwt.get_unverified_header(jws)["kid"]]
        decoded = jwt.decode_complete(jws, key, algorithms=[ALGORITHM], issuer=issuer.rstrip("/"))
        signature = jws.rpartition(".")[2].encode()
        # Decoders ignore trailing bits, so compare the text itself: a receipt must match exactly.
        exact = base64url_encode(base64url_decode(signature)) == signature
    except (jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ReceiptInvalid(f"The receipt is not valid: {error}") from error
    claims = decoded["payload"]
    if not exact or decoded["header"].get("typ") != TYPE:
        raise ReceiptInvalid("This is not a receipt, or it has been changed.")
    if claims.get("version") != VERSION:
        raise ReceiptInvalid("The receipt has a format that this client does not know.")
    about = None if file is None else _is_about(claims["request"], file, salt)
    return CheckedReceipt(claims["verdict"], datetime.fromtimestamp(claims["iat"], UTC), about, claims)


def _is_about(request: Json, file: bytes, salt: str | None) -> bool | None:
    """Whether ``file`` is the submitted file, or the credential as it was checked."""
    digest = hashlib.sha256(file)
    expected = {"sha256": digest.hexdigest()}
    if salt is not None:
        expected["salted_sha256"] = hashlib.sha256(bytes.fromhex(salt) + digest.digest()).hexdigest()
    hashes = [item for name in ("submitted", "document") for item in request.get(name, {}).items()]
    if any(expected.get(kind) == value for kind, value in hashes):
        return True
    return False if all(kind in expected for kind, _ in hashes) else None
