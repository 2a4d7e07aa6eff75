"""SVG images: only drawings are accepted."""

from __future__ import annotations

import pytest

from chalicelib.award.images import svg
from chalicelib.errors import Refused

SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def drawing(inside: str, attributes: str = "") -> bytes:
    return f"<svg {SPACES} {attributes}>{inside}</svg>".encode()


@pytest.mark.parametrize(
    "content",
    [
        drawing("<title>A wheel</title><g fill='#fff'><circle r='4'/></g>", "viewBox='0 0 8 8' role='img'"),
        drawing("<defs><linearGradient id='a'><stop offset='0'/></linearGradient></defs><rect fill='url(#a)'/>"),
        drawing("<style>.a{fill:#fff}</style><path class='a' style='stroke:red' d='M0 0'/>"),
        drawing("<defs><path id='p' d='M0 0'/></defs><use xlink:href='#p'/><use href='#p'/>"),
        drawing("<text font-family='\"Noto Sans\", sans-serif'>D &amp; A</text>", "xml:space='preserve'"),
    ],
)
def test_drawing_is_accepted(content: bytes) -> None:
    svg.check(content)


@pytest.mark.parametrize(
    "content",
    [
        drawing("<script>alert(1)</script>"),
        drawing("<SCRIPT/>"),
        drawing("<foreignObject><div xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>"),
        drawing("<image href='data:image/png;base64,AA'/>"),
        drawing("<a href='#x'/>"),
        drawing("<animate attributeName='href' to='javascript:alert(1)'/>"),
        drawing("<set attributeName='onload'/>"),
        drawing("<x:script xmlns:x='http://www.w3.org/2000/svg'/>"),
        drawing("<p xmlns='http://www.w3.org/1999/xhtml'/>"),
        drawing("", "onload='alert(1)'"),
        drawing("", "ONLOAD='alert(1)'"),
        drawing("", "xml:base='https://evil.example/'"),
        drawing("<use href='https://evil.example/a.svg#b'/>"),
        drawing("<use xlink:href='data:image/svg+xml,x#b'/>"),
        drawing("<rect fill='url(https://evil.example/a)'/>"),
        drawing("<rect fill='URL( \"//evil.example/a\")'/>"),
        drawing("<rect style='fill:u\\72l(https://evil.example/a)'/>"),
        drawing("<rect mask='image-set(\"https://evil.example/a\" 1x)'/>"),
        drawing("<style>@import 'https://evil.example/a.css';</style>"),
        drawing("<style>a{background:url(//evil.example)}</style>"),
        drawing("<style>a{b<!-- -->c:url(//evil.example)}</style>"),
        drawing("<svg/>"),
        drawing("<g>" * 40 + "</g>" * 40),
        drawing("<g/>" * 6000),
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + drawing("&a;"),
        b"<?xml-stylesheet href='https://evil.example/a.css'?>" + drawing(""),
        b"<?xml version='1.0' encoding='ISO-2022-JP'?>" + drawing(""),
        b"<svg/>",
        b"<svg",
        b"<html><svg xmlns='http://www.w3.org/2000/svg'/></html>",
        drawing("") + b"<svg/>",
        drawing("\x1b"),
        b"\xff" + drawing(""),
        b"",
    ],
)
def test_anything_that_runs_loads_or_links_is_refused(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        svg.check(content)
    assert refused.value.code == "bad_picture"
