"""Cases about JOSE: VC-JWT of both data models, JWS in JSON, and SD-JWT."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tests.corpus.generate.case import V2, Case, Web, badge, old, plain, written
from tests.corpus.generate.signing import (
    ISSUER,
    NOW,
    OTHER,
    P256,
    P384,
    b64,
    ed25519_jwk,
    raw_token,
    rs256,
    rsa_jwk,
    token,
)

JOSE = "VC-JOSE-COSE"
SITE = "https://fernhill.example"
JWKS = f"{SITE}/.well-known/jwks.json"
SECONDS = int(NOW.timestamp())
JWT_FILE = "credential.jwt"


def cases() -> Iterator[Case]:
    """Yield every case about tokens."""
    yield from _valid()
    yield from _headers()
    yield from _parts()
    yield from _claims()
    yield from _issuers()
    yield from _json_serialization()
    yield from _sd_jwt()


def _case(name: str, title: str, verdict: str, check: str, source: bytes, clause: str = JOSE, **more: Any) -> Case:
    return Case(
        f"token-{name}" if verdict != "valid" else f"valid-token-{name}",
        title,
        clause,
        verdict,
        check,
        source,
        JWT_FILE,
        **{"signed_by": "PyJWT", **more},
    )


def _old(**claims: Any) -> dict[str, Any]:
    """The claims of a token of data model 1.1 (6.3.1)."""
    inner = {name: value for name, value in old().items() if name not in ("issuer", "id", "issuanceDate")}
    inner["credentialSubject"] = {"name": "Ada"}
    start = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    return {"iss": ISSUER.did, "jti": "urn:uuid:1", "sub": "did:example:ada", "nbf": start, "vc": inner, **claims}


def _issued(**changes: Any) -> dict[str, Any]:
    """A credential as the payload of a token, with the claim `iss`, which some verifiers require."""
    document = plain(**changes)
    return {**document, "iss": document["issuer"]}


def _valid() -> Iterator[Case]:
    yield _case("eddsa", "a token with EdDSA", "valid", "", token(plain()))
    yield _case(
        "es256", "a token with ES256", "valid", "", token(_issued(issuer=P256.did), P256), signed_by="cryptography"
    )
    yield _case(
        "es384", "a token with ES384", "valid", "", token(_issued(issuer=P384.did), P384), signed_by="cryptography"
    )
    yield _case("badge", "an Open Badge in a token", "valid", "", token(badge()))
    yield _case("v1", "a token of data model 1.1", "valid", "", token(_old(), typ="JWT"))
    for kind in ("vc+ld+jwt", "vc-ld+jwt", "vc+ld+json+jwt"):
        yield _case(
            f"draft-{kind.replace('+', '-plus-')}", f"the draft type {kind}", "valid", "", token(_issued(), typ=kind)
        )
    yield _case("no-type", "no type", "valid", "", token(plain(), typ=None))
    enveloped = {
        "@context": [V2],
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{token(plain()).decode()}",
    }
    yield Case(
        "valid-enveloped",
        "a token in an envelope",
        "VC Data Model 2.0, 4.13",
        "valid",
        "",
        written(enveloped),
        signed_by="PyJWT",
    )
    forged = {**enveloped, "id": enveloped["id"][:-10] + "AAAAAAAAAA"}
    yield Case(
        "enveloped-signature",
        "the same with another signature",
        "VC Data Model 2.0, 4.13",
        "invalid",
        "proof",
        written(forged),
        signed_by="PyJWT",
    )


def _headers() -> Iterator[Case]:
    none = (
        f"{b64(json.dumps({'alg': 'none', 'typ': 'vc+jwt'}).encode())}.{b64(json.dumps(_issued()).encode())}.".encode()
    )
    yield _case("alg-none", "the token says that it is not signed", "invalid", "format", none, "RFC 8725, 3.1")
    mixed = raw_token(json.dumps({"alg": "nOnE", "kid": ISSUER.method}).encode(), _issued(), lambda _: b"x")
    yield _case("alg-none-in-other-letters", "the same in other letters", "invalid", "format", mixed, "RFC 8725, 3.1")
    secret = ISSUER.private.public_key().public_bytes_raw()
    shared = raw_token(
        json.dumps({"alg": "HS256", "kid": ISSUER.method}).encode(),
        _issued(),
        lambda data: hmac.new(secret, data, hashlib.sha256).digest(),
    )
    yield _case(
        "alg-hs256-with-the-public-key",
        "a shared secret that is the public key",
        "invalid",
        "format",
        shared,
        "RFC 8725, 2.1",
    )
    other = raw_token(json.dumps({"alg": "ES256", "kid": ISSUER.method}).encode(), _issued(), P256.sign)
    yield _case("alg-of-another-key", "the algorithm does not fit the key", "invalid", "proof", other, "RFC 8725, 3.1")
    unknown = raw_token(json.dumps({"alg": "ES256K", "kid": ISSUER.method}).encode(), _issued())
    yield _case(
        "alg-unsupported", "an algorithm that Laurel does not support", "unknown", "format", unknown, "RFC 7518"
    )
    missing = raw_token(json.dumps({"kid": ISSUER.method}).encode(), _issued())
    yield _case("alg-missing", "no algorithm", "invalid", "format", missing, "RFC 7515, 4.1.1")
    yield _case(
        "crit",
        "an extension that must be understood",
        "unknown",
        "format",
        token(_issued(), crit=["exp"], exp=1),
        "RFC 7515, 4.1.11",
    )
    yield _case(
        "crit-empty", "an empty list of them", "invalid", "format", token(_issued(), crit=[]), "RFC 7515, 4.1.11"
    )
    b64_false = raw_token(json.dumps({"alg": "EdDSA", "kid": ISSUER.method, "b64": False}).encode(), _issued())
    yield _case("b64-false", "the payload may be unencoded", "invalid", "format", b64_false, "RFC 7797")
    twice = raw_token(b'{"alg":"EdDSA","alg":"none","kid":"%b"}' % ISSUER.method.encode(), _issued())
    yield _case("header-name-twice", "the algorithm occurs twice", "invalid", "format", twice, "RFC 7515, 4")
    jwk = token(_issued(), OTHER, kid=None, jwk=ed25519_jwk(OTHER))
    yield _case("key-in-the-header", "a forger's key in the header", "invalid", "proof", jwk, "RFC 8725, 3.10")
    kid = token(_issued(), OTHER, kid=OTHER.method)
    yield _case("kid-of-a-forger", "the key that kid names is a forger's", "invalid", "signer", kid, JOSE)
    yield _case(
        "type-other",
        "the type of an access token",
        "invalid",
        "format",
        token(_issued(), typ="at+jwt"),
        "RFC 8725, 3.11",
    )
    yield _case(
        "type-presentation", "the type of a presentation", "invalid", "structure", token(_issued(), typ="vp+jwt"), JOSE
    )
    large = raw_token(json.dumps({"alg": "EdDSA", "kid": ISSUER.method, "x": "y" * 9000}).encode(), _issued())
    yield _case("header-too-large", "a header of 9 KB", "unknown", "format", large, "Laurel's limits")


def _parts() -> Iterator[Case]:
    good = token(_issued())
    header, payload, signature = good.decode().split(".")
    changed = f"{header}.{b64(json.dumps(_issued(validUntil='2036-01-01T00:00:00Z')).encode())}.{signature}".encode()
    yield _case("payload-changed", "the payload was changed", "invalid", "proof", changed)
    flipped = f"{header}.{payload}.{'B' if signature[0] != 'B' else 'C'}{signature[1:]}".encode()
    yield _case("signature-changed", "the signature was changed", "invalid", "proof", flipped)
    yield _case(
        "two-parts",
        "there is no signature",
        "invalid",
        "format",
        f"{header}.{payload}".encode() + b".",
        "RFC 7515, 7.1",
    )
    yield _case(
        "padding",
        "base64url with padding",
        "invalid",
        "format",
        f"{header}.{payload}=.{signature}".encode(),
        "RFC 7515, 2",
    )
    last = "w" if signature[-1] != "w" else "g"
    yield _case(
        "unused-bits",
        "unused bits of the signature are set",
        "invalid",
        "format",
        f"{header}.{payload}.{signature[:-1]}{chr(ord(last) + 1)}".encode(),
        "RFC 4648, 3.5",
    )
    encrypted = f"{header}.{payload}.{signature}.{payload}.{signature}".encode()
    yield _case("encrypted", "five parts: it is encrypted", "unknown", "format", encrypted, "RFC 7516")
    wrong_json = raw_token(json.dumps({"alg": "EdDSA", "kid": ISSUER.method}).encode(), b'{"a":')
    yield _case("payload-no-json", "the payload is no JSON", "invalid", "format", wrong_json, "RFC 7519, 7.2")
    doubled = json.dumps(_issued()).replace('"type"', '"id": "urn:x:y", "type"', 1).encode()
    yield _case(
        "payload-name-twice",
        "a name occurs twice in the payload",
        "invalid",
        "format",
        raw_token(json.dumps({"alg": "EdDSA", "kid": ISSUER.method}).encode(), doubled),
        "RFC 7519, 4",
    )


def _claims() -> Iterator[Case]:
    table: dict[str, tuple[str, str, str, bytes, str]] = {
        "iss-differs": ("iss is not the issuer", "invalid", "format", token({**_issued(), "iss": OTHER.did}), JOSE),
        "jti-differs": (
            "jti is not the credential's id",
            "invalid",
            "format",
            token({**_issued(), "jti": "urn:uuid:9"}),
            JOSE,
        ),
        "sub-differs": (
            "sub is not the subject",
            "invalid",
            "format",
            token({**_issued(), "sub": "did:example:bob"}),
            JOSE,
        ),
        "expired": (
            "the signature has expired",
            "invalid",
            "signer",
            token({**_issued(), "exp": SECONDS - 1}),
            "RFC 7519, 4.1.4",
        ),
        "not-yet": (
            "the signature is not valid yet",
            "invalid",
            "signer",
            token({**_issued(), "nbf": SECONDS + 3600}),
            "RFC 7519, 4.1.5",
        ),
        "aud": (
            "the token is for someone else",
            "invalid",
            "structure",
            token({**_issued(), "aud": "https://verifier.example"}),
            "RFC 7519, 4.1.3",
        ),
        "exp-is-text": ("exp is text", "invalid", "format", token({**_issued(), "exp": "soon"}), "RFC 7519, 4.1.4"),
        "vc-and-credential": (
            "two credentials in one token",
            "invalid",
            "format",
            token({**_issued(), "vc": old()}),
            JOSE,
        ),
        "vp": (
            "an empty presentation in the claim vp",
            "invalid",
            "structure",
            token({"iss": ISSUER.did, "vp": {}}, typ="JWT"),
            "VC Data Model 1.1, 6.3.1",
        ),
        "v1-type-of-v2": ("the type of data model 2.0, with the claim vc", "invalid", "format", token(_old()), JOSE),
        "v1-expired": (
            "exp of data model 1.1 has passed",
            "expired",
            "dates",
            token(_old(exp=SECONDS - 1), typ="JWT"),
            "VC Data Model 1.1, 6.3.1",
        ),
        "v1-iss-differs": (
            "iss differs from vc.issuer",
            "invalid",
            "format",
            token({**_old(), "vc": {**_old()["vc"], "issuer": OTHER.did}}, typ="JWT"),
            "VC Data Model 1.1, 6.3.1",
        ),
        "v1-vc-is-text": (
            "the claim vc is text",
            "invalid",
            "format",
            token({**_old(), "vc": "x"}, typ="JWT"),
            "VC Data Model 1.1, 6.3.1",
        ),
        "badge-exp-differs": (
            "exp is not the badge's validUntil",
            "invalid",
            "format",
            token({**badge(validUntil="2027-01-01T00:00:00Z"), "exp": SECONDS + 60}),
            "Open Badges 3.0, 8.2",
        ),
        "no-claims": ("a token without any claim", "unknown", "format", token({}), JOSE),
    }
    for name, (title, verdict, check, source, clause) in table.items():
        yield _case(name, title, verdict, check, source, clause)


def _issuers() -> Iterator[Case]:
    """An https issuer with a JWK Set."""
    document = plain(issuer=SITE)

    def signed(**header: Any) -> bytes:
        fields = {"alg": "RS256", "kid": "key-1", "typ": "vc+jwt", **header}
        return raw_token(json.dumps(fields).encode(), document, rs256)

    def at(*keys: Any) -> dict[str, Web]:
        return {
            JWKS: Web(written({"keys": list(keys)}), name="jwks.json"),
            f"{SITE}/.well-known/jwt-vc-issuer": Web(
                written({"issuer": SITE, "jwks": {"keys": list(keys)}}), name="jwt-vc-issuer.json"
            ),
        }

    key = rsa_jwk(kid="key-1", alg="RS256", use="sig")
    yield _case(
        "rs256",
        "RS256 with a key of the issuer's JWK Set",
        "valid",
        "",
        signed(),
        "Open Badges 3.0, 8.2",
        web=at(key),
        signed_by="cryptography",
    )
    table = {
        "jwks-other-key": (
            "the set has another key of this name",
            "invalid",
            "proof",
            at({**key, "n": rsa_jwk()["n"][::-1]}),
        ),
        "jwks-no-such-key": ("the set has no key of this name", "invalid", "proof", at({**key, "kid": "key-2"})),
        "jwks-for-encryption": ("the key is for encryption", "invalid", "proof", at({**key, "use": "enc"})),
        "jwks-other-alg": ("the key is for another algorithm", "invalid", "proof", at({**key, "alg": "PS256"})),
        "jwks-404": ("the set answers 404", "unknown", "proof", {JWKS: Web(status=404)}),
    }
    for name, (title, verdict, check, web) in table.items():
        yield _case(name, title, verdict, check, signed(), "RFC 7517", web=web, signed_by="cryptography")


def _json_serialization() -> Iterator[Case]:
    def signature(key: Any) -> dict[str, str]:
        header, _, value = token(_issued(), key, kid=key.method).decode().split(".")
        return {"protected": header, "signature": value}

    payload = token(_issued()).decode().split(".")[1]
    first, second = signature(ISSUER), signature(OTHER)
    flat = {"payload": payload, **first}
    yield Case(
        "valid-jws-flattened",
        "a JWS in JSON with one signature",
        "RFC 7515, 7.2.2",
        "valid",
        "",
        written(flat),
        signed_by="PyJWT",
    )
    general = {"payload": payload, "signatures": [first, second]}
    yield Case(
        "valid-jws-general",
        "a JWS in JSON with two signatures",
        "RFC 7515, 7.2.1",
        "valid",
        "",
        written(general),
        signed_by="PyJWT",
    )
    broken = {"payload": payload, "signatures": [first, {**second, "signature": first["signature"]}]}
    yield Case(
        "jws-one-invalid",
        "one of two signatures is invalid",
        "RFC 7515, 7.2.1",
        "invalid",
        "proof",
        written(broken),
        signed_by="PyJWT",
    )
    both = {"payload": payload, **first, "signatures": [second]}
    yield Case(
        "jws-two-forms", "two forms in one", "RFC 7515, 7.2.2", "invalid", "format", written(both), signed_by="PyJWT"
    )
    unprotected = {
        "payload": payload,
        "header": {"alg": "EdDSA"},
        "signature": first["signature"],
        "protected": b64(b"{}"),
    }
    yield Case(
        "jws-unprotected-alg",
        "the algorithm is not signed",
        "RFC 7515, 7.2",
        "invalid",
        "format",
        written(unprotected),
        signed_by="PyJWT",
    )


def _sd_jwt() -> Iterator[Case]:
    def disclosure(*parts: Any) -> str:
        return b64(json.dumps(["c2FsdA", *parts]).encode())

    def digest(text: str) -> str:
        return b64(hashlib.sha256(text.encode()).digest())

    shown = disclosure("grade", "A")
    payload = {
        "iss": ISSUER.did,
        "vct": "https://fernhill.example/diploma",
        "iat": SECONDS - 60,
        "sub": "did:example:ada",
        "_sd": [digest(shown)],
        "_sd_alg": "sha-256",
    }

    def sd(claims: Any, *disclosed: str, key: Any = ISSUER) -> bytes:
        return (
            token(claims, key, typ="dc+sd-jwt", kid=ISSUER.method)
            + b"~"
            + b"".join(each.encode() + b"~" for each in disclosed)
        )

    table: dict[str, tuple[str, str, str, bytes]] = {
        "valid-sd-jwt-disclosed": ("a claim is disclosed", "valid", "", sd(payload, shown)),
        "valid-sd-jwt-withheld": ("a claim is withheld", "valid", "", sd(payload)),
        "sd-jwt-unused-disclosure": (
            "a disclosure that the issuer did not sign",
            "invalid",
            "format",
            sd(payload, disclosure("grade", "A+")),
        ),
        "sd-jwt-disclosure-twice": ("a disclosure occurs twice", "invalid", "format", sd(payload, shown, shown)),
        "sd-jwt-digest-twice": (
            "a digest occurs twice",
            "invalid",
            "format",
            sd({**payload, "_sd": [digest(shown)] * 2}, shown),
        ),
        "sd-jwt-replaces-a-claim": (
            "a disclosure replaces a claim",
            "invalid",
            "format",
            sd({**payload, "grade": "C"}, shown),
        ),
        "sd-jwt-about-the-token": (
            "a disclosure about the token itself",
            "invalid",
            "format",
            sd({**payload, "_sd": [digest(disclosure("exp", 1))]}, disclosure("exp", 1)),
        ),
        "sd-jwt-weak-hash": ("a hash that is too weak", "unknown", "format", sd({**payload, "_sd_alg": "md5"}, shown)),
        "sd-jwt-other-signer": ("signed by someone else", "invalid", "proof", sd(payload, shown, key=OTHER)),
        "sd-jwt-no-type": (
            "vct is missing",
            "unknown",
            "format",
            sd({name: value for name, value in payload.items() if name != "vct"}, shown),
        ),
        "sd-jwt-expired": ("exp has passed", "expired", "dates", sd({**payload, "exp": SECONDS - 1}, shown)),
    }
    for name, (title, verdict, check, source) in table.items():
        yield Case(name, title, "RFC 9901", verdict, check, source, "credential.sd-jwt", signed_by="PyJWT")
