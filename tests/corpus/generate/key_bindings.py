"""SD-JWTs with a key binding: what the holder signs for one verifier and one request (RFC 9901, 4.3 and 7.3)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from tests.corpus.generate.case import Case
from tests.corpus.generate.signing import HOLDER, ISSUER, NOW, OTHER, b64, ed25519_jwk, token

SECONDS = int(NOW.timestamp())
ASKED = {"challenge": "n-1", "domain": "https://verifier.example"}
"""What the verifier asked the holder to sign."""
_GRADE = b64(json.dumps(["c2FsdA", "grade", "A"]).encode())
_DIPLOMA: dict[str, Any] = {
    "iss": ISSUER.did,
    "vct": "https://fernhill.example/diploma",
    "iat": SECONDS - 60,
    "sub": "did:example:ada",
    "_sd": [b64(hashlib.sha256(_GRADE.encode()).digest())],
    "_sd_alg": "sha-256",
    "cnf": {"jwk": ed25519_jwk(HOLDER)},
}


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield _case("valid-sd-jwt-bound", "the holder signed it for this request", "", _bound())
    yield _case(
        "valid-sd-jwt-bound-unasked", "the holder signed it for some request, and none is named", "", _bound(), {}
    )
    yield _case("sd-jwt-binding-other-request", "the nonce is of another request", "signer", _bound(nonce="n-2"))
    yield _case(
        "sd-jwt-binding-other-verifier", "the audience is another one", "signer", _bound(aud="https://other.example")
    )
    yield _case("sd-jwt-binding-future", "it is dated in the future", "signer", _bound(iat=SECONDS + 86_400))
    yield _case("sd-jwt-binding-other-key", "signed by a key that the issuer did not name", "proof", _bound(key=OTHER))
    yield _case("sd-jwt-binding-by-the-issuer", "signed by the issuer, not by the holder", "proof", _bound(key=ISSUER))
    presented = _presented()
    fewer = presented.partition(b"~")[0] + b"~"
    yield _case(
        "sd-jwt-binding-other-disclosures",
        "a disclosure was removed after the holder signed",
        "format",
        fewer + _binding(presented),
    )
    yield _case(
        "sd-jwt-binding-other-credential",
        "the holder signed it for another credential",
        "format",
        presented + _binding(_presented(sub="did:example:grace")),
    )
    for name in ("nonce", "aud", "iat", "sd_hash"):
        yield _case(
            f"sd-jwt-binding-no-{name.replace('_', '-')}", f"{name} is missing", "format", _bound(**{name: None})
        )
    yield _case("sd-jwt-binding-no-type", "its type is not kb+jwt", "format", _bound(typ="JWT"))
    unnamed = _presented(cnf=None)
    yield _case(
        "sd-jwt-binding-no-key", "the issuer did not name a key of the holder", "format", unnamed + _binding(unnamed)
    )
    named = _presented(cnf={"kid": HOLDER.method})
    yield _case(
        "sd-jwt-binding-key-by-name",
        "the issuer only named the key of the holder (RFC 7800, 3.4)",
        "format",
        named + _binding(named),
        verdict="unknown",
    )


def _presented(**claims: Any) -> bytes:
    """The token with its disclosure; a claim that is None is left out."""
    payload = {name: value for name, value in {**_DIPLOMA, **claims}.items() if value is not None}
    return token(payload, typ="dc+sd-jwt", kid=ISSUER.method) + f"~{_GRADE}~".encode()


def _binding(presented: bytes, *, key: Any = HOLDER, typ: str = "kb+jwt", **claims: Any) -> bytes:
    made = {
        "iat": SECONDS - 10,
        "aud": ASKED["domain"],
        "nonce": ASKED["challenge"],
        "sd_hash": b64(hashlib.sha256(presented).digest()),
        **claims,
    }
    return token({name: value for name, value in made.items() if value is not None}, key, typ=typ, kid=None)


def _bound(**changes: Any) -> bytes:
    presented = _presented()
    return presented + _binding(presented, **changes)


def _case(name: str, title: str, check: str, source: bytes, options: dict[str, str] = ASKED, verdict: str = "") -> Case:
    return Case(
        name,
        title,
        "RFC 9901, 7.3",
        verdict or ("invalid" if check else "valid"),
        check,
        source,
        "credential.sd-jwt",
        options=options,
        signed_by="PyJWT",
    )
