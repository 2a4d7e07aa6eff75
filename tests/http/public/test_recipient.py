"""The field "Was it issued to this person?" on the page of a credential: `POST /c/{id}`."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from chalicelib.credential.build import Holder
from chalicelib.credential.email_address import MAX_LENGTH
from chalicelib.http.public.credential import recipient_form
from chalicelib.reports import pasted
from tests import makers
from tests.http import senders
from tests.http.conftest import LogCapture
from tests.http.fake_laurel import Laurel, hostile, id_of
from tests.http.gateway import HTML, Gateway, Response
from tests.http.public.test_pages import HEADLINES, Outline

FORM = "application/x-www-form-urlencoded"
MATCHES = "It was issued to the person with this email address."
DIFFERS = "It was issued to a person with a different email address."


def ask(client: Gateway, path: str, email: str) -> Response:
    return client("POST", path, body=urlencode({"email": email}).encode(), accept=HTML, content_type=FORM)


def band(response: Response) -> str:
    text = response.text
    return text[text.index('<section class="verdict') : text.index("</section>")]


def test_page_says_that_it_was_issued_to_this_person(client: Gateway, laurel: Laurel) -> None:
    response = ask(client, laurel.url("valid"), " Ada@Example.org ")
    assert response.status == 200
    assert HEADLINES["valid"] in band(response)
    assert MATCHES in band(response)
    assert "9 checks passed" in response.text


def test_fields_for_an_address_allow_as_much_as_laurel_accepts(client: Gateway, laurel: Laurel) -> None:
    for path in (laurel.url("valid"), "/sign-in"):
        assert f'type="email" required maxlength="{MAX_LENGTH}"' in client.get(path, accept=HTML).text


def test_page_says_that_it_was_issued_to_someone_else(client: Gateway, laurel: Laurel) -> None:
    response = ask(client, laurel.url("valid"), "eve@example.org")
    assert "This credential was not issued to this email address." in band(response)
    assert DIFFERS in band(response)
    assert HEADLINES["valid"] not in response.text
    assert "Ada Nwosu" in response.text
    assert "Its contents are not shown here" not in response.text


@pytest.mark.parametrize("kind", ["revoked", "suspended", "expired"])
def test_another_address_does_not_hide_the_status(client: Gateway, laurel: Laurel, kind: str) -> None:
    own, asked = band(client.get(laurel.url(kind), accept=HTML)), band(ask(client, laurel.url(kind), "eve@example.org"))
    assert HEADLINES[kind] in own
    assert HEADLINES[kind] in asked
    assert DIFFERS in asked
    assert "The credential itself may be genuine" not in asked


def test_credential_without_an_address_could_not_be_compared(client: Gateway, laurel: Laurel) -> None:
    record = hostile(laurel, makers.unsigned(holder=Holder("Ada Nwosu")))
    response = ask(client, f"/c/{record.id}", "ada@example.org")
    assert "We could not check whether it was issued to this person." in band(response)


@pytest.mark.parametrize("email", ["", "ada", "a" * 400 + "@example.org"])
def test_anything_but_an_address_is_refused_beside_the_field(client: Gateway, laurel: Laurel, email: str) -> None:
    response = ask(client, laurel.url("valid"), email)
    assert response.status == 422
    assert "Enter one email address" in response.text
    assert HEADLINES["valid"] in band(response)
    field = next(attrs for tag, attrs in Outline(response.text).elements if attrs.get("id") == "email")
    assert field["aria-invalid"] == "true"


def test_no_event_is_recorded_and_the_address_is_not_logged(
    client: Gateway, laurel: Laurel, log_lines: LogCapture
) -> None:
    before = dict(laurel.event_store.events)
    for email in ("eve.malory@canary.example", "ada@example.org", "nonsense.canary"):
        ask(client, laurel.url("valid"), email)
    assert laurel.event_store.events == before
    assert "canary" not in log_lines.getvalue()
    assert "ada@" not in log_lines.getvalue()


def test_address_is_in_no_url_of_the_page(client: Gateway, laurel: Laurel) -> None:
    response = ask(client, laurel.url("valid"), "eve@example.org")
    assert not [link for link in Outline(response.text).attributes("href", "action", "content") if "eve@" in link]
    assert response.headers["cache-control"] == "no-store"


def test_other_pages_do_not_offer_the_field(client: Gateway, laurel: Laurel) -> None:
    assert "Was it issued to this person?" in client.get(laurel.url("revoked"), accept=HTML).text
    assert "Was it issued to this person?" not in client.get(laurel.url("tampered"), accept=HTML).text


def test_large_or_foreign_bodies_are_refused(client: Gateway, laurel: Laurel) -> None:
    assert ask(client, laurel.url("valid"), "a" * 70_000).status == 413
    assert client.post(laurel.url("valid"), b"{}", accept=HTML).status == 415
    assert ask(client, "/c/nothing", "ada@example.org").status == 404


def submit(client: Gateway, *parts: tuple[str, bytes]) -> Response:
    return client("POST", "/", body=senders.form(*parts), accept=HTML, content_type=senders.FORM)


def resubmit(client: Gateway, result: Response, email: str) -> Response:
    """Send the form of the result of a submission, as a browser does: with CRLF as line breaks."""
    (credential,) = [attrs["value"] for _, attrs in Outline(result.text).elements if attrs.get("name") == "credential"]
    value = (credential or "").replace("\n", "\r\n").encode()
    return submit(client, ("credential", value), ("email", email.encode()))


@pytest.mark.parametrize("indent", [None, 2])
def test_recipient_of_a_submitted_credential_is_compared(client: Gateway, laurel: Laurel, indent: int | None) -> None:
    document = json.dumps(json.loads(laurel.issuer_store.record(id_of("valid")).document), indent=indent).encode()
    result = submit(client, ("credential", document))
    assert "Was it issued to this person?" in result.text
    events = dict(laurel.event_store.events)
    mine = resubmit(client, result, " Ada@Example.org ")
    assert mine.status == 200
    assert MATCHES in band(mine)
    assert HEADLINES["valid"] in band(mine)
    other = resubmit(client, mine, "eve@example.org")
    assert DIFFERS in band(other)
    assert not [link for link in Outline(other.text).attributes("href", "action", "content") if "eve@" in link]
    assert laurel.event_store.events == events


def test_recipient_of_an_uploaded_or_linked_credential_is_compared(client: Gateway, laurel: Laurel) -> None:
    document = makers.as_bytes(senders.external_credential())
    laurel.remote_sources.pages["https://elsewhere.example/badge"] = document
    for source in (senders.filled_form(file=document), senders.filled_form("https://elsewhere.example/badge")):
        result = client("POST", "/", body=source, accept=HTML, content_type=senders.FORM)
        assert DIFFERS in band(resubmit(client, result, "eve@example.org"))


def test_invalid_address_for_a_submitted_credential_is_refused_beside_the_field(
    client: Gateway, laurel: Laurel
) -> None:
    result = submit(client, ("credential", laurel.issuer_store.record(id_of("valid")).document))
    response = resubmit(client, result, "ada")
    assert response.status == 422
    assert "Enter one email address" in response.text
    assert HEADLINES["valid"] in band(response)
    assert MATCHES in band(resubmit(client, response, "ada@example.org"))


def test_field_is_not_offered_when_the_credential_cannot_be_sent_again() -> None:
    assert recipient_form.sent_again(b"{}\n") == "{}\n"
    for data in (b"\xff", b"{\0}", b"{" + b" " * pasted.MAX_SIZE, b"{" + b"\n" * (pasted.MAX_SIZE // 2)):
        assert recipient_form.sent_again(data) is None


def test_wrong_address_leads_back_to_the_credentials_own_result(client: Gateway, laurel: Laurel) -> None:
    shown = band(ask(client, laurel.url("valid"), "eve@example.org"))
    assert f'href="{laurel.base_url}{laurel.url("valid")}">Check without an email address' in shown
    assert "Check without an email address" not in band(ask(client, laurel.url("revoked"), "eve@example.org"))
    assert "Check without an email address" not in band(ask(client, laurel.url("valid"), "ada@example.org"))
