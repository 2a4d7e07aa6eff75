"""Credentials in PNG images, written and read, with Pillow as the independent reader."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image

from chalicelib.credential.baked import png
from chalicelib.errors import Malformed
from tests.credential.baked.images import CREDENTIAL, chunk, plain_png, png_of, text_chunk

MAX = 10_000


def test_written_credential_is_read_by_pillow_and_by_laurel() -> None:
    image = png.write(plain_png(), CREDENTIAL)
    opened = Image.open(io.BytesIO(image))
    opened.load()
    assert opened.size == (2, 2)
    assert opened.text["openbadgecredential"].encode() == CREDENTIAL
    assert png.read(image, MAX) == CREDENTIAL


def test_credential_written_by_pillow_is_read() -> None:
    from PIL.PngImagePlugin import PngInfo

    for compressed in (False, True):
        info, file = PngInfo(), io.BytesIO()
        info.add_itxt("openbadgecredential", CREDENTIAL.decode(), "en", "credential", zip=compressed)
        Image.new("RGB", (1, 1)).save(file, "PNG", pnginfo=info)
        assert png.read(file.getvalue(), MAX) == CREDENTIAL


def test_another_credential_is_replaced() -> None:
    image = png.write(png_of(text_chunk(b"{1}"), text_chunk(b"{2}", b"openbadges")), CREDENTIAL)
    assert png.read(image, MAX) == CREDENTIAL
    assert image.count(b"openbadge") == 1


def test_old_keyword_is_read_unless_there_is_a_new_one() -> None:
    assert png.read(png_of(text_chunk(b"{old}", b"openbadges")), MAX) == b"{old}"
    assert png.read(png_of(text_chunk(b"{old}", b"openbadges"), text_chunk(b"{new}")), MAX) == b"{new}"


def test_image_without_a_credential_has_none() -> None:
    for image in (plain_png(), png_of(text_chunk(b"{}", b"comment")), png_of(chunk(b"tEXt", png.KEYWORD + b"\0{}"))):
        assert png.read(image, MAX) is None


@pytest.mark.slow
def test_inflated_text_is_bounded() -> None:
    bomb = zlib.compress(b"{" * 50_000_000, 9)
    found = png.read(png_of(text_chunk(bomb, flag=1)), MAX)
    assert found is not None
    assert len(found) == MAX + 1  # the caller refuses more than MAX


@pytest.mark.parametrize(
    "image",
    [
        png_of(text_chunk(b"{1}"), text_chunk(b"{2}")),
        png_of(text_chunk(CREDENTIAL)[:-1] + b"?"),
        png_of(text_chunk(b"not deflated", flag=1)),
        png_of(text_chunk(zlib.compress(CREDENTIAL)[:-6], flag=1)),
        png_of(*[chunk(b"tIME", b"")] * png.MAX_CHUNKS),
        png_of(b"\xff\xff\xff\xffiTXt"),
        plain_png()[:-12],
        png.SIGNATURE,
    ],
    ids=["two", "crc", "not deflated", "cut", "many chunks", "long chunk", "no end", "empty"],
)
def test_hostile_image_is_refused(image: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        png.read(image, MAX)
    assert caught.value.code == "nothing_found"
