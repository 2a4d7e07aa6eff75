"""Results of a search of the directory for programs."""

from __future__ import annotations

from datetime import datetime

from chalicelib.credential import dates
from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.ports import Suggestion
from chalicelib.directory.query.facets import Facets
from chalicelib.directory.query.hits import Hit
from chalicelib.directory.query.matching import Fit, Match
from chalicelib.directory.search import Page
from chalicelib.http.directory.holder_view import holder_url

KINDS = {Fit.NAME: "exact", Fit.EXACT: "exact", Fit.BEGINNING: "prefix", Fit.SIMILAR: "similar"}
"""What a match is called."""


def to_json(page: Page, base_url: str, now: datetime) -> dict[str, object]:
    """Serialize a page of results; ``next`` is the cursor of the next one."""
    found: dict[str, object] = {
        "items": [item(hit, base_url) for hit in page.hits],
        "next": page.next,
        "complete": page.complete,
        "checked_at": dates.write(now),
    }
    if page.total is not None:
        found["total"] = {"value": page.total.value, "exact": page.total.exact, "at_most": page.total.at_most}
    if page.facets is not None:
        found["facets"] = _facets(page.facets)
    return found


def suggested(suggestion: Suggestion) -> dict[str, str]:
    """Serialize a value to filter by."""
    return {"kind": suggestion.kind, "value": suggestion.value, "label": suggestion.label}


def stated(listing: Listing) -> dict[str, object]:
    """Serialize what a person says about themselves."""
    return {
        "name": listing.name,
        "headline": listing.headline,
        "place": listing.place,
        "languages": list(listing.languages),
        "open_to": list(listing.open_to),
    }


def item(hit: Hit, base_url: str) -> dict[str, object]:
    """Serialize a person among the results."""
    listing = hit.listing
    return {
        "id": listing.id,
        "url": holder_url(base_url, listing.id),
        "stated_by_holder": stated(listing),
        "valid_credentials": listing.credentials,
        "newest_issued_at": dates.write(listing.issued_at) if listing.issued_at else None,
        "achievements": [_named(one) for one in listing.achievements],
        "issuers": [_named(one) for one in listing.issuers],
        "skills": list(listing.skills),
        "matches": [_match(one) for one in hit.matches],
    }


def _named(one: Named) -> dict[str, str]:
    return {"id": one.id, "name": one.name}


def _match(one: Match) -> dict[str, str]:
    return {"field": one.field, "value": one.value, "match": KINDS[one.fit]}


def _facets(facets: Facets) -> dict[str, object]:
    return {
        kind.value: {
            "exact": facets.exact,
            "within": facets.within,
            "values": [{"value": one.value, "label": one.label, "count": one.count} for one in values],
        }
        for kind, values in facets.values.items()
    }
