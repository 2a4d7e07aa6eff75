"""SVG images: only drawings are accepted."""

from __future__ import annotations

import time

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
        drawing("<rect fill='url( \"#a\" )'/>"),
        drawing("<style>.a{fill:#fff}</style><path class='a' style='stroke:red' d='M0 0'/>"),
        drawing("<defs><path id='p' d='M0 0'/></defs><use xlink:href='#p'/><use href='#p'/>"),
        drawing(
            "<style>.a{fill:none}.b,.c{clip-path:url(#k)}</style><clipPath id='k'><rect class='a'/></clipPath>"
            "<g class='b c'><path style='fill:url(#l)'/></g><linearGradient id='l' href='#m'/><linearGradient id='m'/>"
        ),
        drawing("<path id='a@b' data-name='Behavior' aria-label='grace@example.org'/>"),
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
        drawing("<style>a{fill:u<style/>rl(//evil.example)}</style>"),
        drawing("<style>a{fill:u<title>t</title>rl(//evil.example)}</style>"),
        drawing("<use href='\u00a0#a'/>"),
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


def nested(element: str, repeat: str, levels: int = 8) -> str:
    """``levels`` elements, each of which refers ten times to the next."""
    return "".join(
        f"<{element} id='i{level}'>{repeat.format(f'i{level + 1}') * 10}</{element}>" for level in range(levels)
    )


@pytest.mark.parametrize(
    "content",
    [
        drawing(nested("g", "<use href='#{}'/>")),
        drawing(nested("g", "<use href=' #{}'/>")),
        drawing(nested("g", "<use href='#%69{}'/>").replace("%69i", "%69")),
        drawing(nested("g", "<use href='#i&#9;{}'/>").replace("&#9;i", "&#9;")),
        drawing(nested("mask", "<rect mask='url(#{})'/>")),
        drawing(nested("mask", "<rect style='mask:url( \"#{}\")'/>")),
        drawing(nested("clipPath", "<rect clip-path='url(#{}'/>")),
        drawing(
            "<style>" + "".join(f".c{at}{{mask:url(#i{at})}}" for at in range(9)) + "</style>"
            + nested("mask", "<rect class='x {}'/>").replace("x i", "x c")
        ),
        drawing("<g id='a'><use href='#a'/></g>"),
        drawing("<style>rect{mask:url(#a)}</style><mask id='a'><rect/></mask>"),
        drawing("<style>.a{x:'} .b{y:' ;mask:url(#a)}</style>"),
        drawing("<style>.a{x:'/*'} .b{mask:url(#a)} .c{x:'*/'}</style>"),
        drawing("<style>.a{.b{mask:url(#a)}}</style>"),
        drawing("<g style='--m:url(#a)'><rect style='mask:var(--m)'/></g>"),
        drawing("<g mask='url(#a)'><rect mask='inherit'/></g>"),
        drawing("<g style='mask:url(#a)'><rect style='mask : inherit'/></g>"),
        drawing("<pattern id='a'/>"),
        drawing("<marker id='a'/>"),
    ],
)  # fmt: skip
def test_drawing_that_references_multiply_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match=r"too complex|contains the element"):
        svg.check(content)


def test_deep_chain_of_references_is_counted() -> None:
    svg.check(
        drawing("".join(f"<g id='i{at}'>{'<g>' * 29}<use href='#i{at + 1}'/>{'</g>' * 29}</g>" for at in range(8)))
    )


@pytest.mark.parametrize("text", ["-", "mask", " ", "url ", "a,", ".a{fill:url(#a)} "])
@pytest.mark.slow
def test_long_styles_are_checked_in_linear_time(text: str) -> None:
    began = time.process_time()
    svg.check(drawing(f"<style>.a{{fill:url(#a)}} {text * (200_000 // len(text))} .b{{fill:red}}</style>"))
    assert time.process_time() - began < 5


def test_drawing_may_be_repeated_and_masked_in_moderation() -> None:
    svg.check(
        drawing("<path id='leaf' d='M0 0'/>" + "<use href='#leaf'/>" * 200 + nested("mask", "<use href='#x{}'/>"))
    )
