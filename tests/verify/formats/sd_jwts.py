"""SD-JWTs for tests, built step by step from RFC 9901 and signed by `tests.verify.jose.tokens`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from chalicelib.verify import base64url
from chalicelib.verify.jose.disclosures import sd_hash
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Controller, Method
from chalicelib.verify.report import Report
from tests.makers import NOW, FakeResolver
from tests.verify.jose.tokens import ISSUER, by, jwk, token

HEADER = {"alg": "ES256", "kid": "key-1", "typ": "dc+sd-jwt"}
DIPLOMA: dict[str, Any] = {
    "iss": ISSUER,
    "vct": "https://fernhill.example/diploma",
    "iat": 1767225600,
    "sub": "did:example:ada",
    "given_name": "Ada",
    "family_name": "Nwosu",
}


def disclosure(*parts: Any) -> bytes:
    return base64url.encode(json.dumps(["c2FsdA", *parts]).encode())


def digest(of: bytes, algorithm: str = "sha256") -> str:
    return base64url.encode(hashlib.new(algorithm, of).digest()).decode()


def sd_jwt(payload: dict[str, Any], disclosures: Sequence[bytes] = (), binding: bytes = b"", **header: Any) -> bytes:
    signed = token({**HEADER, **header}, payload)
    return b"~".join([signed, *disclosures, binding])


def key_binding(presented: bytes, payload: dict[str, Any] | None = None, *, sign: Any = None, **claims: Any) -> bytes:
    claimed = {
        "iat": int(NOW.timestamp()),
        "aud": "https://verifier.example",
        "nonce": "n-1",
        "sd_hash": sd_hash(presented, payload or {}),
    }
    return token({"alg": "EdDSA", "typ": "kb+jwt"}, {**claimed, **claims}, sign=sign or by("EdDSA"))


def report_on(source: bytes, options: VerificationOptions = DEFAULT_OPTIONS) -> Report:
    controller = Controller(ISSUER, (Method("key-1", from_jwk(jwk("ES256")), assertion=True),))
    resolver = FakeResolver(controllers={ISSUER: controller}).resolver()
    return verify(source, resolver=resolver, now=NOW, options=options)


def codes(report: Report) -> dict[str, str]:
    return {finding.check: finding.code for finding in report.findings}
