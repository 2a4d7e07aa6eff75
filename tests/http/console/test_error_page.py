"""Error pages in the console: a signed-in person keeps the menu."""

from __future__ import annotations

from typing import NoReturn

import pytest

from chalicelib.errors import Unavailable
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import HTML, Gateway
from tests.http.signed_in import Browser, as_person

NAV = '<nav class="navigation"'
SIGN_OUT = "Sign out</button>"


@pytest.mark.parametrize(
    "path",
    [
        "/console/fernhill/achievements/nothing",
        "/console/fernhill/credentials/nothing",
        "/console/fernhill/pathways/nothing",
        "/console/fernhill/webhooks/nothing",
        "/console/fernhill/issue/nothing",
    ],
)
def test_404_keeps_the_menu_and_links_back(owner: Browser, path: str) -> None:
    response = owner.get(path)
    assert response.status == 404
    assert "Not found." in response.text
    assert NAV in response.text
    assert SIGN_OUT in response.text
    assert f'<a class="go" href="{BASE_URL}/console/fernhill">' in response.text
    assert response.headers["cache-control"] == "private, no-store"


def test_403_keeps_the_menu_of_the_role(viewer: Browser) -> None:
    response = viewer.get("/console/fernhill/api-keys")
    assert response.status == 403
    assert "vi@fernhill.example</bdi>, viewer" in response.text
    assert ">Credentials</a>" in response.text
    assert ">Keys</a>" not in response.text


def test_csrf_error_keeps_the_menu(owner: Browser, laurel: Laurel) -> None:
    response = owner.post("/console/fernhill/members", {"csrf": "x", "email": "eve@example.org", "role": "owner"})
    assert response.status == 403
    assert NAV in response.text
    assert [one.email for one in laurel.access_context.member_store.members("fernhill")] == ["olu@fernhill.example"]


def test_non_member_gets_the_same_404_for_existing_and_unknown_issuers(non_member: Browser) -> None:
    here, nowhere = non_member.get("/console/fernhill/api-keys"), non_member.get("/console/nowhere/api-keys")
    assert (here.status, here.text) == (nowhere.status, nowhere.text)
    assert here.status == 404
    assert "Fernhill" not in here.text
    assert NAV not in here.text
    assert SIGN_OUT in here.text
    assert f'<a class="go" href="{BASE_URL}/console">' in here.text


def test_internal_error_keeps_the_menu(owner: Browser, laurel: Laurel) -> None:
    def broken(issuer_id: str) -> NoReturn:
        raise RuntimeError("a bug")

    laurel.issuer_store.achievements = broken  # type: ignore[method-assign]
    response = owner.get("/console/fernhill/achievements")
    assert response.status == 500
    assert "This is an error on our side" in response.text
    assert NAV in response.text
    assert "RuntimeError" not in response.text


@pytest.mark.parametrize("error", [Unavailable("no answer"), RuntimeError("a bug")])
def test_error_while_loading_the_page_frame_is_shown_without_the_menu(
    owner: Browser, laurel: Laurel, error: Exception
) -> None:
    def broken(issuer_id: str) -> NoReturn:
        raise error

    laurel.issuer_store.issuer = broken  # type: ignore[method-assign]
    response = owner.get("/console/fernhill/achievements")
    assert response.status == (503 if isinstance(error, Unavailable) else 500)
    assert NAV not in response.text
    assert SIGN_OUT in response.text
    if isinstance(error, Unavailable):
        assert response.headers["retry-after"] == "5"


def test_program_gets_a_problem_document(laurel: Laurel) -> None:
    owner = as_person(laurel, "olu@fernhill.example", "fernhill")
    response = owner.get("/console/fernhill/webhooks/nothing", accept="application/json")
    assert (response.status, response.json["code"]) == (404, "not_found")


def test_anonymous_visitor_is_redirected_to_sign_in(client: Gateway) -> None:
    assert client.get("/console/fernhill/webhooks/nothing", accept=HTML).status == 303
