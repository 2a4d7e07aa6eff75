"""The page with which a visitor reports a credential."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from chalicelib.moderation import takedown
from chalicelib.moderation.submission import PER_NETWORK_AND_CREDENTIAL
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import HTML, Gateway, Response

ID = id_of("valid")
PATH = f"/c/{ID}/report"
FIELDS = {"reason": "wrong_person", "message": "It is not mine.", "email": "eve@example.org"}


def post(client: Gateway, fields: dict[str, str], path: str = PATH, **headers: str) -> Response:
    sent = {"accept": HTML, "origin": BASE_URL, "content_type": "application/x-www-form-urlencoded", **headers}
    return client.post(path, urlencode(fields).encode(), **sent)


def test_the_page_of_a_credential_links_to_the_form(client: Gateway) -> None:
    assert f'href="{BASE_URL}{PATH}"' in client.get(f"/c/{ID}", accept=HTML).text


def test_the_form_names_every_reason_and_no_holder(client: Gateway) -> None:
    page = client.get(PATH, accept=HTML)
    assert page.status == 200
    assert len(re.findall('name="reason" type="radio"', page.text)) == 5
    assert "Ada Nwosu" not in page.text
    assert "set-cookie" not in page.headers


def test_the_page_sends_the_origin_that_the_form_needs(client: Gateway) -> None:
    """With `no-referrer`, a browser would send `Origin: null`, and the report would be refused."""
    assert client.get(PATH, accept=HTML).headers["referrer-policy"] == "same-origin"


def test_a_report_is_stored_and_the_visitor_is_thanked(client: Gateway, laurel: Laurel) -> None:
    response = post(client, FIELDS)
    assert (response.status, response.headers["location"]) == (303, f"{BASE_URL}{PATH}?did=sent")
    (report,) = laurel.visitor_reports.by_id.values()
    assert (report.credential_id, report.message, report.email) == (ID, "It is not mine.", "eve@example.org")
    assert "Thank you" in client.get(f"{PATH}?did=sent", accept=HTML).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "bored"}, "reason"),
        ({"reason": "other", "message": " "}, "message"),
        ({"message": "x" * 2001}, "message"),
        ({"email": "eve"}, "email"),
    ],
)
def test_an_error_is_shown_at_its_field_and_the_words_are_kept(
    client: Gateway, laurel: Laurel, changes: dict[str, str], field: str
) -> None:
    response = post(client, {**FIELDS, **changes})
    assert (response.status, f'id="{field}-error"' in response.text) == (422, True)
    assert ("eve@example.org" in response.text) == ("email" not in changes)
    assert laurel.visitor_reports.by_id == {}


def test_another_website_cannot_send_a_report(client: Gateway, laurel: Laurel) -> None:
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"}):
        assert post(client, FIELDS, **headers).status == 403
    assert (laurel.visitor_reports.by_id, laurel.session_store.counts) == ({}, {})


def test_markup_in_a_report_is_only_text(client: Gateway) -> None:
    response = post(client, {**FIELDS, "reason": "", "message": "</textarea><script>alert(1)</script>"})
    assert "<script>alert(1)" not in response.text


def test_over_the_limit_the_words_are_kept_and_the_page_says_when(client: Gateway, laurel: Laurel) -> None:
    for number in range(PER_NETWORK_AND_CREDENTIAL.per_client):
        post(client, {**FIELDS, "message": f"It names person {number}."})
    response = post(client, FIELDS)
    assert (response.status, response.headers["retry-after"]) == (429, "86400")
    assert "reported many times from your network today" in response.text
    assert "It is not mine." in response.text
    assert len(laurel.visitor_reports.by_id) == PER_NETWORK_AND_CREDENTIAL.per_client


def test_what_is_not_shown_cannot_be_reported(client: Gateway, laurel: Laurel) -> None:
    takedown.set_taken_down(laurel.issuer_context, ID, taken_down=True)
    assert client.get(PATH, accept=HTML).status == 410
    assert post(client, FIELDS).status == 410
    for unknown in ("nothing", "z" * 26):
        assert client.get(f"/c/{unknown}/report", accept=HTML).status == 404
        assert post(client, FIELDS, f"/c/{unknown}/report").status == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "Wählen Sie aus, was nicht stimmt."),
        ({"reason": "other", "message": ""}, "Beschreiben Sie das Problem."),
        ({"message": "x" * 2001}, "Verwenden Sie höchstens 2000 Zeichen"),
        ({"email": "eve"}, "Geben Sie eine E-Mail-Adresse ein"),
    ],
)
def test_errors_are_in_the_readers_language(client: Gateway, changes: dict[str, str], sentence: str) -> None:
    page = post(client, {**FIELDS, **changes}, f"{PATH}?lang=de").text
    assert sentence in page
    assert f'action="{BASE_URL}{PATH}?lang=de"' in page


def test_the_language_of_the_url_is_kept_and_a_limit_is_explained_in_it(client: Gateway) -> None:
    for number in range(PER_NETWORK_AND_CREDENTIAL.per_client):
        sent = post(client, {**FIELDS, "message": f"It names person {number}."}, f"{PATH}?lang=ja")
        assert sent.headers["location"] == f"{BASE_URL}{PATH}?did=sent&lang=ja"
    assert "お使いのネットワーク" in post(client, FIELDS, f"{PATH}?lang=ja").text
