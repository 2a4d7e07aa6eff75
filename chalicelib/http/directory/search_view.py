"""View model of the page on which people search the directory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.directory.listing import Listing
from chalicelib.directory.profiles.profile import OpenTo
from chalicelib.directory.query.alternatives import Alternative
from chalicelib.directory.query.facets import Facets, FacetValue
from chalicelib.directory.query.hits import Hit
from chalicelib.directory.query.matching import Fit, Match
from chalicelib.directory.query.query import FilterKind, Order
from chalicelib.directory.search import MAX_PAGE, Page, Total
from chalicelib.http.directory.holder_view import OPEN_TO, holder_url
from chalicelib.http.directory.search_request import SearchParameters
from chalicelib.http.html import request_language, text
from chalicelib.language.language_names import NAMES
from chalicelib.language.phrase import phrase

LABELS = {
    FilterKind.SKILL: phrase("Skill"),
    FilterKind.ACHIEVEMENT: phrase("Achievement"),
    FilterKind.ISSUER: phrase("Issuer"),
    FilterKind.PLACE: phrase("Place"),
    FilterKind.LANGUAGE: phrase("Language"),
    FilterKind.OPEN_TO: phrase("Open to"),
    FilterKind.ISSUED_AFTER: phrase("Newest credential"),
    "name": phrase("Name"),
    "headline": phrase("Headline"),
}
"""Fields and filters, as people read them."""
SORTS = (
    ("", phrase("Best match, or newest")),
    (Order.RECENCY, phrase("Newest first")),
    (Order.NAME, phrase("Name")),
    (Order.CREDENTIALS, phrase("Most valid credentials")),
)
FITS = {Fit.BEGINNING: phrase("beginning of a word"), Fit.SIMILAR: phrase("similar spelling")}
"""What a match that is not exact is called."""
MAX_OPTIONS = 8
"""Maximum values of a filter that the form offers: what fits on a phone without scrolling past the results."""
MAX_SKILLS = 6
"""Maximum skills on a card."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value to filter by. ``count`` is None if it was not counted."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of the form."""

    name: str
    label: str
    options: tuple[Option, ...]
    more: bool
    """Whether there may be further values."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter or an order that the visitor chose, and the same search without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class SuggestedSearch:
    """A search to suggest when no one matches: words of the search become a filter that they seem to name."""

    url: str
    label: str
    value: str
    rest: str
    """The words that remain; "" if none do."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person is among the results: a field, its text, and how it matched unless exactly."""

    label: str
    text: str
    fit: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """A person among the results. Their name, headline and place are their own words."""

    url: str
    name: str | None
    headline: str | None
    place: str | None
    credentials: int
    issuers: tuple[str, ...]
    skills: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class SearchView:
    """What the page shows. Without ``cards``, the search was not possible."""

    asked: SearchParameters
    filters: tuple[Filter, ...]
    chosen: tuple[Chosen, ...]
    cards: tuple[Card, ...]
    total: Total | None
    estimated: bool
    """Whether the numbers beside the filters are estimates."""
    complete: bool
    next: str | None
    """The URL of the next page."""
    csv: str | None
    """The URL of the results from this page on as CSV."""
    checked_at: datetime
    suggested: tuple[SuggestedSearch, ...] = ()


def view_of(
    asked: SearchParameters,
    page: Page,
    others: Sequence[Alternative],
    base_url: str,
    now: datetime,
    achievements: Collection[str] | None = None,
) -> SearchView:
    """Prepare a page of results, or ``others`` to search for if there are none. Of ``achievements``, if given, the form
    offers only these."""
    filters = tuple(_filters(asked, page.facets, achievements))
    return SearchView(
        asked=asked,
        filters=filters,
        chosen=tuple(_chosen(asked, filters, base_url)),
        cards=tuple(_card(hit, base_url, asked.fixed) for hit in page.hits),
        total=page.total,
        estimated=page.facets is not None and not page.facets.exact,
        complete=page.complete,
        next=asked.next_url(base_url, page.next) if page.next else None,
        csv=asked.csv_url(base_url, asked.cursor, MAX_PAGE) if page.hits else None,
        checked_at=now,
        suggested=tuple(_suggested_search(asked, one, base_url) for one in others),
    )


def empty_view(asked: SearchParameters, base_url: str, now: datetime) -> SearchView:
    """Prepare the page for a search that was not possible."""
    filters = tuple(_filters(asked, None, None))
    chosen = tuple(_chosen(asked, filters, base_url))
    return SearchView(asked, filters, chosen, (), None, False, True, None, None, now)


def _chosen(asked: SearchParameters, filters: Iterable[Filter], base_url: str) -> Iterator[Chosen]:
    labels = {(one.name, option.value): option.label for one in filters for option in one.options}
    for kind, value in dict.fromkeys(asked.chosen):
        label = labels.get((kind, value)) or _label(kind, value)
        yield Chosen(LABELS[FilterKind(kind)], label, asked.without_filter(kind, value).first_url(base_url))
    order = dict(SORTS).get(asked.sort or "")
    if asked.sort and order:
        yield Chosen(phrase("Sort by"), order, replace(asked, sort=None, cursor=None).first_url(base_url))


def _suggested_search(asked: SearchParameters, other: Alternative, base_url: str) -> SuggestedSearch:
    url = asked.with_alternative(other).first_url(base_url)
    return SuggestedSearch(url, LABELS[other.kind], _label(other.kind, other.label), other.rest)


def _filters(asked: SearchParameters, facets: Facets | None, achievements: Collection[str] | None) -> Iterator[Filter]:
    for kind in FilterKind:
        if kind is not FilterKind.ISSUED_AFTER and kind not in asked.fixed:
            counted = facets.values[kind] if facets else ()
            if kind is FilterKind.ACHIEVEMENT and achievements is not None:
                counted = tuple(one for one in counted if one.value in achievements)
            options = tuple(_options(kind, asked.values(kind), counted))
            yield Filter(kind.value, LABELS[kind], options, more=len(options) >= MAX_OPTIONS)


def _options(kind: FilterKind, chosen: Iterable[str], counted: Iterable[FacetValue]) -> Iterator[Option]:
    """The chosen values, then the most frequent others."""
    found = {one.value: one for one in counted}
    wanted = dict.fromkeys(chosen)
    for value in wanted:
        known = found.pop(value, None)
        yield Option(value, _label(kind, known.label if known else value), known.count if known else None, chosen=True)
    for one in list(found.values())[: max(0, MAX_OPTIONS - len(wanted))]:
        yield Option(one.value, _label(kind, one.label), one.count, chosen=False)


def _label(kind: str, label: str) -> str:
    if label.startswith("-"):
        return phrase("not {value}", value=_label(kind, label[1:]))
    if kind == FilterKind.LANGUAGE:
        return NAMES[request_language.current().code].get(label, label)
    if kind == FilterKind.OPEN_TO and label in set(OpenTo):
        return OPEN_TO[OpenTo(label)]
    return text.optional_text(label) or label


def _card(hit: Hit, base_url: str, fixed: Collection[str]) -> Card:
    listing = hit.listing
    return Card(
        url=holder_url(base_url, listing.id),
        name=text.optional_text(listing.name),
        headline=text.optional_text(listing.headline),
        place=text.optional_text(listing.place),
        credentials=listing.credentials,
        issuers=tuple(filter(None, (text.optional_text(one.name) for one in listing.issuers))),
        skills=_skills(listing),
        reasons=tuple(_reason(one) for one in hit.matches if one.field not in fixed),
    )


def _skills(listing: Listing) -> tuple[str, ...]:
    return tuple(filter(None, map(text.optional_text, listing.skills[:MAX_SKILLS])))


def _reason(match: Match) -> Reason:
    return Reason(LABELS[match.field], _label(match.field, match.value), FITS.get(match.fit))
