"""`/embed.js` and `/embed/{id}`."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from chalicelib.award.issuers import issuer_actions
from chalicelib.embed import element, texts
from chalicelib.errors import Unavailable
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.embed.badge_of import badge_of
from chalicelib.http.embed.widgets import WIDGET_SECONDS, to_json
from tests import makers
from tests.embed.makers import PAYLOADS
from tests.http.fake_laurel import BASE_URL, KINDS, Laurel, hostile, id_of
from tests.http.gateway import HTML, Gateway

FRAME = {"html", "head", "meta", "title", "style", "body", "a", "span", "svg", "path", "img", "script"}


class Parsed(HTMLParser):
    """The elements of a document, with their attributes, and its text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile_document(payload: str) -> dict[str, object]:
    """A credential whose titles and names are all ``payload``, signed by a stranger."""
    document = makers.unsigned()
    subject = document["credentialSubject"]
    subject["achievement"]["name"] = payload
    subject["identifier"] = [
        {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": payload}
    ]
    document["name"] = payload
    document["issuer"]["name"] = payload
    return document


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_says_the_same_as_the_page(client: Gateway, laurel: Laurel, kind: str) -> None:
    """The same verdict in the page, the frame, the data and the image, for all seven verdicts."""
    data = client.get(f"/embed/{id_of(kind)}?format=json").json
    page = client.get(laurel.url(kind), accept=HTML).text
    report = client.get(f"/v1/credentials/{id_of(kind)}/report").json
    assert data["verdict"] == report["verdict"]
    assert data["headline"] in page
    assert f"<title>{data['texts']['v']}" in page or report["credential"] is None
    assert data["texts"]["v"] in Parsed(client.get(f"/embed/{id_of(kind)}").text).text
    assert f">{data['texts']['v']}<" in client.get(f"/badge/{id_of(kind)}.svg").text


@pytest.mark.parametrize("kind", ["tampered", "wrong_signer"])
@pytest.mark.parametrize("path", ["/embed/{}", "/embed/{}?format=json", "/badge/{}.svg"])
def test_claims_of_an_unproven_credential_are_shown_nowhere(
    client: Gateway, laurel: Laurel, kind: str, path: str
) -> None:
    body = client.get(path.format(id_of(kind))).text
    for claimed in ("Ada Nwosu", "Eve Malory", "Data analysis", "Fernhill"):
        assert claimed not in body


@pytest.mark.parametrize("payload", [text for text in PAYLOADS if text.isascii()])
def test_no_text_of_a_credential_adds_an_element_or_attribute_to_the_frame(
    client: Gateway, laurel: Laurel, payload: str
) -> None:
    name = hostile(laurel, hostile_document(payload)).id
    found = Parsed(client.get(f"/embed/{name}").text).elements
    expected = Parsed(client.get(f"/embed/{hostile(laurel, hostile_document('Plain')).id}").text).elements
    assert [(tag, set(attributes)) for tag, attributes in found] == [
        (tag, set(attributes)) for tag, attributes in expected
    ]
    assert {tag for tag, _ in found} <= FRAME


def test_stranger_who_uses_a_known_name_gets_the_amber_badge_and_quotation_marks(
    client: Gateway, laurel: Laurel
) -> None:
    data = client.get(f"/embed/{hostile(laurel, hostile_document('Fernhill College')).id}?format=json").json
    assert data["texts"]["v"] == "Valid, issuer not proven"
    assert data["texts"]["i"] == "Issued under the name “Fernhill College”"


def test_script_is_the_same_at_both_urls_and_only_the_version_is_immutable(client: Gateway) -> None:
    moving, version = client.get("/embed.js"), client.get(f"/embed/{element.LATEST}.js")
    assert moving.body == version.body
    assert moving.headers["cache-control"] == "public, max-age=3600"
    assert version.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert version.headers["access-control-allow-origin"] == "*"
    digest = base64.b64encode(hashlib.sha384(version.body).digest()).decode()
    assert element.integrity(BASE_URL) == f"sha384-{digest}"


@pytest.mark.parametrize("path", ["/embed/{}", "/embed/{}?format=json"])
def test_revocation_shows_within_a_minute(client: Gateway, path: str) -> None:
    assert WIDGET_SECONDS < 60
    response = client.get(path.format(id_of("valid")))
    assert response.headers["cache-control"] == f"public, max-age={WIDGET_SECONDS}"
    assert "set-cookie" not in response.headers


def test_frame_may_be_embedded_and_loads_nothing_from_elsewhere(client: Gateway) -> None:
    policy = client.get(f"/embed/{id_of('valid')}").headers["content-security-policy"]
    assert "frame-ancestors" not in policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert f"img-src {BASE_URL};" in policy


@pytest.mark.parametrize("name", ["z" * 26, "nothing", "v2.js"])
def test_unknown_id_gets_a_neutral_frame_and_a_problem_as_data(client: Gateway, name: str) -> None:
    frame = client.get(f"/embed/{name}")
    assert frame.status == 404
    assert texts.missing().label in frame.text
    assert client.get(f"/embed/{name}?format=json").json["code"] == "not_found"


def test_a_widget_reads_and_writes_as_little_as_a_view_of_the_page(laurel: Laurel, client: Gateway) -> None:
    calls: list[str] = []

    class Counted:
        def __getattr__(self, name: str) -> object:
            def call(*arguments: object) -> object:
                calls.append(name)
                return getattr(laurel.issuer_store, name)(*arguments)

            return call

    laurel.public_store = Counted()
    for path in ("/embed/{}", "/embed/{}?format=json", "/badge/{}.svg"):
        calls.clear()
        before = len(laurel.event_store.events)
        client.get(path.format(id_of("valid")))
        assert calls == ["record", "related_items"]
        assert len(laurel.event_store.events) == before + 1


def test_unreadable_storage_is_not_shown_as_a_verdict(client: Gateway, laurel: Laurel) -> None:
    class Down:
        def record(self, _credential_id: str) -> object:
            raise Unavailable("down")

    laurel.public_store = Down()
    for path in ("/embed/{}", "/embed/{}?format=json", "/badge/{}.svg"):
        assert client.get(path.format(id_of("valid"))).status == 503


def test_image_of_another_host_is_not_loaded(laurel: Laurel) -> None:
    opened = laurel.hosted_reports.open(id_of("valid"), None)
    view = dict(opened.report.credential or {})
    for url in ("https://tracker.example/a.png", "data:image/png;base64,AAAA"):
        view["achievement"] = {**view["achievement"], "image": {"url": url, "alt": None}}  # type: ignore[dict-item]
        changed = replace(opened, report=replace(opened.report, credential=view))
        assert to_json(badge_of(changed, BASE_URL))["image"] is None


def test_every_widget_route_is_public(client: Gateway) -> None:
    for path in ("/embed.js", "/embed/{id}", "/badge/{file}"):
        assert client.app.routes[path]["GET"].view_function.access is PUBLIC


def test_issuer_chooses_the_websites_that_may_show_the_frame(client: Gateway, laurel: Laurel) -> None:
    changes = {"embed_sites": "https://fernhill.example https://*.fernhill.example"}
    issuer_actions.update_profile(laurel.issuer_context, "fernhill", changes)
    policy = client.get(f"/embed/{id_of('valid')}").headers["content-security-policy"]
    assert policy.endswith(f"frame-ancestors {BASE_URL} https://fernhill.example https://*.fernhill.example")


def test_frame_of_a_credential_without_an_issuer_is_shown_nowhere_else(client: Gateway, laurel: Laurel) -> None:
    record = laurel.issuer_store.record(id_of("valid"))
    laurel.put(replace(record, issuer_id="gone"))
    assert (
        client.get(f"/embed/{id_of('valid')}")
        .headers["content-security-policy"]
        .endswith(f"frame-ancestors {BASE_URL}")
    )
