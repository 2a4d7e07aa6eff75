"""Signing in and out, as browsers, mail scanners and strangers do it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.access import sessions
from chalicelib.access.links import ADDRESS_FROM, GUESSES, NETWORK
from chalicelib.access.providers import Provider
from chalicelib.access.roles import Role
from chalicelib.http.app import create_app
from tests.access.fakes import LookedAtTogether
from tests.http.conftest import Lines
from tests.http.gateway import HTML, Answer, Gateway
from tests.http.signed_in import as_person, as_token
from tests.http.world import NOW, Laurel, seeded

EMAIL = "ada@college.example"
ORIGIN = "http://localhost:8000"
FORM = "application/x-www-form-urlencoded"


def post(ask: Gateway, path: str, fields: dict[str, str] | None = None, **headers: str) -> Answer:
    sent = {"accept": HTML, "origin": ORIGIN, "content_type": FORM, **headers}
    return ask.post(path, urlencode(fields or {}).encode(), **sent)


def cookie(answer: Answer, name: str) -> str:
    """The cookie of that name in ``answer``, as the browser sends it back."""
    found = re.search(rf"(?:^|, )((?:__Host-)?{name}=[^;,]*)", answer.headers.get("set-cookie", ""))
    assert found is not None, answer.headers
    return found[1]


def asked(laurel: Laurel, ask: Gateway, email: str = EMAIL, **fields: str) -> tuple[str, str]:
    """The path of the link that was sent, and the browser's cookie."""
    answer = post(ask, "/sign-in", {"email": email, **fields})
    assert answer.status == 200
    return laurel.sign_in_mailer.sent[-1][1].removeprefix(laurel.base_url), cookie(answer, "laurel_browser")


def signed_in(laurel: Laurel, ask: Gateway) -> str:
    path, browser = asked(laurel, ask)
    return cookie(post(ask, path, cookie=browser), "laurel_session")


def test_a_person_signs_in_and_lands_where_they_wanted_to_go(laurel: Laurel, ask: Gateway) -> None:
    page = ask.get("/sign-in?next=/console/fernhill", accept=HTML)
    assert 'name="next" value="/console/fernhill"' in page.text
    path, browser = asked(laurel, ask, next="/console/fernhill")
    shown = ask.get(path, accept=HTML, cookie=browser)
    assert (shown.status, f"Sign in as {EMAIL}?" in shown.text) == (200, True)
    answer = post(ask, path, cookie=browser)
    assert (answer.status, answer.headers["location"]) == (303, f"{ORIGIN}/console/fernhill")
    session = cookie(answer, "laurel_session")
    assert sessions.person(laurel.access_context, session.partition("=")[2]).email == EMAIL
    assert cookie(answer, "laurel_browser") == "laurel_browser="


def test_whoever_is_signed_in_already_is_told_so_and_led_on(laurel: Laurel) -> None:
    browser = as_person(laurel, EMAIL)
    page = browser.get("/sign-in?next=/console/fernhill/issue")
    assert page.status == 200
    assert "You are signed in" in page.text
    assert EMAIL in page.text
    assert f'href="{ORIGIN}/console/fernhill/issue"' in page.text
    assert "Or sign in with another address" in page.text
    assert browser.post("/sign-out").headers["location"].endswith("/sign-in?did=signed_out")
    assert "You are signed in" not in browser.get("/sign-in").text


def test_the_same_answer_for_an_address_that_is_known_and_one_that_is_not(laurel: Laurel, ask: Gateway) -> None:
    as_person(laurel, "known@fernhill.example", "fernhill")
    told = []
    for email in ("known@fernhill.example", "stranger@nowhere.example", "op@laurel.example"):
        answer = post(ask, "/sign-in", {"email": email})
        told.append((answer.status, answer.text.replace(email, "?"), sorted(answer.headers)))
    assert told[0] == told[1] == told[2]
    assert len(laurel.sign_in_mailer.sent) == 3, "each was sent the same way"


def test_a_mail_scanner_uses_nothing_up(laurel: Laurel, ask: Gateway) -> None:
    path, browser = asked(laurel, ask)
    for method in ("GET", "HEAD", "GET", "HEAD"):
        for headers in ({}, {"cookie": browser}, {"accept": HTML}):
            ask(method, path, **headers)
    for headers in ({}, {"origin": "https://scanner.example"}, {"cookie": "laurel_browser=" + "a" * 52}):
        assert ask.post(path, b"", **{"content_type": FORM, **headers}).status == 403
    assert post(ask, path, cookie=browser).status == 303


def test_a_link_works_once(laurel: Laurel, ask: Gateway) -> None:
    path, browser = asked(laurel, ask)
    assert post(ask, path, cookie=browser).status == 303
    again = post(ask, path, cookie=browser)
    assert (again.status, "set-cookie" in again.headers) == (404, False)
    assert "no longer works" in again.text
    assert ask.get(path, accept=HTML, cookie=browser).status == 404


def test_two_presses_at_once_sign_in_once(laurel: Laurel, ask: Gateway) -> None:
    laurel.session_store = LookedAtTogether(8)
    path, browser = asked(laurel, ask)
    apps = [Gateway(create_app(laurel)) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: post(one, path, cookie=browser).status, apps))
    assert sorted(answers) == [303] + [404] * 7
    assert len(laurel.session_store.sessions) == 1


def test_another_browser_is_told_what_to_do(laurel: Laurel, ask: Gateway) -> None:
    path, browser = asked(laurel, ask)
    _, other = asked(laurel, ask, "eve@elsewhere.example")
    for headers in ({}, {"cookie": other}):
        for answer in (ask.get(path, accept=HTML, **headers), post(ask, path, **headers)):
            assert answer.status == 403
            assert "only works in the browser that requested it" in answer.text
            assert EMAIL not in answer.text
    assert not laurel.session_store.sessions
    assert post(ask, path, cookie=browser).status == 303


def test_an_old_link_opens_nothing(laurel: Laurel, ask: Gateway) -> None:
    path, browser = asked(laurel, ask)
    laurel.now = NOW + timedelta(minutes=15)
    assert ask.get(path, accept=HTML, cookie=browser).status == 404
    assert post(ask, path, cookie=browser).status == 404


def test_guesses_are_stopped(ask: Gateway) -> None:
    for number in range(GUESSES.most):
        assert ask.get(f"/sign-in/{number:a>52}".replace("0", "q").replace("1", "p"), accept=HTML).status == 404
    answer = ask.get("/sign-in/" + "a" * 52, accept=HTML)
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900
    assert "Try again in" in answer.text
    told = ask.post("/sign-in/" + "a" * 52, b"", content_type=FORM)
    assert (told.status, told.json["code"]) == (429, "too_many_requests")
    assert int(told.headers["retry-after"]) > 0


def test_who_asks_too_often_is_told_when_to_come_back(laurel: Laurel, ask: Gateway) -> None:
    for number in range(NETWORK.most):
        asked(laurel, ask, f"p{number}@college.example")
    answer = post(ask, "/sign-in", {"email": EMAIL})
    assert answer.status == 429
    assert "Try again in" in answer.text
    assert f'value="{EMAIL}"' in answer.text
    assert "set-cookie" not in answer.headers


def test_an_address_that_was_asked_for_too_often_gets_no_more_and_the_same_answer(laurel: Laurel, ask: Gateway) -> None:
    told = {post(ask, "/sign-in", {"email": EMAIL}).text for _ in range(ADDRESS_FROM.most + 2)}
    assert len(told) == 1
    assert len(laurel.sign_in_mailer.sent) == ADDRESS_FROM.most


@pytest.mark.parametrize("email", ["", "ada", "a@b", "ada@college.example\nBcc: eve@x.example", "<b>@x.example"])
def test_what_is_no_address_stays_in_the_field(laurel: Laurel, ask: Gateway, email: str) -> None:
    answer = post(ask, "/sign-in", {"email": email, "next": "/console/fernhill"})
    assert answer.status == 400
    assert 'aria-invalid="true"' in answer.text
    assert "<b>" not in answer.text
    assert 'value="/console/fernhill"' in answer.text
    assert not laurel.sign_in_mailer.sent


@pytest.mark.parametrize(
    "following", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"]
)
def test_nobody_is_led_elsewhere(laurel: Laurel, ask: Gateway, following: str) -> None:
    page = ask.get("/sign-in?" + urlencode({"next": following}), accept=HTML)
    assert "evil" not in page.text
    assert "alert(1)" not in page.text
    path, browser = asked(laurel, ask, next=following)
    assert post(ask, path, cookie=browser).headers["location"] == f"{ORIGIN}/console"


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "x"}],
)
def test_no_other_site_can_ask_or_sign_somebody_in(laurel: Laurel, ask: Gateway, headers: dict[str, str]) -> None:
    assert post(ask, "/sign-in", {"email": EMAIL}, **headers).status == 403
    assert not laurel.sign_in_mailer.sent
    path, browser = asked(laurel, ask)
    assert post(ask, path, cookie=browser, **headers).status == 403
    assert post(ask, path, cookie=browser).status == 303


def test_a_session_that_was_planted_is_not_made_anybodys(laurel: Laurel, ask: Gateway) -> None:
    planted = signed_in(laurel, ask)
    before = sessions.person(laurel.access_context, planted.partition("=")[2])
    path, browser = asked(laurel, ask, "victim@college.example")
    after = cookie(post(ask, path, cookie=f"{planted}; {browser}"), "laurel_session")
    person = sessions.person(laurel.access_context, after.partition("=")[2])
    assert (person.email, person.session_id != before.session_id) == ("victim@college.example", True)
    assert person.csrf != before.csrf
    assert ask.get("/console", accept=HTML, cookie=planted).headers["location"].startswith(f"{ORIGIN}/sign-in")


def test_who_signs_out_is_out(laurel: Laurel, ask: Gateway) -> None:
    browser = as_person(laurel, EMAIL, ask=ask)
    stays = as_person(laurel, EMAIL, ask=ask)
    answer = browser.post("/sign-out")
    assert (answer.status, answer.headers["location"]) == (303, f"{ORIGIN}/sign-in?did=signed_out")
    assert "You are signed out." in ask.get("/sign-in?did=signed_out", accept=HTML).text
    assert "You are signed out." not in ask.get("/sign-in", accept=HTML).text
    assert "laurel_session=; Path=/; Max-Age=0" in answer.headers["set-cookie"]
    assert browser.post("/sign-out").headers["location"] == f"{ORIGIN}/sign-in"
    assert len(laurel.session_store.sessions) == 1
    assert stays.post("/sign-out", {"csrf": "wrong"}).status == 403
    assert len(laurel.session_store.sessions) == 1


def test_who_signs_out_everywhere_is_out_everywhere(laurel: Laurel, ask: Gateway) -> None:
    browsers = [as_person(laurel, EMAIL, ask=ask) for _ in range(3)]
    as_person(laurel, "other@college.example", ask=ask)
    browsers[0].post("/sign-out", {"everywhere": "1"})
    assert [email for email, _ in laurel.session_store.sessions] == ["other@college.example"]


def test_cookies_are_kept_from_scripts_and_other_sites(laurel: Laurel, ask: Gateway) -> None:
    answer = post(ask, "/sign-in", {"email": EMAIL})
    path = laurel.sign_in_mailer.sent[-1][1].removeprefix(ORIGIN)
    both = post(ask, path, cookie=cookie(answer, "laurel_browser"))
    for header in (answer.headers["set-cookie"], *both.headers["set-cookie"].split(", ")):
        assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= set(header.split("; "))
        assert "Domain" not in header
        assert "Secure" not in header, "browsers differ on http://localhost; there it is left out"


def test_on_https_they_are_secure_and_of_this_host_alone() -> None:
    laurel = seeded("https://laurel.example")
    ask = Gateway(create_app(laurel))
    origin = {"origin": "https://laurel.example"}
    answer = post(ask, "/sign-in", {"email": EMAIL}, **origin)
    assert answer.headers["set-cookie"].startswith("__Host-laurel_browser=")
    path = laurel.sign_in_mailer.sent[-1][1].removeprefix("https://laurel.example")
    both = post(ask, path, cookie=cookie(answer, "laurel_browser"), **origin)
    for header in (answer.headers["set-cookie"], *both.headers["set-cookie"].split(", ")):
        assert header.startswith("__Host-laurel_")
        assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= set(header.split("; "))


def test_pages_are_kept_by_nobody_and_tell_nobody_their_address(laurel: Laurel, ask: Gateway) -> None:
    path, browser = asked(laurel, ask)
    for answer in (
        ask.get("/sign-in", accept=HTML),
        post(ask, "/sign-in", {"email": EMAIL}),
        ask.get(path, accept=HTML, cookie=browser),
        post(ask, path),
        post(ask, path, cookie=browser),
    ):
        assert "no-store" in answer.headers["cache-control"]
        assert "access-control-allow-origin" not in answer.headers
    assert ask.get(path, accept=HTML, cookie=browser).headers["referrer-policy"] == "same-origin"


def test_nothing_secret_and_no_address_is_logged(laurel: Laurel, ask: Gateway, lines: Lines) -> None:
    path, browser = asked(laurel, ask)
    ask.get(path, accept=HTML, cookie=browser)
    laurel.member_store.__dict__.clear()  # so that something fails, too
    post(ask, path)
    session = cookie(post(ask, path, cookie=browser), "laurel_session")
    ask.get("/console", accept=HTML, cookie=session)
    ask.get("/my/" + "s" * 52, accept=HTML)
    logged = lines.getvalue()
    secrets = [path.rpartition("/")[2], browser.partition("=")[2], session.partition("=")[2], "s" * 52, EMAIL]
    assert not [secret for secret in secrets if secret in logged]
    routes = {line.get("route") for line in lines.parsed()}
    assert {"/sign-in", "/sign-in/{token}", "/console"} <= routes
    assert any(line["message"] == "failed" for line in lines.parsed())


def test_each_line_of_a_tenants_request_names_it_and_no_other_line_does(
    laurel: Laurel, ask: Gateway, lines: Lines
) -> None:
    ask.get("/v1/members", **as_token(laurel, "fernhill", Role.OWNER))
    ask.get("/v1/members", **as_token(laurel, "fernhill", Role.VIEWER))
    as_person(laurel, EMAIL, "fernhill", ask=ask).get("/console/fernhill")
    ask.get("/v1/members")
    ask.get("/sign-in")
    answered = [line for line in lines.parsed() if line["message"] == "answered"]
    assert [line.get("issuer") for line in answered] == ["fernhill"] * 3 + [None] * 2


def test_a_signed_in_page_that_is_gone_is_asked_for_again_after_signing_in(laurel: Laurel, ask: Gateway) -> None:
    answer = ask.get("/console/fernhill/members?x=1", accept=HTML)
    assert answer.headers["location"] == f"{ORIGIN}/sign-in?next=/console/fernhill/members%3Fx%3D1"
    page = ask.get(answer.headers["location"].removeprefix(ORIGIN), accept=HTML)
    assert 'name="next" value="/console/fernhill/members?x=1"' in page.text
    assert post(ask, "/console/fernhill/members").headers["location"] == f"{ORIGIN}/sign-in"


def test_those_who_may_say_who_somebody_is_are_offered(ask: Gateway) -> None:
    assert "Or sign in with" not in ask.get("/sign-in", accept=HTML).text
    campus = Provider("campus", "Campus <login>", "https://login.campus.example", "laurel")
    page = (
        Gateway(create_app(Laurel(oidc_providers=(campus,)))).get("/sign-in?next=/console/fernhill", accept=HTML).text
    )
    assert f'<a href="{ORIGIN}/oidc/campus?next=/console/fernhill">Campus &lt;login&gt;</a>' in page


def test_when_no_mail_goes_out_it_is_said(laurel: Laurel, ask: Gateway) -> None:
    laurel.sign_in_mailer = replace(laurel.sign_in_mailer, out_of_order=True)
    assert post(ask, "/sign-in", {"email": EMAIL}).status == 503


def test_a_form_is_bounded(ask: Gateway) -> None:
    assert post(ask, "/sign-in", {"email": "a" * 5000}).status == 413
    assert ask.post("/sign-in", b"{}", accept=HTML).status == 415
    assert post(ask, "/sign-in", {f"f{number}": "x" for number in range(300)}).status == 400
