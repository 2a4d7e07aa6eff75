"""Credentials in SVG images, written and read, with ElementTree as the independent reader."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from chalicelib.credential.baked import svg
from chalicelib.errors import Malformed
from tests.credential.baked.images import CREDENTIAL, PLAIN_SVG, svg_of

MAX = 10_000
ELEMENT = f"{{{svg.NAMESPACE}}}credential"


def parsed(image: bytes) -> ET.Element:
    return ET.fromstring(image)  # noqa: S314 - an image of these tests


@pytest.mark.parametrize(
    "image",
    [
        PLAIN_SVG,
        b"<svg/>",
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg"></s:svg>',
        # The file that another issuer's program has cleared of its credential.
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg"\n xmlns:openbadges = "http://openbadges.org"><path/></svg>',
    ],
)
def test_written_credential_is_read_by_another_parser_and_by_laurel(image: bytes) -> None:
    written = svg.write(image, CREDENTIAL)
    root = parsed(written)
    assert root.tag.endswith("svg")
    assert root[0].tag == ELEMENT
    expected = CREDENTIAL.decode().replace("\ufffe", "\\ufffe")
    assert (root[0].text, len(root.findall(ELEMENT))) == (expected, 1)
    assert svg.read(written, MAX) == expected.encode()


def test_the_drawing_is_unchanged() -> None:
    root = parsed(svg.write(PLAIN_SVG, CREDENTIAL))
    root.remove(root[0])
    assert ET.tostring(root) == ET.tostring(parsed(PLAIN_SVG))


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ('<o:credential verify="ey.a.b"/>', b"ey.a.b"),
        ('<o:credential verify="ey.a.b"></o:credential>', b"ey.a.b"),
        ("<o:credential>\n  <![CDATA[ {} ]]>\n</o:credential>", b"{}"),
        ("<o:credential>{&quot;a&quot;: 1}</o:credential>", b'{"a": 1}'),
        ("<metadata><o:credential>{}</o:credential></metadata>", b"{}"),
    ],
)
def test_every_written_form_is_read(element: str, expected: bytes) -> None:
    assert svg.read(svg_of(element), MAX) == expected
    found = next(item for item in parsed(svg_of(element)).iter(ELEMENT))
    assert (found.get("verify") or (found.text or "").strip()).encode() == expected


def test_image_without_a_credential_has_none() -> None:
    for image in (
        PLAIN_SVG,
        svg_of("<credential>{}</credential>"),
        svg_of("<o:credential>{}</o:credential>", 'xmlns:o="x"'),
    ):
        assert svg.read(image, MAX) is None


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "image",
    [
        LAUGHS.encode() + svg_of("<o:credential>&b;</o:credential>"),
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg_of("<o:credential>&x;</o:credential>"),
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://evil.example/svg11.dtd">' + PLAIN_SVG[21:],
        svg_of("<o:credential>{}</o:credential>" * 2),
        svg_of('<o:credential verify="ey.a.b">{}</o:credential>'),
        svg_of("<o:credential>{<b/>}</o:credential>"),
        svg_of(f"<o:credential>{'x' * (MAX + 1)}</o:credential>"),
        svg_of("<g/>" * svg.MAX_ELEMENTS),
        svg_of("<g>" * svg.MAX_DEPTH + "</g>" * svg.MAX_DEPTH),
        svg_of("<o:credential>&b;</o:credential>"),
        svg_of("<g>"),
        b"<html><svg/></html>",
        b"<svg>\xff</svg>",
        b"",
    ],
    ids=[
        "entities", "external entity", "dtd", "two", "both forms", "nested", "large", "many elements", "deep",
        "undeclared entity", "not closed", "html", "not utf-8", "empty",
    ],
)  # fmt: skip
def test_hostile_image_is_refused(image: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        svg.read(image, MAX)
    assert caught.value.code == "nothing_found"
