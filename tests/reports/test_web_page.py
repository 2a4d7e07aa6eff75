"""The credential in or behind a web page, and what is no such thing."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.reports import web_page
from tests.verify.formats.old_badges import CONTEXT, assertion
from tests.verify.jose.tokens import CREDENTIAL

PAGE = "https://issuer.example/badges/7/"


def linked(*tags: str, address: str = PAGE) -> str | None:
    return web_page.linked(f"<!doctype html><html><head>{''.join(tags)}</head></html>".encode(), address)


@pytest.mark.parametrize("kind", ["application/vc", "application/vc+jwt", "APPLICATION/VC+LD+JSON; charset=utf-8"])
def test_a_link_to_a_credential_is_found(kind: str) -> None:
    assert linked(f'<link rel="alternate" type="{kind}" href="/vc/7">') == "https://issuer.example/vc/7"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("<LINK REL=Alternate TYPE=application/ld+json HREF=7.jsonld>", f"{PAGE}7.jsonld"),
        ("<link href='//cdn.example/7' type='application/json' rel='nofollow alternate'/>", "https://cdn.example/7"),
        ('<link rel="alternate" type="application/json" href="/a?x=1&amp;y=2#part">', "https://issuer.example/a?x=1&y=2"),
        ('<a class="x" href="badge.json" download>Download</a>', f"{PAGE}badge.json"),
        ('<a href="https://other.example/7.jwt?token=1">JWT</a>', "https://other.example/7.jwt?token=1"),
        ('<a type="application/vc" href="/7">Credential</a>', "https://issuer.example/7"),
        ('<base href="https://base.example/a/"><a href="7.json">', "https://base.example/a/7.json"),
    ],
    ids=range(7),
)  # fmt: skip
def test_links_are_read_as_browsers_read_them(tag: str, expected: str) -> None:
    assert linked(tag) == expected


@pytest.mark.parametrize(
    "tag",
    [
        "",
        '<link rel="stylesheet" type="application/json" href="/x">',
        '<link rel="alternate" type="application/rss+xml" href="/x">',
        '<link rel="alternate" type="application/json+oembed" href="/x">',
        '<link rel="alternate" hreflang="de" href="/x">',
        '<link rel="alternate" type="application/vc">',
        '<link rel="alternate" type="application/vc" href="http://issuer.example/insecure">',
        '<link rel="alternate" type="application/vc" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/vc" href="data:application/json,{}">',
        '<link rel="alternate" type="application/vc" href="https://[broken">',
        f'<link rel="alternate" type="application/vc" href="{PAGE}">',
        f'<link rel="alternate" type="application/vc" href="{PAGE}#again">',
        '<a href="/page.html">',
        '<a href="/x?file=badge.json">',
        "<linked rel=alternate type=application/vc href=/x>",
        '<link rel="alternate" type="application/vc" href="/x',
    ],
)
def test_what_leads_to_no_credential_is_not_followed(tag: str) -> None:
    assert linked(tag) is None


def test_several_links_of_one_kind_are_not_clear() -> None:
    first, second = ('<a href="1.json">', '<a href="2.json">')
    assert linked(first, second) is None
    assert linked(first, first) == f"{PAGE}1.json"


def test_a_link_that_says_more_comes_first() -> None:
    credential = '<link rel="alternate" type="application/vc" href="vc">'
    others = ('<link rel="alternate" type="application/json" href="a">', '<a href="b.json">')
    assert linked(*others, credential) == f"{PAGE}vc"
    assert linked(*others) == f"{PAGE}a"


def script(content: str, kind: str = "application/ld+json") -> str:
    return f'<script type="{kind}">{content}</script>'


@pytest.mark.parametrize("document", [CREDENTIAL, assertion(), {**CREDENTIAL, "@context": [*CREDENTIAL["@context"]]}])
def test_a_credential_that_is_written_in_the_page_is_found(document: dict[str, object]) -> None:
    schema = script('{"@context": "https://schema.org", "@type": "WebPage"}')
    page = f"<html>{schema}{script(json.dumps(document))}<script src=x></script>".encode()
    found = web_page.embedded(page)
    assert found is not None
    assert json.loads(found) == document


@pytest.mark.parametrize(
    "content",
    [
        script("{}"),
        script("not JSON " + CONTEXT),
        script(json.dumps([assertion()])),
        script(json.dumps({"@context": "https://schema.org", "about": CONTEXT})),
        script(json.dumps({"@context": {"x": CONTEXT}})),
        script(json.dumps(assertion()), "text/javascript"),
        f"<p>{json.dumps(assertion())}</p>",
        script("{" * 100_000 + CONTEXT),
        script(json.dumps(assertion())) + script(json.dumps(CREDENTIAL)),
    ],
    ids=range(9),
)
def test_what_is_not_one_credential_is_not_read(content: str) -> None:
    assert web_page.embedded(f"<html>{content}".encode()) is None


def test_only_the_beginning_of_a_large_page_is_searched() -> None:
    tag = '<a href="7.json">'
    assert linked(" " * (web_page.MAX_SEARCHED - 100) + tag) == f"{PAGE}7.json"
    assert linked(" " * web_page.MAX_SEARCHED + tag) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_searched_without_an_error(data: bytes) -> None:
    web_page.linked(b"<" + data, PAGE)
    web_page.embedded(b"<script type=application/json>" + data)


@pytest.mark.parametrize(
    "pattern",
    [b"<a ", b"<a x", b"<a a=", b"<a a='", b"<script ", b"<script type=application/json>", b"a" * 5000 + b"<",
     b"<a " + b"a-" * 2000, b"<a " + b" " * 4000, b"<a " + b"a= " * 1300 + b">", b"<link " + b"a='" * 1300 + b">"],
    ids=range(11),
)  # fmt: skip
def test_a_hostile_page_is_searched_in_a_moment(pattern: bytes) -> None:
    page = pattern * (web_page.MAX_SEARCHED // len(pattern))
    started = time.process_time()
    web_page.linked(page, PAGE)
    web_page.embedded(page)
    assert time.process_time() - started < 5  # a quadratic search would take minutes
