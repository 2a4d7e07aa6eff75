"""Searches of the directory of one issuer: the page, with its branding and its own filters, and the frame."""

from __future__ import annotations

from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.award.input import embed_sites
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.public_id import ISSUER_ID
from chalicelib.embed.appearance import DARK, LIGHT, Box, Palette, theme_of
from chalicelib.errors import NotFound
from chalicelib.http.catalogue.profile import Profile, profile_of
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, public, uncached
from chalicelib.http.directory import search_page, search_request
from chalicelib.http.directory.issuer_directory import directory_url, path_of
from chalicelib.http.directory.search_page import Answer
from chalicelib.http.embed import frame_builder
from chalicelib.http.embed.frame_builder import Frame
from chalicelib.http.embed.opening import parameter
from chalicelib.http.embed.widgets import HEIGHT_SCRIPT, WIDGET_SECONDS
from chalicelib.http.html import render
from chalicelib.language.languages import PARAMETER
from chalicelib.language.phrase import phrase

TITLE = phrase("People with our credentials")
BOX = Box(680, 640)
"""As wide as the text of most websites, and as high as six people."""
PEOPLE = 6
"""People in a frame: only a preview, because it counts towards each visitor's network (`reading_limit`)."""
THEME = "theme"


def show(services: Services, request: Request, issuer_id: str) -> Reply:
    """Return the page. Raises `NotFound`, `Problem`, `Unavailable`."""
    if not ISSUER_ID.fullmatch(issuer_id):
        raise NotFound("no such issuer")
    found = services.catalogue.issuer_page(issuer_id)
    issuer = _with_directory(services, found.issuer)
    asked = search_request.read_for(request, issuer_id, path_of(issuer_id))
    own = {entry.id for entry in found.entries}
    answer = search_page.answer(services, request, asked, achievements=own)
    return search_page.page_of(services, answer, "directory/issuer.html", issuer=_profile(services, issuer))


def frame(services: Services, request: Request, issuer_id: str) -> Reply:
    """Return the document in a frame. Raises `Problem`, `Unavailable`."""
    try:
        issuer = _issuer(services, issuer_id)
    except NotFound:
        return _document(services, request, None, None)
    asked = search_request.read_for(request, issuer_id, path_of(issuer_id), (THEME,))
    found = search_page.answer(services, request, asked, limit=PEOPLE, by_visitor=False)
    return _document(services, request, issuer, found)


def build(services: Services, request: Request, issuer_id: str) -> Reply:
    """Return the page that generates the code of the frame. Raises `NotFound`, `Unavailable`."""
    issuer, look, base_url = _issuer(services, issuer_id), frame_builder.look_of(request), services.settings.base_url
    query = {THEME: look.theme.value} | ({PARAMETER: look.language} if look.language else {})
    shown = Frame(f"{base_url}/embed{path_of(issuer_id)}?{urlencode(query)}", TITLE, BOX)
    return frame_builder.page(
        "directory/issuer_builder.html",
        base_url,
        shown,
        look,
        frame_builder.COLOURS_AND_LANGUAGE,
        url=directory_url(base_url, issuer_id),
        issuer=_profile(services, issuer),
        websites=issuer.embed_sites,
    )


def _issuer(services: Services, issuer_id: str) -> Issuer:
    if not ISSUER_ID.fullmatch(issuer_id):
        raise NotFound("no such issuer")
    return _with_directory(services, services.catalogue.store.issuer(issuer_id))


def _with_directory(services: Services, issuer: Issuer) -> Issuer:
    if not issuer.has_directory(services.catalogue.clock()):
        raise NotFound("no directory")
    return issuer


def _profile(services: Services, issuer: Issuer) -> Profile:
    return profile_of(issuer, services.catalogue.clock(), services.settings.base_url)


def _document(services: Services, request: Request, issuer: Issuer | None, found: Answer | None) -> Reply:
    base_url = services.settings.base_url
    style = _style()
    policy = (
        f"default-src 'none'; style-src '{render.digest(style)}'; script-src '{render.digest(HEIGHT_SCRIPT)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    ancestors = embed_sites.ancestors(issuer.embed_sites, base_url) if issuer else None
    if ancestors is not None:
        policy += f"; frame-ancestors {ancestors}"
    refused = found.refused if found else None
    reply = render.document(
        "directory/issuer_frame.html",
        refused.kind.status if refused else 200 if issuer else 404,
        policy,
        issuer=_profile(services, issuer) if issuer else None,
        cards=found.view.cards if found else (),
        asked=found.view.asked if found else None,
        problem=refused,
        url=directory_url(base_url, issuer.id) if issuer else None,
        theme=theme_of(parameter(request, THEME)).value,
        style=style,
        script=HEIGHT_SCRIPT,
    )
    if refused:
        reply.headers.update(uncached(**refused.headers))
        return reply
    return public(request, reply, WIDGET_SECONDS)


def _colours(palette: Palette) -> str:
    return f"color:{palette.ink};background:{palette.paper};border-color:{palette.line}"


def _style() -> str:
    return (
        "body{margin:0;font:14px/1.5 system-ui,sans-serif}h1{font-size:18px;margin:0 0 12px}"
        f"main{{padding:16px;border:1px solid;border-radius:8px;{_colours(LIGHT)}}}.dark main{{{_colours(DARK)}}}"
        f"@media(prefers-color-scheme:dark){{.auto main{{{_colours(DARK)}}}}}"
        "ul{display:grid;gap:12px;grid-template-columns:repeat(auto-fill,minmax(min(100%,240px),1fr));"
        "list-style:none;margin:0;padding:0}li span{display:block;overflow-wrap:anywhere}a{color:inherit}"
    )
