"""Certificates, read by pypdf."""

from __future__ import annotations

import io
import itertools
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from chalicelib.embed.artefacts import certificate, rendering
from chalicelib.embed.artefacts.artefact import Picture
from chalicelib.embed.artefacts.certificate import Paper, Template
from chalicelib.embed.artefacts.shapes import Code, Raster
from chalicelib.language.languages import LANGUAGES
from chalicelib.language.translation import translation
from tests.embed.artefacts.makers import ARTEFACT, HOSTILE, SCRIPTS, with_text
from tests.embed.makers import CLAIMS, VIEW

pytestmark = pytest.mark.slow


def drawn(artefact=ARTEFACT, template: Template = Template.CLASSIC, paper: Paper = Paper.A4) -> PdfReader:
    return PdfReader(io.BytesIO(certificate.draw(artefact, artefact.claims, template, paper)), strict=True)


SHEETS = list(zip(Template, itertools.cycle(Paper), strict=False))
"""Every template and every paper, but not each with each."""


def text_of(reader: PdfReader) -> str:
    return " ".join(reader.pages[0].extract_text().split())


@pytest.mark.parametrize(("template", "paper"), SHEETS, ids=lambda one: one.value)
def test_certificate_says_who_earned_what_from_whom_and_when(template: Template, paper: Paper) -> None:
    reader = drawn(template=template, paper=paper)
    for text in (
        "Ada Nwosu",
        CLAIMS.title,
        "Issued by Fernhill College",
        "Issued 3 March 2026",
        VIEW.url,
        certificate.CHECK,
    ):
        assert text in text_of(reader)
    assert len(reader.pages) == 1
    assert [float(side) for side in reader.pages[0].mediabox[2:]] == list(certificate.SIZES[paper])
    (link,) = reader.pages[0]["/Annots"]
    assert link.get_object()["/A"]["/URI"] == VIEW.url
    assert reader.metadata is not None
    assert reader.metadata.title == f"Certificate: {CLAIMS.title}"


def test_end_date_is_named() -> None:
    ends = replace(ARTEFACT, valid_until=datetime(2027, 3, 3, tzinfo=UTC))
    assert "Issued 3 March 2026, valid until 3 March 2027" in text_of(drawn(ends))


def test_unproven_issuer_is_quoted_and_the_doubt_is_printed() -> None:
    unproven = replace(
        ARTEFACT, claims=replace(CLAIMS, issuer_confirmed=False), issuer_proof="The issuer’s identity is not proven."
    )
    assert "Issued under the name “Fernhill College” The issuer’s identity is not proven." in text_of(drawn(unproven))


def test_images_of_the_page_are_the_rendered_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The channels are taken out without decoding the images, so compare them with a decoder's result."""
    kept: list[bytes] = []
    render = rendering.png
    certificate.draw.cache_clear()
    rendering.square_png.cache_clear()
    monkeypatch.setattr(rendering, "png", lambda *args, **named: kept.append(render(*args, **named)) or kept[-1])
    images = drawn(replace(ARTEFACT, logo=None), Template.MODERN).pages[0].images
    picture, *text = (Image.open(io.BytesIO(content)) for content in kept)
    found = [Image.open(io.BytesIO(image.data)) for image in images]
    for image, expected in zip(found, [each.convert("RGB") for each in text] + [picture], strict=True):
        assert (image.size, image.mode) == (expected.size, expected.mode)
        assert ImageChops.difference(image, expected).getbbox(alpha_only=False) is None


def test_text_is_sharp_in_print() -> None:
    (sheet,) = drawn().pages
    dots, points = sheet["/Resources"]["/XObject"]["/I0"], sheet.get_contents()
    assert points is not None
    width = float(points.get_data().split()[1])
    assert dots["/Width"] / (width / 72) == pytest.approx(200, rel=0.01)


@pytest.mark.parametrize(("template", "paper"), SHEETS, ids=lambda one: one.value)
def test_no_block_of_long_text_covers_another(template: Template, paper: Paper) -> None:
    long = replace(CLAIMS, title="Analysis " * 40, holder="Ada Nwosu " * 20, issuer="Fernhill " * 40)
    artefact = replace(ARTEFACT, claims=long, issuer_proof="word " * 100)
    drawing = certificate.layout(artefact, long, template, paper)
    stack, foot = (certificate.raster(block) for block in drawing.blocks)
    last, first = drawing.blocks[0][-1], drawing.blocks[1][0]
    assert stack.y + stack.height <= first.y - first.size
    assert foot.y >= last.y + 0.25 * last.size


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_text_covers_an_image_in_any_language(code: str, template: Template) -> None:
    """From right to left, lines start where a logo is in the other languages."""
    drawing = certificate.layout(ARTEFACT, CLAIMS, template, Paper.A4, translation(code))
    for image in (shape for shape in drawing.shapes if isinstance(shape, Raster | Code)):
        for line in itertools.chain.from_iterable(drawing.blocks):
            left = line.x - {"start": 0, "middle": line.width / 2, "end": line.width}[line.anchor]
            beside = left >= image.x + image_width(image) or left + line.width <= image.x
            assert beside or line.y <= image.y or line.y - line.size >= image.y + image_height(image), line.text


def image_width(image: Raster | Code) -> float:
    return image.side if isinstance(image, Code) else image.width


def image_height(image: Raster | Code) -> float:
    return image.side if isinstance(image, Code) else image.height


@pytest.mark.parametrize("template", Template)
def test_wide_logo_is_not_squeezed_into_a_square(template: Template) -> None:
    made = io.BytesIO()
    Image.new("RGB", (600, 200), "navy").save(made, "PNG")
    wide = replace(ARTEFACT, logo=Picture(made.getvalue(), "image/png"))
    drawing = certificate.layout(wide, CLAIMS, template, Paper.A4)
    *_, logo = (shape for shape in drawing.shapes if isinstance(shape, Raster))
    image = Image.open(io.BytesIO(logo.image))
    left, top, right, bottom = image.getchannel("A").getbbox()
    assert (right - left) / image.width * logo.width >= 125
    assert (right - left) / (bottom - top) == pytest.approx(3, abs=0.1)
    edge = right == image.width if template is Template.MODERN else left == 0
    assert edge


@pytest.mark.parametrize("texts", list(zip(SCRIPTS[::2], SCRIPTS[1::2], strict=True)), ids=" and ".join)
def test_text_in_every_script_can_be_selected(texts: tuple[str, str]) -> None:
    title, holder = texts
    found = text_of(drawn(replace(ARTEFACT, claims=replace(CLAIMS, title=title, holder=holder))))
    for text in texts:
        assert unicodedata.normalize("NFC", text) in unicodedata.normalize("NFC", found)


@pytest.mark.parametrize(
    ("text", "template"), list(zip(HOSTILE, itertools.cycle(Template), strict=False)), ids=range(len(HOSTILE))
)
def test_hostile_text_is_only_text_and_every_line_is_inside_its_image(
    text: str, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    artefact = with_text(text)
    monkeypatch.setattr(certificate, "raster", cache(certificate.raster))  # an image takes long: draw it once for both
    reader = drawn(artefact, template)
    for block in certificate.layout(artefact, artefact.claims, template, Paper.A4).blocks:
        image = Image.open(io.BytesIO(certificate.raster(block).image)).convert("L")
        # Its margin is empty: nothing was cut off.
        left, _, right, _ = ImageChops.invert(image).getbbox()
        assert left > 2
        assert right < image.width - 2
    assert VIEW.url in text_of(reader)
    assert set(reader.trailer["/Root"]) == {"/Type", "/Pages", "/Lang", "/ViewerPreferences"}
    (page,) = reader.pages
    (link,) = page["/Annots"]
    assert link.get_object()["/A"] == {"/S": "/URI", "/URI": VIEW.url}
    assert set(page) == {"/Type", "/Parent", "/MediaBox", "/Contents", "/Annots", "/Resources"}


def test_markup_in_a_name_is_printed_as_it_is() -> None:
    text = "<script>alert(1)</script> ) Tj (x) & \\"
    assert text in text_of(drawn(replace(ARTEFACT, claims=replace(CLAIMS, holder=text))))


@pytest.mark.parametrize("template", Template)
def test_preview_shows_what_is_in_the_document(template: Template) -> None:
    preview = certificate.svg(ARTEFACT, CLAIMS, template, Paper.A4)
    layout = certificate.layout(ARTEFACT, CLAIMS, template, Paper.A4)
    for block in layout.blocks:
        assert certificate.raster(block).svg in preview
    for shape in layout.shapes:
        assert shape.svg in preview
    assert "<text" not in preview, "every program would draw it in a font of its own"
