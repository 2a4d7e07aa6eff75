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
PNG = "image/png"


def png(drawing: str, zoom: float = 1, *, width: int | None = None) -> bytes:
    """Render ``drawing`` with ``zoom`` pixels for each of its own, or at ``width`` pixels."""
    import resvg_py  # imported here: most requests draw no PNG, and it adds a megabyte to a cold start

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawing,
            width=width,
            zoom=None if width else zoom,
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
    """Render ``picture`` as a square PNG with 8 bits for each of red, green, blue and alpha."""
    return png(typesetting.svg(side, side, [typesetting.image(picture.url, 0, 0, side)]))


def _files(drawing: str) -> list[str]:
    """Return the fonts of the scripts in ``drawing`` that the first fonts lack: reading them all takes time."""
    rest = {char for char in drawing if not char.isascii() and not fonts.covers(char)}
    return [script.file for script in noto.SCRIPTS if any(map(script.covers, rest))]
