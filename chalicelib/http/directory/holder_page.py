"""The public page of a holder: `/holders/{id}`, and the code to embed its credentials frame: `/holders/{id}/embed`."""

from __future__ import annotations

from typing import Any

from chalice.app import Request

from chalicelib.analytics.event import Kind
from chalicelib.directory import directory_events
from chalicelib.embed import snippets, texts
from chalicelib.embed.snippets import Look
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.directory import credentials_frame, holder_json
from chalicelib.http.directory.holder_view import MISSING, OPEN_TO, SAVED, HolderView, open_holder
from chalicelib.http.embed import frame_builder
from chalicelib.http.embed.frame_builder import COLOURS_AND_LANGUAGE, Frame, look_of
from chalicelib.http.embed.opening import parameter
from chalicelib.http.html import render, request_language
from chalicelib.http.input import negotiation, request_context
from chalicelib.language.language_names import NAMES
from chalicelib.language.languages import DEFAULT
from chalicelib.language.phrase import phrase
from chalicelib.language.translation import translation
from chalicelib.settings import Function

FIELDS = (("size", phrase("Size of each credential"), tuple(texts.SIZES.items())), *COLOURS_AND_LANGUAGE)
"""The fields of the form."""


def routes(services: Services) -> Routes:
    """Create the routes."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/holders/{id}", access=PUBLIC, missing=MISSING)
    def show(request: Request, holder_id: str) -> Reply:
        view = open_holder(services, holder_id)
        directory_events.record(
            services.hosted_reports,
            request_context.visit_from_request(request, Kind.PROFILE_VIEW),
            lambda: services.directory.secret(view.checked_at.date()),
            directory_events.profile_viewed(view.issuers),
        )
        headers = uncached(Vary="Accept") | ({} if view.indexed else {"X-Robots-Tag": "noindex"})
        if negotiation.wants_page(request.headers.get("accept")):
            content: dict[str, Any] = {
                "page": view,
                "person": holder_json.person(view),
                "signed_in": None,
                "open_to": OPEN_TO,
                "names": NAMES[request_language.current().code],
                "from_list": request_language.current().has_session and parameter(request, SAVED) is not None,
            }
            return render.page("directory/holder.html", bound.base_url, 200, headers, **content)
        return as_json(holder_json.to_json(view), headers=headers)

    bound.preflight("/holders/{id}")

    @bound.bind("/holders/{id}/embed", access=PUBLIC, missing=MISSING)
    def build(request: Request, holder_id: str) -> Reply:
        view = open_holder(services, holder_id)
        return _builder(view, look_of(request), bound.base_url)

    return bound


def _builder(view: HolderView, look: Look, base_url: str) -> Reply:
    credentials = len(credentials_frame.frame_cards(view))
    link_text = translation(look.language or DEFAULT).text(credentials_frame.TITLE)
    frame = Frame(
        credentials_frame.frame_url(view.id, look, base_url),
        credentials_frame.TITLE,
        credentials_frame.box(credentials, look.size),
    )
    return frame_builder.page(
        "directory/credentials_frame_builder.html",
        base_url,
        frame,
        look,
        FIELDS,
        url=view.url,
        empty=not credentials,
        chosen_any=bool(view.valid),
        link_text=link_text,
        link_snippet=snippets.link(view.url, link_text),
    )
