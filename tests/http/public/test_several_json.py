"""`POST /v1/verify` with several credentials, and with what only a presentation can answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import makers
from tests.http import senders
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import Gateway, Response
from tests.http.public.test_presentations import EXPIRED, PLAIN
from tests.http.public.test_verify import LINK, verify
from tests.verify.formats.sd_jwts import DIPLOMA, key_binding, sd_jwt
from tests.verify.jose.tokens import encoded, jwk
from tests.verify.presentations.test_verify import ASKED, presentation, signed_by_holder

TAMPERED = {**PLAIN, "name": "Doctor of everything"}
PAGE = f"{BASE_URL}/c/{id_of('valid')}"


def send(client: Gateway, body: object) -> Response:
    return verify(client, json.dumps(body).encode())


def verdicts(response: Response) -> list[str]:
    return [each.get("verdict") or each["problem"]["code"] for each in response.json["results"]]


@pytest.mark.parametrize(
    "form",
    [
        lambda items: json.dumps(items).encode(),
        lambda items: json.dumps({"credentials": items}).encode(),
        lambda items: json.dumps({"verifiableCredential": items}).encode(),
        lambda items: b"\n".join(json.dumps(item).encode() for item in items),
    ],
    ids=["a list", "an envelope", "a bare presentation", "lines"],
)
def test_each_of_several_gets_its_own_report_in_order(client: Gateway, form: Any) -> None:
    response = verify(client, form([PLAIN, EXPIRED, PLAIN]))
    assert (response.status, response.json.keys()) == (200, {"verdict", "results"})
    assert (response.json["verdict"], verdicts(response)) == ("expired", ["valid", "expired", "valid"])
    assert response.json["results"][0]["credential"]["holder"]["name"] == "Ada Nwosu"


@pytest.mark.parametrize(
    ("items", "worst"),
    [
        ([PLAIN, PLAIN], "valid"),
        ([PLAIN, TAMPERED], "invalid"),
        ([TAMPERED, EXPIRED], "invalid"),
        ([PLAIN, "hello"], "unknown"),
        ([EXPIRED, "hello"], "expired"),
        (["hello", "hello"], "unknown"),
    ],
)
def test_the_verdict_is_the_worst_and_what_cannot_be_checked_is_unknown(
    client: Gateway, items: list[Any], worst: str
) -> None:
    assert send(client, {"credentials": items}).json["verdict"] == worst


def test_links_tokens_and_errors_can_be_mixed(client: Gateway, laurel: Laurel) -> None:
    laurel.remote_sources.pages[LINK] = makers.as_bytes(senders.external_credential())
    record = laurel.issuer_store.record(id_of("valid"))
    gone = "https://gone.example/badge"
    items = [PAGE, record.jwt, LINK, gone, f"{BASE_URL}/c/{'b' * 26}", "hello"]
    response = send(client, {"credentials": items})
    assert verdicts(response) == ["valid", "valid", "valid", "link_unreachable", "nothing_found", "nothing_found"]
    assert response.json["results"][3]["problem"]["status"] == 422


def test_one_in_a_list_is_answered_as_one_alone_but_in_an_envelope_as_a_list(client: Gateway) -> None:
    assert send(client, [PLAIN]).json["verdict"] == "valid"
    assert "results" not in send(client, [PLAIN]).json
    assert verdicts(send(client, {"credentials": [PLAIN]})) == ["valid"]


def test_the_recipient_is_compared_with_each(client: Gateway) -> None:
    items = {"credentials": [PLAIN, PLAIN], "recipient": {"email": "eve@example.org"}}
    assert verdicts(send(client, items)) == ["invalid", "invalid"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"credentials": []}, "/credentials"),
        ({"credentials": PAGE}, "/credentials"),
        ({"credentials": [PAGE, 7]}, "/credentials/1"),
        ({"credentials": [""]}, "/credentials/0"),
        ({"credentials": [PAGE], "url": PAGE}, "/url"),
        ({"credential": PLAIN, "credentials": [PAGE]}, "/url"),
        ({"url": PAGE, "challenge": ""}, "/challenge"),
        ({"url": PAGE, "challenge": 7}, "/challenge"),
        ({"challenge": "c" * 1025, "url": PAGE}, "/challenge"),
        ({"domain": ["a"], "url": PAGE}, "/domain"),
        ({"challenge": "c"}, ""),
        ({"credentials": [PAGE], "more": 1}, "/more"),
    ],
)
def test_an_envelope_with_an_error_is_refused(client: Gateway, body: object, pointer: str) -> None:
    response = send(client, body)
    assert (response.status, response.json["code"]) == (400, "invalid_request")
    assert response.json["errors"][0]["pointer"] == pointer


def test_more_than_twenty_are_refused(client: Gateway) -> None:
    for body in ([PAGE] * 21, {"credentials": [PAGE] * 21}):
        response = send(client, body)
        assert (response.status, response.json["code"]) == (422, "too_many_items")
    assert verdicts(send(client, [PAGE] * 20)) == ["valid"] * 20


def test_each_of_several_has_the_limits_of_one_alone(client: Gateway) -> None:
    large = {**PLAIN, "name": "x" * 262_144}
    assert verdicts(send(client, {"credentials": [large, PLAIN]})) == ["too_large", "valid"]


SIGNED = signed_by_holder(presentation(PLAIN))


@pytest.mark.parametrize(
    ("requested", "verdict", "code"),
    [
        (ASKED, "valid", "signer_is_holder"),
        ({"challenge": ASKED["challenge"]}, "valid", "signer_is_holder"),
        ({"domain": ASKED["domain"]}, "valid", "signer_is_holder"),
        ({**ASKED, "challenge": "c-2"}, "invalid", "challenge_differs"),
        ({**ASKED, "domain": "other.example"}, "invalid", "audience_other"),
    ],
)
def test_a_presentation_answers_the_challenge_and_the_domain(
    client: Gateway, requested: dict[str, str], verdict: str, code: str
) -> None:
    response = send(client, {"credential": SIGNED, **requested})
    assert (response.json["verdict"], response.json["findings"][4]["code"]) == (verdict, code)


def test_a_presentation_without_a_challenge_does_not_answer_one(client: Gateway) -> None:
    unasked = signed_by_holder(presentation(PLAIN), challenge=None, domain=None)
    response = send(client, {"credential": unasked, "challenge": "c-1"})
    assert (response.json["verdict"], response.json["findings"][4]["code"]) == ("invalid", "challenge_differs")


@pytest.mark.parametrize("requested", [{"challenge": "c-1"}, {"domain": "verifier.example"}])
@pytest.mark.parametrize("sent", [{"credential": PLAIN}, {"url": PAGE}], ids=["a credential", "a link"])
def test_a_credential_alone_answers_neither(client: Gateway, sent: dict[str, Any], requested: dict[str, str]) -> None:
    """Otherwise a verifier could take a copy of a credential for an answer to its challenge."""
    response = send(client, {**sent, **requested})
    assert (response.status, response.json["code"]) == (422, "not_a_presentation")


def _bound() -> bytes:
    """Return an SD-JWT by a key that is its own address, and its holder's signature for one request."""
    issuer = "did:jwk:" + encoded(jwk("ES256")).decode()
    presented = sd_jwt({**DIPLOMA, "iss": issuer, "cnf": {"jwk": jwk("EdDSA")}}, kid=f"{issuer}#0")
    return presented + key_binding(presented, nonce="c-1", aud="verifier.example")


@pytest.mark.parametrize(
    ("requested", "verdict", "code"),
    [
        ({"challenge": "c-1", "domain": "verifier.example"}, "valid", "signer_is_issuer"),
        ({"challenge": "c-2"}, "invalid", "challenge_differs"),
        ({"domain": "other.example"}, "invalid", "audience_other"),
    ],
)
def test_a_key_binding_answers_the_challenge_and_the_domain(
    client: Gateway, requested: dict[str, str], verdict: str, code: str
) -> None:
    response = send(client, {"credential": _bound().decode(), **requested})
    assert (response.json["verdict"], response.json["findings"][4]["code"]) == (verdict, code)


def test_an_sd_jwt_without_its_key_binding_answers_neither(client: Gateway) -> None:
    """Otherwise whoever has a copy could leave the holder's signature away."""
    unbound = _bound().rpartition(b"~")[0] + b"~"
    response = send(client, {"credential": unbound.decode(), "challenge": "c-1"})
    assert (response.status, response.json["code"]) == (422, "not_a_presentation")


def test_each_of_several_answers_for_itself(client: Gateway) -> None:
    response = send(client, {"credentials": [SIGNED, PLAIN], **ASKED})
    assert (response.json["verdict"], verdicts(response)) == ("unknown", ["valid", "not_a_presentation"])


def test_what_cannot_be_read_is_unknown_and_not_called_anything_else(client: Gateway) -> None:
    envelope = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": "EnvelopedVerifiablePresentation",
        "id": "data:application/vp+cose;base64,0oRDoQEmoA==",
    }
    assert send(client, {"credential": envelope, **ASKED}).json["verdict"] == "unknown"
