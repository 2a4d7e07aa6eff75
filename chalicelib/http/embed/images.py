"""Badge images: `/badge/{file}`."""

from __future__ import annotations

import re

from chalice.app import Request

from chalicelib.credential.public_id import PATTERN
from chalicelib.embed import svg, texts
from chalicelib.embed.appearance import Size, Theme, size_of, theme_of
from chalicelib.errors import NotFound
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, public
from chalicelib.http.core.routing import Routes
from chalicelib.http.embed import opening
from chalicelib.http.public.documents import SANDBOX
from chalicelib.settings import Function

IMAGE_SECONDS = 300
"""How long browsers and image proxies may keep a badge image, and so the longest that it can show a credential as valid
after it was revoked. Image proxies of email providers and code hosts fetch an image again for each reader beyond it."""
SVG = "image/svg+xml"
_FILE = re.compile(rf"({PATTERN})\.svg", re.ASCII)
_ANY_FILE = re.compile(r".*\.svg", re.DOTALL)


def routes(services: Services) -> Routes:
    """Create the route `/badge/{file}`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/badge/{file}", access=PUBLIC, missing="A badge image is named by the id of its credential.")
    def image(request: Request, file: str) -> Reply:
        size = size_of(opening.parameter(request, "size"))
        theme = theme_of(opening.parameter(request, "theme"), Theme.LIGHT)
        if _ANY_FILE.fullmatch(file) is None:
            raise NotFound("no image format")
        try:
            return _image(services, request, file, size, theme)
        except NotFound:
            # An image, because the reader of a website sees nothing of a problem document in its place.
            return public(request, _svg(svg.draw(texts.MISSING, size, theme), 404), IMAGE_SECONDS)

    bound.preflight("/badge/{file}")
    return bound


def _image(services: Services, request: Request, file: str, size: Size, theme: Theme) -> Reply:
    match = _FILE.fullmatch(file)
    if match is None:
        raise NotFound("no such credential")
    view = opening.badge(services, request, match[1])
    return public(request, _svg(svg.draw(texts.shown(view), size, theme)), IMAGE_SECONDS)


def _svg(drawing: str, status: int = 200) -> Reply:
    return Reply(
        drawing, SVG, status, {"Content-Security-Policy": SANDBOX, "Cross-Origin-Resource-Policy": "cross-origin"}
    )
