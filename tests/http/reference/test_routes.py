"""`/openapi.json` and `/docs`."""

from __future__ import annotations

import json
import re
from html import unescape

from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import HTML, Gateway
from tests.http.test_two_tenants import TwoTenants
from tests.openapi.calls import OPERATIONS
from tools.openapi.document import PATH


def page(client: Gateway) -> str:
    response = client.get("/docs", accept=HTML)
    assert response.status == 200
    return response.text


def test_document_is_the_committed_one_and_can_be_cached(client: Gateway) -> None:
    response = client.get("/openapi.json")
    assert response.headers["content-type"] == "application/json"
    assert response.body == PATH.read_bytes()
    assert response.headers["cache-control"] == "public, max-age=300"
    again = client.get("/openapi.json", if_none_match=response.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_pages_of_any_origin_may_read_the_document(client: Gateway) -> None:
    assert client.get("/openapi.json").headers["access-control-allow-origin"] == "*"
    assert client("OPTIONS", "/openapi.json").status == 204


def test_page_shows_every_operation_with_its_errors_and_example(client: Gateway) -> None:
    text = page(client)
    for route, operation in OPERATIONS.items():
        assert text.count(f'<details class="fold" id="{operation.id}">') == 1
        assert f"<code>{route}</code>" in text
    shown = unescape(re.search(r'Example request body of verify"><code>(.*?)</code>', text, re.DOTALL)[1])
    assert json.loads(shown) == OPERATIONS["POST /v1/verify"].body.example
    assert "<code>idempotency_key_in_use</code>" in text


def test_links_within_the_page_work(client: Gateway) -> None:
    text = page(client)
    anchors = re.findall(r' id="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(anchors)


def test_page_needs_no_script_and_loads_nothing_from_elsewhere(client: Gateway) -> None:
    response = client.get("/docs", accept=HTML)
    assert "<script" not in response.text
    assert "script-src" not in response.headers["content-security-policy"]
    assert set(re.findall(r'(?:src|href)="(https?://[^/"]+)', response.text)) == {BASE_URL}


def test_page_is_in_english_whatever_the_reader_speaks(client: Gateway) -> None:
    response = client.get("/docs", accept=HTML, accept_language="de")
    assert response.headers["content-language"] == "en"
    assert '<html lang="en">' in response.text
    assert 'class="languages"' not in response.text


def test_page_of_a_person_who_is_signed_in_is_not_cached(client: Gateway) -> None:
    assert client.get("/docs", accept=HTML).headers["cache-control"] == "public, max-age=300"
    tenants = TwoTenants()
    headers, _ = tenants.session("owner@canary.example")
    response = tenants.gateway.get("/docs", **headers)
    assert response.headers["cache-control"] == "no-store"
    assert "Account" in response.text


def test_every_page_links_to_the_reference(client: Gateway, laurel: Laurel) -> None:
    for path in ("/", laurel.url("valid"), "/directory"):
        assert f'href="{BASE_URL}/docs"' in client.get(path, accept=HTML).text
