"""Strict reader for JSON Web Keys (RFC 7517; RFC 7518, 6; RFC 8037, 2)."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import Malformed
from chalicelib.verify import base64url
from chalicelib.verify.keys import load
from chalicelib.verify.keys.public_key import BY_NAME, COORDINATE_SIZE, Kind, PublicKey

_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
"""Members that only a private or shared key has (RFC 7518, 6.2.2, 6.3.2 and 6.4; `priv` of AKP keys)."""
_CURVES = {"P-256": Kind.P256, "P-384": Kind.P384, "P-521": Kind.P521}


def from_jwk(jwk: Mapping[str, object]) -> PublicKey:
    """Load the key in ``jwk``; if it has an `alg`, the key is bound to that algorithm alone.

    Certificates (`x5c`, `x5u`) are ignored: the key is trusted because its controller lists it. Raises `Malformed`:
    `key_private` when the private part is included, `key_unsupported` for an unsupported type, curve or algorithm,
    `key_not_for_signing` when `use` or `key_ops` exclude signatures, `key_weak`, `key_malformed`.
    """
    if not _PRIVATE.isdisjoint(jwk):
        raise Malformed("This key includes its private part, so anyone could have signed with it.", code="key_private")
    key = _load(jwk)
    _check_use(jwk)
    return _bind_algorithm(key, jwk["alg"]) if "alg" in jwk else key


def _load(jwk: Mapping[str, object]) -> PublicKey:
    match jwk.get("kty"), jwk.get("crv"):
        case "OKP", "Ed25519":
            return load.ed25519(_octets(jwk, "x", 32))
        case "EC", ("P-256" | "P-384" | "P-521") as curve:
            kind = _CURVES[curve]
            size = COORDINATE_SIZE[kind]
            return load.elliptic(kind, b"\4" + _octets(jwk, "x", size) + _octets(jwk, "y", size))
        case "RSA", _:
            return load.rsa(_number(jwk, "n"), _number(jwk, "e"))
        case str(), _:
            raise Malformed("Laurel does not support this type of key yet.", code="key_unsupported")
        case _:
            raise Malformed("This key has no type.", code="key_malformed")


def _check_use(jwk: Mapping[str, object]) -> None:
    if "use" in jwk and jwk["use"] != "sig":
        raise Malformed("This key is not meant for signatures.", code="key_not_for_signing")
    if "key_ops" not in jwk:
        return
    operations = jwk["key_ops"]
    if not isinstance(operations, list) or not all(isinstance(operation, str) for operation in operations):
        raise Malformed("The use of this key cannot be read.", code="key_malformed")
    if len(set(operations)) < len(operations):
        # RFC 7517, 4.3.
        raise Malformed("The use of this key is given twice.", code="key_malformed")
    if "verify" not in operations:
        raise Malformed("This key is not meant for checking signatures.", code="key_not_for_signing")


def _bind_algorithm(key: PublicKey, name: object) -> PublicKey:
    algorithm = BY_NAME.get(name) if isinstance(name, str) else None
    if algorithm in key.algorithms:
        return PublicKey(key.kind, key.native, frozenset({algorithm}))
    if algorithm is None and isinstance(name, str):
        raise Malformed(
            f"This key is for the algorithm {name[:32]!r}, which Laurel does not support yet.", code="key_unsupported"
        )
    raise Malformed("This key names an algorithm that does not match its type.", code="key_malformed")


def _octets(jwk: Mapping[str, object], name: str, size: int) -> bytes:
    text = jwk.get(name)
    if not isinstance(text, str) or len(text) != (size * 4 + 2) // 3:
        # RFC 7518, 6.2.1.2: always the full length, including leading zeros.
        raise Malformed(f"The member {name!r} of this key does not have {size} bytes.", code="key_malformed")
    return _decode(text)


def _number(jwk: Mapping[str, object], name: str) -> int:
    text = jwk.get(name)
    if not isinstance(text, str) or not text:
        raise Malformed(f"This key has no member {name!r}.", code="key_malformed")
    if len(text) > _MAX_NUMBER_LENGTH:
        raise Malformed("This RSA key is larger than Laurel supports.", code="key_unsupported")
    octets = _decode(text)
    if octets[0] == 0:
        # RFC 7518, 2 (Base64urlUInt): the minimum number of bytes.
        raise Malformed(f"The member {name!r} of this key starts with a zero byte.", code="key_malformed")
    return int.from_bytes(octets, "big")


_MAX_NUMBER_LENGTH = (load.MAX_RSA_BITS // 8 * 4 + 2) // 3
"""Length in characters of the longest supported modulus."""


def _decode(text: str) -> bytes:
    try:
        return base64url.decode(text.encode("ascii"))
    except (UnicodeEncodeError, Malformed) as error:
        raise Malformed("A number in this key is not base64url.", code="key_malformed") from error
