"""Snippets: a text of a credential cannot leave the place that the template gives it."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from chalicelib.embed import snippets, texts
from chalicelib.embed.appearance import BOXES, Size, Theme
from chalicelib.embed.badge_view import BadgeView
from chalicelib.embed.snippets import Kind, Look
from tests.embed.makers import BASE_URL, CLAIMS, PAYLOADS, VIEW, hostile_view

IN_HTML = (Kind.SCRIPT, Kind.FRAME, Kind.IMAGE, Kind.EMAIL)
TEXTS = {"alt", "title"}
"""The attributes whose value is a text of the credential."""


def parsed(html: str) -> list[ET.Element]:
    return list(ET.fromstring(f"<snippet>{html}</snippet>").iter())  # noqa: S314 - our own snippet


def structure(elements: list[ET.Element]) -> list[tuple[str, dict[str, str]]]:
    return [(one.tag, {name: "" if name in TEXTS else value for name, value in one.attrib.items()}) for one in elements]


def make(kind: Kind, view: BadgeView = VIEW, look: Look = Look()) -> str:  # noqa: B008 - frozen
    return snippets.snippet(kind, view, look, BASE_URL)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("kind", IN_HTML)
def test_html_has_only_the_elements_and_attributes_of_its_template(kind: Kind, payload: str) -> None:
    assert structure(parsed(make(kind, hostile_view(payload)))) == structure(parsed(make(kind)))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_is_one_linked_image(payload: str) -> None:
    view = hostile_view(payload)
    (paragraph, inline, _end) = MarkdownIt("commonmark").parse(make(Kind.MARKDOWN, view))
    assert paragraph.type == "paragraph_open"
    link, image, closing = inline.children or []
    assert (link.type, link.attrs["href"], closing.type) == ("link_open", view.url, "link_close")
    assert (image.type, image.attrs["src"]) == ("image", f"{BASE_URL}/badge/{view.id}.svg")
    assert [child.type for child in image.children or []] in ([], ["text"])
    assert image.content.count("\\") >= image.content.count("<")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_rst_is_one_directive_of_three_lines(payload: str) -> None:
    view = hostile_view(payload)
    directive, alternative, target = make(Kind.RST, view).splitlines()
    assert directive == f".. image:: {BASE_URL}/badge/{view.id}.svg"
    assert alternative == f"   :alt: {texts.alternative(view)}"
    assert target == f"   :target: {view.url}"


@pytest.mark.parametrize("kind", Kind)
def test_no_snippet_contains_a_verdict(kind: Kind) -> None:
    found = make(kind)
    for word in (VIEW.label, VIEW.headline, "valid", "22 November"):
        assert word not in found.replace(VIEW.id, "")


@pytest.mark.parametrize("kind", Kind)
def test_a_credential_without_verified_contents_has_a_neutral_snippet(kind: Kind) -> None:
    found = make(kind, replace(VIEW, claims=None))
    for claimed in (CLAIMS.title, CLAIMS.holder, CLAIMS.issuer):
        assert str(claimed) not in found
    assert VIEW.id in found


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("kind", IN_HTML)
def test_size_is_reserved(kind: Kind, size: Size) -> None:
    found, box = make(kind, look=Look(size)), BOXES[size]
    assert f'width="{box.width}" height="{box.height}"' in found or f"width:{box.width}px" in found


@pytest.mark.parametrize("kind", [Kind.FRAME, Kind.IMAGE, Kind.EMAIL, Kind.MARKDOWN, Kind.RST])
def test_address_names_only_what_differs_from_the_default(kind: Kind) -> None:
    assert "?" not in make(kind)
    found = make(kind, look=Look(Size.BADGE, Theme.DARK)).replace("&amp;", "&")
    assert "?size=badge&theme=dark" in found.replace("\\", "")


def test_email_has_a_png_and_nothing_that_email_programs_remove() -> None:
    found = make(Kind.EMAIL)
    assert "@2x.png" in found
    for removed in ("<script", "<style", "<iframe", ".svg", "class="):
        assert removed not in found


def test_script_is_pinned_and_leaves_a_link() -> None:
    found = make(Kind.SCRIPT)
    assert f'<a href="{VIEW.url}">' in found
    assert 'integrity="sha384-' in found
    assert 'crossorigin="anonymous"' in found
