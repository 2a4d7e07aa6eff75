"""The link preview image (`og:image`), 1200 by 630 pixels: the size that chats and social networks show whole.

It has no verdict: previews are kept for years, and a credential revoked later would still look valid in old messages.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from chalicelib.embed import texts
from chalicelib.embed.artefacts import rendering, typesetting
from chalicelib.embed.artefacts.artefact import PROOF_LINES, Artefact, Picture
from chalicelib.embed.artefacts.typesetting import INK, PAPER, SOFT, Line, Style, box, drawable, drawable_or, place
from chalicelib.language.languages import direction
from chalicelib.language.phrase import phrase
from chalicelib.language.translation import ENGLISH, Translation

WIDTH, HEIGHT = 1200, 630
KEPT = 32
"""Images kept in memory, of about 50 KB each: when a link is posted, every chat and network asks for it at once."""
_LEFT, _SIDE, _TEXT, _ROOM = 72, 336, 464, 664
_TITLE = Style((62, 52, 44, 38), bold=True)
_HOLDER = Style((42, 36, 30))
_ISSUER = Style((30, 26), SOFT)
_PROOF = Style((24, 20), SOFT)
_FOOT = Style((25,), PAPER)
_FOOT_TOP = 540
_HEIGHT = 450
"""Of the text, with margins above and below it."""
ASK = phrase("Is it genuine and still valid? Open the link to check.")


def draw(artefact: Artefact, language: Translation = ENGLISH) -> str:
    """Draw the image as SVG."""
    lines, height = _words(artefact, language)
    foot, _ = place(language.text(ASK), _LEFT, _FOOT_TOP + 26, WIDTH - 2 * _LEFT, _FOOT)
    picture = Picture(rendering.square_png(artefact.picture, _SIDE), rendering.PNG)
    words = "".join(line.svg for line in lines)
    return typesetting.svg(
        WIDTH,
        HEIGHT,
        (
            box(0, 0, WIDTH, HEIGHT, PAPER),
            box(0, 0, WIDTH, 16, artefact.accent),
            typesetting.exact_image(picture.url, _LEFT, (16 + _FOOT_TOP - _SIDE) // 2, _SIDE),
            f'<g transform="translate(0 {(16 + _FOOT_TOP - height) / 2:g})">{words}</g>',
            box(0, _FOOT_TOP, WIDTH, HEIGHT - _FOOT_TOP, INK),
            *(line.svg for line in foot),
        ),
    )


def _words(artefact: Artefact, language: Translation) -> tuple[tuple[Line, ...], float]:
    """Place the text from its top edge at 0, as large as fits, and return the lines and their height."""
    claims = artefact.claims
    holder = (claims.holder or "") if claims else ""
    issuer = language.text(texts.issued_by(claims) if claims else texts.NOTHING_SHOWN)
    parts = [
        ((drawable(language.own(claims.title)) if claims else "") or language.text(texts.UNNAMED), 0, _TITLE, 3),
        (drawable_or(holder, language.text(texts.HOLDER_NOT_DRAWN)), 20, _HOLDER, 2),
        (drawable_or(issuer, language.text(texts.ISSUER_NOT_DRAWN)), 20, _ISSUER, 2),
        (language.own(artefact.issuer_proof) if claims else "", 8, _PROOF, PROOF_LINES),
    ]
    rtl = direction(language.code) == "rtl"
    spoken = [(text, gap, replace(style, rtl=rtl), maximum) for text, gap, style, maximum in parts]
    for step in range(len(_TITLE.sizes)):
        lines, top = typesetting.stack(spoken, _TEXT, 0, _ROOM, step)
        if top <= _HEIGHT:
            break
    return lines, top


@lru_cache(maxsize=KEPT)
def png(artefact: Artefact, language: Translation = ENGLISH) -> bytes:
    """Draw the image as PNG."""
    return rendering.png(draw(artefact, language))
