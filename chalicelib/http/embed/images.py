"""Badge images: `/badge/{file}`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from chalice.app import Request

from chalicelib.analytics.event import Widget
from chalicelib.credential.public_id import PATTERN
from chalicelib.embed import png, svg, texts
from chalicelib.embed.appearance import Size, Theme, size_of, theme_of
from chalicelib.embed.texts import WidgetTexts
from chalicelib.errors import Erased, NotFound
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, public
from chalicelib.http.core.routing import Routes
from chalicelib.http.embed import opening
from chalicelib.http.public.documents import SANDBOX
from chalicelib.language.translation import Translation
from chalicelib.settings import Function

IMAGE_SECONDS = 300
"""How long browsers and image proxies may keep a badge image, and so the longest that it can show a credential as valid
after it was revoked. Image proxies of email providers and code hosts fetch an image again for each reader after
that."""
_FILE = re.compile(rf"({PATTERN})(?:(?:@|%40)([1-9])x)?\.(svg|png)", re.ASCII)
_ANY_FILE = re.compile(r".*\.(svg|png)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Form:
    """The chosen form of an image."""

    ending: str
    size: Size
    theme: Theme
    language: Translation
    scale: int = 1

    def draw(self, shown: WidgetTexts, status: int = 200) -> Reply:
        headers = {"Content-Security-Policy": SANDBOX, "Cross-Origin-Resource-Policy": "cross-origin"}
        if self.ending == "svg":
            return Reply(svg.draw(shown, self.size, self.theme), "image/svg+xml", status, headers)
        drawn = png.draw(shown, self.size, self.theme, self.scale, self.language)
        return Reply(drawn, "image/png", status, headers)


def routes(services: Services) -> Routes:
    """Create the route `/badge/{file}`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/badge/{file}", access=PUBLIC, missing="The name of a badge image is the id of its credential.")
    def image(request: Request, file: str) -> Reply:
        kind = _ANY_FILE.fullmatch(file)
        if kind is None:
            raise NotFound("no image format")
        size = size_of(opening.parameter(request, "size"))
        theme = theme_of(opening.parameter(request, "theme"), Theme.LIGHT)
        form = _Form(kind[1], size, theme, opening.image_language(request))
        try:
            return _image(services, request, file, form)
        except NotFound as error:
            status = 410 if isinstance(error, Erased) else 404
            # An image, because a problem document in its place would not be displayed.
            return public(request, form.draw(texts.missing(form.language), status), IMAGE_SECONDS)

    bound.preflight("/badge/{file}")
    return bound


def _image(services: Services, request: Request, file: str, form: _Form) -> Reply:
    match = _FILE.fullmatch(file)
    scale = int(match[2] or 1) if match else 0
    if match is None or scale not in png.SCALES:
        raise NotFound("no such credential")
    shown = texts.shown(opening.badge(services, request, match[1], Widget(match[3])), form.language)
    return public(request, replace(form, scale=scale).draw(shown), IMAGE_SECONDS)
