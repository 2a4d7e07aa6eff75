"""The VC API as the public suites of the W3C call it: which status, and always JSON with `problemDetails`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.award import interop_issuer
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import Gateway, Response
from tests.makers import ISSUER_KEY, NOW, OTHER_KEY, signed
from tests.verify.presentations.test_verify import ASKED, presentation, signed_by_holder, token
from tests.verify.test_attacks import PLAIN

VALID = signed(PLAIN)
UNBOUND = "/without-issuer-binding"
OTHERS_SIGNATURE = signed({**PLAIN, "issuer": "did:example:someone"}, OTHER_KEY)


def verify(client: Gateway, credential: object, path: str = "/credentials/verify", **more: object) -> Response:
    name = "verifiablePresentation" if "presentations" in path else "verifiableCredential"
    return post(client, path, {name: credential, **more})


def post(client: Gateway, path: str, body: object) -> Response:
    response = client.post(path, body if isinstance(body, bytes) else json.dumps(body).encode())
    assert response.headers["content-type"] == "application/json"
    assert {"verified", "problemDetails"} <= response.json.keys() or response.status == 201
    return response


@pytest.mark.parametrize("more", [{}, {"options": {}}, {"options": {"checks": ["proof"]}}])
def test_a_valid_credential_is_200_without_problems(client: Gateway, more: dict[str, object]) -> None:
    response = verify(client, VALID, **more)
    assert (response.status, response.json["verified"], response.json["problemDetails"]) == (200, True, [])
    assert response.json["results"]["proof"] == {"valid": True, "code": "signature_valid"}


def changed(**members: object) -> dict[str, object]:
    return {**VALID, **members}


REFUSED: dict[str, tuple[object, int, str]] = {
    "changed": (changed(validFrom="2026-01-02T00:00:00Z"), 422, "vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR"),
    "no proof": (PLAIN, 422, "vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR"),
    "another signer": (OTHERS_SIGNATURE, 422, "vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR"),
    "no issuer": ({k: v for k, v in VALID.items() if k != "issuer"}, 422, "vc-data-model#MALFORMED_VALUE_ERROR"),
    "an unknown context": (
        changed(**{"@context": [*PLAIN["@context"], "https://c.example"]}),
        422,
        "vc-data-model#MALFORMED_VALUE_ERROR",
    ),
    "expired": (
        signed({**PLAIN, "validUntil": (NOW - timedelta(days=1)).isoformat()}),
        422,
        "vc-data-model#RANGE_ERROR",
    ),
    "a status list that cannot be read": (
        signed(
            {
                **PLAIN,
                "credentialStatus": {
                    "type": "BitstringStatusListEntry",
                    "statusPurpose": "revocation",
                    "statusListIndex": "1",
                    "statusListCredential": "https://lists.example/1",
                },
            }
        ),
        422,
        "status-list#STATUS_RETRIEVAL_ERROR",
    ),
    "nothing": (None, 400, "vc-data-model#PARSING_ERROR"),
    "a number": (1, 400, "vc-data-model#PARSING_ERROR"),
    "a list": ([VALID], 400, "vc-data-model#PARSING_ERROR"),
    "an empty object": ({}, 400, "vc-data-model#PARSING_ERROR"),
    "empty text": ("", 400, "vc-data-model#PARSING_ERROR"),
    "a link": (f"{BASE_URL}/c/{'v' * 26}", 422, "vc-data-model#PARSING_ERROR"),
    "a document as text": (json.dumps(VALID), 400, "vc-data-model#PARSING_ERROR"),
    "a broken token": ("eyJhbGciOiJFZERTQSJ9.e30", 422, "vc-data-model#PARSING_ERROR"),
    "an object that is no credential": ({"a": 1}, 422, "vc-data-model#PARSING_ERROR"),
    "a presentation": (signed_by_holder(presentation(VALID), **dict.fromkeys(ASKED)), 400, "PARSING_ERROR"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_anything_else_is_refused_with_the_error_of_the_standard(client: Gateway, case: str) -> None:
    credential, status, kind = REFUSED[case]
    response = verify(client, credential)
    assert (response.status, response.json["verified"]) == (status, False)
    assert kind in response.json["problemDetails"][0]["type"]
    assert response.json["problemDetails"][0]["title"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'{"a":1,"a":2}', b"\xff", b'{"verifiableCredential":'])
def test_what_is_not_a_json_object_is_400(client: Gateway, body: bytes) -> None:
    assert post(client, "/credentials/verify", body).status == 400


@pytest.mark.parametrize("options", ["x", [], None, {"checks": "proof"}, {"checks": [1]}, {"challenge": 1}])
def test_options_of_another_form_are_400(client: Gateway, options: object) -> None:
    assert verify(client, VALID, options=options).status == 400


def test_a_body_that_is_too_large_is_413(client: Gateway) -> None:
    assert post(client, "/credentials/verify", b" " * 400_000).status == 413


def test_an_expired_credential_passes_if_only_its_proof_is_asked_about(client: Gateway) -> None:
    expired = signed({**PLAIN, "validUntil": (NOW - timedelta(days=1)).isoformat()})
    assert verify(client, expired, options={"checks": ["proof"]}).status == 200
    assert verify(client, REFUSED["changed"][0], options={"checks": ["proof"]}).status == 422


def test_a_token_and_an_envelope_are_verified(client: Gateway) -> None:
    made = token(PLAIN, ISSUER_KEY, typ="vc+jwt").decode()
    assert verify(client, made).status == 200
    envelope = {
        "@context": PLAIN["@context"],
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{made}",
    }
    assert verify(client, envelope).status == 200


def test_only_the_path_without_issuer_binding_accepts_another_signer(client: Gateway) -> None:
    assert verify(client, OTHERS_SIGNATURE, f"{UNBOUND}/credentials/verify").status == 200
    damaged = {**OTHERS_SIGNATURE, "validFrom": "2026-01-02T00:00:00Z"}
    assert verify(client, damaged, f"{UNBOUND}/credentials/verify").status == 422


def test_a_presentation_is_verified_for_its_request(client: Gateway) -> None:
    made = signed_by_holder(presentation(VALID))
    path = "/presentations/verify"
    assert verify(client, made, path, options=ASKED).status == 200
    for wrong, kind in (("challenge", "INVALID_CHALLENGE_ERROR"), ("domain", "INVALID_DOMAIN_ERROR")):
        response = verify(client, made, path, options={**ASKED, wrong: "other.example"})
        assert response.status == 422
        assert response.json["problemDetails"][0]["type"].endswith(kind)
    assert verify(client, VALID, path).status == 400


def test_a_presentation_without_credentials_shows_its_holder(client: Gateway) -> None:
    """VC Data Model 2.0, 4.13: `verifiableCredential` is optional."""
    made = signed_by_holder({name: value for name, value in presentation().items() if name != "verifiableCredential"})
    assert verify(client, made, "/presentations/verify", options=ASKED).status == 200
    changed_since = {**made, "id": "urn:uuid:0b1d6f0e-0000-4000-8000-000000000000"}
    assert verify(client, changed_since, "/presentations/verify", options=ASKED).status == 422
    other = verify(client, made, "/presentations/verify", options={**ASKED, "challenge": "c-2"})
    assert (other.status, other.json["problemDetails"][0]["title"]) == (422, "challenge_differs")


def test_a_presentation_with_an_invalid_credential_names_its_problem(client: Gateway) -> None:
    made = signed_by_holder(presentation(OTHERS_SIGNATURE))
    response = verify(client, made, "/presentations/verify", options=ASKED)
    assert [each["title"] for each in response.json["problemDetails"]] == ["signer_not_issuer"]
    assert verify(client, made, f"{UNBOUND}/presentations/verify", options=ASKED).status == 200


def test_a_presentation_by_someone_else_needs_the_other_path(client: Gateway) -> None:
    made = signed_by_holder(presentation(VALID), key=ISSUER_KEY)
    assert verify(client, made, "/presentations/verify", options=ASKED).status == 422
    assert verify(client, made, f"{UNBOUND}/presentations/verify", options=ASKED).status == 200


UNSIGNED: dict[str, Any] = {**PLAIN, "id": "urn:uuid:0b1d6f0e-0000-4000-8000-000000000000"}


@pytest.mark.parametrize("path", ["", *(f"/{suite}" for suite in interop_issuer.SUITES)])
def test_what_is_issued_is_valid_and_signed_by_a_did_key(client: Gateway, path: str) -> None:
    response = post(client, f"/credentials/issue{path}", {"credential": UNSIGNED})
    assert response.status == 201
    issued = response.json["verifiableCredential"]
    suite = path.removeprefix("/") or interop_issuer.SUITES[0]
    assert issued["issuer"] == interop_issuer.did(BASE_URL, suite)
    assert issued["proof"]["cryptosuite"] == suite
    assert issued["proof"]["proofValue"].startswith("z")
    assert issued["proof"]["verificationMethod"].startswith(f"{issued['issuer']}#")
    assert verify(client, issued).status == 200


def test_a_credential_of_the_first_data_model_gets_the_context_of_its_proof(client: Gateway) -> None:
    first = {**UNSIGNED, "@context": ["https://www.w3.org/2018/credentials/v1"], "issuanceDate": "2026-01-01T00:00:00Z"}
    first = {name: value for name, value in first.items() if name not in ("validFrom", "validUntil", "name")}
    issued = post(client, "/credentials/issue", {"credential": first}).json["verifiableCredential"]
    assert issued["@context"][1] == "https://w3id.org/security/data-integrity/v2"
    assert verify(client, issued).status == 200


NOT_ISSUED: dict[str, dict[str, object]] = {
    "a refresh service without type": {"refreshService": {"id": "https://r.example"}},
    "a schema without id": {"credentialSchema": {"type": "JsonSchema"}},
    "a related resource without digest": {"relatedResource": [{"id": "https://r.example"}]},
    "an undefined term": {"nobodyDefinesThis": "x"},
    "no subject": {"credentialSubject": {}},
    "an end before the start": {"validUntil": "2020-01-01T00:00:00Z"},
    "an issuer that is a number": {"issuer": 1},
    "an issuer that is null": {"issuer": None},
    "an issuer that is no URL": {"issuer": "not a url"},
    "an issuer whose id is no URL": {"issuer": {"id": "not a url"}},
    "no context": {"@context": []},
    "another first context": {"@context": ["https://c.example"]},
}


@pytest.mark.parametrize("case", NOT_ISSUED)
@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_what_breaks_the_standard_is_not_issued(client: Gateway, case: str, suite: str) -> None:
    if case == "an undefined term" and suite == "eddsa-jcs-2022":
        assert (
            post(client, f"/credentials/issue/{suite}", {"credential": {**UNSIGNED, **NOT_ISSUED[case]}}).status == 201
        )
        return  # a signature over JSON covers it
    response = post(client, f"/credentials/issue/{suite}", {"credential": {**UNSIGNED, **NOT_ISSUED[case]}})
    assert response.status == 422
    assert response.json["problemDetails"]


@pytest.mark.parametrize(
    "body",
    [{}, {"credential": None}, {"credential": "x"}, {"credential": UNSIGNED, "options": {"mandatoryPointers": ["/a"]}}],
)
def test_a_request_to_issue_in_another_form_is_400(client: Gateway, body: object) -> None:
    assert post(client, "/credentials/issue", body).status == 400


def test_an_unknown_suite_is_404(client: Gateway) -> None:
    assert post(client, "/credentials/issue/bbs-2023", {"credential": UNSIGNED}).status == 404


def test_nothing_is_issued_unless_the_setting_is_on(laurel: Laurel) -> None:
    laurel.settings = replace(laurel.settings, vc_api_issuing=False)
    response = post(Gateway.over(laurel), "/credentials/issue", {"credential": UNSIGNED})
    assert response.status == 404
    assert "VC_API_ISSUING" in response.json["detail"]


def test_the_keys_differ_between_deployments() -> None:
    assert interop_issuer.did("https://a.example", "eddsa-rdfc-2022") != interop_issuer.did(BASE_URL, "eddsa-rdfc-2022")


def test_a_credential_with_a_hosted_status_list_is_verified(client: Gateway, laurel: Laurel) -> None:
    document = json.loads(laurel.issuer_store.record(id_of("valid")).document)
    assert verify(client, document).status == 200
    revoked = json.loads(laurel.issuer_store.record(id_of("revoked")).document)
    response = verify(client, revoked)
    assert (response.status, response.json["problemDetails"][0]["title"]) == (422, "revoked")


@pytest.mark.parametrize("prefix", ["", UNBOUND])
@pytest.mark.parametrize("path", ["/credentials/verify", "/presentations/verify"])
def test_requests_count_toward_the_limit_of_v1_verify(client: Gateway, prefix: str, path: str) -> None:
    answers = [client.post(prefix + path, b"{}") for _ in range(60)]
    assert 429 not in {answer.status for answer in answers}
    for limited in (prefix + path, "/v1/verify"):
        refused = client.post(limited, b"{}")
        assert (refused.status, refused.json["code"]) == (429, "too_many_requests")
        assert int(refused.headers["retry-after"]) > 0
