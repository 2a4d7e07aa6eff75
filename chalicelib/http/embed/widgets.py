"""Widgets: the script `/embed.js`, and the frame or data of a credential at `/embed/{id}`."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.analytics.event import Widget
from chalicelib.award.input import embed_sites
from chalicelib.credential import dates
from chalicelib.embed import element, texts
from chalicelib.embed.appearance import size_of, theme_of
from chalicelib.embed.badge_view import BadgeView
from chalicelib.embed.texts import WidgetTexts
from chalicelib.errors import NotFound
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, public
from chalicelib.http.core.routing import Routes
from chalicelib.http.embed import opening
from chalicelib.http.embed.badge_of import badge_of
from chalicelib.http.html import render, request_language
from chalicelib.language.languages import direction
from chalicelib.language.translation import ENGLISH, Translation, translation
from chalicelib.settings import Function

SCRIPT_SECONDS = 3600
"""How long browsers keep `/embed.js`: a correction reaches every website within an hour."""
VERSION_SECONDS = 31_536_000
"""One year, the longest that RFC 9111 caches keep: the script of a version never changes."""
WIDGET_SECONDS = 30
"""How long browsers may keep the contents of a widget: a revocation shows within a minute, and a visitor who reads
several pages of a website causes few requests."""
JAVASCRIPT = "text/javascript; charset=utf-8"
HEIGHT_SCRIPT = (
    'new ResizeObserver(()=>parent.postMessage({laurel:"badge",'
    'height:document.documentElement.offsetHeight},"*")).observe(document.documentElement);'
)
"""Tells the embedding page the height of the frame, and nothing else."""
FRAME_SCRIPT = (
    HEIGHT_SCRIPT + 'document.links[0].onclick=()=>{navigator.sendBeacon?.("../v1/events",new URLSearchParams({'
    'kind:"click",credential:location.pathname.split("/").pop(),widget:"frame",host:document.referrer.split(/[/:]+/)[1]||""}))}'
)
"""The same, and reports a click to this host."""


def routes(services: Services) -> Routes:
    """Create the routes `/embed.js` and `/embed/{id}`."""
    bound = Routes(__name__, services, Function.PUBLIC)
    base_url = bound.base_url

    @bound.bind("/embed.js", access=PUBLIC)
    def script(request: Request) -> Reply:
        return public(request, Reply(element.script(base_url), JAVASCRIPT), SCRIPT_SECONDS)

    @bound.bind("/embed/{id}", access=PUBLIC, missing=opening.MISSING)
    def widget(request: Request, name: str) -> Reply:
        version = element.version_of(name)
        if version is not None:
            reply = Reply(element.script(base_url, version), JAVASCRIPT)
            return public(request, reply, VERSION_SECONDS, immutable=True)
        if opening.parameter(request, "format") == "json":
            shown = to_json(opening.badge(services, request, name, Widget.SCRIPT), _translation())
            headers = request_language.headers(request_language.current().code, {})
            return public(request, as_json(shown, headers=headers), WIDGET_SECONDS)
        return _frame(services, request, name)

    for path in tuple(bound.methods):
        bound.preflight(path)
    return bound


def to_json(view: BadgeView, language: Translation = ENGLISH) -> dict[str, object]:
    """Serialize what the custom element shows. ``texts`` are keyed by the class that shows them."""
    shown = texts.shown(view, language)
    return {
        "id": view.id,
        "url": view.url,
        "click": f"kind=click&credential={view.id}&widget=script",
        "verdict": view.verdict,
        "headline": language.text(view.headline),
        "checked_at": dates.write(view.checked_at),
        "lang": language.code,
        "dir": direction(language.code),
        "colours": element.colours(shown.tone),
        "icon": element.icon(shown.shape),
        "texts": _texts(shown),
        "image": view.claims.image if view.claims else None,
    }


def _translation() -> Translation:
    return translation(request_language.current().code)


def _texts(shown: WidgetTexts) -> dict[str, str]:
    return {"v": shown.label, "t": shown.title, "h": shown.holder, "i": shown.issuer, "d": shown.checked}


def _frame(services: Services, request: Request, name: str) -> Reply:
    base_url = services.settings.base_url
    try:
        opened = opening.opened(services, request, name, Widget.FRAME)
    except NotFound:
        return _document(request, base_url, texts.missing(_translation()), f"{base_url}/", None, None, 404)
    view = badge_of(opened, base_url)
    image = view.claims.image if view.claims else None
    # Without an issuer there is no list of websites and nothing verified, so only Laurel's own pages may show it.
    ancestors = embed_sites.ancestors(opened.issuer.embed_sites, base_url) if opened.issuer else base_url
    return _document(request, base_url, texts.shown(view, _translation()), view.url, image, ancestors)


def _document(
    request: Request,
    base_url: str,
    shown: WidgetTexts,
    url: str,
    image: str | None,
    ancestors: str | None,
    status: int = 200,
) -> Reply:
    colours = "".join(f"--{name}:{colour};" for name, colour in element.colours(shown.tone).items())
    style = f"body{{margin:0;{colours}}}{element.style()}"
    policy = (
        f"default-src 'none'; style-src '{render.digest(style)}'; script-src '{render.digest(FRAME_SCRIPT)}'; "
        f"img-src {base_url}; connect-src {base_url}; base-uri 'none'; form-action 'none'"
    )
    if ancestors is not None:
        policy += f"; frame-ancestors {ancestors}"
    reply = render.document(
        "widget.html",
        status,
        policy,
        shown=shown,
        texts=_texts(shown),
        icon=element.icon(shown.shape),
        url=url,
        image=image,
        size=size_of(opening.parameter(request, "size")).value,
        theme=theme_of(opening.parameter(request, "theme")).value,
        style=style,
        script=FRAME_SCRIPT,
    )
    return public(request, reply, WIDGET_SECONDS)
