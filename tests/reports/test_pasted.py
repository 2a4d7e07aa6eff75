from __future__ import annotations

import base64
import html
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.credential.baked import png, svg
from chalicelib.errors import Malformed, OnlyLinks
from chalicelib.reports import pasted, wrapping
from chalicelib.reports.pasted import MAX_IMAGE, MAX_SIZE, Document, Link, read_linked
from tests.credential.baked.images import PLAIN_SVG, chunk, plain_png, png_of, text_chunk

BASE_URL = "https://laurel.example"
ID = "a2" * 13
CREDENTIAL = b'{"@context":["x"],"a":"\xc3\xa9"}'
TOKEN = b"eyJh.eyJi.c2ln"


def read(data: bytes) -> Link | Document:
    return pasted.read(data, BASE_URL)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b" https://a.example/c/1 \r\n", Link("https://a.example/c/1")),
        (b"HTTP://a.example", Link("HTTP://a.example")),
        (b'\xef\xbb\xbf{"a": 1}\n', Document(b'{"a": 1}')),
        (b"eyJh.eyJi.c2ln\n", Document(b"eyJh.eyJi.c2ln")),
        (b'"eyJh.eyJi.c2ln"', Document(b"eyJh.eyJi.c2ln")),
        (b"eyJh.ey\r\nJi.c2\r\nln", Document(b"eyJh.eyJi.c2ln")),
        (b"eyJh.eyJi.c2ln~WyJ~", Document(b"eyJh.eyJi.c2ln~WyJ~")),
        ("\u00a0\u200b{}\u200b\ufeff\n".encode(), Document(b"{}")),
        (b"{\xff}", Document(b"{\xff}")),
        (b'"https://a.example/c/1"', Link("https://a.example/c/1")),
        (b"<https://a.example/c/1>", Link("https://a.example/c/1")),
    ],
)
def test_links_and_documents_are_distinguished(data: bytes, expected: Link | Document) -> None:
    assert read(data) == expected


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"", "Nothing was submitted"),
        (b" \n", "Nothing was submitted"),
        (b"\x89PNG\r\n", "damaged"),
        (plain_png(), "no credential in it"),
        (png_of(text_chunk(b"two words", b"openbadges")), "something other than"),
        (png_of(text_chunk(png_of(text_chunk(b"{}")))), "something other than"),
        (b"<svg xmlns=''>", "damaged"),
        (b"\n<svg xmlns=''/>", "no credential in it"),
        (b"<!DOCTYPE html><svg></svg>", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b"<!doctype html>", "web page"),
        (b"did:key:z6Mk", "identifies an issuer"),
        (b"[{}, {}]", "list"),
        (b"[ {", "list"),
        (b"badges.example", "https://"),
        (b"badge.json", "https://"),
        (b"ada@example.org", "email address"),
        (b"mailto:ada@example.org", "email address"),
        (b"Received: from mx.example\r\nSubject: https://a.example/1", "This is an email"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "This is an email"),
        (b"\x00\x00\x00\x24ftypheic\x00", "This type of image cannot contain a credential"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "This type of image cannot contain a credential"),
        (b"openid-credential-offer://?credential_offer_uri=https://a.example/1", "wallet"),
        (b"openid4vp://authorize?request_uri=https://a.example/1", "asks a holder to present"),
        (b"data:text/html,<p>x</p>", "web page"),
        (b"data:application/json;base64,!!", "not a credential"),
        (b"hello there", "not a credential"),
        (b"https://a.example/1 and https://a.example/2", "more than one link"),
        (f"{BASE_URL}/c/{'a' * 26} or {BASE_URL}/c/{'b' * 26}".encode(), "more than one link"),
        (b'"id": "urn:1", "name": "Ada"', "part of a credential"),
        (b'"hello"', "not a credential"),
        (b"\xff\xfe\x00", "cannot read this file"),
        ("https://b\u00fccher.example/c/1".encode(), "address bar"),
        (b"https://a.example/" + b"x" * 2100, "address bar"),
        (b"<?xml version='1.0'?>\n<svg xmlns=''>", "damaged"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"PK\x03\x04", "ZIP"),
        (b"```json\n{}\n```\n```json\n{}\n```", "backticks"),
        (b"eyes. Yes. No.", "not a credential"),
    ],
)
def test_other_input_gets_a_hint_what_to_do(data: bytes, hint: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(data)
    assert caught.value.code == "nothing_found"
    assert hint in caught.value.detail


@pytest.mark.parametrize(
    "text",
    [
        b"```json\n" + CREDENTIAL + b"\n```",
        b"Here it is:\n```\n" + CREDENTIAL + b"\n```\nKind regards",
        b"[" + CREDENTIAL + b"]",
        b'[ "eyJh.eyJi.c2ln" ]',
        b'{"verifiableCredential": ' + CREDENTIAL + b"}",
        b'{"verifiableCredential": [' + CREDENTIAL + b"]}",
        b'```\n[{"verifiableCredential": [' + CREDENTIAL + b"]}]\n```",
        b"Bearer " + TOKEN,
        b"Authorization: Bearer " + TOKEN,
        b"data:application/vc+ld+json;charset=utf-8;base64," + base64.b64encode(CREDENTIAL),
        b"data:application/json," + quote(CREDENTIAL).encode(),
        b"data:," + TOKEN,
        CREDENTIAL.decode().encode("utf-16"),
        CREDENTIAL.decode().encode("utf-16-be"),
        CREDENTIAL.decode().encode("utf-16-le"),
        html.escape(CREDENTIAL.decode()).encode(),
        CREDENTIAL.replace(b'"', b"&#34;"),
    ],
    ids=lambda text: text[:24].decode("latin-1").encode("unicode_escape").decode(),
)
def test_what_people_paste_around_a_credential_is_taken_off(text: bytes) -> None:
    """Each has one reading only; asking the visitor to edit it would help nobody."""
    assert read(text) in {Document(CREDENTIAL), Document(TOKEN)}


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (ID, f"{BASE_URL}/c/{ID}"),
        (f"laurel.example/c/{ID}", f"{BASE_URL}/c/{ID}"),
        (f"LAUREL.example/c/{ID}", f"{BASE_URL}/c/{ID}".replace("laurel", "LAUREL")),
        ("badges.example/c/1", "https://badges.example/c/1"),
        ("www.badges.example/c/1?x=y", "https://www.badges.example/c/1?x=y"),
        ("[My badge](https://a.example/c/1)", "https://a.example/c/1"),
        ("See **[my badge](https://a.example/c/1)**!", "https://a.example/c/1"),
        ("```\nhttps://a.example/c/1\n```", "https://a.example/c/1"),
        ("data:text/plain,https://a.example/c/1", "https://a.example/c/1"),
        (f"{BASE_URL}/c/{ID}\n-- \nGrace, https://grace.example", f"{BASE_URL}/c/{ID}"),
    ],
    ids=["id", "own", "upper case", "other", "query", "Markdown", "in a sentence", "fence", "data URL", "signature"],
)
def test_a_link_is_found_however_people_write_it(text: str, url: str) -> None:
    found = read(text.encode())
    assert isinstance(found, Link)
    assert found.url == url


@pytest.mark.parametrize(
    "data",
    [
        CREDENTIAL + b" ",
        b'{"@context":["x"],"verifiableCredential":{"a":1}}',
        b'{"verifiableCredential":{"a":1},"holder":"did:example:a"}',
        b'{"html":"&quot;"}',
    ],
    ids=["credential", "presentation", "two members", "escaped quotes in JSON"],
)
def test_json_that_is_not_wrapped_is_left_as_it_is(data: bytes) -> None:
    assert read(data) == Document(data.strip())


def test_wrapping_is_bounded() -> None:
    deep = b"[" * 100 + b"{}" + b"]" * 100
    with pytest.raises(Malformed):
        read(deep)
    with pytest.raises(Malformed) as caught:
        read(b"data:application/json," + b"[" * 100_000)
    assert caught.value.code == "nothing_found"


@pytest.mark.parametrize(
    "text",
    [
        b"https://a.example/c/1 and more",
        b"Here is my credential: https://a.example/c/1. Kind regards, Ada",
        b"Dear Sir,\n\nplease see (https://a.example/c/1)\nhttps://a.example/c/1",
        b"My badge <https://a.example/c/1> is new",
        b"https://a.example/c/1.",
    ],
)
def test_the_only_link_in_a_text_is_used(text: bytes) -> None:
    assert read(text) == Link("https://a.example/c/1")


def test_input_above_the_size_limit_is_refused() -> None:
    assert isinstance(read(b"{" + b" " * (MAX_SIZE - 1)), Document)
    with pytest.raises(Malformed) as caught:
        read(b"{" + b" " * MAX_SIZE)
    assert caught.value.code == "too_large"


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        result = read(data)
        assert isinstance(wrapping.several(data), tuple)
    except Malformed:
        return
    assert isinstance(result, Link | Document)


@pytest.mark.parametrize(
    "data",
    [
        b"\n```\n" + b" " * 250_000,
        b"\n```x\n" * 40_000,
        b"x" + b"\n" * 250_000 + b"x",
        b"https://a.example\n" * 14_000,
        b"{" * 250_000,
        b"[" * 250_000,
        b"data:" + b";a" * 120_000,
        b"a." * 120_000,
        b'"' * 250_000,
        b"&quot;" * 40_000,
        b"bearer " * 35_000,
        b"ey" + b"A" * 250_000 + b"!\nx",
    ],
    ids=[
        "fence",
        "fences",
        "lines",
        "links",
        "braces",
        "brackets",
        "data",
        "host",
        "quotes",
        "escapes",
        "bearer",
        "token",
    ],
)
def test_text_that_is_made_to_cost_time_is_read_quickly(data: bytes) -> None:
    """A pattern that tries every position again took minutes for a quarter of a megabyte of spaces."""
    start = time.thread_time()
    with suppress(Malformed):
        wrapping.several(data)
    with suppress(Malformed):
        read(data)
    assert time.thread_time() - start < 2


def test_a_linked_page_that_is_not_a_credential_is_named() -> None:
    assert read_linked(b" {} ") == b"{}"
    for page, message in (
        (b"\xef\xbb\xbf <!doctype html>", "The link leads to a web page"),
        (b"%PDF-1.7", "there is a problem: This is a PDF"),
        (b"https://third.example/", "The link leads to another link."),
        (b" " * (MAX_SIZE + 1), "The linked document is 262,145 bytes"),
    ):
        with pytest.raises(Malformed, match=message) as caught:
            read_linked(page)
        assert caught.value.code == "nothing_found"
    assert read_linked(b"{}".ljust(MAX_SIZE)) == b"{}"


def test_credential_is_taken_out_of_an_image() -> None:
    expected = Document(b'{"a":1}')
    for image in (plain_png(), PLAIN_SVG):
        writer = png if image.startswith(png.SIGNATURE) else svg
        assert read(writer.write(image, b' {"a":1} ')) == expected
        assert read_linked(writer.write(image, b'{"a":1}')) == expected.source
    assert read(b"\xef\xbb\xbf\n" + svg.write(PLAIN_SVG, b'{"a":1}')) == expected
    assert read(png_of(text_chunk(b"ey.a.b"))) == Document(b"ey.a.b")


def test_images_have_a_limit_of_their_own_and_the_credential_keeps_its_limit() -> None:
    document = b"{" + b" " * (MAX_SIZE - 2) + b"}"
    assert read(png_of(text_chunk(document), chunk(b"tEXt", b"x" * MAX_SIZE))) == Document(document)
    for image in (
        png_of(text_chunk(document + b" ")),
        png_of(text_chunk(zlib.compress(document + b" " * 10_000_000), flag=1)),
        png_of(text_chunk(b"{}"), chunk(b"tEXt", b"x" * MAX_IMAGE)),
    ):
        with pytest.raises(Malformed) as caught:
            read(image)
        assert caught.value.code == "too_large"


def test_an_image_may_contain_the_address_of_an_older_badge() -> None:
    image = png_of(text_chunk(b"https://a.example/1", b"openbadges"))
    assert read(image) == Link("https://a.example/1")


SECOND = b'{"b":2}'


@pytest.mark.parametrize(
    "data",
    [
        b"[" + CREDENTIAL + b", " + SECOND + b"]",
        b'{"verifiableCredential": [' + CREDENTIAL + b", " + SECOND + b"]}",
        CREDENTIAL + b"\n\n" + SECOND + b"\n",
        b"```json\n" + CREDENTIAL + b"\n```\nand\n```json\n" + SECOND + b"\n```",
        b"```\n[" + CREDENTIAL + b", " + SECOND + b"]\n```",
    ],
    ids=["list", "envelope", "lines", "fences", "list in a fence"],
)
def test_several_credentials_are_taken_apart(data: bytes) -> None:
    assert wrapping.several(data) == (CREDENTIAL, SECOND)


@pytest.mark.parametrize(
    "data",
    [
        CREDENTIAL,
        b"[" + CREDENTIAL + b"]",
        b'{\n"a": 1,\n"b": 2\n}',
        b"See https://a.example/1 and https://b.example/2",
        b"eyJh\n.eyJi\n.c2ln",
        b"[1, 2]",
        b'[{"a":1}, 2]',
        b'[{"a":1}, {"a":1,"a":2}]',
        plain_png(),
        b"",
    ],
    ids=["one", "list of one", "pretty", "prose", "broken token", "numbers", "mixed", "duplicate", "image", "nothing"],
)
def test_anything_else_is_not_several(data: bytes) -> None:
    assert wrapping.several(data) == ()


ID, LINK = b"wko3x2no5sq7z3cu5u5yjhlmxq", b"https://laurel.example/c/wko3x2no5sq7z3cu5u5yjhlmxq"


@pytest.mark.parametrize(
    "second",
    [ID, LINK.removeprefix(b"https://"), b"localhost:8000/c/" + ID, LINK.replace(b"//", b"/", 1), b"ey" + b"Jh" * 20],
    ids=["id", "no scheme", "port", "mistake", "cut token"],
)
def test_no_line_of_a_list_is_dropped(second: bytes) -> None:
    assert wrapping.several(LINK + b"\n" + second) == (LINK, second)
    assert wrapping.several(second + b"\n" + LINK) == (second, LINK)


@pytest.mark.parametrize(
    "data",
    [
        b"https://a.example/1\n```\nhttps://b.example/2\n```",
        b"https://a.example/1\n```\nhttps://b.example/2\nhttps://c.example/3\n```",
        b'```\n{"a": 1}\n```\n```\n{"b": 1}\n```\nhttps://c.example/3',
        b"```\nhttps://a.example/1\n```\n```\nhttps://b.example/2",
    ],
)
def test_what_is_beside_a_fence_is_not_dropped(data: bytes) -> None:
    for reading in (wrapping.several, read):
        with pytest.raises(Malformed, match="more than one link or credential"):
            reading(data)


def test_ids_may_be_a_list() -> None:
    assert wrapping.several(ID + b"\n" + ID[::-1]) == (ID, ID[::-1])


@pytest.mark.parametrize("second", [ID, b"laurel.example/c/" + ID, TOKEN])
def test_a_text_with_a_link_and_another_credential_is_refused(second: bytes) -> None:
    with pytest.raises(Malformed, match="more than one"):
        pasted.read(b"Please check these:\n" + LINK + b"\n" + second, "https://laurel.example")


def test_several_links_and_tokens_may_be_mixed_and_have_a_limit() -> None:
    mixed = b"https://a.example/1\r\n" + TOKEN + b"\r\n" + CREDENTIAL
    assert wrapping.several(mixed) == (b"https://a.example/1", TOKEN, CREDENTIAL)
    assert len(wrapping.several(b"\n".join([TOKEN] * wrapping.MAX_SEVERAL))) == wrapping.MAX_SEVERAL
    with pytest.raises(Malformed, match="21 items"):
        wrapping.several(b"\n".join([TOKEN] * (wrapping.MAX_SEVERAL + 1)))


def pdf_of(*links: str, attached: Sequence[bytes] = ()) -> bytes:
    streams = [b"7 0 obj <<>>\nstream\n%b\nendstream\n" % content for content in attached]
    return b"%PDF-1.7\n" + b"".join(b"/URI (%b)\n" % link.encode() for link in links) + b"".join(streams)


PAGE, OTHER = f"{BASE_URL}/c/{'a' * 26}", "https://www.issuer.example/"


def offered(data: bytes) -> tuple[str, ...]:
    with pytest.raises(OnlyLinks) as caught:
        read(data)
    assert caught.value.code == "nothing_found"
    assert all(link in caught.value.detail for link in caught.value.links)
    return caught.value.links


def test_the_link_in_a_pdf_is_offered_and_not_followed() -> None:
    assert offered(pdf_of(OTHER)) == (OTHER,)
    assert offered(b"\n" + pdf_of(OTHER, OTHER)) == (OTHER,)


def test_a_link_to_a_credential_comes_before_other_links_in_a_pdf() -> None:
    assert offered(pdf_of(OTHER, PAGE)) == (PAGE,)
    credly = "https://www.credly.com/badges/30b2e6d2-64a7-4d1e-8a3b-5f6d2c1b0a99"
    assert offered(pdf_of(OTHER, credly)) == (credly,)
    assert offered(pdf_of(*(f"{OTHER}{number}" for number in range(9)))) == tuple(f"{OTHER}{n}" for n in range(5))


def test_the_credential_in_a_pdf_is_taken_out_of_it() -> None:
    assert read(pdf_of(OTHER, attached=[b'{"a": 1}'])) == Document(b'{"a": 1}', attached=True)
    assert read(pdf_of(attached=[b"eyJh.eyJh.x", b"Dear Ada"])) == Document(b"eyJh.eyJh.x", attached=True)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdf_of(), "nothing_found"),
        (pdf_of(attached=[b'{"a": 1}', b'{"a": 2}']), "nothing_found"),
        (pdf_of(attached=[b"{" + b"a" * MAX_SIZE]), "nothing_found"),
        (pdf_of(attached=[b"x" * MAX_IMAGE]), "too_large"),
    ],
    ids=["nothing", "two credentials", "one that is too large", "a file that is too large"],
)
def test_another_pdf_is_refused_with_advice(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(data)
    assert caught.value.code == code
    assert not isinstance(caught.value, OnlyLinks)


def test_a_credential_that_mentions_a_pdf_is_none() -> None:
    assert read(b'{"name": "%PDF-1.7"}') == Document(b'{"name": "%PDF-1.7"}')
