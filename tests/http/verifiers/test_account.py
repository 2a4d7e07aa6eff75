"""A program reads, rotates and revokes its own API key."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.access.roles import Role
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.verifier import OVERLAP
from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway
from tests.http.signed_in import as_token
from tests.http.verifiers.keys import as_verifier, create_key, create_verifier

ACCOUNT, KEY, ROTATE = "/v1/verifier", "/v1/verifier/key", "/v1/verifier/key/rotate"


def test_key_reads_its_account_without_any_secret(client: Gateway, laurel: Laurel) -> None:
    verifier = create_verifier(laurel)
    made = create_key(laurel, verifier, Scope.BATCH)
    reply = client.get(ACCOUNT, authorization=f"Bearer {made.text}")
    assert reply.status == 200
    assert (reply.json["id"], reply.json["name"], reply.json["key"]) == (verifier.id, "Jobs", made.key.id)
    (key,) = reply.json["keys"]
    assert key == {**key, "id": made.key.id, "name": "production", "scopes": ["batch"], "ends": None}
    assert reply.json["limits"]["verify"] == {"burst": 2000, "per_second": 20}
    assert made.text not in reply.text
    assert made.key.digest not in reply.text
    assert verifier.email not in reply.text


def test_rotated_key_works_for_a_day_and_its_successor_from_now_on(client: Gateway, laurel: Laurel) -> None:
    old = as_verifier(laurel, Scope.VERIFY)
    made = client.post(ROTATE, b"", **old)
    assert (made.status, made.json["scopes"]) == (201, ["verify"])
    new = {"authorization": f"Bearer {made.json['api_key']}"}
    assert client.get(ACCOUNT, **new).status == client.get(ACCOUNT, **old).status == 200
    assert client.post(ROTATE, b"", **old).status == 409
    laurel.now += OVERLAP - timedelta(seconds=1)
    assert client.get(ACCOUNT, **old).status == 200
    laurel.now += timedelta(seconds=1)
    assert client.get(ACCOUNT, **old).status == 401
    assert client.get(ACCOUNT, **new).status == 200


def test_key_revokes_itself_at_once_and_no_other(client: Gateway, laurel: Laurel) -> None:
    verifier = create_verifier(laurel)
    first, second = ({"authorization": f"Bearer {create_key(laurel, verifier).text}"} for _ in range(2))
    assert client("DELETE", KEY, **first).status == 204
    assert client.get(ACCOUNT, **first).status == 401
    assert len(client.get(ACCOUNT, **second).json["keys"]) == 1


def test_rotation_refuses_an_idempotency_key_that_it_would_ignore(client: Gateway, laurel: Laurel) -> None:
    refused = client.post(ROTATE, b"", idempotency_key="x", **as_verifier(laurel))
    assert refused.json["code"] == "idempotency_key_unsupported"


def test_a_key_of_the_other_kind_is_named(laurel: Laurel, client: Gateway) -> None:
    account = client.get(ACCOUNT, **as_token(laurel, "fernhill", Role.OWNER))
    assert (account.status, account.json["detail"].startswith("This is an issuer’s API key.")) == (401, True)
    credentials = client.get("/v1/credentials", authorization=f"Bearer laurel_vk_{'a' * 16}_{'b' * 59}")
    assert (credentials.status, credentials.json["detail"].startswith("This is a verifier’s API key.")) == (401, True)
