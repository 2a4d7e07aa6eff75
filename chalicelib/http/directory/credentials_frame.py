"""The credentials frame: all valid credentials on a holder's profile in one frame, `/embed/holders/{id}`."""

from __future__ import annotations

from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.embed import element, texts
from chalicelib.embed.appearance import BOXES, DARK, LIGHT, TONES, Box, Palette, Size, size_of, theme_of
from chalicelib.embed.snippets import Look
from chalicelib.errors import NoProfile, NotFound
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, public
from chalicelib.http.core.routing import Routes
from chalicelib.http.directory import holder_json
from chalicelib.http.directory.holder_view import Card, HolderView, open_holder
from chalicelib.http.embed.opening import parameter
from chalicelib.http.embed.widgets import HEIGHT_SCRIPT, WIDGET_SECONDS
from chalicelib.http.html import render, request_language
from chalicelib.language.languages import PARAMETER
from chalicelib.language.phrase import phrase
from chalicelib.language.translation import translation
from chalicelib.settings import Function

TITLE = phrase("Verified credentials")
"""Title of the frame, without a name, because copied code outlives an unpublished profile."""
WIDTH = 680
"""Two columns of cards: as wide as the text of most websites."""
MAX_HEIGHT = 720
"""The height that a laptop shows without scrolling. A frame with more credentials scrolls until it reports its
height."""
MISSING = "There is no profile with this id."
_GAP = 12
_NOTE = 60
"""The sentence below the credentials, in up to two lines."""


def routes(services: Services) -> Routes:
    """Create the route `/embed/holders/{id}`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/embed/holders/{id}", access=PUBLIC, missing=MISSING)
    def show(request: Request, holder_id: str) -> Reply:
        if parameter(request, "format") == "json":
            return public(request, as_json(holder_json.to_json(open_holder(services, holder_id))), WIDGET_SECONDS)
        return _frame(services, request, holder_id)

    bound.preflight("/embed/holders/{id}")
    return bound


def frame_cards(view: HolderView) -> tuple[Card, ...]:
    """Return the credentials in the frame. Any website may show it, so it leaves out those of issuers that allow only
    some."""
    return tuple(card for card in view.valid if card.framed_anywhere)


def box(credentials: int, size: Size) -> Box:
    """Return the estimated size of a frame with this number of ``credentials``, before it is loaded."""
    columns = (WIDTH + _GAP) // (BOXES[size].width + _GAP)
    rows = -(-credentials // columns)
    return Box(WIDTH, min(MAX_HEIGHT, rows * (BOXES[size].height + _GAP) + _NOTE))


def frame_url(holder_id: str, look: Look, base_url: str) -> str:
    """Return the URL of the frame."""
    query = {"size": look.size.value, "theme": look.theme.value}
    if look.language:
        query[PARAMETER] = look.language
    return f"{base_url}/embed/holders/{holder_id}?{urlencode(query)}"


def _frame(services: Services, request: Request, holder_id: str) -> Reply:
    try:
        view = open_holder(services, holder_id)
    except NoProfile:
        return _document(services, request, None, 410)
    except NotFound:
        return _document(services, request, None, 404)
    return _document(services, request, view, 200)


def _document(services: Services, request: Request, view: HolderView | None, status: int) -> Reply:
    base_url = services.settings.base_url
    size, theme = size_of(parameter(request, "size")), theme_of(parameter(request, "theme"))
    style = _style(size)
    cards = frame_cards(view) if view else ()
    policy = (
        f"default-src 'none'; style-src '{render.digest(style)}'; script-src '{render.digest(HEIGHT_SCRIPT)}'; "
        f"img-src {base_url}; base-uri 'none'; form-action 'none'"
    )
    reply = render.document(
        "directory/credentials_frame.html",
        status,
        policy,
        cards=[_shown(card) for card in cards],
        left_out=len(view.valid) - len(cards) if view else 0,
        url=view.url if view else None,
        size=size.value,
        theme=theme.value,
        style=style,
        script=HEIGHT_SCRIPT,
    )
    return public(request, reply, WIDGET_SECONDS)


def _shown(card: Card) -> dict[str, object]:
    shown = texts.shown(card.badge, translation(request_language.current().code))
    parts = {"v": shown.label, "t": shown.title, "h": shown.holder, "i": shown.issuer, "d": shown.checked}
    return {
        "url": card.badge.url,
        "tone": shown.tone,
        "icon": element.icon(shown.shape),
        "texts": {name: value for name, value in parts.items() if value},
        "image": card.badge.claims.image if card.badge.claims else None,
    }


def _colours(palette: Palette) -> str:
    return f"color:{palette.soft};background:{palette.paper}"


def _style(size: Size) -> str:
    """The style of the widgets, in a grid with as many columns as fit."""
    tones = "".join(
        f".{tone}{{{''.join(f'--{name}:{value};' for name, value in element.colours(tone).items())}}}" for tone in TONES
    )
    width = BOXES[size].width
    return (
        f"body{{margin:0;font:14px/1.4 system-ui,sans-serif}}{tones}"
        "h1{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%)}"  # for screen readers
        f"ul{{display:grid;gap:{_GAP}px;grid-template-columns:repeat(auto-fill,minmax(min(100%,{width}px),1fr));"
        "list-style:none;margin:0;padding:0}"
        # Readable on any website: the frame is transparent.
        f"p{{display:inline-block;margin:{_GAP}px 0 0;padding:4px 10px;border-radius:8px;{_colours(LIGHT)}}}"
        f"p a{{color:inherit}}.dark p{{{_colours(DARK)}}}"
        f"@media(prefers-color-scheme:dark){{.auto p{{{_colours(DARK)}}}}}"
        f"{element.style()}"
    )
