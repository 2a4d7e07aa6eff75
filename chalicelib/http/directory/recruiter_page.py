"""The page of a holder as recruiters see it, who are signed in: `/holders/{id}/more`."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.access.caller import Person
from chalicelib.analytics.event import Kind
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.directory import directory_events
from chalicelib.directory.profiles.published import Published
from chalicelib.errors import NoProfile, NotFound
from chalicelib.http.core.access import PERSON
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.directory.holder_view import MISSING, NO_PROFILE, OPEN_TO, SAVED, view_of
from chalicelib.http.html import render, request_language
from chalicelib.http.input import request_context
from chalicelib.language.language_names import NAMES

_HEADERS = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}


def routes(services: Services) -> Routes:
    """Create the routes."""
    bound = Routes(__name__, services)

    @bound.bind("/holders/{id}/more", access=PERSON, missing=MISSING)
    def show(request: Request, person: Person, holder_id: str) -> Reply:
        published, salt = require_for_recruiters(services, request, person, holder_id)
        view = view_of(services, published)
        directory_events.record(
            services.hosted_reports,
            request_context.visit_from_request(request, Kind.PROFILE_VIEW),
            lambda: salt,
            directory_events.profile_viewed(view.issuers),
        )
        return render.page(
            "directory/holder.html",
            bound.base_url,
            200,
            uncached(**_HEADERS),
            page=view,
            signed_in=person.email,
            open_to=OPEN_TO,
            names=NAMES[request_language.current().code],
            from_list=SAVED in (request.query_params or {}),
        )

    return bound


def require_for_recruiters(
    services: Services, request: Request, person: Person, holder_id: str
) -> tuple[Published, bytes]:
    """Read what recruiters see of a profile, and the day's salt. It counts as one person read, by ``person`` and by
    their network.

    Raises `NotFound` for what is not an id, `NoProfile`, `TooMany`, `Unavailable`.
    """
    if not PUBLIC_ID.fullmatch(holder_id):
        raise NotFound("no such holder")
    address = request_context.client_address(request)
    with services.reading_limit.reading(address, 1, person=person.email) as reading:
        found = services.published_store.for_recruiters([holder_id]).get(holder_id)
        if found is None or not found.is_current(services.hosted_reports.clock()):
            raise NoProfile(NO_PROFILE)
        reading.shown = 1
    return found, reading.salt
