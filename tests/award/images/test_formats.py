"""Uploaded images are recognised by their content and bounded."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chalicelib.award.images import default_badge, formats
from chalicelib.award.images.formats import MAX_IMAGE, MAX_SIDE
from chalicelib.errors import Refused

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>'


def saved(kind: str, width: int = 64, height: int = 48, **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#0b55a0").save(file, kind, **options)  # type: ignore[arg-type] # Pillow's options
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (saved("PNG"), "image/png"),
        (saved("JPEG"), "image/jpeg"),
        (saved("JPEG", progressive=True), "image/jpeg"),
        (saved("WEBP"), "image/webp"),
        (saved("WEBP", lossless=True), "image/webp"),
        (SVG, "image/svg+xml"),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn -->' + SVG, "image/svg+xml"),
    ],
)
def test_supported_image_is_accepted(content: bytes, media_type: str) -> None:
    assert formats.check(content) == media_type


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_image_with_too_many_pixels_or_a_missing_end_is_refused(kind: str) -> None:
    assert formats.check(saved(kind, MAX_SIDE, 1))
    for content in (saved(kind, MAX_SIDE + 1, 1), saved(kind, 1, MAX_SIDE + 1), saved(kind)[:-4], saved(kind)[:14]):
        with pytest.raises(Refused) as refused:
            formats.check(content)
        assert refused.value.code == "bad_picture"


@given(start=st.sampled_from([saved("PNG"), saved("JPEG"), saved("WEBP"), SVG]), cut=st.data())
def test_damaged_image_is_accepted_or_refused_and_nothing_else(start: bytes, cut: st.DataObject) -> None:
    content = bytearray(start)
    for _ in range(cut.draw(st.integers(1, 5))):
        content[cut.draw(st.integers(0, len(content) - 1))] = cut.draw(st.integers(0, 255))
    with suppress(Refused):
        formats.check(bytes(content[: cut.draw(st.integers(0, len(content)))]))


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_photo_of_an_iphone_is_refused_with_how_to_convert_it(brand: bytes) -> None:
    with pytest.raises(Refused) as refused:
        formats.check(b"\x00\x00\x00\x24ftyp" + brand + b"\x00\x00\x00\x00mif1heic")
    assert refused.value.code == "bad_picture"
    assert "Laurel accepts PNG, JPEG, WebP and SVG files. Convert it to JPEG first: on a Mac" in refused.value.detail


def test_other_file_with_boxes_is_not_called_a_photo() -> None:
    with pytest.raises(Refused) as refused:
        formats.check(b"\x00\x00\x00\x24ftypisom\x00\x00\x00\x00")
    assert refused.value.detail == formats.UNSUPPORTED


def test_large_file_is_refused() -> None:
    with pytest.raises(Refused, match="limit"):
        formats.check(saved("PNG") + bytes(MAX_IMAGE))


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Data analysis in practice", "DAP"),
        ("Watercolour", "W"),
        ("First aid", "FA"),
        ("ISO 27001 lead auditor", "I2L"),
        ("数据 分析", "数分"),
        ("<b>& more", "M"),
        ("★", ""),
    ],
)
def test_drawn_badge_shows_initials_and_is_an_accepted_svg(name: str, letters: str) -> None:
    assert default_badge.initials(name) == letters
    drawn = default_badge.draw(name, "#7a1fa2")
    assert formats.check(drawn) == "image/svg+xml"
    assert b"#7a1fa2" in drawn
    assert default_badge.draw(name, "#7a1fa2") == drawn


def test_drawn_badge_ignores_an_unreadable_colour() -> None:
    assert b"#ffd45e" not in default_badge.draw("First aid", "#ffd45e")


@given(name=st.text(max_size=200), accent=st.none() | st.text(max_size=10))
def test_every_name_gives_an_accepted_badge(name: str, accent: str | None) -> None:
    if not any(ord(each) < 32 or 0xD800 <= ord(each) < 0xE000 or ord(each) in (0xFFFE, 0xFFFF) for each in name):
        assert formats.check(default_badge.draw(name, accent)) == "image/svg+xml"
