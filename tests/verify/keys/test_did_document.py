"""What a DID document may state about its controller's keys."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.credential.multibase import encode_ed25519
from chalicelib.errors import Malformed
from chalicelib.verify.keys.did_document import MAX_METHODS, controller_of
from chalicelib.verify.keys.public_key import Kind, PublicKey, UnusableKey

DID = "did:web:good.example"
# The public key from RFC 8032, 7.1, test 1, and its JWK from RFC 8037, A.2.
RAW = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
MULTIKEY = encode_ed25519(RAW)
OTHER = encode_ed25519(bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))


def method(name: str = "#key-1", **members: object) -> dict[str, object]:
    entry: dict[str, object] = {
        "id": name,
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": MULTIKEY,
    }
    return {name: value for name, value in (entry | members).items() if value is not None}


def document(*methods: object, assertion: object = ("#key-1",), **members: object) -> dict[str, object]:
    asserted = list(assertion) if isinstance(assertion, tuple) else assertion
    return {"id": DID, "verificationMethod": list(methods), "assertionMethod": asserted} | members


def code_of(did_document: dict[str, object]) -> str:
    with pytest.raises(Malformed) as caught:
        controller_of(did_document, DID)
    return caught.value.code


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"type": "Ed25519VerificationKey2020"},
        {"type": "JsonWebKey2020", "publicKeyMultibase": None, "publicKeyJwk": JWK},
        {"type": "JsonWebKey", "publicKeyMultibase": None, "publicKeyJwk": JWK},
    ],
)
@pytest.mark.parametrize("name", ["#key-1", f"{DID}#key-1"])
@pytest.mark.parametrize("reference", ["#key-1", f"{DID}#key-1"])
def test_a_key_is_read_in_each_format(members: dict[str, object], name: str, reference: str) -> None:
    (listed,) = controller_of(document(method(name, **members), assertion=(reference,)), DID).methods
    assert listed.id == f"{DID}#key-1"
    assert listed.assertion
    assert isinstance(listed.key, PublicKey)
    assert listed.key.kind is Kind.ED25519
    assert listed.key.native == RAW


def test_only_keys_listed_for_assertions_may_assert() -> None:
    did_document = document(method("#a"), method("#b"), assertion=("#b", "#c"), authentication=["#a"])
    assert [(listed.id[-1], listed.assertion) for listed in controller_of(did_document, DID).methods] == [
        ("a", False),
        ("b", True),
    ]


@pytest.mark.parametrize("relationship", ["authentication", "keyAgreement", "capabilityInvocation"])
def test_an_embedded_key_is_for_its_relationship_only(relationship: str) -> None:
    embedded = {relationship: [method("#b", publicKeyMultibase=OTHER)]}
    did_document = document(assertion=(method("#a"),), **embedded)
    assert [(listed.id[-1], listed.assertion) for listed in controller_of(did_document, DID).methods] == [
        ("a", True),
        ("b", False),
    ]


def test_a_single_value_equals_a_list_of_one() -> None:
    did_document = {"id": DID, "verificationMethod": method(), "assertionMethod": "#key-1"}
    assert [listed.assertion for listed in controller_of(did_document, DID).methods] == [True]


def test_a_document_without_keys_has_none() -> None:
    assert controller_of({"id": DID}, DID).methods == ()


def test_expiry_and_revocation_times_are_read() -> None:
    did_document = document(method(expires="2026-01-02T03:04:05Z", revoked="2026-01-01T00:00:00+01:00"))
    (listed,) = controller_of(did_document, DID).methods
    assert listed.expires == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert listed.revoked == datetime(2025, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize("member", ["expires", "revoked"])
@pytest.mark.parametrize("value", ["soon", "2026-01-02", "2026-01-02T03:04:05", 1, None, []])
def test_an_unreadable_expiry_or_revocation_makes_the_key_unusable(member: str, value: object) -> None:
    did_document = document({**method(), member: value})
    (listed,) = controller_of(did_document, DID).methods
    assert isinstance(listed.key, UnusableKey)
    assert listed.key.code == "key_malformed"


@pytest.mark.parametrize(
    "other", [None, "", f"{DID}#key-1", "did:web:good.example:x", "did:web:GOOD.example", 1, [DID]]
)
def test_a_document_about_another_controller_is_refused(other: object) -> None:
    assert code_of(document(method()) | {"id": other}) == "document_other_id"


@pytest.mark.parametrize("controller", [None, "did:web:evil.example", "", [DID], {"id": DID}])
def test_a_key_of_another_controller_is_listed_as_unusable(controller: object) -> None:
    (listed,) = controller_of(document(method(controller=controller)), DID).methods
    assert isinstance(listed.key, UnusableKey)
    assert listed.key.code == "key_of_another"


@pytest.mark.parametrize(
    "members",
    [
        {"type": "EcdsaSecp256k1VerificationKey2019"},
        {"type": "Ed25519VerificationKey2018", "publicKeyMultibase": None, "publicKeyBase58": "H3C2AVv"},
        {"publicKeyMultibase": "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"},
        {"type": "JsonWebKey", "publicKeyMultibase": None, "publicKeyJwk": {"kty": "EC", "crv": "secp256k1"}},
    ],
)
def test_an_unsupported_key_stays_listed(members: dict[str, object]) -> None:
    (listed,) = controller_of(document(method(**members)), DID).methods
    assert isinstance(listed.key, UnusableKey)
    assert listed.key.code == "key_unsupported"


@pytest.mark.parametrize("name", ["did:web:evil.example#key-1", "did:web:good.example", "https://good.example#key-1"])
def test_a_key_with_a_foreign_id_is_not_listed(name: str) -> None:
    assert controller_of(document(method(name), assertion=(name,)), DID).methods == ()


@pytest.mark.parametrize(
    "did_document",
    [
        document(method(), method()),
        document(method(), method(f"{DID}#key-1")),
        document(method(), method(publicKeyMultibase=OTHER)),
        document(method(), assertion=(method(publicKeyMultibase=OTHER),)),
        document(method(), authentication=[method(publicKeyMultibase=OTHER)]),
    ],
)
def test_duplicate_key_ids_are_refused(did_document: dict[str, object]) -> None:
    assert code_of(did_document) == "duplicate_method"


@pytest.mark.parametrize(
    "did_document",
    [
        document("#key-1"),
        document(None),
        document([method()]),
        document(method(None)),
        document(method(7)),  # type: ignore[arg-type]
        document(method(), assertion=(7,)),
        document(method(), assertion=("",)),
        document(method(), authentication=[["#key-1"]]),
    ],
)
def test_an_entry_that_is_not_a_key_is_refused(did_document: dict[str, object]) -> None:
    assert code_of(did_document) == "document_malformed"


def test_more_than_64_keys_are_refused() -> None:
    many = [method(f"#{number}") for number in range(MAX_METHODS + 1)]
    assert len(controller_of(document(*many[1:]), DID).methods) == MAX_METHODS
    assert code_of(document(*many)) == "too_many_methods"
    assert code_of(document(*many[1:], assertion=(many[0],))) == "too_many_methods"


JSON = st.recursive(
    st.none() | st.booleans() | st.just(7) | st.sampled_from([DID, "#key-1", f"{DID}#key-1", "Multikey", MULTIKEY]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "type", "controller", "publicKeyMultibase", "publicKeyJwk", "expires", "x", "kty"]),
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["verificationMethod", "assertionMethod", "authentication"]), JSON))
def test_any_document_is_refused_or_lists_only_the_controllers_own_keys(did_document: dict[str, object]) -> None:
    try:
        controller = controller_of({"id": DID} | did_document, DID)
    except Malformed:
        return
    assert all(each.id.startswith(f"{DID}#") for each in controller.methods)
