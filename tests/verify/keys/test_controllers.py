from __future__ import annotations

import pytest

from chalicelib.errors import Malformed, Unavailable
from chalicelib.verify.keys.controllers import find_controller, find_method, find_token_method
from chalicelib.verify.keys.key_entry import key_of_jwk
from chalicelib.verify.ports import Controller, Method
from tests.makers import ISSUER_KEY
from tests.verify.jose.tokens import ISSUER, SingleController, encoded, jwk

DID = "did:web:fernhill.example"
DID_JWK = "did:jwk:" + encoded(jwk("ES256")).decode()
KEY = key_of_jwk(jwk("ES256"))


def controller(identifier: str, *methods: str) -> Controller:
    return Controller(identifier, tuple(Method(method, KEY, assertion=True) for method in methods))


NO_CONTROLLER = SingleController(controller("nobody"))


@pytest.mark.parametrize("did", [ISSUER_KEY.did, DID_JWK])
def test_a_did_that_contains_its_key_needs_no_look_up(did: str) -> None:
    assert find_controller(did, NO_CONTROLLER).id == did
    assert find_token_method(None, did, NO_CONTROLLER)[0].id == did


@pytest.mark.parametrize("did", [ISSUER_KEY.did, DID_JWK], ids=["did-key", "did-jwk"])
def test_a_did_with_a_single_key_names_that_key_without_a_fragment(did: str) -> None:
    found, method = find_method(did, NO_CONTROLLER)
    assert (found.id, method) == (did, found.methods[0])


def test_a_did_whose_document_may_list_several_keys_does_not_name_one_without_a_fragment() -> None:
    with pytest.raises(Malformed) as caught:
        find_method(DID, SingleController(controller(DID, f"{DID}#key-1")))
    assert caught.value.code == "key_unnamed"


def test_a_method_is_found_by_its_exact_id() -> None:
    resolver = SingleController(controller(DID, f"{DID}#key-1", f"{DID}#key-2"))
    found, method = find_method(f"{DID}#key-2", resolver)
    assert (found.id, method.id) == (DID, f"{DID}#key-2")


@pytest.mark.parametrize(
    ("kid", "listed"),
    [
        (f"{DID}#key-1", f"{DID}#key-1"),
        ("#key-1", f"{DID}#key-1"),
        ("key-1", f"{DID}#key-1"),
    ],
)
def test_a_kid_may_be_a_full_did_url_or_a_fragment(kid: str, listed: str) -> None:
    assert find_token_method(kid, DID, SingleController(controller(DID, f"{DID}#key-0", listed)))[1].id == listed


@pytest.mark.parametrize(
    "kid", ["key-1", "https://fernhill.example/keys#1", "https://fernhill.example/keys/1", "did:x"]
)
def test_a_key_of_an_https_issuer_is_found_by_kid(kid: str) -> None:
    assert find_token_method(kid, ISSUER, SingleController(controller(ISSUER, "key-0", kid)))[1].id == kid


@pytest.mark.parametrize("kid", [None, ISSUER])
def test_a_token_without_a_kid_requires_an_issuer_with_one_key(kid: str | None) -> None:
    assert find_token_method(kid, ISSUER, SingleController(controller(ISSUER, "key-1")))[1].id == "key-1"
    for methods in ((), ("key-1", "key-2")):
        with pytest.raises(Malformed) as caught:
            find_token_method(kid, ISSUER, SingleController(controller(ISSUER, *methods)))
        assert caught.value.code == "key_unnamed"


def test_a_did_url_is_looked_up_at_its_own_controller() -> None:
    assert find_token_method(ISSUER_KEY.method, ISSUER, NO_CONTROLLER)[0].id == ISSUER_KEY.did


def test_an_issuer_that_cannot_be_looked_up_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        find_token_method("key-1", ISSUER, NO_CONTROLLER)
