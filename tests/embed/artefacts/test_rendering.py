"""Pictures as PNG."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from chalicelib.award.images import default_badge
from chalicelib.embed.artefacts import rendering
from chalicelib.embed.artefacts.artefact import Picture
from tests.embed.artefacts.makers import ACCENT


def rendered(content: bytes, media_type: str = rendering.SVG) -> Image.Image:
    return Image.open(io.BytesIO(rendering.square_png(Picture(content, media_type))))


def test_initials_of_a_default_badge_are_drawn() -> None:
    with_text, without = (rendered(default_badge.draw(title, ACCENT)) for title in ("Data analysis", ""))
    assert with_text.convert("RGB").getpixel((200, 60)) == without.convert("RGB").getpixel((200, 60))
    middle = with_text.convert("RGB").crop((140, 140, 260, 220)).getcolors(10_000) or []
    assert any(colour == (255, 255, 255) for _, colour in middle)


@pytest.mark.parametrize("mode", ["P", "L", "RGB", "1"])
def test_every_kind_of_png_gets_four_channels(mode: str) -> None:
    content = io.BytesIO()
    Image.new(mode, (30, 20), 1).save(content, "PNG")
    image = rendered(content.getvalue(), rendering.PNG)
    assert (image.size, image.mode) == ((rendering.SIDE, rendering.SIDE), "RGBA")
