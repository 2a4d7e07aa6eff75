"""Sign-in with OpenID Connect."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from chalicelib.access.sign_in import return_paths
from tests.access.fakes import CAMPUS
from tests.http.fake_laurel import Laurel, seeded
from tests.http.gateway import HTML, Gateway
from tests.http.sign_in.test_email_link import cookie

ORIGIN = "http://localhost:8000"
OWN = {"sec_fetch_site": "same-origin"}
"""What a browser sends when a person follows the link on the sign-in page."""


@pytest.fixture
def laurel() -> Laurel:
    fake = seeded()
    fake.providers = (CAMPUS,)
    return fake


@pytest.fixture
def client(laurel: Laurel) -> Gateway:
    return Gateway.over(laurel)


def start_sign_in(laurel: Laurel, client: Gateway, next_path: str = "/console/fernhill") -> tuple[str, str]:
    """Start a sign-in; return the callback path and the browser's cookie."""
    response = client.get(f"/oidc/campus?{urlencode({'next': next_path})}", accept=HTML, **OWN)
    assert response.status == 303
    assert response.headers["cache-control"] == "private, no-store"
    assert "access-control-allow-origin" not in response.headers
    callback = laurel.oidc.visit(response.headers["location"])
    return f"/oidc/campus/back?{urlencode(callback)}", cookie(response, "laurel_question")


def test_the_oidc_round_trip_signs_in(laurel: Laurel, client: Gateway) -> None:
    path, state_cookie = start_sign_in(laurel, client)
    response = client.get(path, accept=HTML, cookie=state_cookie)
    assert (response.status, response.headers["location"]) == (303, f"{ORIGIN}/console/fernhill")
    session = cookie(response, "laurel_session")
    assert "ada@college.example" in client.get("/console/new", accept=HTML, cookie=session).text
    assert re.search(r"laurel_question=; Path=/; Max-Age=0", response.headers["set-cookie"])
    assert "HttpOnly; SameSite=Lax" in response.headers["set-cookie"]


def test_the_longest_return_path_is_kept(laurel: Laurel, client: Gateway) -> None:
    next_path = "/console?q=" + "a" * (return_paths.MAX - 11)
    path, state_cookie = start_sign_in(laurel, client, next_path)
    response = client.get(path, accept=HTML, cookie=state_cookie)
    assert (response.status, response.headers["location"]) == (303, f"{ORIGIN}{next_path}")


def test_another_browser_is_not_signed_in(laurel: Laurel, client: Gateway) -> None:
    path, _ = start_sign_in(laurel, client)
    response = client.get(path, accept=HTML)
    assert response.status == 403
    assert "laurel_session" not in response.headers.get("set-cookie", "")
    assert "Sign-in failed" in response.text
    assert 'name="email"' in response.text, "sign-in by email is offered"
    assert client.get(path, accept="application/json").json["code"] == "forbidden"


def test_an_unavailable_provider_is_503(laurel: Laurel, client: Gateway) -> None:
    laurel.oidc.out_of_order = True
    assert client.get("/oidc/campus", accept=HTML, **OWN).status == 503


def test_an_unknown_provider_is_404(client: Gateway) -> None:
    for path in ("/oidc/evil", "/oidc/evil/back"):
        assert client.get(path, accept=HTML).status == 404


def test_oidc_sign_ins_are_rate_limited_per_network(client: Gateway) -> None:
    responses = [client.get("/oidc/campus", accept=HTML, **OWN).status for _ in range(62)]
    assert set(responses[:60]) == {303}
    assert set(responses[60:]) == {429}


def test_one_sign_in_cannot_send_the_provider_codes_without_end(laurel: Laurel, client: Gateway) -> None:
    """Starting sign-ins is limited, but the cookie of one sent as many made-up codes as an attacker liked."""
    path, state_cookie = start_sign_in(laurel, client)
    state = path.partition("state=")[2]
    responses = [
        client.get(f"/oidc/campus/back?code=made-up-{number}&state={state}", accept=HTML, cookie=state_cookie).status
        for number in range(6)
    ]
    assert responses == [503] * 3 + [403] * 3
    path, state_cookie = start_sign_in(laurel, client)
    assert client.get(path, accept=HTML, cookie=state_cookie).status == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site", "sec_fetch_dest": "image"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "referer": f"{ORIGIN}/sign-in"},
        {"referer": "https://evil.example/"},
        {"referer": f"{ORIGIN}.evil.example/"},
        {},
    ],
)
def test_another_site_cannot_use_up_the_sign_ins_of_a_network(client: Gateway, headers: dict[str, str]) -> None:
    for _ in range(70):
        response = client.get("/oidc/campus?next=/console/fernhill", accept=HTML, **headers)
        assert (response.status, response.headers["location"]) == (303, f"{ORIGIN}/sign-in?next=/console/fernhill")
        assert "set-cookie" not in response.headers
    assert client.get("/oidc/campus", accept=HTML, **OWN).headers["location"].startswith("https://login.campus.example")


@pytest.mark.parametrize("headers", [{"sec_fetch_site": "none"}, {"referer": f"{ORIGIN}/sign-in?next=/console"}])
def test_a_typed_address_and_an_old_browsers_link_start_a_sign_in(client: Gateway, headers: dict[str, str]) -> None:
    response = client.get("/oidc/campus", accept=HTML, **headers)
    assert response.headers["location"].startswith("https://login.campus.example/")
