"""The pages on which a person creates verifiers and their API keys."""

from __future__ import annotations

import re

import pytest

from chalicelib.verifiers import key_text
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.verifier import MAX_KEYS, MAX_VERIFIERS
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import HTML, Gateway
from tests.http.signed_in import Browser, as_person
from tests.http.verifiers.keys import DEVELOPER, create_key, create_verifier

PAGE = "/developers"
_SECRET = re.compile(r"laurel_vk_[a-z2-7]{16}_[a-z2-7]{59}")


@pytest.fixture
def developer(laurel: Laurel, client: Gateway) -> Browser:
    return as_person(laurel, DEVELOPER, client=client)


def keys_of(laurel: Laurel) -> list[str]:
    (account,) = laurel.verifier_store.of_owner(DEVELOPER)
    return [key.id for key in account.keys]


def create_account(developer: Browser) -> str:
    reply = developer.post(PAGE, {"name": "Jobs"})
    assert reply.status == 303
    return reply.headers["location"].removeprefix(BASE_URL).partition("?")[0]


def test_visitor_signs_in_and_comes_back(client: Gateway) -> None:
    reply = client.get(PAGE, accept=HTML)
    assert (reply.status, reply.headers["location"]) == (303, f"{BASE_URL}/sign-in?next=/developers")


def test_key_is_shown_once_and_stored_only_as_a_hash(laurel: Laurel, client: Gateway, developer: Browser) -> None:
    assert "No accounts yet." in developer.get(PAGE).text
    account = create_account(developer)
    page = developer.get(account).text
    key_id = re.search(r'name="key" value="([a-z2-7]{16})"', page)
    assert key_id is not None
    fields = {"do": "create_key", "key": key_id[1], "name": "production", "verify": "yes", "batch": "yes"}
    made = developer.post(account, fields).text
    (text,) = set(_SECRET.findall(made))
    assert _SECRET.findall(developer.get(account).text) == []
    assert text not in repr(laurel.verifier_store.accounts)
    reply = client.get("/v1/verifier", authorization=f"Bearer {text}")
    assert [key["scopes"] for key in reply.json["keys"]] == [["batch", "verify"]]
    # The same form again, as after reloading the page.
    again = developer.post(account, fields)
    assert (again.status, _SECRET.findall(again.text)) == (409, [])
    assert "No new key was created." in again.text
    assert len(keys_of(laurel)) == 1


def test_key_is_rotated_and_revoked(laurel: Laurel, developer: Browser) -> None:
    account = create_account(developer)
    verifier = laurel.verifier_store.of_owner(DEVELOPER)[0]
    old = create_key(laurel, verifier)
    rotated = developer.post(account, {"do": "rotate_key", "key": old.key.id})
    assert len(set(_SECRET.findall(rotated.text))) == 1
    assert len(keys_of(laurel)) == 2
    assert developer.post(account, {"do": "rotate_key", "key": old.key.id}).status == 409
    assert developer.post(account, {"do": "revoke_key", "key": old.key.id}).status == 303
    assert old.key.id not in keys_of(laurel)
    assert developer.post(account, {"do": "revoke_key", "key": old.key.id}).status == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "", "verify": "yes"}, "Enter a name of 1 to 100 characters."),
        ({"name": "x" * 101, "verify": "yes"}, "Enter a name of 1 to 100 characters."),
        ({"name": "x"}, "Choose what the API key may do."),
        ({"name": "x", "verify": "yes", "key": "../x"}, "This is not an API key id."),
    ],
)
def test_errors_are_shown_at_their_field(developer: Browser, fields: dict[str, str], sentence: str) -> None:
    account = create_account(developer)
    reply = developer.post(account, {"do": "create_key", **fields})
    assert (reply.status, sentence in reply.text) == (422, True)


def test_accounts_and_keys_are_bounded(laurel: Laurel, developer: Browser) -> None:
    account = create_account(developer)
    for _ in range(MAX_KEYS):
        create_key(laurel, laurel.verifier_store.of_owner(DEVELOPER)[0])
    assert ">Create API key<" not in developer.get(account).text
    refused = developer.post(account, {"do": "create_key", "name": "one more", "verify": "yes"})
    assert (refused.status, len(keys_of(laurel))) == (422, MAX_KEYS)
    for _ in range(MAX_VERIFIERS - 1):
        create_verifier(laurel)
    assert ">Create account<" not in developer.get(PAGE).text
    assert developer.post(PAGE, {"name": "One more"}).status == 422


def test_network_creates_a_bounded_number_of_accounts(laurel: Laurel, client: Gateway) -> None:
    statuses = [
        as_person(laurel, f"dev{number}@jobs.example", client=client).post(PAGE, {"name": "Jobs"}).status
        for number in range(11)
    ]
    assert statuses == [303] * 10 + [422]


def test_account_of_someone_else_does_not_exist(laurel: Laurel, client: Gateway) -> None:
    made = create_verifier(laurel)
    key = create_key(laurel, made).key
    other = as_person(laurel, "eve@jobs.example", client=client)
    assert made.name not in other.get(PAGE).text
    for fields in ({"do": "delete"}, {"do": "revoke_key", "key": key.id}, {"do": "create_key", "name": "x"}):
        assert other.post(f"{PAGE}/{made.id}", fields).status == 404
    assert other.get(f"{PAGE}/{made.id}").status == 404
    assert laurel.verifier_store.verifier(made.id).keys == (key,)


def test_deleted_account_takes_its_keys_with_it(laurel: Laurel, client: Gateway, developer: Browser) -> None:
    account = create_account(developer)
    made = create_key(laurel, laurel.verifier_store.of_owner(DEVELOPER)[0])
    assert developer.post(account, {"do": "delete"}).status == 303
    assert client.get("/v1/verifier", authorization=f"Bearer {made.text}").status == 401
    assert laurel.verifier_store.accounts == {}


def test_every_scope_is_offered(developer: Browser) -> None:
    page = developer.get(create_account(developer)).text
    assert all(f'name="{scope}"' in page for scope in Scope)


def test_text_of_a_key_fits_the_pattern_for_scanners(laurel: Laurel) -> None:
    text = create_key(laurel, create_verifier(laurel)).text
    assert _SECRET.fullmatch(text)
    assert key_text.digest(text) is not None
    for position in range(len("laurel_vk_"), len(text)):
        wrong = "a" if text[position] != "a" else "b"
        assert key_text.digest(text[:position] + wrong + text[position + 1 :]) is None
