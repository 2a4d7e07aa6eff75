"""The form of the home page that verifies a credential: `POST /`."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest

from chalicelib.analytics.event import Kind
from chalicelib.credential.build import Holder
from chalicelib.errors import Unavailable
from chalicelib.reports import pasted
from chalicelib.verify.keys.multikey import from_multikey
from chalicelib.verify.ports import Controller, Method
from tests import makers
from tests.http import senders
from tests.http.conftest import LogCapture
from tests.http.core.test_log import CANARY
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import HTML, Gateway, Response
from tests.http.public.test_pages import (
    CLAIMED,
    EVIL,
    HEADLINES,
    UNPROVEN,
    Outline,
)
from tests.http.public.test_verify import use_up_the_network
from tests.http.senders import FORM, external_credential, filled_form, form

LINK = "https://elsewhere.example/badge"
UNKNOWN_ISSUER = "The issuer is not in any registry that Laurel uses."


def submit_form(client: Gateway, text: str | bytes = b"", file: bytes = b"", **headers: str) -> Response:
    """Submit the form as a browser does."""
    sent = {"accept": HTML, "content_type": FORM, **headers}
    return client("POST", "/", body=filled_form(text, file), **sent)


def document(laurel: Laurel, kind: str) -> bytes:
    return laurel.issuer_store.record(id_of(kind)).document


def field_text(response: Response) -> str:
    """The text in the field."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", response.text, re.DOTALL)
    assert found
    return html.unescape(found[1])


def at_domain(laurel: Laurel, issuer: str, fragment: str = "key-1", **changes: object) -> bytes:
    """A credential of the did:web ``issuer``, whose DID document is available."""
    key = makers.OTHER_KEY
    by = makers.issuer(key, did=issuer, name="Riverside University", **changes)
    method = f"{issuer}#{fragment}"
    laurel.remote_sources.issuers[issuer] = Controller(
        issuer, (Method(id=method, key=from_multikey(by.keys[0].multibase), assertion=True),)
    )
    plain = {name: value for name, value in makers.unsigned(by).items() if name != "credentialStatus"}
    return makers.as_bytes(makers.signed(plain, key, method=method))


@pytest.mark.parametrize(
    "kind", ["valid", "expired", "not_yet_valid", "revoked", "suspended", "tampered", "wrong_signer"]
)
@pytest.mark.parametrize("source_type", ["pasted", "chosen"])
def test_result_has_the_same_verdict_as_the_credential_page(
    client: Gateway, laurel: Laurel, kind: str, source_type: str
) -> None:
    source = document(laurel, kind)
    response = submit_form(client, source) if source_type == "pasted" else submit_form(client, file=source)
    assert (response.status, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert HEADLINES[kind] in response.text
    assert ("Ada Nwosu" in response.text) is (kind not in ("tampered", "wrong_signer"))
    report = json.loads(client.post("/v1/verify", source).body)
    reached = [finding for finding in report["findings"] if finding["code"] != "not_reached"]
    assert response.text.count('<details class="check"') == len(reached)


def test_result_is_neither_cached_nor_indexed(client: Gateway, laurel: Laurel) -> None:
    response = submit_form(client, document(laurel, "valid"))
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers
    assert '<meta name="robots" content="noindex">' in response.text
    assert "canonical" not in response.text
    assert "og:" not in response.text


def test_laurel_link_redirects_to_the_credential_page(client: Gateway, laurel: Laurel) -> None:
    for link in (f"{BASE_URL}/c/{id_of('revoked')}", f" {BASE_URL}/c/{id_of('revoked')}?utm=x#y\r\n"):
        response = submit_form(client, link)
        assert (response.status, response.headers["location"]) == (303, f"{BASE_URL}/c/{id_of('revoked')}")
        assert response.headers["cache-control"] == "no-store"
    # Only the page after the redirect records a view.
    assert laurel.event_store.events == {}


@pytest.mark.parametrize("tail", ["q" * 26, "nothing", "", "x/../../y", "%0d%0aSet-Cookie:a=b", "a" * 1900])
def test_invalid_laurel_link_is_not_redirected(client: Gateway, tail: str) -> None:
    response = submit_form(client, f"{BASE_URL}/c/{tail}")
    if re.fullmatch("[a-z2-7]{26}", tail):
        assert client.get(response.headers["location"].removeprefix(BASE_URL), accept=HTML).status == 404
    else:
        assert response.status == 422
        assert "the part after /c/ is 26 characters long" in response.text


def test_external_link_is_followed_and_shown(client: Gateway, laurel: Laurel) -> None:
    laurel.remote_sources.pages[LINK] = makers.as_bytes(external_credential())
    response = submit_form(client, LINK)
    assert UNPROVEN in response.text
    assert LINK in response.text


@pytest.mark.parametrize(
    ("text", "file", "says"),
    [
        ("", b"", "Nothing was submitted."),
        ("hello there", b"", "No credential found."),
        ("", b"%PDF-1.7 ...", "This is a PDF"),
        ("", b"\x89PNG\r\n\x1a\n\x00\xff", "This image is incomplete."),
        ("credly.com", b"", "Add https:// at the start."),
        ("did:web:college.example", b"", "This identifies an issuer or a holder"),
    ],
)
def test_nothing_found_gives_advice_and_keeps_the_text(client: Gateway, text: str, file: bytes, says: str) -> None:
    response = submit_form(client, text, file)
    assert (response.status, response.headers["cache-control"]) == (422, "no-store")
    outline = Outline(response.text)
    assert says in html.unescape(response.text)
    assert field_text(response) == text
    (field,) = [attrs for tag, attrs in outline.elements if tag == "textarea"]
    assert (field["aria-invalid"], field["aria-describedby"]) == ("true", "problem")
    assert {"alert"} == {attrs["role"] for _, attrs in outline.elements if attrs.get("id") == "problem"}


@pytest.mark.parametrize(
    ("code", "says"),
    [("address_refused", "Link not allowed"), ("http_status", "Link could not be read")],
)
def test_unreachable_link_gives_no_verdict(client: Gateway, laurel: Laurel, code: str, says: str) -> None:
    laurel.remote_sources.error = (code, "It is so.")
    response = submit_form(client, LINK)
    assert response.status == 422
    assert says in response.text
    assert field_text(response) == LINK
    assert not any(headline in response.text for headline in HEADLINES.values())


def test_internal_error_gives_no_verdict(laurel: Laurel) -> None:
    laurel.remote_sources.error = ("out_of_time", "Late.")
    assert submit_form(Gateway.over(laurel), LINK).status == 504

    class Down:
        def issuer_of_did(self, did: str) -> object:
            raise Unavailable("Storage is busy.", code="storage_busy")

        record = status_list = issuer_of_did

    source = document(laurel, "valid")
    laurel.public_store = Down()
    response = submit_form(Gateway.over(laurel), source)
    assert "We could not verify this credential." in response.text
    assert HEADLINES["valid"] not in response.text


@pytest.mark.parametrize("over", [0, 1])
def test_size_limit_is_exact(client: Gateway, over: int) -> None:
    source = senders.padded(pasted.MAX_SIZE + over)
    for response in (submit_form(client, source), submit_form(client, file=source)):
        assert response.status == (413 if over else 200)
        if over:
            assert "262,145 bytes" in response.text


def test_a_file_and_a_text_together_are_refused_and_the_text_is_kept(client: Gateway, laurel: Laurel) -> None:
    response = submit_form(client, LINK, document(laurel, "valid"))
    assert response.status == 400
    assert "Send one of them" in response.text
    assert field_text(response) == LINK
    assert laurel.event_store.events == {}


def test_a_file_is_checked_beside_an_empty_field(client: Gateway, laurel: Laurel) -> None:
    assert HEADLINES["valid"] in submit_form(client, " \r\n", document(laurel, "valid")).text


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"credential=x", "application/x-www-form-urlencoded", 415),
        (b"{}", "application/json", 415),
        (b"", "", 415),
        (b"x", FORM, 400),
        (filled_form("x")[:-8], FORM, 400),
        (form(*[(f"f{number}", b"x") for number in range(20)]), FORM, 400),
    ],
)
def test_invalid_form_shows_the_form_again(client: Gateway, body: bytes, content_type: str, status: int) -> None:
    response = client("POST", "/", body=body, content_type=content_type, accept=HTML)
    assert response.status == status
    assert response.text.count("<form") == 1
    assert field_text(response) == ""


@pytest.mark.parametrize("evil", EVIL, ids=repr)
def test_hostile_text_in_the_field_is_escaped(client: Gateway, evil: str) -> None:
    plain, hostile = submit_form(client, "plain"), submit_form(client, f"x{evil}")
    assert hostile.status == 422
    assert Outline(hostile.text).shape == Outline(plain.text).shape
    assert field_text(hostile) == f"x{evil}"


@pytest.mark.parametrize("ending", ["</textarea><script>alert(1)</script>", "\n\nlines", "</TEXTAREA >", "\x00"])
def test_text_cannot_close_the_textarea(client: Gateway, ending: str) -> None:
    response = submit_form(client, f"x{ending}")
    assert "script" not in Outline(response.text).shape
    assert field_text(response) == f"x{ending}"


@pytest.mark.parametrize("evil", EVIL, ids=repr)
def test_hostile_external_credential_renders_safely(client: Gateway, laurel: Laurel, evil: str) -> None:
    achievement = replace(makers.ACHIEVEMENT, name=evil, description=evil, criteria=evil, image_alt=evil)
    source = makers.as_bytes(external_credential(achievement=achievement, holder=Holder(evil)))
    response = submit_form(client, source)
    assert UNPROVEN in response.text
    outline = Outline(response.text)
    assert not {"script", "iframe", "object", "embed", "base"} & set(outline.shape)
    assert outline.attributes("action") == [f"{BASE_URL}/"]
    assert not {name for _, attrs in outline.elements for name in attrs if name.startswith("on")}


def test_no_submitted_data_is_logged(
    client: Gateway,
    laurel: Laurel,
    log_lines: LogCapture,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    link = f"https://{CANARY}.example/{CANARY}"
    evil = makers.as_bytes(external_credential(holder=Holder(CANARY)))
    for code in ("address_refused", "out_of_time", "http_status"):
        laurel.remote_sources.error = (code, f"{CANARY} did not answer.")
        for text in (CANARY, link, evil.decode(), f"{BASE_URL}/c/{CANARY}", '{"' + CANARY):
            submit_form(client, text, user_agent=CANARY, referer=link)
            submit_form(client, file=text.encode())
            client.post("/v1/verify", text.encode())
            client.post("/v1/verify", senders.envelope(url=text))
            client.post("/v1/verify", senders.envelope(credential=text, recipient={"email": f"{CANARY}@x.example"}))
            client.post("/", text.encode(), content_type=f"multipart/form-data; boundary={CANARY}")
            client.post("/v1/verify", form((CANARY, b"x"), (CANARY, b"y", CANARY)), content_type=FORM)
    printed = capsys.readouterr()
    assert CANARY not in log_lines.getvalue() + printed.out + printed.err + caplog.text
    assert len(log_lines.parsed()) > 80


def test_hosted_credential_is_recorded_as_a_view_and_an_external_one_is_not(client: Gateway, laurel: Laurel) -> None:
    submit_form(client, makers.as_bytes(external_credential()))
    assert laurel.event_store.events == {}
    submit_form(client, document(laurel, "valid"))
    assert [(event.kind, event.credential_id) for event in laurel.event_store.events.values()] == [
        (Kind.VIEW, id_of("valid"))
    ]


def test_unverified_issuer_name_is_shown_with_a_caution(client: Gateway) -> None:
    document = makers.unsigned(makers.issuer(makers.OTHER_KEY, name="Fernhill School"), entries=())
    del document["credentialStatus"]
    text = submit_form(client, makers.as_bytes(makers.signed(document, makers.OTHER_KEY))).text
    name = "Issued under the name “\u2068Fernhill School\u2069”."
    assert f"{name} Anyone can use any name, so check with the organization directly." in text
    assert "Issued under the name <bdi>“Fernhill School”</bdi>" in text
    assert UNKNOWN_ISSUER in text
    assert "Anyone can use any name" in text
    assert "Its issuer has no way to revoke it" in text
    assert "It can be withdrawn at any time" not in text


def test_a_stranger_with_the_name_of_a_registered_issuer_is_warned_of(client: Gateway) -> None:
    text = submit_form(client, makers.as_bytes(external_credential())).text
    assert "Issued under the name <bdi>“Fernhill College”</bdi>" in text
    assert "Nothing shows that this is the same issuer." in text
    assert "the issuer’s identity is not proven" in text


def test_proven_domain_is_named(client: Gateway, laurel: Laurel) -> None:
    text = submit_form(client, at_domain(laurel, "did:web:riverside.example")).text
    line = (
        "Issued under the name “\u2068Riverside University\u2069”, signed with a key that belongs to riverside.example."
    )
    assert line in text
    assert "Laurel can only confirm that the key belongs to \u2068riverside.example\u2069." in text


@pytest.mark.parametrize(
    ("did", "place"),
    [
        ("did:web:github.com:someone:repo", "github.com/someone/repo"),
        ("did:web:someone.github.io", "someone.github.io"),
        ("did:web:riverside.example:badges", "riverside.example/badges"),
    ],
)
def test_a_stranger_on_a_shared_host_does_not_borrow_its_domain(
    client: Gateway, laurel: Laurel, did: str, place: str
) -> None:
    source = at_domain(laurel, did)
    html = submit_form(client, source).text
    assert f"signed with a key published at \u2068{place}\u2069. Anyone can use any name" in html
    assert f"published at \u2068{place}\u2069, which is not a domain of its own" in html
    for text in (html, client.post("/v1/verify", source).text):
        assert "key that belongs to" not in text
        assert "key belongs to \u2068" not in text


def test_external_image_is_a_placeholder_and_a_link(client: Gateway) -> None:
    achievement = replace(makers.ACHIEVEMENT, image="https://tracker.example/a.png")
    response = submit_form(client, makers.as_bytes(external_credential(achievement=achievement)))
    outline = Outline(response.text)
    assert "img" not in outline.shape
    assert '<svg class="picture"' in response.text
    assert "https://tracker.example/a.png" in outline.attributes("href")
    assert "tracker" not in "".join(outline.attributes("src", "content"))


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("data:image/png;base64,iVBORw0KGgo=", True),
        ("data:image/svg+xml;base64,PHN2Zz4=", False),
        ("data:text/html;base64,PHA+", False),
    ],
)
def test_embedded_image_is_shown_only_if_it_is_a_raster_image(
    client: Gateway, laurel: Laurel, image: str, shown: bool
) -> None:
    achievement = replace(makers.ACHIEVEMENT, image=image)
    plain = makers.unsigned(makers.issuer(makers.OTHER_KEY), achievement=achievement)
    del plain["credentialStatus"]
    source = makers.as_bytes(makers.signed(plain, makers.OTHER_KEY, suite="eddsa-jcs-2022"))
    response = submit_form(client, source)
    assert (image in Outline(response.text).attributes("src")) is shown
    assert ("Image not loaded" in response.text) is not shown
    assert image not in Outline(response.text).attributes("href")


def test_claims_of_an_unproven_external_credential_are_not_shown(client: Gateway) -> None:
    source = makers.as_bytes(external_credential()).replace(b"Ada Nwosu", b"Eve Malory")
    text = submit_form(client, source).text
    assert HEADLINES["tampered"] in text
    for claimed in (*CLAIMED, "Watercolour", "Eve Malory"):
        assert claimed not in text


OTHER_SUITE = makers.as_bytes(external_credential()).replace(b"eddsa-rdfc-2022", b"bbs-2023")


@pytest.mark.parametrize(
    ("source", "headline", "advice"),
    [
        (b'{"@context": [', "No credential found.", "Ask for the original file."),
        (b'{"hello": "there"}', "This does not contain a credential.", "Ask the holder for the original file"),
        (b"{}", "This does not contain a credential.", "Ask the holder for the original file"),
        (b'{"@context": "https://w3id.org/openbadges/v2"}', "We could not verify", "does not support this kind of"),
        (OTHER_SUITE, "We could not verify this credential.", "Ask the holder for the original file."),
    ],
    ids=["broken", "no credential", "empty", "another format", "another suite"],
)
def test_unreadable_credential_gets_matching_advice(client: Gateway, source: bytes, headline: str, advice: str) -> None:
    text = submit_form(client, source).text
    assert headline in text
    assert advice in text
    assert "Try again in a few minutes" not in text


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b'{"@context": [] "type": []}', "a comma is missing on line 1 at character 17"),
        (b'{"@context": [', "its end is missing"),
        (b'{"@context": "\xff"}', "This is not valid UTF-8."),
        (b"eyJhbGciOiJFZERTQSJ9.e30.A", "cut off or was changed"),
        (b"eyJhbGciOiJFZERTQSJ9.e30", "its end is missing"),
        (b"\0\1\2\3", "it is not text"),
    ],
    ids=["comma", "end", "not UTF-8", "cut signature", "two parts", "binary"],
)
def test_damaged_credential_is_explained_without_parser_text(client: Gateway, source: bytes, words: str) -> None:
    text = submit_form(client, source).text
    assert words in text
    for parser_text in ("Expecting", "delimiter", "(char", "canonical base64url", "Errno", "codec"):
        assert parser_text not in text


@pytest.mark.parametrize(
    ("code", "again"),
    [("dns_failed", False), ("http_status", False), ("timeout", True), ("http_unavailable", True)],
)
def test_trying_again_is_advised_only_if_it_may_help(client: Gateway, laurel: Laurel, code: str, again: bool) -> None:
    laurel.remote_sources.error = (code, "It could not be read.")
    document = makers.unsigned(makers.issuer(makers.OTHER_KEY))
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7"}
    document["credentialStatus"] = {**entry, "id": "urn:uuid:e", "statusListCredential": "https://lists.example/1"}
    text = submit_form(client, makers.as_bytes(makers.signed(document, makers.OTHER_KEY))).text
    assert "We could not verify this credential." in text
    assert ("Try again in a few minutes." in text) is again
    assert "Contact the issuer directly" in text
    assert ("trying again is unlikely to help" in text) is not again


def test_only_pages_with_a_form_allow_a_form_action(client: Gateway, laurel: Laurel) -> None:
    hosted = client.get(laurel.url("valid"), accept=HTML)
    submitted = submit_form(client, document(laurel, "valid"))
    missing = client.get("/nothing", accept=HTML)
    for response in (client.get("/"), submit_form(client, "nothing"), hosted, submitted, missing):
        assert f"form-action {BASE_URL};" in response.headers["content-security-policy"]
        policy = response.headers["content-security-policy"]
        # Only a credential that can be shared has a script, which is allowed by its hash and can only report events.
        assert ("script-src 'sha256-" in policy) is (response is hosted)
        assert (f"; connect-src {BASE_URL}/v1/events;" in policy) is (response is hosted)
        assert policy.count("connect-src") == (response is hosted)
    tampered = submit_form(client, document(laurel, "tampered"))
    assert "form-action 'none';" in tampered.headers["content-security-policy"]


def test_example_is_offered_only_if_one_is_configured(client: Gateway, laurel: Laurel) -> None:
    assert "example credential" not in client.get("/").text
    configured = replace(laurel, example=id_of("valid"))
    text = Gateway.over(configured).get("/").text
    assert f'<a href="{BASE_URL}/c/{id_of("valid")}">See an example credential</a>' in text


def test_navigation_leads_to_verification_and_sign_in(client: Gateway, laurel: Laurel) -> None:
    for path in ("/", laurel.url("valid"), "/nothing"):
        text = client.get(path, accept=HTML).text
        navigation = text[text.index("<nav") : text.index("</nav>")]
        assert f'href="{BASE_URL}/"' in navigation
        assert f'href="{BASE_URL}/sign-in"' in navigation


def test_missing_page_offers_the_verification_form(client: Gateway) -> None:
    for path in ("/nothing", "/c/nothing"):
        response = client.get(path, accept=HTML)
        assert response.status == 404
        assert f'<form class="ask" method="post" action="{BASE_URL}/" enctype="multipart/form-data">' in response.text
        assert 'name="credential"' in response.text


def test_advice_does_not_refer_to_a_result_url(client: Gateway, laurel: Laurel) -> None:
    text = submit_form(client, document(laurel, "valid")).text
    assert "this page again" not in text
    assert "Open that address" not in text
    assert f"curl --data-binary @badge.json {BASE_URL}/v1/verify" in text


def test_own_link_without_its_scheme_opens_the_credential(client: Gateway, laurel: Laurel) -> None:
    link = f"{BASE_URL.partition('://')[2]}{laurel.url('valid')}"
    response = submit_form(client, f" {link}\n".encode())
    assert (response.status, response.headers["location"]) == (303, f"{BASE_URL}{laurel.url('valid')}")


def test_the_pasted_link_is_kept_when_the_network_has_to_wait(laurel: Laurel, client: Gateway) -> None:
    use_up_the_network(laurel)
    response = submit_form(client, LINK)
    assert (response.status, field_text(response)) == (429, LINK)
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert "Try again in 10 seconds" in response.text


def test_copy_of_a_revoked_credential_links_to_its_page(client: Gateway, laurel: Laurel) -> None:
    link = f'href="{laurel.base_url}{laurel.url("revoked")}"'
    assert link in submit_form(client, document(laurel, "revoked")).text
    assert "View the credential’s page" not in submit_form(client, document(laurel, "valid")).text


def test_foreign_credential_that_claims_an_id_of_ours_links_to_no_page(client: Gateway, laurel: Laurel) -> None:
    period = {"validFrom": "2020-01-01T00:00:00Z", "validUntil": "2021-01-01T00:00:00Z"}
    claimed = {**makers.unsigned(), **period, "id": f"{laurel.base_url}{laurel.url('valid')}"}
    page = submit_form(client, makers.as_bytes(makers.signed(claimed))).text
    assert HEADLINES["expired"] in page
    assert "View the credential’s page" not in page


def test_several_credentials_are_checked_on_one_page(client: Gateway, laurel: Laurel) -> None:
    external = makers.as_bytes(external_credential())
    links = [f"{BASE_URL}{laurel.url(kind)}".encode() for kind in ("valid", "revoked")]
    parts = [*links, external, b'{"hello": "there"}']
    response = submit_form(client, b"\n".join(parts).decode())
    assert (response.status, response.headers["cache-control"]) == (200, "no-store")
    page = html.unescape(response.text)
    assert "Results for 4 credentials" in page
    assert HEADLINES["revoked"] in page
    assert f'href="{links[0].decode()}"' in page
    assert "This does not contain a credential." in page
    forms = [attrs["value"] for tag, attrs in Outline(response.text).elements if attrs.get("name") == "credential"]
    assert external.decode() in forms
    assert HEADLINES["tampered"] not in page


def test_more_credentials_than_the_limit_are_refused(client: Gateway) -> None:
    response = submit_form(client, "\n".join(["https://a.example/1"] * 21))
    assert response.status == 422
    assert "Laurel checks up to 20 at once." in html.unescape(response.text)


def test_a_result_names_the_web_page_that_led_to_the_credential(client: Gateway, laurel: Laurel) -> None:
    page, behind = "https://elsewhere.example/page", "https://elsewhere.example/credential"
    laurel.remote_sources.pages[page] = f'<html><a type="application/vc" href="{behind}">'.encode()
    laurel.remote_sources.pages[behind] = makers.as_bytes(senders.external_credential())
    text = submit_form(client, page.encode()).text
    assert "Laurel checked the credential, not the page." in text
    assert behind in text


def test_the_link_in_a_pdf_is_offered_in_the_field(client: Gateway) -> None:
    link = "https://elsewhere.example/badge?a=1"
    response = submit_form(client, file=b"%PDF-1.7\n/URI (" + link.encode() + b")\n")
    assert response.status == 422
    assert f">\n{link}</textarea>" in response.text
    assert "This is a PDF, which anyone can create. It contains this link:" in response.text
