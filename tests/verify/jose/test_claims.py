from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.verify.jose import compact
from chalicelib.verify.jose.claims import Claims, document_of, read
from tests.verify.jose.tokens import CREDENTIAL, ISSUER, result_or_error, token

START, END = 1767225600, 1798761600
V1_CREDENTIAL = {
    "@context": ["https://www.w3.org/2018/credentials/v1"],
    "type": ["VerifiableCredential"],
    "credentialSubject": {"name": "Ada Nwosu"},
}
BADGE = {**CREDENTIAL, "type": ["VerifiableCredential", "OpenBadgeCredential"]}


def refusal(payload: dict[str, Any]) -> str:
    with pytest.raises(Malformed) as caught:
        document_of(payload)
    return caught.value.code


def read_token(payload: dict[str, Any] | bytes, **header: Any) -> Claims:
    return read(compact.parse(token({"alg": "ES256", **header}, payload)))


def test_the_payload_of_the_second_data_model_is_the_credential() -> None:
    assert document_of(CREDENTIAL) == CREDENTIAL


def test_matching_registered_claims_are_not_part_of_the_credential() -> None:
    claims = {"iss": ISSUER, "jti": CREDENTIAL["id"], "sub": "did:example:ada", "nbf": START, "iat": START, "exp": END}
    assert document_of({**CREDENTIAL, **claims}) == CREDENTIAL


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"iss": f"{ISSUER}/"},
        {"jti": "urn:uuid:other"},
        {"sub": "did:example:mallory"},
    ],
)
@pytest.mark.parametrize("issuer", [ISSUER, {"id": ISSUER, "name": "Fernhill College"}])
def test_a_claim_that_contradicts_the_credential_is_refused(claims: dict[str, Any], issuer: Any) -> None:
    assert refusal({**CREDENTIAL, "issuer": issuer, **claims}) == "claims_contradict"
    inner = {**V1_CREDENTIAL, "id": CREDENTIAL["id"], "issuer": issuer, "credentialSubject": {"id": "did:example:ada"}}
    assert refusal({"vc": inner, **claims}) == "claims_contradict"


def test_the_signature_may_have_another_validity_than_the_credential() -> None:
    payload = {**CREDENTIAL, "validUntil": "2036-01-01T00:00:00Z", "exp": END, "iat": START + 5, "nbf": START + 5}
    claims = read_token(payload)
    assert claims.document["validUntil"] == "2036-01-01T00:00:00Z"
    assert claims.signed == claims.not_before == datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC)
    assert claims.expires == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("claims", "member"),
    [({"nbf": START + 1}, {}), ({"nbf": START - 1}, {}), ({"exp": END}, {"validUntil": "2027-01-01T00:00:01Z"})],
)
def test_the_dates_of_a_badge_and_its_token_must_match(claims: dict[str, Any], member: dict[str, Any]) -> None:
    assert refusal({**BADGE, **member, **claims}) == "claims_contradict"


def test_an_end_date_only_in_the_token_applies_to_the_badge() -> None:
    assert document_of({**BADGE, "exp": END}) == {**BADGE, "validUntil": "2027-01-01T00:00:00Z"}


def test_a_claim_may_drop_the_fraction_of_a_second() -> None:
    badge = {**BADGE, "validFrom": "2026-01-01T01:00:00.987+01:00"}
    assert document_of({**badge, "nbf": START}) == badge


def test_the_claims_of_the_first_data_model_become_members() -> None:
    payload = {
        "iss": ISSUER,
        "sub": "did:example:ada",
        "jti": "urn:uuid:1",
        "nbf": START,
        "exp": END,
        "vc": V1_CREDENTIAL,
    }
    assert document_of(payload) == {
        **V1_CREDENTIAL,
        "issuer": ISSUER,
        "id": "urn:uuid:1",
        "credentialSubject": {"id": "did:example:ada", "name": "Ada Nwosu"},
        "issuanceDate": "2026-01-01T00:00:00Z",
        "expirationDate": "2027-01-01T00:00:00Z",
    }


def test_members_that_match_the_claims_are_kept_unchanged() -> None:
    inner = {
        **V1_CREDENTIAL,
        "id": "urn:uuid:1",
        "issuer": {"id": ISSUER, "name": "Fernhill College"},
        "credentialSubject": [{"id": "did:example:ada"}],
        "issuanceDate": "2026-01-01T00:00:00.5Z",
        "expirationDate": "2027-01-01T00:00:00Z",
    }
    claims = {"iss": ISSUER, "sub": "did:example:ada", "jti": "urn:uuid:1", "nbf": START, "exp": END}
    assert document_of({**claims, "vc": inner}) == inner


def test_an_issuer_object_without_an_id_gets_the_id_from_the_claim() -> None:
    document = document_of({"iss": ISSUER, "vc": {**V1_CREDENTIAL, "issuer": {"name": "Fernhill College"}}})
    assert document["issuer"] == {"id": ISSUER, "name": "Fernhill College"}


@pytest.mark.parametrize(
    ("claims", "member"),
    [
        ({"nbf": START}, {"issuanceDate": "2026-01-01T00:00:01Z"}),
        ({"exp": END}, {"expirationDate": "2027-01-02T00:00:00Z"}),
        ({"iss": ISSUER}, {"issuer": [ISSUER]}),
        ({"sub": "did:example:ada"}, {"credentialSubject": [{"name": "Ada"}, {"name": "Grace"}]}),
        ({"sub": "did:example:ada"}, {"credentialSubject": [{"id": "did:example:ada"}, {"id": "did:example:grace"}]}),
        ({"sub": "did:example:ada"}, {"credentialSubject": "did:example:ada"}),
        ({"sub": "did:example:ada"}, {"credentialSubject": None}),
        ({"sub": "did:example:ada"}, {"credentialSubject": {"id": ["did:example:ada"]}}),
        ({"jti": "urn:uuid:1"}, {"id": None}),
    ],
)
def test_a_claim_that_contradicts_a_wrapped_member_is_refused(claims: dict[str, Any], member: dict[str, Any]) -> None:
    assert refusal({**claims, "vc": {**V1_CREDENTIAL, **member}}) == "claims_contradict"


@pytest.mark.parametrize(
    "wrapped", [{"vc": "oops"}, {"vc": CREDENTIAL}, {"vp": "nooo"}, {"vc": V1_CREDENTIAL, "vp": {}}]
)
def test_two_credentials_in_one_token_are_refused(wrapped: dict[str, Any]) -> None:
    assert refusal({**CREDENTIAL, **wrapped}) == "claims_contradict"


def test_a_presentation_is_unsupported() -> None:
    assert refusal({"iss": ISSUER, "vp": {"verifiableCredential": []}}) == "presentation_unsupported"


def test_a_second_model_credential_in_the_vc_claim_keeps_its_member_names() -> None:
    """Some badges were issued this way before VC-JOSE-COSE was finished; their `typ` cannot be `vc+jwt`."""
    inner = {name: value for name, value in CREDENTIAL.items() if name != "validFrom"}
    assert document_of({"vc": inner, "nbf": START}) == CREDENTIAL
    assert read_token({"vc": inner, "nbf": START}, typ="JWT").document == CREDENTIAL
    with pytest.raises(Malformed) as caught:
        read_token({"vc": inner, "nbf": START}, typ="vc+jwt")
    assert caught.value.code == "claims_contradict"


@pytest.mark.parametrize("name", ["iss", "sub", "jti"])
@pytest.mark.parametrize("value", [None, 1, "", [ISSUER], {"id": ISSUER}])
def test_a_claim_that_is_not_a_string_is_refused(name: str, value: object) -> None:
    assert refusal({**CREDENTIAL, name: value}) == "claims_malformed"
    assert refusal({"vc": V1_CREDENTIAL, name: value}) == "claims_malformed"


@pytest.mark.parametrize("name", ["nbf", "exp"])
@pytest.mark.parametrize("value", ["2026-01-01T00:00:00Z", "1767225600", None, True, -1, 253402300800, [START]])
def test_a_date_that_is_not_a_number_of_seconds_is_refused(name: str, value: object) -> None:
    assert refusal({"vc": V1_CREDENTIAL, name: value}) == "claims_malformed"
    with pytest.raises(Malformed) as caught:
        read_token({**CREDENTIAL, name: value})
    assert caught.value.code == "claims_malformed"


@pytest.mark.parametrize("value", ["2010-01-01T19:23:24Z", None, True, -1, {}])
def test_an_iat_that_is_not_a_number_of_seconds_proves_no_time(value: object) -> None:
    assert read_token({**CREDENTIAL, "iat": value}).signed is None


@pytest.mark.parametrize("audience", ["https://laurel.example", ["https://other.example"], []])
def test_an_audience_is_noticed(audience: object) -> None:
    assert read_token({**CREDENTIAL, "aud": audience}).has_audience
    assert not read_token(CREDENTIAL).has_audience


@pytest.mark.parametrize("typ", ["vc+jwt", "VC+JWT", "application/vc+jwt", "JWT", "jwt"])
@pytest.mark.parametrize("cty", ["vc", "application/vc"])
def test_the_token_type_may_be_any_form_of_the_media_type(typ: str, cty: str) -> None:
    assert read_token(CREDENTIAL, typ=typ, cty=cty).document == CREDENTIAL


@pytest.mark.parametrize("header", [{"typ": "bad+typ"}, {"cty": "bad+cty"}, {"cty": "JWT"}])
def test_a_token_of_another_type_is_refused(header: dict[str, str]) -> None:
    with pytest.raises(Malformed) as caught:
        read_token(CREDENTIAL, **header)
    assert caught.value.code == "token_type_other"


@pytest.mark.parametrize("payload", [b"[]", b"not JSON", b'{"exp":NaN}', b"\xff", b'{"a":1,"a":1}'])
def test_a_payload_that_is_not_a_strict_json_object_is_refused(payload: bytes) -> None:
    with pytest.raises(Malformed):
        read_token(payload)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([ISSUER, START]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "type", "x"]), inner),
    max_leaves=6,
)
members = st.sampled_from(["@context", "type", "id", "issuer", "credentialSubject", "validFrom", "issuanceDate"])
claims = st.sampled_from(["iss", "sub", "jti", "nbf", "exp", "iat", "aud"])
inners = st.dictionaries(members, json_values)


@given(st.dictionaries(claims, json_values), inners | st.fixed_dictionaries({"vc": inners | json_values}))
def test_any_payload_is_read_or_refused(registered: dict[str, Any], unregistered: dict[str, Any]) -> None:
    payload = {**registered, **unregistered}
    document = result_or_error(document_of, payload)
    if isinstance(document, Malformed):
        assert document.code in {"claims_contradict", "claims_malformed", "date_malformed", "presentation_unsupported"}
    else:
        assert document.keys().isdisjoint(registered)
        inner = unregistered.get("vc", unregistered)
        kept = {name for name in inner if name not in {"issuer", "credentialSubject"}}
        assert all(document[name] is inner[name] for name in kept)
