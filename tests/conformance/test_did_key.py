"""The published did:key vectors: each gives its published key, or an error for an unsupported type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.credential.multibase import decode_base58btc
from chalicelib.errors import Malformed
from chalicelib.verify.keys import load
from chalicelib.verify.keys.did_key import controller_of
from chalicelib.verify.keys.jwk import from_jwk
from chalicelib.verify.keys.public_key import Kind, PublicKey
from tests.verify.canonical import vectors

pytestmark = vectors.needs_vectors


def entries(name: str) -> Mapping[str, Any]:
    if not vectors.ROOT.is_dir():
        return {}
    loaded: dict[str, Any] = vectors.load(f"did-key/{name}.json")
    published: Mapping[str, Any] = loaded.get("didDocument", loaded)
    return published


def supported(entry: Mapping[str, Any]) -> PublicKey | None:
    """Return the key that ``entry`` publishes, read without the DID; None when Laurel does not support its type."""
    method = entry.get("verificationKeyPair") or entry.get("verificationMethod") or entry
    jwk = method.get("publicKeyJwk", {}) if isinstance(method, dict) else {}
    if jwk.get("crv") in {"Ed25519", "P-256", "P-384"}:
        return from_jwk(jwk)
    match method.get("type") if isinstance(method, dict) else None:
        case "Ed25519VerificationKey2018":
            return load.ed25519(decode_base58btc("z" + method["publicKeyBase58"]))
        case "P256Key2021":
            return load.elliptic(Kind.P256, decode_base58btc("z" + method["publicKeyBase58"]))
        case _:
            return None


ALL = [
    (did, supported(entry))
    for name in ("ed25519-x25519", "nist-curves", "secp256k1", "rsa", "bls12381", "x25519")
    for did, entry in entries(name).items()
]


def test_the_vectors_are_complete() -> None:
    assert len(ALL) == 30
    assert sum(key is not None for _, key in ALL) == 10


@pytest.mark.parametrize(("did", "key"), [(did, key) for did, key in ALL if key is not None])
def test_a_supported_identifier_gives_its_published_key(did: str, key: PublicKey) -> None:
    controller = controller_of(did)
    assert controller.id == did
    assert [method.id for method in controller.methods] == [f"{did}#{did.removeprefix('did:key:')}"]
    assert controller.methods[0].usable_key().native == key.native


@pytest.mark.parametrize("did", [did for did, key in ALL if key is None])
def test_an_identifier_of_an_unsupported_type_is_refused(did: str) -> None:
    with pytest.raises(Malformed) as caught:
        controller_of(did)
    assert caught.value.code == "key_unsupported"
