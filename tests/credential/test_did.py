from __future__ import annotations

from datetime import timedelta

from chalicelib.credential import dates
from chalicelib.credential.did import did_document, host_did, issuer_did
from chalicelib.credential.issuer import SigningKey
from chalicelib.verify.canonical.quads import to_quads
from tests.makers import NOW


def test_did_web_percent_encodes_the_port_and_joins_the_path_with_colons() -> None:
    assert host_did("http://localhost:8000") == "did:web:localhost%3A8000"
    assert issuer_did("https://laurel.example", "fernhill") == "did:web:laurel.example:issuers:fernhill"


def test_retired_key_has_an_expiry_and_revoked_key_makes_no_assertions() -> None:
    keys = (
        SigningKey("key-1", "z6Mk1", "k1", NOW, retired=NOW + timedelta(days=1)),
        SigningKey("key-2", "z6Mk2", "k2", NOW, revoked=NOW + timedelta(days=2)),
        SigningKey("key-3", "z6Mk3", "k3", NOW),
    )
    document = did_document("did:web:laurel.example", keys)
    methods = document["verificationMethod"]
    assert [(method["id"], method.get("expires"), method.get("revoked")) for method in methods] == [  # type: ignore[attr-defined]
        ("did:web:laurel.example#key-1", "2026-11-23T12:00:00Z", None),
        ("did:web:laurel.example#key-2", None, "2026-11-24T12:00:00Z"),
        ("did:web:laurel.example#key-3", None, None),
    ]
    assert document["assertionMethod"] == ["did:web:laurel.example#key-1", "did:web:laurel.example#key-3"]


def test_did_document_uses_only_terms_of_its_contexts() -> None:
    keys = (SigningKey("key-1", "z6Mk1", "k1", NOW, retired=NOW, revoked=NOW),)
    assert to_quads(did_document("did:web:laurel.example", keys)).ground


def test_both_keys_of_a_pair_are_listed_with_the_same_dates() -> None:
    retired = NOW + timedelta(days=1)
    pair = SigningKey("z6Mk1", "z6Mk1", "k1", NOW, retired=retired, p256="zDn1", p256_handle="k2")
    document = did_document("did:web:a.example", [pair])
    methods = document["verificationMethod"]
    assert isinstance(methods, list)
    assert [(one["id"], one["publicKeyMultibase"], one["expires"]) for one in methods] == [
        ("did:web:a.example#z6Mk1", "z6Mk1", dates.write(retired)),
        ("did:web:a.example#zDn1", "zDn1", dates.write(retired)),
    ]
    assert document["assertionMethod"] == ["did:web:a.example#z6Mk1", "did:web:a.example#zDn1"]
