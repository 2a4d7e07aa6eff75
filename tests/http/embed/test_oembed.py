"""`/oembed`, by the rules of oembed.com."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

import pytest

from tests.http.fake_laurel import BASE_URL, KINDS, Laurel, id_of
from tests.http.gateway import HTML, Gateway


def path(kind: str = "valid", **more: str) -> str:
    url = quote(f"{BASE_URL}/c/{id_of(kind)}", safe="")
    return "/oembed?url=" + url + "".join(f"&{name}={value}" for name, value in more.items())


RULES = [
    ("2.2: the format is JSON if none is asked for", path(), 200, "application/json"),
    ("2.2: format=json", path(format="json"), 200, "application/json"),
    ("2.2: format=xml", path(format="xml"), 200, "text/xml"),
    ("2.3.3: 501 for a format that is not supported", path(format="yaml"), 501, "application/problem+json"),
    ("2.3.3: 404 for an unknown credential", path("nothing"), 404, "application/problem+json"),
    (
        "2.3.3: 404 for a link of another site",
        "/oembed?url=https%3A%2F%2Fother.example%2F",
        404,
        "application/problem+",
    ),
    ("2.2: url is required", "/oembed", 400, "application/problem+json"),
    ("2.2: maxwidth is a number", path(maxwidth="wide"), 400, "application/problem+json"),
    ("2.2: maxheight is at least one", path(maxheight="0"), 400, "application/problem+json"),
    ("2.2: further parameters are allowed", path(dnt="true", omit_script="1"), 200, "application/json"),
]


@pytest.mark.parametrize(("rule", "asked", "status", "media_type"), RULES, ids=[rule for rule, *_ in RULES])
def test_rule_of_the_specification(client: Gateway, rule: str, asked: str, status: int, media_type: str) -> None:
    response = client.get(asked)
    assert response.status == status, response.text
    assert response.headers["content-type"].startswith(media_type)


SIDES = ("width", "height")
TYPES = {"photo": {"url", *SIDES}, "video": {"html", *SIDES}, "link": set[str](), "rich": {"html", *SIDES}}
"""Required members of each type (2.3.4.1 to 2.3.4.4)."""
THUMBNAIL = {"thumbnail_url", "thumbnail_width", "thumbnail_height"}
CONTENTS: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("2.3.4: type and version are required", lambda found: (found["type"] in TYPES, found["version"]) == (True, "1.0")),
    ("2.3.4: the members of its type are required", lambda found: TYPES[found["type"]] <= set(found)),
    ("2.3.4: members are of the specification", lambda found: set(found) <= ALLOWED | TYPES[found["type"]]),
    ("2.3.4: all three members of a thumbnail or none", lambda found: len(THUMBNAIL & set(found)) in (0, 3)),
    ("2.3.4: titles are text", lambda found: not set("<>") & set(found["title"])),
    ("2.3.4: cache_age is in seconds", lambda found: int(found["cache_age"]) > 0),
    ("2.3.4: provider_url is a URL", lambda found: found["provider_url"] == f"{BASE_URL}/"),
    ("2.3.4.4: width and height are positive", lambda found: all(int(found.get(name, 1)) > 0 for name in SIDES)),
    ("2.3.4.4: html is well-formed XHTML", lambda found: ET.fromstring(found.get("html", "<x/>"))),  # noqa: S314
    ("3: html loads from the provider's own host", lambda found: sources(found) <= {BASE_URL.partition("//")[2]}),
]
ALLOWED = {
    "type", "version", "title", "author_name", "author_url", "provider_name", "provider_url", "cache_age", *THUMBNAIL,
}  # fmt: skip


def sources(found: dict[str, Any]) -> set[str]:
    return {urlsplit(url).netloc for url in re.findall(r'src="([^"]+)"', found.get("html", ""))}


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("limits", [{}, {"maxwidth": "200", "maxheight": "200"}, {"maxwidth": "20"}], ids=str)
def test_response_follows_the_specification(client: Gateway, form: str, limits: dict[str, str]) -> None:
    for kind in ("valid", "revoked", "tampered"):
        response = client.get(path(kind, format=form, **limits))
        xml = {one.tag: one.text or "" for one in ET.fromstring(response.body)} if form == "xml" else {}  # noqa: S314
        found = xml or response.json
        for rule, holds in CONTENTS:
            assert holds(found) is not False, rule
        assert all(int(found.get(f"{side}", 0)) <= int(limits.get(f"max{side}", 10_000)) for side in SIDES)


@pytest.mark.parametrize("kind", KINDS)
def test_response_contains_no_verdict(client: Gateway, kind: str) -> None:
    found = client.get(path(kind)).json
    assert (found["type"], found["version"]) == ("rich", "1.0")
    assert found["title"] == ("A credential" if kind in ("tampered", "wrong_signer") else "Data analysis in practice")
    for word in ("Valid", "Revoked", "Expired", "genuine"):
        assert word not in str(found)


def test_limits_are_respected(client: Gateway) -> None:
    found = client.get(path(maxwidth="200", maxheight="200")).json
    assert (found["width"], found["height"]) == (120, 160)
    assert client.get(path(maxwidth="20")).json["type"] == "link"


def test_xml_is_the_same_response(client: Gateway) -> None:
    root = ET.fromstring(client.get(path(format="xml")).body)  # noqa: S314 - our own document
    assert root.tag == "oembed"
    assert {one.tag: one.text for one in root} == {name: str(value) for name, value in client.get(path()).json.items()}


def test_a_preview_is_not_counted(client: Gateway, laurel: Laurel) -> None:
    client.get(path())
    assert not laurel.event_store.events


@pytest.mark.parametrize("form", ["json", "xml"])
def test_page_names_its_responses_in_a_link_and_in_a_header(client: Gateway, laurel: Laurel, form: str) -> None:
    response = client.get(laurel.url("valid"), accept=HTML)
    url = path(format=form)
    media_type = {"json": "application/json+oembed", "xml": "text/xml+oembed"}[form]
    html = f'<link rel="alternate" type="{media_type}" href="{BASE_URL}{url.replace("&", "&amp;")}"'
    assert html in response.text
    assert f'<{BASE_URL}{url}>; rel="alternate"; type="{media_type}"' in response.headers["link"]
    assert client.get(url).status == 200
