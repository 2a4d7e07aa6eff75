"""The public page of a holder: `/holders/{id}`, and the code to embed its wall: `/holders/{id}/embed`."""

from __future__ import annotations

from typing import Any

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.directory import directory_events
from chalicelib.embed import snippets, texts
from chalicelib.embed.appearance import size_of, theme_of
from chalicelib.embed.snippets import Look
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.directory import holder_json, wall
from chalicelib.http.directory.holder_view import OPEN_TO, HolderView, open_holder
from chalicelib.http.embed.opening import parameter
from chalicelib.http.html import reader, render
from chalicelib.http.input import negotiation, request_context
from chalicelib.language.language_names import NAMES
from chalicelib.language.languages import LANGUAGES, known
from chalicelib.language.phrase import phrase
from chalicelib.settings import Function

MISSING = "This is not a link to a profile. Check that you copied the whole link."
FIELDS = (
    ("size", phrase("Size of each credential"), tuple(texts.SIZES.items())),
    ("theme", "Colours", tuple(texts.THEMES.items())),
    ("language", "Language", (("", "Automatic"), *LANGUAGES.items())),
)
"""The fields of the form: name, label, and the options with their texts."""
HINT = phrase(
    "A live frame. The script below it in the code gives it the height of its credentials, on phones too. Without the "
    "script it keeps the height in the code, and scrolls."
)


def routes(services: Services) -> Routes:
    """Create the routes."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/holders/{id}", access=PUBLIC, missing=MISSING)
    def show(request: Request, holder_id: str) -> Reply:
        view = open_holder(services, holder_id)
        directory_events.record(
            services.hosted_reports,
            request_context.of(request, Kind.PROFILE_VIEW),
            lambda: services.directory.secret(view.checked_at.date()),
            directory_events.profile_viewed(view.issuers),
        )
        headers = uncached(Vary="Accept") | ({} if view.indexed else {"X-Robots-Tag": "noindex"})
        if negotiation.wants_page(request.headers.get("accept")):
            content: dict[str, Any] = {
                "page": view,
                "person": holder_json.person(view),
                "open_to": OPEN_TO,
                "names": NAMES[reader.current().code],
            }
            return render.page("directory/holder.html", bound.base_url, 200, headers, **content)
        return as_json(holder_json.to_json(view), headers=headers)

    bound.preflight("/holders/{id}")

    @bound.bind("/holders/{id}/embed", access=PUBLIC, missing=MISSING)
    def build(request: Request, holder_id: str) -> Reply:
        view = open_holder(services, holder_id)
        look = Look(
            size_of(parameter(request, "size")),
            theme_of(parameter(request, "theme")),
            known(parameter(request, "language")),
        )
        return _builder(view, look, bound.base_url)

    return bound


def _builder(view: HolderView, look: Look, base_url: str) -> Reply:
    credentials = len(wall.framed(view))
    box = wall.box(credentials, look.size)
    return render.scripted_page(
        "directory/wall_builder.html",
        base_url,
        "embed_page.js",
        uncached(),
        url=view.url,
        title=wall.TITLE,
        fields=FIELDS,
        chosen={"size": look.size, "theme": look.theme, "language": look.language or ""},
        empty=not credentials,
        chosen_any=bool(view.valid),
        hint=HINT,
        snippet=f"{wall.snippet(view.id, look, box, base_url)}\n{wall.listener(base_url)}",
        frame_url=wall.frame_url(view.id, look, base_url),
        box=box,
        sandbox=snippets.SANDBOX,
    )
