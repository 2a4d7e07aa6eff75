"""Text that is not lost: forms that arrive after their session ended, or from a page of an earlier session."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.access import sessions
from chalicelib.access.roles import Role
from chalicelib.http.input import body, form
from tests.http import senders
from tests.http.console.conftest import OWNER, send
from tests.http.fake_laurel import BASE_URL, Laurel, picture
from tests.http.gateway import Response
from tests.http.signed_in import Browser, as_person

PATH = "/console/fernhill/achievements/new"
TEXT = 'A long text\r\nwith "quotes", <b>tags</b> & umlauts: Größe'
FIELDS = {"name": "Welding", "description": TEXT, "criteria": "Weld.", "kind": "Badge", "do": "save"}


def hidden(response: Response) -> dict[str, str]:
    """The hidden fields of the page's form."""
    form = response.text.partition('enctype="multipart/form-data"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def resend(browser: Browser, fields: dict[str, str], **headers: str) -> Response:
    content = senders.form(*((name, value.encode()) for name, value in fields.items()))
    sent = {"cookie": browser.cookie, "origin": BASE_URL, "content_type": senders.FORM, **browser.headers, **headers}
    return browser.client.post(PATH, content, **sent)


def names(laurel: Laurel) -> set[str]:
    return {one.name for one in laurel.issuer_store.achievements("fernhill")}


def test_a_form_sent_after_the_session_ended_is_kept_and_saved_after_sign_in(owner: Browser, laurel: Laurel) -> None:
    laurel.now += sessions.IDLE_TIMEOUT
    lost = owner.post(PATH, FIELDS)
    assert lost.status == 401
    assert lost.headers["cache-control"] == "private, no-store"
    assert (hidden(lost), "csrf" in hidden(lost)) == (FIELDS, False)
    assert "<b>tags</b>" not in lost.text
    assert "Welding" not in names(laurel)

    again = as_person(laurel, OWNER)
    checked = resend(again, hidden(lost))
    assert checked.status == 403
    assert hidden(checked) == {**FIELDS, "csrf": again.csrf}
    assert OWNER in checked.text
    assert "Welding" not in names(laurel)

    saved = resend(again, hidden(checked))
    assert saved.status == 303
    [achievement] = [one for one in laurel.issuer_store.achievements("fernhill") if one.name == "Welding"]
    assert achievement.description == TEXT.replace("\r\n", "\n")


def test_a_form_with_a_file_asks_for_the_file_again(owner: Browser, laurel: Laurel) -> None:
    laurel.now += sessions.IDLE_TIMEOUT
    parts = [(name, value.encode()) for name, value in {**FIELDS, "csrf": owner.csrf}.items()]
    content = senders.form(*parts, ("picture", picture(), "a.png"))
    headers = {"cookie": owner.cookie, "origin": BASE_URL, "content_type": senders.FORM, **owner.headers}
    lost = owner.client.post(PATH, content, **headers)
    assert hidden(lost) == FIELDS
    assert 'type="file"' in lost.text


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "laurel_session=a.b.c"},
        {"cookie": ""},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"accept": "application/json"},
    ],
    ids=str,
)
def test_a_stranger_or_another_site_gets_no_form_back(owner: Browser, laurel: Laurel, headers: dict[str, str]) -> None:
    laurel.now += sessions.IDLE_TIMEOUT
    response = owner.post(PATH, FIELDS, **headers)
    assert response.status in (303, 401, 403)
    assert "Welding" not in response.text


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "", "sec_fetch_site": "same-site"}],
    ids=str,
)
def test_another_site_cannot_put_its_words_into_a_form_of_ours(
    owner: Browser, laurel: Laurel, headers: dict[str, str]
) -> None:
    response = owner.post(PATH, {**FIELDS, "csrf": "a" * 32}, **headers)
    assert response.status == 403
    assert "Welding" not in response.text
    assert "Welding" not in names(laurel)


def test_a_browser_that_reports_no_origin_gets_no_form_with_a_token(owner: Browser) -> None:
    headers = {"cookie": owner.cookie, "content_type": "application/x-www-form-urlencoded", **owner.headers}
    response = owner.client.post(PATH, urlencode(FIELDS).encode(), **headers)
    assert response.status == 403
    assert "Welding" not in response.text


def test_whoever_may_not_edit_gets_no_form_back(laurel: Laurel) -> None:
    for browser in (
        as_person(laurel, "vi@fernhill.example", "fernhill", Role.VIEWER),
        as_person(laurel, "sam@elsewhere.example"),
    ):
        response = browser.post(PATH, {**FIELDS, "csrf": "a" * 32})
        assert response.status in (403, 404)
        assert "Welding" not in response.text


def test_a_form_over_the_limit_is_not_kept(owner: Browser, laurel: Laurel) -> None:
    laurel.now += sessions.IDLE_TIMEOUT
    response = owner.post(PATH, {**FIELDS, "criteria": "x" * body.MAX_FIELDS})
    assert (response.status, response.headers["location"]) == (303, f"{BASE_URL}/sign-in")


def test_signing_out_of_an_ended_session_leads_to_sign_in(owner: Browser, laurel: Laurel) -> None:
    laurel.now += sessions.IDLE_TIMEOUT
    assert owner.post("/sign-out").status == 303


def test_an_ended_cookie_opens_nothing(owner: Browser, laurel: Laurel) -> None:
    laurel.now += sessions.LIFETIME + timedelta(minutes=1)
    assert owner.get("/console/fernhill").status == 303
    assert owner.post(PATH, FIELDS).status == 401
    laurel.now += timedelta(days=2)
    assert owner.post(PATH, FIELDS).status == 303


def test_the_text_beside_a_file_that_is_too_large_is_kept(owner: Browser, laurel: Laurel) -> None:
    lost = send(owner, PATH, FIELDS, picture=b"x" * (form.MAX_WITH_FILE + 1))
    assert lost.status == 413
    assert hidden(lost) == {**FIELDS, "csrf": owner.csrf}
    assert "The file is too large" in lost.text
    assert "Welding" not in names(laurel)
    assert resend(owner, hidden(lost)).status == 303
    assert "Welding" in names(laurel)


def test_a_file_that_is_too_large_is_not_read_for_anyone_who_may_not_edit(laurel: Laurel) -> None:
    viewer = as_person(laurel, "vi@fernhill.example", "fernhill", Role.VIEWER)
    refused = send(viewer, PATH, FIELDS, picture=b"x" * (form.MAX_WITH_FILE + 1))
    assert refused.status == 403
    assert "Welding" not in refused.text


def test_pages_know_how_large_a_file_may_be(owner: Browser) -> None:
    limit = form.MAX_WITH_FILE - body.MAX_FIELDS
    for path in (PATH, "/console/fernhill/issue", "/console/fernhill/settings"):
        assert f'data-limit="{limit}"' in owner.get(path).text


@pytest.mark.slow
@pytest.mark.parametrize("character", ['"', "字", "\0", "😀", "a"])
def test_a_kept_text_never_makes_a_response_that_lambda_refuses(owner: Browser, laurel: Laurel, character: str) -> None:
    """A quote takes five times its size in a page, and a response over 6 MB would lose the text with an error."""
    laurel.now += sessions.IDLE_TIMEOUT
    path = "/console/fernhill/issue"
    longest = (form.MAX_WITH_FILE - 1000) // len(character.encode())
    for length in (longest, longest // 2, longest // 4, 100_000):
        content = senders.form(("rows", (character * length).encode()))
        headers = {"cookie": owner.cookie, "origin": BASE_URL, "content_type": senders.FORM, **owner.headers}
        response = owner.client.post(path, content, **headers)
        assert len(json.dumps(response.text)) < form.MAX_REQUEST
    assert response.status == 401
    assert hidden(response) == {"rows": character * length}
