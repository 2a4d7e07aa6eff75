"""What goes wrong in the console is told within it: whoever is signed in keeps the menu."""

from __future__ import annotations

from typing import NoReturn

import pytest

from chalicelib.errors import Unavailable
from tests.http.gateway import HTML, Gateway
from tests.http.signed_in import Browser, as_person
from tests.http.world import BASE_URL, Laurel

NAV = '<nav class="places"'
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
def test_what_is_not_there_leaves_the_menu_and_a_way_back(owner: Browser, path: str) -> None:
    answer = owner.get(path)
    assert answer.status == 404
    assert "Not found." in answer.text
    assert NAV in answer.text
    assert SIGN_OUT in answer.text
    assert f'<a class="go" href="{BASE_URL}/console/fernhill">' in answer.text
    assert answer.headers["cache-control"] == "private, no-store"


def test_what_a_role_may_not_leaves_the_menu_of_that_role(viewer: Browser) -> None:
    answer = viewer.get("/console/fernhill/api-keys")
    assert answer.status == 403
    assert "vi@fernhill.example</bdi>, viewer" in answer.text
    assert ">Credentials</a>" in answer.text
    assert ">Keys</a>" not in answer.text


def test_form_of_another_session_leaves_the_menu(owner: Browser, laurel: Laurel) -> None:
    answer = owner.post("/console/fernhill/members", {"csrf": "x", "email": "eve@example.org", "role": "owner"})
    assert answer.status == 403
    assert NAV in answer.text
    assert [one.email for one in laurel.access_context.member_store.members("fernhill")] == ["olu@fernhill.example"]


def test_stranger_sees_no_menu_whether_there_is_such_an_issuer_or_not(stranger: Browser) -> None:
    here, nowhere = stranger.get("/console/fernhill/api-keys"), stranger.get("/console/nowhere/api-keys")
    assert (here.status, here.text) == (nowhere.status, nowhere.text)
    assert here.status == 404
    assert "Fernhill" not in here.text
    assert NAV not in here.text
    assert SIGN_OUT in here.text
    assert f'<a class="go" href="{BASE_URL}/console">' in here.text


def test_fault_of_ours_leaves_the_menu_and_a_number(owner: Browser, laurel: Laurel) -> None:
    def broken(issuer_id: str) -> NoReturn:
        raise RuntimeError("a fault")

    laurel.issuer_store.achievements = broken  # type: ignore[method-assign]
    answer = owner.get("/console/fernhill/achievements")
    assert answer.status == 500
    assert "This is an error on our side" in answer.text
    assert NAV in answer.text
    assert "RuntimeError" not in answer.text


@pytest.mark.parametrize("error", [Unavailable("no answer"), RuntimeError("a fault")])
def test_fault_in_what_the_frame_itself_needs_is_told_without_the_menu(
    owner: Browser, laurel: Laurel, error: Exception
) -> None:
    def broken(issuer_id: str) -> NoReturn:
        raise error

    laurel.issuer_store.issuer = broken  # type: ignore[method-assign]
    answer = owner.get("/console/fernhill/achievements")
    assert answer.status == (503 if isinstance(error, Unavailable) else 500)
    assert NAV not in answer.text
    assert SIGN_OUT in answer.text
    if isinstance(error, Unavailable):
        assert answer.headers["retry-after"] == "5"


def test_program_is_told_as_a_problem(laurel: Laurel) -> None:
    owner = as_person(laurel, "olu@fernhill.example", "fernhill")
    answer = owner.get("/console/fernhill/webhooks/nothing", accept="application/json")
    assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_nobody_signed_in_is_asked_to_sign_in(ask: Gateway) -> None:
    assert ask.get("/console/fernhill/webhooks/nothing", accept=HTML).status == 303
