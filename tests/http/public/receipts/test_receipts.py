"""Receipts: how to get one, and its page and files."""

from __future__ import annotations

import hashlib
import html
import json
import re
from urllib.parse import urlencode

import pytest

from chalicelib.http.public.credential.recipient_form import RecipientForm
from chalicelib.receipts import jws, limits
from chalicelib.receipts.receipt import Json
from tests.http import senders
from tests.http.fake_laurel import BASE_URL, KINDS, Laurel, id_of
from tests.http.gateway import HTML, Gateway, Response
from tests.http.public.test_pages import HEADLINES
from tests.http.public.test_presentations import EXPIRED, PLAIN
from tests.http.verifiers.keys import as_verifier
from tests.receipts import samples
from tests.verify.presentations.test_verify import presentation, signed_by_holder

FORM = "application/x-www-form-urlencoded"


def verify(client: Gateway, **members: object) -> Response:
    return client.post("/v1/verify", json.dumps({"receipt": True, **members}).encode())


def claims(response: Response) -> Json:
    return jws.claims_of(response.json["receipt"]["jws"])


def from_page(client: Gateway, kind: str, email: str | None = None) -> Response:
    fields = {} if email is None else {"email": email}
    sent = urlencode(fields).encode()
    return client("POST", f"/c/{id_of(kind)}/receipt", body=sent, accept=HTML, content_type=FORM)


def path_of(response: Response) -> str:
    assert response.status == 303, response.text
    return response.headers["location"].removeprefix(BASE_URL)


def fields_of(page: str) -> dict[str, str]:
    """What a browser sends when its user chooses the button for a receipt: its form's fields, and its own value."""
    button = re.search(r"<button([^>]*)>Get a receipt</button>", page)
    assert button is not None
    form = next(
        each for each in re.findall("<form.*?</form>", page, re.DOTALL) if button[0] in each or "sent-again" in each
    )
    found = re.findall(r'<input [^>]*name="([a-z]+)"[^>]* value="([^"]*)"', form)
    own = re.findall(r'name="([a-z]+)" value="([^"]*)"', button[1])
    return {name: html.unescape(value) for name, value in (*found, *own)}


@pytest.mark.parametrize("kind", KINDS)
def test_report_on_a_link_comes_with_its_receipt(client: Gateway, laurel: Laurel, kind: str) -> None:
    response = verify(client, url=f"{BASE_URL}/c/{id_of(kind)}")
    assert response.status == 200
    signed = jws.check(response.json["receipt"]["jws"], laurel.receipts.keys.published(), BASE_URL)
    assert signed["verdict"] == response.json["verdict"]
    assert signed["request"]["kind"] == "hosted"
    assert [each["code"] for each in signed["findings"]] == [each["code"] for each in response.json["findings"]]
    page = client.get(response.json["receipt"]["url"].removeprefix(BASE_URL), accept=HTML)
    assert page.status == 200
    assert "noindex" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_without_the_option_there_is_none(client: Gateway, laurel: Laurel) -> None:
    assert "receipt" not in verify(client, url=f"{BASE_URL}/c/{id_of('valid')}", receipt=False).json
    assert laurel.receipt_store.by_id == {}


def test_uploaded_file_is_hashed_as_it_was_sent(client: Gateway, laurel: Laurel) -> None:
    document = json.dumps(json.loads(laurel.issuer_store.record(id_of("valid")).document), indent=2).encode()
    body = senders.form(("file", document, "badge.json"), ("receipt", b"true"))
    response = client("POST", "/v1/verify", body=body, content_type=senders.FORM)
    digest = {"sha256": hashlib.sha256(document).hexdigest()}
    assert claims(response)["request"] == {"kind": "document", "submitted": digest, "document": digest}


def test_check_9_is_part_of_the_receipt(client: Gateway, laurel: Laurel) -> None:
    url = f"{BASE_URL}/c/{id_of('valid')}"
    response = verify(client, url=url, recipient={"email": "eve@example.org"})
    assert claims(response)["policy"]["recipient"] is True
    assert claims(response)["verdict"] == "invalid"
    assert "eve" not in json.dumps(claims(response))
    page = client.get(response.json["receipt"]["url"].removeprefix(BASE_URL), accept=HTML).text
    assert "eve@example.org" in page


def test_hosted_report_comes_with_its_receipt(client: Gateway, laurel: Laurel) -> None:
    path = f"/v1/credentials/{id_of('revoked')}/report"
    response = client.post(path, b'{"receipt": true}')
    assert claims(response)["verdict"] == "revoked"
    both = client.post(path, b'{"receipt": true, "recipient": {"email": "ada@example.org"}}')
    assert claims(both)["policy"]["recipient"] is True
    assert "receipt" not in client.post(path, b'{"recipient": {"email": "ada@example.org"}}').json
    assert client.post(path, b"{}").status == 400


@pytest.mark.parametrize(
    "members",
    [{"url": "https://x.example/", "receipt": "yes"}, {"credentials": ["https://x.example/"], "receipt": True}],
)
def test_what_cannot_have_a_receipt_is_refused(client: Gateway, laurel: Laurel, members: Json) -> None:
    response = verify(client, **members)
    assert (response.status, response.json["errors"][0]["pointer"]) == (400, "/receipt")
    body = senders.form(("file", b"{}", "badge.json"), ("receipt", b"yes"))
    assert client("POST", "/v1/verify", body=body, content_type=senders.FORM).status == 400
    assert laurel.receipt_store.by_id == {}


def test_nothing_is_stored_for_what_has_no_report(client: Gateway, laurel: Laurel) -> None:
    assert verify(client, credential="nothing").status == 422
    assert verify(client, url=f"{BASE_URL}/c/{'a' * 26}").status == 422
    assert from_page(client, "no such").status == 404
    assert laurel.receipt_store.by_id == {}


@pytest.mark.parametrize("kind", KINDS)
def test_page_of_a_hosted_credential_offers_one(client: Gateway, laurel: Laurel, kind: str) -> None:
    page = client.get(laurel.url(kind), accept=HTML)
    assert f'action="{BASE_URL}/c/{id_of(kind)}/receipt"' in page.text
    assert f"form-action {BASE_URL}" in page.headers["content-security-policy"]
    counted = len(laurel.event_store.events)
    assert client.get(path_of(from_page(client, kind)), accept=HTML).status == 200
    assert len(laurel.event_store.events) == counted == 1


def test_page_with_an_address_offers_a_receipt_about_it(client: Gateway, laurel: Laurel) -> None:
    sent = urlencode({"email": "ada@example.org"}).encode()
    page = client("POST", laurel.url("valid"), body=sent, accept=HTML, content_type=FORM).text
    assert fields_of(page) == {"email": "ada@example.org"}
    receipt = client.get(path_of(from_page(client, "valid", "ada@example.org")), accept=HTML).text
    assert "ada@example.org" in receipt


@pytest.mark.parametrize("line_break", [b"\n", b"\r\n", b""])
def test_page_of_a_submitted_credential_makes_one_about_the_same_bytes(
    client: Gateway, laurel: Laurel, line_break: bytes
) -> None:
    """A browser sends every line break as CRLF."""
    document = json.loads(laurel.issuer_store.record(id_of("valid")).document)
    source = json.dumps(document, indent=2 if line_break else None).encode().replace(b"\n", line_break)
    body = senders.filled_form(file=source)
    page = client("POST", "/", body=body, accept=HTML, content_type=senders.FORM)
    fields = {name: value.encode() for name, value in fields_of(page.text).items()}
    fields["credential"] = re.sub(rb"\r?\n", b"\r\n", fields["credential"])
    body = senders.form(*fields.items())
    receipt = client.get(path_of(client("POST", "/", body=body, accept=HTML, content_type=senders.FORM))).json
    assert receipt["claims"]["request"]["submitted"] == {"sha256": hashlib.sha256(source).hexdigest()}


@pytest.mark.parametrize(
    ("text", "breaks"),
    [("a", "lf"), ("a\nb", "lf"), ("a\r\nb\r\n", "crlf"), ("a\r\nb\n", None), ("a\rb", None), (None, None)],
)
def test_line_breaks_that_a_browser_would_change_are_known(text: str | None, breaks: str | None) -> None:
    assert RecipientForm(submitted=text).line_breaks == breaks


def test_address_beside_the_button_is_checked_too(client: Gateway, laurel: Laurel) -> None:
    source = laurel.issuer_store.record(id_of("valid")).document
    sent = {"credential": source, "receipt": b"lf"}
    body = senders.form(*sent.items(), ("email", b"eve@example.org"))
    receipt = client.get(path_of(client("POST", "/", body=body, accept=HTML, content_type=senders.FORM))).json
    assert receipt["claims"]["policy"]["recipient"] is True
    body = senders.form(*sent.items(), ("email", b"not an address"))
    refused = client("POST", "/", body=body, accept=HTML, content_type=senders.FORM)
    assert (refused.status, len(laurel.receipt_store.by_id)) == (422, 1)


def test_page_of_what_is_not_proven_does_not_contain_it(client: Gateway, laurel: Laurel) -> None:
    body = senders.filled_form(file=laurel.issuer_store.record(id_of("tampered")).document)
    page = client("POST", "/", body=body, accept=HTML, content_type=senders.FORM).text
    assert "Get a receipt" not in page
    assert "Eve Malory" not in page


def test_files_of_a_receipt(client: Gateway, laurel: Laurel) -> None:
    made = samples.make(laurel)
    token = client.get(f"/r/{made.id}.jws")
    assert (token.text, token.headers["content-type"]) == (made.jws, "application/jose")
    assert "immutable" in token.headers["cache-control"]
    assert "attachment" in token.headers["content-disposition"]
    document = client.get(f"/r/{made.id}.json")
    assert document.json == client.get(f"/r/{made.id}").json
    assert document.headers["cache-control"] == "no-store"
    assert document.json["readable"] == made.readable
    for wrong in (f"/r/{'a' * 26}", f"/r/{made.id}.pdf", "/r/x", f"/r/{'a' * 26}.jws"):
        assert client.get(wrong).status == 404


def test_keys_are_published(client: Gateway, laurel: Laurel) -> None:
    response = client.get("/.well-known/jwks.json")
    assert response.headers["content-type"] == "application/jwk-set+json"
    assert response.json["keys"][0]["kid"] == jws.kid_of(samples.make(laurel).jws)
    assert "max-age=300" in response.headers["cache-control"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("erased", [False, True])
def test_page_shows_what_was_found(client: Gateway, laurel: Laurel, kind: str, erased: bool) -> None:
    made = samples.make(laurel, kind)
    if erased:
        laurel.receipts.store.erase_readable(made.id)
    page = client.get(f"/r/{made.id}", accept=HTML).text
    assert HEADLINES[kind] in page
    assert made.jws in page
    assert laurel.receipts.keys.current().kid in page
    for each in jws.claims_of(made.jws)["findings"]:
        assert each["code"] == "not_reached" or f"<code>{each['code']}</code>" in page
    proven = kind not in ("tampered", "wrong_signer")
    assert ("Ada Nwosu" in page) == (proven and not erased)
    assert ("have been deleted" in page) == erased
    if erased:
        assert id_of(kind) not in page


def test_page_is_in_the_language_of_its_reader(client: Gateway, laurel: Laurel) -> None:
    made = samples.make(laurel, "revoked")
    page = client.get(f"/r/{made.id}", accept=HTML, accept_language="de")
    assert page.headers["content-language"] == "de"
    assert "This credential has been revoked." not in page.text
    assert "The issuer has revoked it" not in page.text


def test_presentation_shows_each_credential(client: Gateway, laurel: Laurel) -> None:
    made = verify(client, credential=signed_by_holder(presentation(PLAIN, EXPIRED)))
    assert [each["verdict"] for each in claims(made)["contained"]] == ["valid", "expired"]
    path = made.json["receipt"]["url"].removeprefix(BASE_URL)
    page = client.get(path, accept=HTML).text
    assert "Not every credential in this presentation is valid." in page
    assert page.count("Watercolour, first steps") == 2
    laurel.receipts.store.erase_readable(made.json["receipt"]["id"])
    page = client.get(path, accept=HTML).text
    assert "This credential is genuine, but it has expired." in page
    assert "Watercolour" not in page


def test_hostile_text_is_shown_as_text(client: Gateway, laurel: Laurel) -> None:
    made = samples.make(laurel)
    assert made.readable is not None
    made.readable["credential"]["holder"] = "<script>alert(1)</script>\u202e"
    made.readable["url"] = "javascript:alert(1)"
    page = client.get(f"/r/{made.id}", accept=HTML).text
    assert "<script" not in page
    assert "\u202e" not in page
    assert 'href="javascript' not in page


def test_limit_is_answered_with_429(client: Gateway, laurel: Laurel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PER_NETWORK", 2)
    url = f"{BASE_URL}/c/{id_of('valid')}"
    assert [verify(client, url=url).status for _ in range(3)] == [200, 200, 429]
    refused = from_page(client, "valid")
    assert (refused.status, "retry-after" in refused.headers) == (429, True)
    assert client.get(laurel.url("valid"), accept=HTML).status == 200
    assert len(laurel.receipt_store.by_id) == 2


def test_verifier_gets_receipts_after_strangers_have_used_up_theirs(
    client: Gateway, laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "IN_TOTAL", 1)
    monkeypatch.setattr(limits, "PER_VERIFIER", 2)
    body = json.dumps({"receipt": True, "url": f"{BASE_URL}/c/{id_of('valid')}"}).encode()
    assert [client.post("/v1/verify", body).status for _ in range(2)] == [200, 429]
    key = as_verifier(laurel)
    replies = [client.post("/v1/verify", body, **key) for _ in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert replies[2].json["code"] == "too_many_requests"
    assert len(laurel.receipt_store.by_id) == 3
