"""Sign-in by email link and sign-out: browsers, mail scanners and cross-site requests."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.access import sessions
from chalicelib.access.roles import Role
from chalicelib.access.sign_in.links import PER_KNOWN_BROWSER, PER_NETWORK, UNKNOWN_LINKS
from chalicelib.access.sign_in.providers import Provider
from chalicelib.http.app import create_app
from tests.access.fakes import LookedAtTogether
from tests.http.conftest import LogCapture
from tests.http.fake_laurel import NOW, Laurel, seeded
from tests.http.gateway import HTML, Gateway, Response
from tests.http.signed_in import as_person, as_token

EMAIL = "ada@college.example"
ORIGIN = "http://localhost:8000"
FORM = "application/x-www-form-urlencoded"


def post(client: Gateway, path: str, fields: dict[str, str] | None = None, **headers: str) -> Response:
    sent = {"accept": HTML, "origin": ORIGIN, "content_type": FORM, **headers}
    return client.post(path, urlencode(fields or {}).encode(), **sent)


def cookie(response: Response, name: str) -> str:
    """The cookie ``name`` in ``response``, as the browser sends it back."""
    found = re.search(rf"(?:^|, )((?:__Host-)?{name}=[^;,]*)", response.headers.get("set-cookie", ""))
    assert found is not None, response.headers
    return found[1]


def request_link(laurel: Laurel, client: Gateway, email: str = EMAIL, **fields: str) -> tuple[str, str]:
    """Request a sign-in link; return its path and the browser's cookie."""
    response = post(client, "/sign-in", {"email": email, **fields})
    assert response.status == 200
    return laurel.sign_in_mailer.sent[-1][1].removeprefix(laurel.base_url), cookie(response, "laurel_browser")


def session_cookie(laurel: Laurel, client: Gateway) -> str:
    path, browser = request_link(laurel, client)
    return cookie(post(client, path, cookie=browser), "laurel_session")


def test_sign_in_redirects_to_the_requested_page(laurel: Laurel, client: Gateway) -> None:
    page = client.get("/sign-in?next=/console/fernhill", accept=HTML)
    assert 'name="next" value="/console/fernhill"' in page.text
    path, browser = request_link(laurel, client, next="/console/fernhill")
    shown = client.get(path, accept=HTML, cookie=browser)
    assert (shown.status, f"Sign in as {EMAIL}?" in shown.text) == (200, True)
    response = post(client, path, cookie=browser)
    assert (response.status, response.headers["location"]) == (303, f"{ORIGIN}/console/fernhill")
    session = cookie(response, "laurel_session")
    assert sessions.person(laurel.access_context, session.partition("=")[2]).email == EMAIL
    assert cookie(response, "laurel_browser") == "laurel_browser="


def test_sign_in_page_of_a_signed_in_person_offers_to_continue(laurel: Laurel) -> None:
    browser = as_person(laurel, EMAIL)
    page = browser.get("/sign-in?next=/console/fernhill/issue")
    assert page.status == 200
    assert "You are signed in" in page.text
    assert EMAIL in page.text
    assert f'href="{ORIGIN}/console/fernhill/issue"' in page.text
    assert "Or sign in with another email address" in page.text
    assert browser.post("/sign-out").headers["location"].endswith("/sign-in?did=signed_out")
    assert "You are signed in" not in browser.get("/sign-in").text


def test_known_and_unknown_addresses_get_the_same_response(laurel: Laurel, client: Gateway) -> None:
    as_person(laurel, "known@fernhill.example", "fernhill")
    results = []
    for email in ("known@fernhill.example", "stranger@nowhere.example", "op@laurel.example"):
        response = post(client, "/sign-in", {"email": email})
        results.append((response.status, response.text.replace(email, "?"), sorted(response.headers)))
    assert results[0] == results[1] == results[2]
    assert len(laurel.sign_in_mailer.sent) == 3, "each address got an email"


def test_a_mail_scanner_does_not_use_up_the_link(laurel: Laurel, client: Gateway) -> None:
    path, browser = request_link(laurel, client)
    for method in ("GET", "HEAD", "GET", "HEAD"):
        for headers in ({}, {"cookie": browser}, {"accept": HTML}):
            client(method, path, **headers)
    for headers in ({}, {"origin": "https://scanner.example"}, {"cookie": "laurel_browser=" + "a" * 52}):
        assert client.post(path, b"", **{"content_type": FORM, **headers}).status == 403
    assert post(client, path, cookie=browser).status == 303


def test_a_link_works_once(laurel: Laurel, client: Gateway) -> None:
    path, browser = request_link(laurel, client)
    assert post(client, path, cookie=browser).status == 303
    again = post(client, path, cookie=browser)
    assert (again.status, "set-cookie" in again.headers) == (404, False)
    assert "no longer works" in again.text
    assert client.get(path, accept=HTML, cookie=browser).status == 404


def test_concurrent_confirmations_sign_in_once(laurel: Laurel, client: Gateway) -> None:
    laurel.session_store = LookedAtTogether(8)
    path, browser = request_link(laurel, client)
    apps = [Gateway(create_app(laurel)) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda one: post(one, path, cookie=browser).status, apps))
    assert sorted(responses) == [303] + [404] * 7
    assert len(laurel.session_store.sessions) == 1


def test_another_browser_is_refused_with_advice(laurel: Laurel, client: Gateway) -> None:
    path, browser = request_link(laurel, client)
    _, other = request_link(laurel, client, "eve@elsewhere.example")
    for headers in ({}, {"cookie": other}):
        for response in (client.get(path, accept=HTML, **headers), post(client, path, **headers)):
            assert response.status == 403
            assert "only works in the browser that requested it" in response.text
            assert EMAIL not in response.text
    assert not laurel.session_store.sessions
    assert post(client, path, cookie=browser).status == 303


def test_an_expired_link_is_404(laurel: Laurel, client: Gateway) -> None:
    path, browser = request_link(laurel, client)
    laurel.now = NOW + timedelta(minutes=15)
    assert client.get(path, accept=HTML, cookie=browser).status == 404
    assert post(client, path, cookie=browser).status == 404


def test_token_guesses_are_rate_limited(client: Gateway) -> None:
    for number in range(UNKNOWN_LINKS.per_client):
        assert client.get(f"/sign-in/{number:a>52}".replace("0", "q").replace("1", "p"), accept=HTML).status == 404
    response = client.get("/sign-in/" + "a" * 52, accept=HTML)
    assert response.status == 429
    assert 0 < int(response.headers["retry-after"]) <= 900
    assert "Try again in" in response.text
    json_response = client.post("/sign-in/" + "a" * 52, b"", content_type=FORM)
    assert (json_response.status, json_response.json["code"]) == (429, "too_many_requests")
    assert int(json_response.headers["retry-after"]) > 0


def test_the_page_never_claims_that_an_email_was_sent(laurel: Laurel, client: Gateway) -> None:
    as_person(laurel, "known@fernhill.example", "fernhill")
    pages = []
    for email in [f"p{number}@college.example" for number in range(PER_NETWORK.per_client)] + [EMAIL] * 3:
        response = post(client, "/sign-in", {"email": email})
        pages.append((response.status, response.text.replace(email, "?"), sorted(response.headers)))
    assert pages == pages[:1] * len(pages), "the response reveals neither a budget nor who is a member"
    assert len(laurel.sign_in_mailer.sent) == PER_NETWORK.per_client
    assert "If we can send a link to <strong>?</strong>, it will arrive" in pages[0][1]
    assert "We have sent" not in pages[0][1]
    assert "try again in 15 minutes" in pages[0][1]


def test_an_attacked_person_signs_in_again_in_a_known_browser(laurel: Laurel, client: Gateway) -> None:
    path, browser = request_link(laurel, client)
    signed_in = post(client, path, cookie=browser)
    known_cookie = cookie(signed_in, "laurel_known")
    assert "Max-Age=34560000" in signed_in.headers["set-cookie"]
    assert EMAIL not in signed_in.headers["set-cookie"]
    for _ in range(10):
        post(client, "/sign-in", {"email": EMAIL})
    before = len(laurel.sign_in_mailer.sent)
    response = post(client, "/sign-in", {"email": EMAIL}, cookie=known_cookie)
    assert len(laurel.sign_in_mailer.sent) == before + 1
    path = laurel.sign_in_mailer.sent[-1][1].removeprefix(laurel.base_url)
    assert post(client, path, cookie=cookie(response, "laurel_browser")).status == 303


def test_a_known_browser_over_its_own_budget_is_429_with_advice(laurel: Laurel, client: Gateway) -> None:
    path, browser = request_link(laurel, client)
    known_cookie = cookie(post(client, path, cookie=browser), "laurel_known")
    for _ in range(PER_KNOWN_BROWSER.max_count):
        assert post(client, "/sign-in", {"email": EMAIL}, cookie=known_cookie).status == 200
    response = post(client, "/sign-in", {"email": EMAIL}, cookie=known_cookie)
    assert response.status == 429
    assert "Try again in" in response.text
    assert f'value="{EMAIL}"' in response.text
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("email", ["", "ada", "a@b", "ada@college.example\nBcc: eve@x.example", "<b>@x.example"])
def test_an_invalid_address_is_kept_in_the_field(laurel: Laurel, client: Gateway, email: str) -> None:
    response = post(client, "/sign-in", {"email": email, "next": "/console/fernhill"})
    assert response.status == 400
    assert 'aria-invalid="true"' in response.text
    assert "<b>" not in response.text
    assert 'value="/console/fernhill"' in response.text
    assert not laurel.sign_in_mailer.sent


@pytest.mark.parametrize(
    "next_path", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"]
)
def test_redirects_to_other_sites_are_ignored(laurel: Laurel, client: Gateway, next_path: str) -> None:
    page = client.get("/sign-in?" + urlencode({"next": next_path}), accept=HTML)
    assert "evil" not in page.text
    assert "alert(1)" not in page.text
    path, browser = request_link(laurel, client, next=next_path)
    assert post(client, path, cookie=browser).headers["location"] == f"{ORIGIN}/console"


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "x"}],
)
def test_cross_site_requests_are_refused(laurel: Laurel, client: Gateway, headers: dict[str, str]) -> None:
    assert post(client, "/sign-in", {"email": EMAIL}, **headers).status == 403
    assert not laurel.sign_in_mailer.sent
    path, browser = request_link(laurel, client)
    assert post(client, path, cookie=browser, **headers).status == 403
    assert post(client, path, cookie=browser).status == 303


def test_signing_in_replaces_a_planted_session(laurel: Laurel, client: Gateway) -> None:
    planted = session_cookie(laurel, client)
    before = sessions.person(laurel.access_context, planted.partition("=")[2])
    path, browser = request_link(laurel, client, "victim@college.example")
    after = cookie(post(client, path, cookie=f"{planted}; {browser}"), "laurel_session")
    person = sessions.person(laurel.access_context, after.partition("=")[2])
    assert (person.email, person.session_id != before.session_id) == ("victim@college.example", True)
    assert person.csrf != before.csrf
    assert client.get("/console", accept=HTML, cookie=planted).headers["location"].startswith(f"{ORIGIN}/sign-in")


def test_sign_out_ends_the_session(laurel: Laurel, client: Gateway) -> None:
    browser = as_person(laurel, EMAIL, client=client)
    other_browser = as_person(laurel, EMAIL, client=client)
    response = browser.post("/sign-out")
    assert (response.status, response.headers["location"]) == (303, f"{ORIGIN}/sign-in?did=signed_out")
    assert "You are signed out." in client.get("/sign-in?did=signed_out", accept=HTML).text
    assert "You are signed out." not in client.get("/sign-in", accept=HTML).text
    assert "laurel_session=; Path=/; Max-Age=0" in response.headers["set-cookie"]
    assert browser.post("/sign-out").headers["location"] == f"{ORIGIN}/sign-in"
    assert len(laurel.session_store.sessions) == 1
    assert other_browser.post("/sign-out", {"csrf": "wrong"}).status == 403
    assert len(laurel.session_store.sessions) == 1


def test_sign_out_everywhere_ends_all_sessions(laurel: Laurel, client: Gateway) -> None:
    browsers = [as_person(laurel, EMAIL, client=client) for _ in range(3)]
    as_person(laurel, "other@college.example", client=client)
    browsers[0].post("/sign-out", {"everywhere": "1"})
    assert [email for email, _ in laurel.session_store.sessions] == ["other@college.example"]


def test_cookies_are_http_only_and_same_site(laurel: Laurel, client: Gateway) -> None:
    response = post(client, "/sign-in", {"email": EMAIL})
    path = laurel.sign_in_mailer.sent[-1][1].removeprefix(ORIGIN)
    confirmed = post(client, path, cookie=cookie(response, "laurel_browser"))
    for header in (response.headers["set-cookie"], *confirmed.headers["set-cookie"].split(", ")):
        assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= set(header.split("; "))
        assert "Domain" not in header
        assert "Secure" not in header, "browsers differ on Secure at http://localhost, so it is left out"


def test_cookies_are_secure_and_host_prefixed_on_https() -> None:
    laurel = seeded("https://laurel.example")
    client = Gateway.over(laurel)
    origin = {"origin": "https://laurel.example"}
    response = post(client, "/sign-in", {"email": EMAIL}, **origin)
    assert response.headers["set-cookie"].startswith("__Host-laurel_browser=")
    path = laurel.sign_in_mailer.sent[-1][1].removeprefix("https://laurel.example")
    confirmed = post(client, path, cookie=cookie(response, "laurel_browser"), **origin)
    for header in (response.headers["set-cookie"], *confirmed.headers["set-cookie"].split(", ")):
        assert header.startswith("__Host-laurel_")
        assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= set(header.split("; "))


def test_pages_are_not_cached_and_do_not_leak_the_referrer(laurel: Laurel, client: Gateway) -> None:
    path, browser = request_link(laurel, client)
    for response in (
        client.get("/sign-in", accept=HTML),
        post(client, "/sign-in", {"email": EMAIL}),
        client.get(path, accept=HTML, cookie=browser),
        post(client, path),
        post(client, path, cookie=browser),
    ):
        assert "no-store" in response.headers["cache-control"]
        assert "access-control-allow-origin" not in response.headers
    assert client.get(path, accept=HTML, cookie=browser).headers["referrer-policy"] == "same-origin"


def test_no_secret_and_no_email_address_is_logged(laurel: Laurel, client: Gateway, log_lines: LogCapture) -> None:
    path, browser = request_link(laurel, client)
    client.get(path, accept=HTML, cookie=browser)
    laurel.member_store.__dict__.clear()  # to cause an internal error
    post(client, path)
    session = cookie(post(client, path, cookie=browser), "laurel_session")
    client.get("/console", accept=HTML, cookie=session)
    client.get("/my/" + "s" * 52, accept=HTML)
    logged = log_lines.getvalue()
    secrets = [path.rpartition("/")[2], browser.partition("=")[2], session.partition("=")[2], "s" * 52, EMAIL]
    assert not [secret for secret in secrets if secret in logged]
    routes = {line.get("route") for line in log_lines.parsed()}
    assert {"/sign-in", "/sign-in/{token}", "/console"} <= routes
    assert any(line["message"] == "failed" for line in log_lines.parsed())


def test_log_lines_name_the_issuer_of_an_authenticated_request(
    laurel: Laurel, client: Gateway, log_lines: LogCapture
) -> None:
    client.get("/v1/members", **as_token(laurel, "fernhill", Role.OWNER))
    client.get("/v1/members", **as_token(laurel, "fernhill", Role.VIEWER))
    as_person(laurel, EMAIL, "fernhill", client=client).get("/console/fernhill")
    client.get("/v1/members")
    client.get("/sign-in")
    answered = [line for line in log_lines.parsed() if line["message"] == "answered"]
    assert [line.get("issuer") for line in answered] == ["fernhill"] * 3 + [None] * 2


def test_sign_in_returns_to_the_page_that_required_it(laurel: Laurel, client: Gateway) -> None:
    response = client.get("/console/fernhill/members?x=1", accept=HTML)
    assert response.headers["location"] == f"{ORIGIN}/sign-in?next=/console/fernhill/members%3Fx%3D1"
    page = client.get(response.headers["location"].removeprefix(ORIGIN), accept=HTML)
    assert 'name="next" value="/console/fernhill/members?x=1"' in page.text
    assert post(client, "/console/fernhill/members").headers["location"] == f"{ORIGIN}/sign-in"


def test_configured_oidc_providers_are_offered(client: Gateway) -> None:
    assert "Or sign in with" not in client.get("/sign-in", accept=HTML).text
    campus = Provider("campus", "Campus <login>", "https://login.campus.example", "laurel")
    page = Gateway.over(Laurel(providers=(campus,))).get("/sign-in?next=/console/fernhill", accept=HTML).text
    assert f'<a href="{ORIGIN}/oidc/campus?next=/console/fernhill">Campus &lt;login&gt;</a>' in page


def test_mail_failure_is_503(laurel: Laurel, client: Gateway) -> None:
    laurel.sign_in_mailer = replace(laurel.sign_in_mailer, out_of_order=True)
    assert post(client, "/sign-in", {"email": EMAIL}).status == 503


def test_form_size_type_and_field_count_are_limited(client: Gateway) -> None:
    assert post(client, "/sign-in", {"email": "a" * 5000}).status == 413
    assert client.post("/sign-in", b"{}", accept=HTML).status == 415
    assert post(client, "/sign-in", {f"f{number}": "x" for number in range(300)}).status == 400
