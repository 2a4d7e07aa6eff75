from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.credential.baked import png, svg
from chalicelib.errors import Malformed
from chalicelib.reports.pasted import (
    MAX_IMAGE,
    MAX_SIZE,
    Document,
    Link,
    read,
    read_linked,
)
from tests.credential.baked.images import PLAIN_SVG, chunk, plain_png, png_of, text_chunk


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
        (png_of(text_chunk(b"https://a.example/1", b"openbadges")), "older badge"),
        (png_of(text_chunk(png_of(text_chunk(b"{}")))), "older badge"),
        (b"<svg xmlns=''>", "damaged"),
        (b"\n<svg xmlns=''/>", "no credential in it"),
        (b"<!DOCTYPE html><svg></svg>", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b"<!doctype html>", "web page"),
        (b"did:key:z6Mk", "identifies an issuer"),
        (b"[{}]", "list"),
        (b"badges.example/c/1", "https://"),
        (b"hello there", "not a credential"),
        (b"https://a.example/1 and https://a.example/2", "more than one link"),
        (b'"id": "urn:1", "name": "Ada"', "part of a credential"),
        (b'"hello"', "not a credential"),
        (b"\xff\xfe\x00", "cannot read this file"),
        ("{}".encode("utf-16"), "UTF-8"),
        ("https://b\u00fccher.example/c/1".encode(), "address bar"),
        (b"https://a.example/" + b"x" * 2100, "address bar"),
        (b"<?xml version='1.0'?>\n<svg xmlns=''>", "damaged"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"PK\x03\x04", "ZIP"),
        (b"```json\n{}\n```", "backticks"),
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
    except Malformed:
        return
    assert isinstance(result, Link | Document)


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
