"""oEmbed 1.0: the response, and which links it answers."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from chalicelib.embed import discovery, oembed
from chalicelib.embed.appearance import BOXES, Size
from tests.embed.makers import BASE_URL, CLAIMS, ID, PAYLOADS, VIEW, hostile_view


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (None, None, Size.CARD), (320, 152, Size.CARD), (319, None, Size.COMPACT), (None, 151, Size.COMPACT),
        (260, 64, Size.COMPACT), (259, None, Size.BADGE), (120, 160, Size.BADGE), (100_000, 100_000, Size.CARD),
    ],
)  # fmt: skip
def test_largest_size_within_the_limits_is_chosen(width: int | None, height: int | None, size: Size) -> None:
    found, box = oembed.response(VIEW, BASE_URL, width, height), BOXES[size]
    assert (found["type"], found["width"], found["height"]) == ("rich", box.width, box.height)
    assert f'width="{box.width}" height="{box.height}"' in str(found["html"])


@pytest.mark.parametrize(("width", "height"), [(119, None), (1, 1), (None, 63), (259, 100)])
def test_too_small_a_limit_gets_a_link_instead(width: int | None, height: int | None) -> None:
    found = oembed.response(VIEW, BASE_URL, width, height)
    assert found["type"] == "link"
    assert not {"html", "width", "height"} & set(found)


def test_members_are_those_of_the_specification() -> None:
    found = oembed.response(VIEW, BASE_URL, None, None)
    assert found["version"] == "1.0"
    assert set(found) == {
        "type", "version", "title", "author_name", "provider_name", "provider_url", "cache_age", "html", "width",
        "height",
    }  # fmt: skip
    assert found["title"] == CLAIMS.title


def test_a_name_that_no_one_confirms_is_not_an_author() -> None:
    view = replace(VIEW, claims=replace(CLAIMS, issuer_confirmed=False))
    assert "author_name" not in oembed.response(view, BASE_URL, None, None)


def test_unverified_claims_are_not_in_the_response() -> None:
    found = oembed.write(oembed.response(replace(VIEW, claims=None), BASE_URL, None, None), discovery.JSON)
    for claimed in (CLAIMS.title, CLAIMS.holder, CLAIMS.issuer):
        assert str(claimed) not in found


@pytest.mark.parametrize("payload", PAYLOADS)
def test_both_formats_contain_the_same_and_no_further_element(payload: str) -> None:
    found = oembed.response(hostile_view(payload), BASE_URL, None, None)
    root = ET.fromstring(oembed.write(found, discovery.XML).encode())  # noqa: S314 - our own document
    assert {element.tag: element.text for element in root} == {name: str(value) for name, value in found.items()}
    assert json.loads(oembed.write(found, discovery.JSON)) == found
    assert all(len(element) == 0 and not element.attrib for element in root)
    (frame,) = ET.fromstring(f"<x>{found['html']}</x>")  # noqa: S314 - our own snippet
    assert set(frame.attrib) == {"src", "title", "width", "height", "style", "loading", "sandbox"}


@pytest.mark.parametrize(
    "url",
    [f"/c/{ID}", f"/c/{ID}/", f"/c/{ID}?utm_source=x", f"/c/{ID}#checks"],
)
def test_page_of_a_credential_is_recognised(url: str) -> None:
    assert oembed.credential_id(BASE_URL + url, BASE_URL) == ID
    assert oembed.credential_id(BASE_URL.replace("laurel", "LAUREL") + url, BASE_URL) == ID
    assert oembed.credential_id(f"{BASE_URL}/stage{url}", f"{BASE_URL}/stage") == ID


@pytest.mark.parametrize(
    "url",
    [
        f"https://other.example/c/{ID}", f"http://laurel.example/c/{ID}", f"{BASE_URL}.evil.example/c/{ID}",
        f"https://laurel.example@evil.example/c/{ID}", f"https://evil.example/{BASE_URL}/c/{ID}", f"{BASE_URL}/c/short",
        f"{BASE_URL}/c/{ID}/report", f"{BASE_URL}/embed/{ID}", BASE_URL, "", "c", f"/c/{ID}", "https://[::1",
        f"{BASE_URL}:444/c/{ID}", f"{BASE_URL}/x/../c/{ID}", f"{BASE_URL}/c/{ID.upper()}",
    ],
)  # fmt: skip
def test_no_other_link_is_recognised(url: str) -> None:
    assert oembed.credential_id(url, BASE_URL) is None


def test_discovery_link_encodes_the_page() -> None:
    assert discovery.discovery_url(VIEW.url, BASE_URL, discovery.XML) == (
        f"{BASE_URL}/oembed?url=https%3A%2F%2Flaurel.example%2Fc%2F{ID}&format=xml"
    )
