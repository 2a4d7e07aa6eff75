"""Erasures through the JSON API."""

from __future__ import annotations

import json
from dataclasses import replace

from chalicelib.access.roles import Role
from chalicelib.delivery import mailbox
from chalicelib.erasure.requests import UNIDENTIFIED
from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway, Response
from tests.http.signed_in import as_token

EMAIL = "ada@example.org"


def post(laurel: Laurel, client: Gateway, **members: str) -> Response:
    return client.post("/v1/erasures", json.dumps(members).encode(), **as_token(laurel, "fernhill", Role.OWNER))


def test_erasure_is_asked_for_listed_and_cancelled(laurel: Laurel, client: Gateway) -> None:
    response = post(laurel, client, email="Ada@example.org")
    assert (response.status, response.json["email"], response.json["state"]) == (202, EMAIL, "waiting")
    owner = as_token(laurel, "fernhill", Role.OWNER)
    assert client.get("/v1/erasures", **owner).json["items"] == [response.json]
    assert client("DELETE", f"/v1/erasures/{mailbox.digest(EMAIL)}", **owner).status == 204
    assert client.get("/v1/erasures", **owner).json["items"] == []


def test_either_an_address_or_a_credential_is_needed(laurel: Laurel, client: Gateway) -> None:
    assert post(laurel, client).status == 400
    assert post(laurel, client, email=EMAIL, credential="a" * 26).status == 400


def test_person_of_another_issuer_is_not_found(laurel: Laurel, client: Gateway) -> None:
    assert post(laurel, client, email="nobody@example.org").status == 404


def test_erasure_that_has_begun_cannot_be_cancelled(laurel: Laurel, client: Gateway) -> None:
    subject = post(laurel, client, email=EMAIL).json["id"]
    laurel.erasure_store.begin()
    response = client("DELETE", f"/v1/erasures/{subject}", **as_token(laurel, "fernhill", Role.OWNER))
    assert (response.status, response.json["code"]) == (422, "refused")


def test_an_unidentified_issuer_cannot_email_more_people_by_erasing_them(laurel: Laurel, client: Gateway) -> None:
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store._issuers["fernhill"] = replace(issuer, registered_as=None, domains=())
    for _ in range(UNIDENTIFIED.max_count):
        assert post(laurel, client, email=EMAIL).status == 202
    response = post(laurel, client, email=EMAIL)
    assert (response.status, response.json["code"]) == (429, "too_many_requests")
    laurel.issuer_store._issuers["fernhill"] = issuer
    assert post(laurel, client, email=EMAIL).status == 202
