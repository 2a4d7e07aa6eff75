"""A submitted presentation: its page and its JSON, with the result of each credential."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.http.fake_laurel import Laurel
from tests.http.gateway import HTML, Gateway, Response
from tests.http.senders import FORM, filled_form
from tests.makers import NOW, signed, unsigned
from tests.verify.presentations.test_verify import presentation, signed_by_holder
from tests.verify.test_inner import badge, endorsement

PLAIN = signed({name: value for name, value in unsigned().items() if name != "credentialStatus"})
EXPIRED = signed(unsigned(valid_until=NOW - timedelta(days=1)))


def page(client: Gateway, document: object, **headers: str) -> Response:
    body = filled_form(json.dumps(document))
    return client("POST", "/", body=body, accept=HTML, content_type=FORM, **headers)


def test_the_report_contains_one_on_each_credential(client: Gateway, laurel: Laurel) -> None:
    made = signed_by_holder(presentation(PLAIN, EXPIRED))
    report = json.loads(client.post("/v1/verify", json.dumps(made).encode()).body)
    assert (report["verdict"], report["credential"]) == ("expired", None)
    assert [(each["kind"], each["verdict"]) for each in report["contained"]] == [
        ("credential", "valid"),
        ("credential", "expired"),
    ]
    assert report["contained"][0]["credential"]["holder"]["name"] == "Ada Nwosu"


def test_a_report_without_inner_credentials_has_no_such_member(client: Gateway) -> None:
    report = json.loads(client.post("/v1/verify", json.dumps(PLAIN).encode()).body)
    assert "contained" not in report


def test_the_page_shows_the_result_of_each_credential(client: Gateway) -> None:
    html = page(client, signed_by_holder(presentation(PLAIN, EXPIRED))).text
    assert "Not every credential in this presentation is valid." in html
    assert "Credentials it contains" in html
    assert html.count("This credential is genuine, but it has expired.") == 1
    assert html.count("Watercolour, first steps") == 2


def test_an_unproven_issuer_is_not_hidden_by_a_presentation(client: Gateway) -> None:
    html = page(client, signed_by_holder(presentation(PLAIN))).text
    assert "This presentation is genuine and valid, but an issuer’s identity is not proven." in html


def test_a_forged_presentation_is_reported_as_forged(client: Gateway) -> None:
    html = page(client, {**signed_by_holder(presentation()), "id": "urn:uuid:9"}).text
    assert "This presentation is not valid." in html


@pytest.mark.parametrize("lang", ["de", "ar", "ja"])
def test_the_page_is_translated(client: Gateway, lang: str) -> None:
    html = page(client, signed_by_holder(presentation(EXPIRED)), accept_language=lang).text
    assert "Not every credential" not in html
    assert "Credentials it contains" not in html


def test_the_page_of_a_credential_shows_its_endorsements(client: Gateway) -> None:
    html = page(client, badge(endorsement=[endorsement()])).text
    assert "Endorsement: " in html
    assert "the endorsements inside it" not in html
