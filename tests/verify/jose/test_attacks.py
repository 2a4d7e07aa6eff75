"""Attempts to forge a token (RFC 8725 and others). Each must be refused with the right code."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.errors import LaurelError, Malformed
from chalicelib.verify import base64url
from chalicelib.verify.jose import compact
from tests.verify.jose.tokens import (
    ALGORITHMS,
    CREDENTIAL,
    ISSUER,
    by,
    encoded,
    issuer_with,
    jwk,
    private_key,
    token,
    verify,
)

HEADER = {"alg": "ES256", "kid": "key-1", "typ": "vc+jwt"}
GENUINE = token(HEADER)
ATTACKER = ec.derive_private_key(666, ec.SECP256R1())


def refusal(forged: bytes, **key: Any) -> str:
    with pytest.raises(Malformed) as caught:
        verify(forged, issuer_with("ES256", **key))
    return caught.value.code


def signed_by_attacker(header: dict[str, Any]) -> bytes:
    return token(header, sign=lambda data: _raw_signature(ATTACKER, data))


def _raw_signature(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    written = jwt.get_algorithm_by_name("ES256").sign(data, key)
    return bytes(written)


def attacker_jwk() -> dict[str, Any]:
    written: Any = jwt.get_algorithm_by_name("ES256")
    return dict(written.to_jwk(ATTACKER.public_key(), as_dict=True))


def public_forms() -> list[bytes]:
    """Encodings of the public key that a verifier confusing keys and secrets could use as the secret."""
    public = private_key("ES256").public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return [pem, pem.strip(), der, point, json.dumps(jwk("ES256")).encode(), b""]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_by_another_library_verifies(algorithm: str) -> None:
    made = jwt.encode(CREDENTIAL, private_key(algorithm), algorithm, headers={"kid": "key-1", "typ": "vc+jwt"})
    assert verify(made.encode(), issuer_with(algorithm)).document == CREDENTIAL


@pytest.mark.parametrize("algorithm", [*ALGORITHMS, "Ed25519"])
def test_a_token_by_the_test_helper_verifies(algorithm: str) -> None:
    made = token({**HEADER, "alg": algorithm}, sign=by(algorithm))
    kind = "EdDSA" if algorithm == "Ed25519" else algorithm
    assert verify(made, issuer_with(kind)).document == CREDENTIAL


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_any_flipped_bit_invalidates_a_token(algorithm: str) -> None:
    made = token({**HEADER, "alg": algorithm}, sign=by(algorithm))
    issuer = issuer_with(algorithm)
    for position in range(0, len(made), 7):
        broken = bytearray(made)
        broken[position] ^= 1
        with pytest.raises(LaurelError):
            verify(bytes(broken), issuer)


@pytest.mark.parametrize("name", ["none", "None", "nOnE", "NONE"])
@pytest.mark.parametrize("signature", [b"", b"x"])
def test_an_unsigned_token(name: str, signature: bytes) -> None:
    unsigned = encoded({**HEADER, "alg": name}) + b"." + encoded(CREDENTIAL) + b"." + base64url.encode(signature)
    assert refusal(unsigned) == "algorithm_refused"


@pytest.mark.parametrize("name", ["HS256", "HS384", "HS512", "hs256", "HS1"])
@pytest.mark.parametrize("secret", public_forms())
def test_an_hmac_with_the_public_key_as_the_secret(name: str, secret: bytes) -> None:
    forged = token({**HEADER, "alg": name}, sign=lambda data: hmac.digest(secret, data, hashlib.sha256))
    assert refusal(forged) == "algorithm_refused"


@pytest.mark.parametrize("name", ["ES384", "EdDSA", "Ed25519", "RS256", "PS256"])
def test_an_algorithm_that_does_not_match_the_key(name: str) -> None:
    assert refusal(token({**HEADER, "alg": name}, sign=by(name))) == "algorithm_mismatch"


def test_rs256_with_a_key_bound_to_ps256() -> None:
    forged = token({**HEADER, "alg": "RS256"}, sign=by("PS256"))
    with pytest.raises(Malformed) as caught:
        verify(forged, issuer_with("PS256", alg="PS256"))
    assert caught.value.code == "algorithm_mismatch"


@pytest.mark.parametrize("name", ["ES256K", "RS384", "RS512", "PS512", "Ed448", "es256", "ES256 ", "dir", ""])
def test_an_unsupported_algorithm(name: str) -> None:
    assert refusal(token({**HEADER, "alg": name})) == "algorithm_unsupported"


@pytest.mark.parametrize("name", [None, 1, ["ES256"], {"ES256": 1}, True])
def test_an_algorithm_that_is_not_a_string(name: object) -> None:
    assert refusal(token({**HEADER, "alg": name})) == "jws_malformed"


def test_a_missing_algorithm() -> None:
    assert refusal(token({"kid": "key-1"})) == "jws_malformed"


@pytest.mark.parametrize("injected", ["jwk", "jku", "x5u", "x5c", "all"])
@pytest.mark.parametrize("kid", [{"kid": "key-1"}, {}])
def test_a_key_inside_the_token(injected: str, kid: dict[str, str]) -> None:
    injected_members: dict[str, Any] = {
        "jwk": attacker_jwk(),
        "jku": "https://forger.example/jwks.json",
        "x5u": "https://forger.example/chain.pem",
        "x5c": ["MIIB"],
    }
    members = injected_members if injected == "all" else {injected: injected_members[injected]}
    assert refusal(signed_by_attacker({"alg": "ES256", **kid, **members})) == "signature_wrong"


def test_a_key_inside_a_genuine_token_is_ignored() -> None:
    assert verify(token({**HEADER, "jwk": attacker_jwk(), "jku": 7}), issuer_with("ES256")).document == CREDENTIAL


@pytest.mark.parametrize(
    ("crit", "code"),
    [
        (["exp"], "critical_unsupported"),
        (["b64"], "critical_unsupported"),
        (["http://fernhill.example/UNDEFINED"], "critical_unsupported"),
        (["alg"], "critical_unsupported"),
        ([], "jws_malformed"),
        ("b64", "jws_malformed"),
        ([1], "jws_malformed"),
        (None, "jws_malformed"),
        ({}, "jws_malformed"),
    ],
)
def test_a_critical_extension(crit: object, code: str) -> None:
    assert refusal(token({**HEADER, "crit": crit, "exp": 1})) == code


@pytest.mark.parametrize("value", [False, True, "false", None, 0])
def test_an_unencoded_payload(value: object) -> None:
    assert refusal(token({**HEADER, "b64": value})) == "unencoded_refused"
    assert refusal(token({**HEADER, "b64": value, "crit": ["b64"]})) == "critical_unsupported"


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"none","alg":"ES256","kid":"key-1"}',
        b'{"alg":"ES256","alg":"none","kid":"key-1"}',
        b'{"alg":"ES256","alg":"ES256","kid":"key-1"}',
        b'{"alg":"ES256","\\u0061lg":"none","kid":"key-1"}',
        b'{"alg":"ES256","kid":"key-2","kid":"key-1"}',
    ],
)
def test_a_duplicate_name_in_the_header(header: bytes) -> None:
    assert refusal(token(header)) == "duplicate_name"


def test_a_duplicate_name_in_the_payload() -> None:
    payload = json.dumps(CREDENTIAL)[:-1].encode() + b', "issuer": "https://forger.example"}'
    assert refusal(token(HEADER, payload)) == "duplicate_name"


@pytest.mark.parametrize("header", [b"[]", b'"ES256"', b"null", b"{", b"\xff", b'{"alg":"ES256"} {}', b'{"alg":NaN}'])
def test_a_header_that_is_not_a_json_object(header: bytes) -> None:
    assert refusal(token(header)) in {"not_json", "not_an_object", "not_utf8"}


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + b"=",
        lambda text: text + b"==",
        lambda text: text + b"\n",
        lambda text: text + b"\r\n",
        lambda text: text + b" ",
        lambda text: b" " + text,
        lambda text: b"\n" + text,
        lambda text: text[:9] + b"\n" + text[9:],
        lambda text: text[:9] + b" " + text[9:],
        lambda text: text[:9] + b"?" + text[9:],
        lambda text: text[:9] + b"\0" + text[9:],
        lambda text: text[:9] + b"\xc3\xa9" + text[9:],
        lambda text: text[:9] + b"+" + text[10:],
        lambda text: text[:9] + b"/" + text[10:],
        lambda text: text + b"A" * (5 - len(text) % 4),
    ],
)
def test_a_non_canonical_encoding_of_the_same_bytes(part: int, change: Any) -> None:
    parts = GENUINE.split(b".")
    parts[part] = change(parts[part])
    assert refusal(b".".join(parts)) == "jws_malformed"


def test_unused_bits_that_are_set() -> None:
    # 64 bytes end in a character with four unused bits.
    assert GENUINE[-1:] in {b"A", b"Q", b"g", b"w"}
    for other in b"BCDEFGHRSTUVWXhijklmnxyz":
        assert refusal(GENUINE[:-1] + bytes([other])) == "jws_malformed"


@pytest.mark.parametrize(
    "affixes", [(b"", b"\n"), (b"", b" "), (b" ", b""), (b"\n", b""), (b'"', b'"'), (b"\xef\xbb\xbf", b"")]
)
def test_extra_characters_around_the_token(affixes: tuple[bytes, bytes]) -> None:
    assert refusal(affixes[0] + GENUINE + affixes[1]) == "jws_malformed"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([b""], "jws_malformed"),
        ([b"", b""], "jws_malformed"),
        ([b"", b"", b""], "jws_malformed"),
        (GENUINE.split(b".")[:2], "jws_malformed"),
        ([*GENUINE.split(b".")[:2], b""], "jws_malformed"),
        ([GENUINE.split(b".")[0], b"", GENUINE.split(b".")[2]], "jws_malformed"),
        ([b"", *GENUINE.split(b".")[1:]], "jws_malformed"),
        ([*GENUINE.split(b"."), b""], "jws_malformed"),
        ([*GENUINE.split(b"."), b"", b""], "jws_encrypted"),
        ([*GENUINE.split(b"."), b"", b"", b""], "jws_malformed"),
    ],
)
def test_a_wrong_number_of_parts(parts: list[bytes], code: str) -> None:
    assert refusal(b".".join(parts)) == code


def test_the_json_serialization_is_not_a_compact_token() -> None:
    header, payload, signature = GENUINE.decode().split(".")
    flat = json.dumps({"protected": header, "payload": payload, "signature": signature}).encode()
    assert refusal(flat) == "jws_malformed"


def test_a_signature_in_der() -> None:
    key = private_key("ES256")
    assert refusal(token(HEADER, sign=lambda data: key.sign(data, ec.ECDSA(hashes.SHA256())))) == "signature_wrong"


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw[:-1],
        lambda raw: raw[:32],
        lambda raw: raw + b"\0",
        lambda raw: b"\0" + raw,
        lambda raw: b"\0" * 64,
        lambda raw: b"\0" * 32 + raw[32:],
        lambda raw: raw[:32] + b"\0" * 32,
        lambda raw: b"\0" + raw[:32] + b"\0" + raw[32:],
        lambda raw: raw[32:] + raw[:32],
        lambda raw: b"\xff" * 64,
    ],
)
def test_a_truncated_or_padded_signature(change: Any) -> None:
    assert refusal(token(HEADER, sign=lambda data: change(by("ES256")(data)))) == "signature_wrong"


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256", "PS256", "ES384"])
@pytest.mark.parametrize("change", [lambda raw: raw[:-1], lambda raw: raw + b"\0", lambda raw: b"\0" + raw])
def test_a_signature_of_the_wrong_length(algorithm: str, change: Any) -> None:
    forged = token({**HEADER, "alg": algorithm}, sign=lambda data: change(by(algorithm)(data)))
    with pytest.raises(Malformed) as caught:
        verify(forged, issuer_with(algorithm))
    assert caught.value.code == "signature_wrong"


@pytest.mark.parametrize("salt", [0, 20, 48])
def test_ps256_with_a_salt_of_the_wrong_length(salt: int) -> None:
    key = private_key("PS256")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt)
    forged = token({**HEADER, "alg": "PS256"}, sign=lambda data: key.sign(data, pss, hashes.SHA256()))
    with pytest.raises(Malformed) as caught:
        verify(forged, issuer_with("PS256"))
    assert caught.value.code == "signature_wrong"


@pytest.mark.parametrize(
    "kid",
    [
        "key-2",
        "KEY-1",
        "key-1 ",
        "key-1\0",
        "../../../../dev/null",
        "/dev/null",
        "' UNION SELECT 'key-1",
        "https://forger.example/keys#key-1",
        "https://forger.example#key-1",
        f"{ISSUER}/#key-1",
        f"{ISSUER}#key-1#key-1",
        "",
        "#",
    ],
)
def test_a_kid_that_the_issuer_does_not_list(kid: str) -> None:
    assert refusal(signed_by_attacker({**HEADER, "kid": kid})) == "key_not_listed"


@pytest.mark.parametrize("kid", [1, None, ["key-1"], {"key": "key-1"}, True])
def test_a_kid_that_is_not_a_string(kid: object) -> None:
    assert refusal(token({**HEADER, "kid": kid})) == "jws_malformed"


def test_a_kid_with_the_attackers_own_did() -> None:
    attacker = Ed25519PrivateKey.from_private_bytes(bytes(32))
    own = {"crv": "Ed25519", "kty": "OKP", "x": base64url.encode(attacker.public_key().public_bytes_raw()).decode()}
    did = "did:jwk:" + encoded(own).decode()
    forged = token({"alg": "EdDSA", "kid": f"{did}#0"}, sign=attacker.sign)
    assert refusal(forged) == "signer_not_issuer"


def test_the_payload_of_another_token() -> None:
    header, _, signature = GENUINE.split(b".")
    other = encoded({**CREDENTIAL, "credentialSubject": {"id": "did:example:mallory"}})
    assert refusal(b".".join([header, other, signature])) == "signature_wrong"


@pytest.mark.parametrize("use", [{"use": "enc"}, {"key_ops": ["encrypt"]}, {"key_ops": ["sign"]}])
def test_a_key_that_is_not_for_signatures(use: dict[str, Any]) -> None:
    assert refusal(GENUINE, **use) == "key_not_for_signing"


@pytest.mark.parametrize("typ", ["at+jwt", "vp+jwt", "JWE", "secevent+jwt", "application/vp+jwt", "", "vc"])
def test_a_token_of_an_unsupported_type(typ: str) -> None:
    other = "presentation_unsupported" if "vp" in typ else "token_type_other"
    assert refusal(token({**HEADER, "typ": typ})) == other


def test_a_header_of_eight_megabytes_is_refused_before_it_is_decoded() -> None:
    assert refusal(token({**HEADER, "x": "a" * 8_000_000})) == "too_large"


def test_a_header_may_have_8_kib_but_no_more() -> None:
    room = compact.HEADER_LIMITS.size - len(json.dumps({**HEADER, "x": ""}))
    assert verify(token({**HEADER, "x": "a" * room}), issuer_with("ES256"))
    assert refusal(token({**HEADER, "x": "a" * (room + 1)})) == "too_large"


def test_a_token_may_have_256_kib_but_no_more() -> None:
    def padded(size: int) -> bytes:
        return token(HEADER, {**CREDENTIAL, "name": "a" * size})

    room = (compact.MAX_SIZE - len(padded(0))) // 4 * 3
    largest = max((made for made in map(padded, range(room - 3, room + 3)) if len(made) <= compact.MAX_SIZE), key=len)
    assert verify(largest, issuer_with("ES256"))
    assert len(largest) >= compact.MAX_SIZE - 1
    assert refusal(largest + b"A" * (compact.MAX_SIZE + 1 - len(largest))) == "too_large"


def test_a_header_nested_too_deeply() -> None:
    deep: Any = 1
    for _ in range(compact.HEADER_LIMITS.depth):
        deep = [deep]
    assert refusal(token({**HEADER, "x": deep})) == "too_deep"
    assert refusal(token(b'{"alg":"ES256","x":' + b"[" * 3000 + b"]" * 3000 + b"}")) == "too_deep"
