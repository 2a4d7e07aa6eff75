"""Create the files for download. Imported only when needed, because the import takes time."""

from __future__ import annotations

from chalicelib.credential.baked import png, svg
from chalicelib.embed.artefacts import certificate as drawing
from chalicelib.embed.artefacts import rendering, template, typesetting
from chalicelib.embed.artefacts.artefact import Artefact
from chalicelib.embed.badge_view import Claims
from chalicelib.language.translation import Translation


def baked_png(artefact: Artefact, credential: bytes) -> bytes:
    """Return the picture as PNG with ``credential`` in it."""
    return png.write(rendering.picture_png(artefact.picture), credential)


def baked_svg(artefact: Artefact, credential: bytes) -> bytes:
    """Return the picture as SVG with ``credential`` in it."""
    picture, side = artefact.picture, rendering.SIDE
    if picture.media_type == "image/svg+xml":
        return svg.write(picture.content, credential)
    framed = typesetting.svg(side, side, [typesetting.image(picture.url, 0, 0, side)])
    return svg.write(framed.encode(), credential)


def certificate(
    artefact: Artefact, claims: Claims, chosen: str | None, paper: str | None, language: Translation
) -> bytes:
    """Return the certificate as PDF, in the template ``chosen`` by the issuer, on the requested ``paper``."""
    return drawing.draw(artefact, claims, template.chosen(chosen), template.paper(paper), language)
