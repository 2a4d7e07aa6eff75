"""Signing in with somebody else's word, as a browser does it."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from chalicelib.access import return_paths
from chalicelib.http.app import create_app
from tests.access.fakes import CAMPUS
from tests.http.gateway import HTML, Gateway
from tests.http.sign_in.test_email_link import cookie
from tests.http.world import Laurel, seeded

ORIGIN = "http://localhost:8000"


@pytest.fixture
def laurel() -> Laurel:
    world = seeded()
    world.oidc_providers = (CAMPUS,)
    return world


@pytest.fixture
def ask(laurel: Laurel) -> Gateway:
    return Gateway(create_app(laurel))


def begun(laurel: Laurel, ask: Gateway, following: str = "/console/fernhill") -> tuple[str, str]:
    """The path that the browser comes back to, and the cookie it brings."""
    answer = ask.get(f"/oidc/campus?{urlencode({'next': following})}", accept=HTML)
    assert answer.status == 303
    assert answer.headers["cache-control"] == "private, no-store"
    assert "access-control-allow-origin" not in answer.headers
    back = laurel.oidc.visit(answer.headers["location"])
    return f"/oidc/campus/back?{urlencode(back)}", cookie(answer, "laurel_question")


def test_there_and_back_is_signed_in(laurel: Laurel, ask: Gateway) -> None:
    path, question = begun(laurel, ask)
    answer = ask.get(path, accept=HTML, cookie=question)
    assert (answer.status, answer.headers["location"]) == (303, f"{ORIGIN}/console/fernhill")
    session = cookie(answer, "laurel_session")
    assert "ada@college.example" in ask.get("/console/new", accept=HTML, cookie=session).text
    assert re.search(r"laurel_question=; Path=/; Max-Age=0", answer.headers["set-cookie"])
    assert "HttpOnly; SameSite=Lax" in answer.headers["set-cookie"]


def test_the_longest_way_back_is_found(laurel: Laurel, ask: Gateway) -> None:
    following = "/console?q=" + "a" * (return_paths.MAX - 11)
    path, question = begun(laurel, ask, following)
    answer = ask.get(path, accept=HTML, cookie=question)
    assert (answer.status, answer.headers["location"]) == (303, f"{ORIGIN}{following}")


def test_another_browser_is_not_signed_in(laurel: Laurel, ask: Gateway) -> None:
    path, _ = begun(laurel, ask)
    answer = ask.get(path, accept=HTML)
    assert answer.status == 403
    assert "laurel_session" not in answer.headers.get("set-cookie", "")
    assert "Sign-in failed" in answer.text
    assert 'name="email"' in answer.text, "the other way is offered"
    assert ask.get(path, accept="application/json").json["code"] == "forbidden"


def test_a_provider_that_does_not_answer_is_said_so(laurel: Laurel, ask: Gateway) -> None:
    laurel.oidc.out_of_order = True
    assert ask.get("/oidc/campus", accept=HTML).status == 503


def test_nobody_else_signs_people_in(ask: Gateway) -> None:
    for path in ("/oidc/evil", "/oidc/evil/back"):
        assert ask.get(path, accept=HTML).status == 404


def test_it_cannot_be_begun_without_end_from_one_network(ask: Gateway) -> None:
    answers = [ask.get("/oidc/campus", accept=HTML).status for _ in range(62)]
    assert set(answers[:60]) == {303}
    assert set(answers[60:]) == {429}
