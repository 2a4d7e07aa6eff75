"""An owner erases a person from the issuer's records."""

from __future__ import annotations

from chalicelib.delivery import mailbox
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.signed_in import Browser

ERASURES = "/console/fernhill/erasures"
EMAIL = "ada@example.org"


def test_owner_confirms_by_typing_the_address_again(owner: Browser, laurel: Laurel) -> None:
    response = owner.post(ERASURES, {"do": "request", "email": "Ada@Example.org", "again": EMAIL})
    assert (response.status, response.headers["location"]) == (303, f"{BASE_URL}{ERASURES}?did=erasure_requested")
    assert laurel.erasure_store.erasure("fernhill", mailbox.digest(EMAIL)) is not None
    assert EMAIL in owner.get(ERASURES).text


def test_nothing_is_asked_without_the_same_address_again(owner: Browser, laurel: Laurel) -> None:
    for again in ("", "bob@example.org"):
        response = owner.post(ERASURES, {"do": "request", "email": EMAIL, "again": again})
        assert (response.status, "Enter the same address" in response.text) == (422, True)
    assert laurel.erasure_store.stored == {}


def test_address_without_credentials_is_an_error_of_its_field(owner: Browser) -> None:
    response = owner.post(ERASURES, {"do": "request", "email": "no@example.org", "again": "no@example.org"})
    assert (response.status, "You have issued nothing to this person." in response.text) == (422, True)


def test_owner_cancels_an_erasure(owner: Browser, laurel: Laurel) -> None:
    owner.post(ERASURES, {"do": "request", "email": EMAIL, "again": EMAIL})
    owner.post(ERASURES, {"do": "cancel", "id": mailbox.digest(EMAIL)})
    assert laurel.erasure_store.stored == {}


def test_editor_may_not_erase(editor: Browser, laurel: Laurel) -> None:
    assert editor.get(ERASURES).status == 403
    assert editor.post(ERASURES, {"do": "request", "email": EMAIL, "again": EMAIL}).status == 403
    assert laurel.erasure_store.stored == {}
