"""Credentials and links in PDFs, written by pypdf, by Laurel itself, and by hand."""

from __future__ import annotations

import io
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.annotations import Link

from chalicelib.credential.baked import pdf
from chalicelib.embed.artefacts import certificate
from chalicelib.embed.artefacts.template import Paper, Template
from tests.embed.artefacts.makers import ARTEFACT

LIMIT = 256 * 1024
LINK = "https://laurel.example/c/abc"


def written(*links: str, **attachments: bytes) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    for link in links:
        writer.add_annotation(0, Link(rect=(0, 0, 10, 10), url=link))
    for name, content in attachments.items():
        writer.add_attachment(name, content)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def stream(content: bytes, dictionary: bytes = b"", *, packed: bool = True) -> bytes:
    head = b"<< /Filter /FlateDecode %b >>" % dictionary if packed else b"<< %b >>" % dictionary
    return b"7 0 obj\n%b\nstream\r\n%b\nendstream\nendobj\n" % (head, zlib.compress(content) if packed else content)


def made(*parts: bytes) -> bytes:
    return b"%PDF-1.7\n" + b"".join(parts) + b"%%EOF\n"


def read(data: bytes) -> pdf.Contents:
    return pdf.read(data, LIMIT)


def test_attached_files_by_another_program_are_found() -> None:
    source = written(LINK, badge=b'{"@context": []}', token=b"eyJ.eyJ.x", notes=b"Dear Ada,")
    assert read(source) == pdf.Contents((b'{"@context": []}', b"eyJ.eyJ.x"), (LINK,))


@pytest.mark.slow
def test_the_link_of_our_own_certificate_is_found() -> None:
    source = certificate.draw(ARTEFACT, ARTEFACT.claims, Template.CLASSIC, Paper.A4)
    assert read(source).links == (ARTEFACT.url,)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("dictionary", [b"/Type /EmbeddedFile", b""])
def test_a_stream_that_begins_as_a_credential_is_one(packed: bool, dictionary: bytes) -> None:
    assert read(made(stream(b' \n{"a": 1}', dictionary, packed=packed))).texts == (b'{"a": 1}',)


def test_the_same_file_attached_twice_is_one() -> None:
    part = stream(b'{"a": 1}')
    assert len(read(made(part, part)).texts) == 1


@pytest.mark.parametrize(
    ("annotation", "link"),
    [
        (b"/A << /S /URI /URI (https://a.example/x?y=1) >>", "https://a.example/x?y=1"),
        (b"/A<</S/URI/URI(https://a.example/\\(1\\))>>", "https://a.example/(1)"),
        (b"/URI (https://a.example/\\101\\\nb)", "https://a.example/Ab"),
        (b"/URI <68747470733A2F2F 612E6578616D706C65>", "https://a.example"),
        (b"/URI<68747470733a2f2f612e6578616d706c652f3>", "https://a.example/0"),
        (b"/URI (http://a.example)", "http://a.example"),
    ],
)
def test_a_link_is_read_as_it_is_written(annotation: bytes, link: str) -> None:
    assert read(made(annotation)).links == (link,)


@pytest.mark.parametrize(
    "annotation",
    [b"/S /URI", b"/URI (mailto:a@b.example)", b"/URI (javascript:x)", b"/URI (https://a.example/ b)",
     b"/URI (https://\xff.example)", b"/URI (https://a.example", b"/URI <6>", b"(https://a.example)"],
)  # fmt: skip
def test_what_is_not_a_link_to_a_page_is_left_out(annotation: bytes) -> None:
    assert read(made(annotation)).links == ()


def test_links_in_compressed_objects_are_found() -> None:
    objects = stream(b"8 0 << /A << /S /URI /URI (%b) >> >>" % LINK.encode(), b"/Type /ObjStm /N 1")
    assert read(made(objects)).links == (LINK,)


@pytest.mark.parametrize(
    "part",
    [
        stream(b"q 0 0 1 rg BT (hello) Tj ET"),
        stream(b'{"a": 1}', b"/Filter /DCTDecode", packed=False),
        b"7 0 obj << /Filter /FlateDecode >> stream\nnot zlib\nendstream",
        b"7 0 obj << >> stream\n",
        b"stream",
        b"endstream endstream",
    ],
    ids=["drawing", "image", "damaged", "cut off", "a word", "ends only"],
)
def test_other_streams_are_not_credentials(part: bytes) -> None:
    assert read(made(part)) == pdf.Contents((), ())


def test_a_bomb_is_cut_off() -> None:
    bomb = stream(b"{" + b"x" * 50_000_000, b"/Type /EmbeddedFile")
    assert [len(text) for text in read(made(bomb)).texts] == [LIMIT + 1]
    total = sum(map(len, read(made(*[stream(b"{%d" % n + b"x" * 1_000_000) for n in range(50)])).texts))
    assert total <= pdf.MAX_INFLATED


def test_the_number_of_links_and_streams_is_limited() -> None:
    many = b"".join(b"/URI (https://a.example/%d)" % number for number in range(pdf.MAX_LINKS * 2))
    assert len(read(made(many)).links) == pdf.MAX_LINKS
    streams = [stream(b"q")] * pdf.MAX_STREAMS
    assert read(made(*streams, stream(b"{}"))).texts == ()
    assert read(made(*streams[1:], stream(b"{}"))).texts == (b"{}",)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    read(b"%PDF-1.7 obj << /FlateDecode >> stream\n" + data)
    read(b"%PDF-1.7 /URI " + data)


@pytest.mark.parametrize(
    "pattern",
    [b"/URI (", b"/URI (\\", b"/URI <6", b"/URI ", b"stream\n", b"stream\nendstream", b"obj stream\n{endstream",
     b"/URI (" + b"\\(" * 1_000, b"/URI <" + b" " * 4_000, stream(b"{" + bytes(2_000_000)),
     stream(bytes(2_000_000), b"/ObjStm"), stream(b"/URI (" * 100_000, b"/ObjStm")],
    ids=range(12),
)  # fmt: skip
def test_a_hostile_file_is_read_in_a_moment(pattern: bytes) -> None:
    source = made(pattern * (1024 * 1024 // len(pattern)))
    started = time.process_time()
    read(source)
    assert time.process_time() - started < 0.5
