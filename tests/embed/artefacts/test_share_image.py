"""The image of link previews."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from chalicelib.embed import texts
from chalicelib.embed.artefacts import share_image
from chalicelib.verify.report import Verdict
from tests.embed.artefacts.makers import ARTEFACT, HOSTILE, SCRIPTS, with_text
from tests.embed.makers import CLAIMS


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def words(drawing: str) -> str:
    return " ".join(ET.fromstring(drawing).itertext())  # noqa: S314 - our own drawing


def test_image_has_the_size_that_previews_show_whole() -> None:
    assert opened(share_image.png(ARTEFACT)).size == (1200, 630)


def test_image_names_title_holder_issuer_and_proof_but_no_verdict() -> None:
    said = words(share_image.draw(ARTEFACT))
    for text in (CLAIMS.title, "Ada Nwosu", "Issued by Fernhill College", ARTEFACT.issuer_proof):
        assert text in said.replace("  ", " ")
    # The question below is the only place with the word.
    said = said.replace(share_image.ASK, "").lower()
    assert not any(verdict.value.replace("_", " ") in said for verdict in Verdict)


def test_unproven_issuer_is_quoted() -> None:
    unproven = replace(
        ARTEFACT, claims=replace(CLAIMS, issuer_confirmed=False), issuer_proof="The issuer’s identity is not proven."
    )
    assert "Issued under the name “Fernhill College”" in words(share_image.draw(unproven))
    assert "not proven" in words(share_image.draw(unproven))


def test_names_in_a_script_without_a_font_are_not_silently_left_out() -> None:
    name = "მონაცემები"
    said = words(share_image.draw(replace(ARTEFACT, claims=replace(CLAIMS, issuer=name, holder=name))))
    assert (texts.ISSUER_NOT_DRAWN in said, texts.HOLDER_NOT_DRAWN in said) == (True, True)


def test_nothing_unverified_is_shown() -> None:
    said = words(share_image.draw(replace(ARTEFACT, claims=None)))
    assert (texts.UNNAMED in said, texts.NOTHING_SHOWN in said, "Fernhill" in said) == (True, True, False)


@pytest.fixture(scope="module")
def without() -> Image.Image:
    """The image of a credential whose title shows nothing."""
    return opened(share_image.png(replace(ARTEFACT, claims=replace(CLAIMS, title="\u202a"))))


@pytest.mark.parametrize("text", SCRIPTS)
@pytest.mark.slow
def test_every_script_is_drawn(text: str, without: Image.Image) -> None:
    drawn = opened(share_image.png(replace(ARTEFACT, claims=replace(CLAIMS, title=text))))
    assert ImageChops.difference(drawn, without).getbbox()


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text_and_stays_inside(text: str) -> None:
    drawing = share_image.draw(with_text(text))
    root = ET.fromstring(drawing)  # noqa: S314 - our own drawing
    assert {node.tag.rpartition("}")[2] for node in root.iter()} == {"svg", "rect", "image", "g", "text"}
    image = opened(share_image.png(with_text(text)))
    # Nothing is drawn in the margins beside the text, nor into the strip below it.
    for box in ((0, 20, 60, 530), (1150, 20, 1200, 530), (460, 520, 1200, 538)):
        assert image.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), (255, 255, 255))]
