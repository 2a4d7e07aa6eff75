"""Render an SVG drawing as PNG, with the fonts that it needs."""

from __future__ import annotations

from functools import lru_cache

from chalicelib.embed import fonts
from chalicelib.embed.artefacts import typesetting
from chalicelib.embed.artefacts.artefact import Picture
from chalicelib.embed.fonts import noto

KEPT = 32
"""Pictures kept in memory, of about 20 KB each: the credentials of an issuer share a few."""
SIDE = 400
"""Pixels of a picture: the size that Laurel recommends for achievements."""
LOGO_ZOOM = 4
"""Pixels per point of a logo on a certificate: 288 dots per inch."""
PNG, SVG = "image/png", "image/svg+xml"


def png(drawing: str, zoom: float = 1, *, side: int | None = None) -> bytes:
    """Render ``drawing`` with ``zoom`` pixels for each of its own, or as large as fits into a square of ``side``."""
    import resvg_py  # imported here: most requests draw no PNG, and it adds a megabyte to a cold start

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawing,
            width=side,
            height=side,
            zoom=None if side else zoom,
            skip_system_fonts=True,
            font_files=[*fonts.FILES, *_files(drawing)],
            font_family=fonts.FAMILY,
            sans_serif_family=fonts.FAMILY,
        )
    )


def picture_png(picture: Picture) -> bytes:
    """Return ``picture`` as PNG, unchanged if it is one."""
    return picture.content if picture.media_type == PNG else square_png(picture)


@lru_cache(maxsize=KEPT)
def square_png(picture: Picture, side: int = SIDE) -> bytes:
    """Render ``picture`` as a square PNG with 8 bits for each of red, green, blue and alpha.

    An SVG is rendered as a document of its own, because the renderer leaves out the text of an SVG inside another. Only
    drawings by Laurel, which are square, get here (`http.embed.artefact_of`).
    """
    if picture.media_type == SVG:
        return png(picture.content.decode(), side=side)
    return png(typesetting.svg(side, side, [typesetting.image(picture.url, 0, 0, side)]))


@lru_cache(maxsize=KEPT)
def logo_png(picture: Picture, width: float, height: float, side: str) -> bytes:
    """Render ``picture`` as `typesetting.aligned_image` says, `LOGO_ZOOM` pixels for each of ``width``."""
    image = Picture(square_png(picture), PNG) if picture.media_type == SVG else picture
    return png(typesetting.svg(width, height, [typesetting.aligned_image(image.url, width, height, side)]), LOGO_ZOOM)


def _files(drawing: str) -> list[str]:
    """Return the fonts of the scripts in ``drawing`` that the first fonts lack: reading them all takes time."""
    rest = {char for char in drawing if not char.isascii() and not fonts.covers(char)}
    return [script.file for script in noto.SCRIPTS if any(map(script.covers, rest))]
