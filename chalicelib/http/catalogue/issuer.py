"""The public page of an issuer: `/issuers/{id}`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from chalice.app import Request

from chalicelib.catalogue.catalogue import IssuerPage
from chalicelib.catalogue.entry import CatalogueEntry
from chalicelib.credential.achievement import achievement_url
from chalicelib.credential.public_id import ACHIEVEMENT_ID, ISSUER_ID
from chalicelib.errors import NotFound
from chalicelib.http.catalogue import profile
from chalicelib.http.catalogue.profile import Profile, profile_of
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render, text
from chalicelib.http.html.achievement_kind import kind_name
from chalicelib.http.input import negotiation, query
from chalicelib.http.public.credential.issuer_view import shown_image
from chalicelib.language.languages import PARAMETER
from chalicelib.language.phrase import phrase
from chalicelib.settings import Function

MISSING = phrase("This issuer does not exist. Check that you copied the whole link.")


@dataclass(frozen=True, slots=True)
class Offered:
    """An achievement in the list."""

    id: str
    url: str
    name: str
    kind: str
    image: str | None


@dataclass(frozen=True, slots=True)
class View:
    """View model of the page and the JSON."""

    profile: Profile
    achievements: tuple[Offered, ...]
    next: str | None
    """The URL of the next page."""
    first: bool


def routes(services: Services) -> Routes:
    """Create the route `/issuers/{id}`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/issuers/{id}", access=PUBLIC, missing=MISSING)
    def show(request: Request, issuer_id: str) -> Reply:
        if not ISSUER_ID.fullmatch(issuer_id):
            raise NotFound("no such issuer")
        after = query.cursor(query.only(request, "cursor", PARAMETER), ACHIEVEMENT_ID) or ""
        found = services.catalogue.issuer_page(issuer_id, after)
        view = _view(found, services, first=not after)
        headers = uncached(Vary="Accept")
        if negotiation.wants_page(request.headers.get("accept")):
            return render.page("catalogue/issuer.html", bound.base_url, 200, headers, page=view)
        return as_json(_to_json(view), headers=headers)

    bound.preflight("/issuers/{id}")
    return bound


def _view(found: IssuerPage, services: Services, *, first: bool) -> View:
    base_url = services.settings.base_url
    shown = profile_of(found.issuer, services.catalogue.clock(), base_url)
    following = f"{shown.page}?{urlencode({'cursor': found.next})}" if found.next else None
    return View(shown, tuple(_offered(each, base_url) for each in found.entries), following, first)


def _offered(entry: CatalogueEntry, base_url: str) -> Offered:
    return Offered(
        entry.id,
        achievement_url(base_url, entry.id),
        text.optional_text(entry.name) or phrase("Untitled achievement"),
        kind_name(entry.kind),
        shown_image(entry.image, base_url),
    )


def _to_json(view: View) -> dict[str, object]:
    return {
        **profile.to_json(view.profile),
        "achievements": [
            {"id": one.id, "url": one.url, "name": one.name, "kind": one.kind, "image": one.image}
            for one in view.achievements
        ],
        "next": view.next,
    }
