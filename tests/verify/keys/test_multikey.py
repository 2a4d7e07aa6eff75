from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.credential.multibase import encode_base58btc, encode_ed25519
from chalicelib.errors import Malformed
from chalicelib.verify.keys.multikey import from_multikey
from chalicelib.verify.keys.public_key import Algorithm, Kind, PublicKey
from tests.makers import ISSUER_KEY
from tests.verify.jose.tokens import result_or_error


def compressed(curve: ec.EllipticCurve) -> bytes:
    return ec.derive_private_key(7, curve).public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


P256, P384 = compressed(ec.SECP256R1()), compressed(ec.SECP384R1())


@pytest.mark.parametrize(
    ("data", "kind", "algorithm", "start"),
    [
        (b"\xed\x01" + ISSUER_KEY.public, Kind.ED25519, Algorithm.EDDSA, "z6Mk"),
        (b"\x80\x24" + P256, Kind.P256, Algorithm.ES256, "zDn"),
        (b"\x81\x24" + P384, Kind.P384, Algorithm.ES384, "z82"),
    ],
)
def test_each_kind_of_key_is_read_and_bound_to_its_algorithm(
    data: bytes, kind: Kind, algorithm: Algorithm, start: str
) -> None:
    text = encode_base58btc(data)
    key = from_multikey(text)
    assert text.startswith(start)
    assert (key.kind, key.algorithms) == (kind, {algorithm})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_base58btc"),
        ("6Mk", "not_base58btc"),
        ("uAQID", "not_base58btc"),
        ("z0OIl", "not_base58btc"),
        (" " + encode_ed25519(ISSUER_KEY.public), "not_base58btc"),
        (encode_ed25519(ISSUER_KEY.public) + "\n", "not_base58btc"),
        ("z" + "1" * 600, "key_unsupported"),
        ("z", "key_unsupported"),
        ("z1" + encode_ed25519(ISSUER_KEY.public)[1:], "key_unsupported"),
        (encode_base58btc(b"\xec\x01" + bytes(32)), "key_unsupported"),
        (encode_base58btc(b"\xe7\x01\2" + bytes(32)), "key_unsupported"),
        (encode_base58btc(b"\x82\x24\2" + bytes(66)), "key_unsupported"),
        (encode_ed25519(ISSUER_KEY.public[:-1]), "key_malformed"),
        (encode_ed25519(ISSUER_KEY.public + b"\0"), "key_malformed"),
        (encode_ed25519(bytes(32)), "key_weak"),
        (encode_base58btc(b"\x80\x24" + P256[:-1]), "key_malformed"),
        (encode_base58btc(b"\x80\x24" + P256 + b"\0"), "key_malformed"),
        (encode_base58btc(b"\x80\x24" + P384), "key_malformed"),
        (encode_base58btc(b"\x80\x24\4" + bytes(64)), "key_malformed"),
    ],
)
def test_invalid_and_unsupported_keys_are_distinguished(text: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        from_multikey(text)
    assert caught.value.code == code


@given(st.text(max_size=80).map("z".__add__) | st.binary(max_size=60).map(encode_base58btc))
def test_any_text_gives_a_key_or_an_error(text: str) -> None:
    key = result_or_error(from_multikey, text)
    assert isinstance(key, PublicKey) or key.code in {"not_base58btc", "key_unsupported", "key_malformed", "key_weak"}
