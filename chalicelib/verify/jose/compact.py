"""Strict parser for compact JWS (RFC 7515, 3.1 and 7.1; RFC 8725). It trusts nothing in the token.

A token has only one reading: canonical base64url, no duplicate names, no extension that changes what is signed. Keys in
the token (`jwk`, `jku`, `x5u`) are never used, because a forger can include a key too; for `x5c` see
`chalicelib.verify.checks.certified`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed
from chalicelib.verify import base64url
from chalicelib.verify.keys.public_key import BY_NAME, Algorithm

MAX_SIZE = strict_json.DEFAULT.size
"""Maximum size of a token in bytes, the same as for any document."""
HEADER_LIMITS = strict_json.Limits(size=8 * 1024, depth=16, members=256)
"""A header names an algorithm and a key. Only a certificate chain makes a legitimate one long."""
_MAX_HEADER_LENGTH = (HEADER_LIMITS.size * 4 + 2) // 3


class Jws(NamedTuple):
    """The parts of an unverified token. ``signature`` must be valid for ``signing_input`` under ``algorithm``."""

    algorithm: Algorithm
    kid: str | None
    typ: str | None
    cty: str | None
    certificates: tuple[str, ...]
    """Those in the header (`x5c`), the signer's first; they prove nothing by themselves."""
    payload: bytes
    signature: bytes
    signing_input: bytes


def parse(data: bytes, limit: int = MAX_SIZE) -> Jws:
    """Parse ``data``, of up to ``limit`` bytes, as exactly one JWS, with nothing before or after it.

    Raises only `Malformed`, whatever the bytes: `too_large`; `jws_malformed`; `jws_encrypted`; for the header also the
    codes of `strict_json.parse`; `algorithm_refused` for `none` and shared secrets; `algorithm_unsupported`;
    `critical_unsupported` (`crit`); `unencoded_refused` (`b64`).
    """
    if len(data) > limit:
        raise Malformed(f"The credential is {len(data):,} bytes. The limit is {limit:,}.", code="too_large")
    parts = data.split(b".", 5)
    if len(parts) == 5:
        raise Malformed("This token is encrypted, so only its recipient can check it.", code="jws_encrypted")
    if len(parts) != 3:
        raise _malformed("This token does not have three parts.")
    return of_parts(*parts)


def of_parts(header: bytes, payload: bytes, signature: bytes) -> Jws:
    """Return the JWS with these parts, which are base64url. Raises as `parse` does."""
    return Jws(
        *_header(header),
        payload=_decode(payload, "payload"),
        signature=_decode(signature, "signature"),
        signing_input=b"%b.%b" % (header, payload),
    )


@lru_cache(maxsize=128)
def _header(encoded: bytes) -> tuple[Algorithm, str | None, str | None, str | None, tuple[str, ...]]:
    # Cached, because an issuer uses the same header for all its tokens.
    if len(encoded) > _MAX_HEADER_LENGTH:
        raise Malformed(f"The token's header has more than {HEADER_LIMITS.size:,} bytes.", code="too_large")
    decoded = _decode(encoded, "header")
    try:
        header = strict_json.parse(decoded, HEADER_LIMITS)
    except Malformed as error:
        raise Malformed(f"The token's header cannot be read. {error.detail}", code=error.code) from error
    if "crit" in header:
        _reject_critical(header["crit"])
    if "b64" in header:
        # RFC 7797: `b64` changes which bytes the signature covers.
        raise Malformed("The token's payload may be signed unencoded.", code="unencoded_refused")
    return (
        _algorithm(header),
        _text(header, "kid"),
        _text(header, "typ"),
        _text(header, "cty"),
        _certificates(header.get("x5c")),
    )


def _reject_critical(names: object) -> None:
    # RFC 7515, 4.1.11: critical extensions must be understood; Laurel supports none.
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise _malformed("The token's list of critical extensions cannot be read.")
    raise Malformed(
        f"The token requires the extension {names[0][:64]!r}, which Laurel does not support.",
        code="critical_unsupported",
    )


def _algorithm(header: Mapping[str, object]) -> Algorithm:
    name = header.get("alg")
    if not isinstance(name, str):
        raise _malformed("The token does not name the algorithm of its signature.")
    algorithm = BY_NAME.get(name)
    if algorithm is not None:
        return algorithm
    if name.lower() == "none":
        raise Malformed("The token states that it is not signed.", code="algorithm_refused")
    if name.upper().startswith("HS"):
        # Anyone who can verify such a token can also make one; with a public key as the secret, everyone can.
        raise Malformed("The token is protected with a shared secret instead of a signature.", code="algorithm_refused")
    raise Malformed(f"Laurel does not support the signature algorithm {name[:32]!r} yet.", code="algorithm_unsupported")


def _text(header: Mapping[str, object], name: str) -> str | None:
    if name not in header:
        return None
    value = header[name]
    if not isinstance(value, str):
        raise _malformed(f"The token's {name!r} is not a string.")
    return value


def _certificates(chain: object) -> tuple[str, ...]:
    # A malformed chain is ignored, and so is the key in any chain: the issuer's own keys may fit.
    is_chain = isinstance(chain, list) and all(isinstance(each, str) for each in chain)
    return tuple(map(str, chain)) if isinstance(chain, list) and is_chain else ()


def _decode(part: bytes, name: str) -> bytes:
    if not part:
        raise _malformed(f"The token's {name} is empty.")
    try:
        return base64url.decode(part)
    except Malformed as error:
        raise _malformed(f"The token's {name} is cut off or was changed: it is not valid base64url.") from error


def _malformed(detail: str) -> Malformed:
    return Malformed(detail, code="jws_malformed")
