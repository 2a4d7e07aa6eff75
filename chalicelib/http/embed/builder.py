"""The snippet builder of a credential: `/c/{id}/embed`."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.embed import snippets, texts
from chalicelib.embed.appearance import BOXES
from chalicelib.embed.badge_view import BadgeView
from chalicelib.embed.snippets import Kind, Look, kind_of
from chalicelib.errors import NotFound
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.embed.badge_of import badge_of
from chalicelib.http.embed.frame_builder import COLOURS_AND_LANGUAGE, look_of
from chalicelib.http.embed.opening import parameter
from chalicelib.http.html import render
from chalicelib.http.public.credential.credentials import MISSING
from chalicelib.settings import Function

FIELDS = (
    ("kind", "Where will you use it?", tuple((kind, name) for kind, (name, _) in texts.KINDS.items())),
    ("size", "Size", tuple(texts.SIZES.items())),
    *COLOURS_AND_LANGUAGE,
)
"""The fields of the form: name, label, and the options with their texts."""
_IN_FRAME = (Kind.SCRIPT, Kind.FRAME)


def routes(services: Services) -> Routes:
    """Create the route `/c/{id}/embed`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/c/{id}/embed", access=PUBLIC, missing=MISSING)
    def build(request: Request, credential_id: str) -> Reply:
        if not PUBLIC_ID.fullmatch(credential_id):
            raise NotFound("no such credential")
        # No visit, because opening the credential's page was already counted.
        view = badge_of(services.hosted_reports.open(credential_id, None), bound.base_url)
        return _page(view, kind_of(parameter(request, "kind")), look_of(request), bound.base_url)

    return bound


def _page(view: BadgeView, kind: Kind, look: Look, base_url: str) -> Reply:
    return render.scripted_page(
        "embed.html",
        base_url,
        "embed_page.js",
        uncached(),
        url=view.url,
        title=texts.title(view),
        fields=FIELDS,
        chosen={"kind": kind, "size": look.size, "theme": look.theme, "language": look.language or ""},
        hint=texts.KINDS[kind][1],
        snippet=snippets.snippet(kind, view, look, base_url),
        frame_url=snippets.frame_url(view, look, base_url) if kind in _IN_FRAME else None,
        image_url=snippets.image_url(view, look, base_url, "@2x.png" if kind is Kind.EMAIL else ".svg"),
        alternative=texts.alternative(view),
        box=BOXES[look.size],
        sandbox=snippets.SANDBOX,
    )
