"""What a DID document says of its controller's keys, and what it may not say."""

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
# The public key of RFC 8032, 7.1, test 1, and its JWK from RFC 8037, A.2.
RAW = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
MULTIKEY = encode_ed25519(RAW)
OTHER = encode_ed25519(bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))


def method(name: str = "#key-1", **members: object) -> dict[str, object]:
    made: dict[str, object] = {"id": name, "type": "Multikey", "controller": DID, "publicKeyMultibase": MULTIKEY}
    return {name: value for name, value in (made | members).items() if value is not None}


def document(*methods: object, assertion: object = ("#key-1",), **members: object) -> dict[str, object]:
    asserted = list(assertion) if isinstance(assertion, tuple) else assertion
    return {"id": DID, "verificationMethod": list(methods), "assertionMethod": asserted} | members


def code_of(made: dict[str, object]) -> str:
    with pytest.raises(Malformed) as caught:
        controller_of(made, DID)
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
def test_a_key_is_read_in_each_of_its_forms(members: dict[str, object], name: str, reference: str) -> None:
    (found,) = controller_of(document(method(name, **members), assertion=(reference,)), DID).methods
    assert found.id == f"{DID}#key-1"
    assert found.assertion
    assert isinstance(found.key, PublicKey)
    assert found.key.kind is Kind.ED25519
    assert found.key.native == RAW


def test_only_keys_that_it_names_for_assertions_are_for_assertions() -> None:
    made = document(method("#a"), method("#b"), assertion=("#b", "#c"), authentication=["#a"])
    assert [(found.id[-1], found.assertion) for found in controller_of(made, DID).methods] == [
        ("a", False),
        ("b", True),
    ]


@pytest.mark.parametrize("relationship", ["authentication", "keyAgreement", "capabilityInvocation"])
def test_a_key_written_out_where_it_is_used_is_for_that_use_only(relationship: str) -> None:
    embedded = {relationship: [method("#b", publicKeyMultibase=OTHER)]}
    made = document(assertion=(method("#a"),), **embedded)
    assert [(found.id[-1], found.assertion) for found in controller_of(made, DID).methods] == [
        ("a", True),
        ("b", False),
    ]


def test_one_value_stands_for_a_list_of_one() -> None:
    made = {"id": DID, "verificationMethod": method(), "assertionMethod": "#key-1"}
    assert [found.assertion for found in controller_of(made, DID).methods] == [True]


def test_a_document_without_keys_has_none() -> None:
    assert controller_of({"id": DID}, DID).methods == ()


def test_times_are_read() -> None:
    made = document(method(expires="2026-01-02T03:04:05Z", revoked="2026-01-01T00:00:00+01:00"))
    (found,) = controller_of(made, DID).methods
    assert found.expires == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found.revoked == datetime(2025, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize("member", ["expires", "revoked"])
@pytest.mark.parametrize("value", ["soon", "2026-01-02", "2026-01-02T03:04:05", 1, None, []])
def test_a_limit_that_cannot_be_read_makes_the_key_unusable(member: str, value: object) -> None:
    made = document({**method(), member: value})
    (found,) = controller_of(made, DID).methods
    assert isinstance(found.key, UnusableKey)
    assert found.key.code == "key_malformed"


@pytest.mark.parametrize(
    "other", [None, "", f"{DID}#key-1", "did:web:good.example:x", "did:web:GOOD.example", 1, [DID]]
)
def test_a_document_about_somebody_else_says_nothing(other: object) -> None:
    assert code_of(document(method()) | {"id": other}) == "document_other_id"


@pytest.mark.parametrize("controller", [None, "did:web:evil.example", "", [DID], {"id": DID}])
def test_a_key_of_another_controller_is_listed_as_unusable(controller: object) -> None:
    (found,) = controller_of(document(method(controller=controller)), DID).methods
    assert isinstance(found.key, UnusableKey)
    assert found.key.code == "key_of_another"


@pytest.mark.parametrize(
    "members",
    [
        {"type": "EcdsaSecp256k1VerificationKey2019"},
        {"type": "Ed25519VerificationKey2018", "publicKeyMultibase": None, "publicKeyBase58": "H3C2AVv"},
        {"publicKeyMultibase": "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"},
        {"type": "JsonWebKey", "publicKeyMultibase": None, "publicKeyJwk": {"kty": "EC", "crv": "secp256k1"}},
    ],
)
def test_a_key_that_laurel_cannot_use_stays_listed(members: dict[str, object]) -> None:
    (found,) = controller_of(document(method(**members)), DID).methods
    assert isinstance(found.key, UnusableKey)
    assert found.key.code == "key_unsupported"


@pytest.mark.parametrize("name", ["did:web:evil.example#key-1", "did:web:good.example", "https://good.example#key-1"])
def test_a_key_under_another_name_is_not_listed(name: str) -> None:
    assert controller_of(document(method(name), assertion=(name,)), DID).methods == ()


@pytest.mark.parametrize(
    "made",
    [
        document(method(), method()),
        document(method(), method(f"{DID}#key-1")),
        document(method(), method(publicKeyMultibase=OTHER)),
        document(method(), assertion=(method(publicKeyMultibase=OTHER),)),
        document(method(), authentication=[method(publicKeyMultibase=OTHER)]),
    ],
)
def test_two_keys_of_one_name_are_refused(made: dict[str, object]) -> None:
    assert code_of(made) == "duplicate_method"


@pytest.mark.parametrize(
    "made",
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
def test_what_is_no_key_is_refused(made: dict[str, object]) -> None:
    assert code_of(made) == "document_malformed"


def test_sixty_four_keys_are_read_and_one_more_is_not() -> None:
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
def test_whatever_it_holds_it_is_read_or_refused_and_keys_are_the_controllers_own(made: dict[str, object]) -> None:
    try:
        found = controller_of({"id": DID} | made, DID)
    except Malformed:
        return
    assert all(each.id.startswith(f"{DID}#") for each in found.methods)
