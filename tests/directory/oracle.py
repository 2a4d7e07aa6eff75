"""The directory without an index: every listing is compared with the query. Shares only the splitting of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from chalicelib.directory import text
from chalicelib.directory.listing import Listing
from chalicelib.directory.query.query import FilterKind, Order, Query

Numbered = Mapping[int, Listing]


def texts(listing: Listing) -> list[str]:
    return [listing.headline, *listing.skills, *(one.name for one in listing.achievements)]


def words(listing: Listing) -> set[str]:
    return set().union(*map(text.indexed_words, [listing.name, *texts(listing)]))


def one_error(a: str, b: str) -> bool:
    """Optimal string alignment distance of one, by the textbook's table."""
    rows = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if not i or not j:
                rows[i][j] = i + j
                continue
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1] == 1


def similar(query: Query, directory: Numbered) -> dict[str, set[str]]:
    """The words that each word of the query may be meant as."""
    compared = [word for word in query.words if len(word) >= 5 and word.isalpha() and not text.is_cjk(word)][:3]
    known = sorted({word for listing in directory.values() for word in words(listing) if word.isalpha()})
    known = [word for word in known if not text.is_cjk(word)]
    return {word: set([one for one in known if one_error(word, one)][: 16 // len(compared)]) for word in compared}


def word_tier(word: str, last: bool, listing: Listing, meant: set[str]) -> int:
    """How well a word matches: 1 in the name, 2 anywhere, 3 as a beginning, 4 with an error, 9 not at all."""
    name = text.indexed_words(listing.name)
    everything = words(listing)
    cjk = text.is_cjk(word)
    if word in name:
        return 1
    if word in everything:
        return 2
    short, long = (len(word) == 1, False) if cjk else (len(word) >= 2, len(word) >= 4)
    if last and short and any(one.startswith(word) for one in name):
        return 3
    if last and long and any(one.startswith(word) for one in everything):
        return 3
    return 4 if meant & everything else 9


def values(kind: FilterKind, listing: Listing) -> set[str]:
    """The values that a filter of ``kind`` compares."""
    return {
        FilterKind.SKILL: set(map(text.key, listing.skills)),
        FilterKind.ACHIEVEMENT: {one.id for one in listing.achievements},
        FilterKind.ISSUER: {one.id for one in listing.issuers},
        FilterKind.PLACE: set(map(text.key, listing.place.split(","))),
        FilterKind.LANGUAGE: {part for tag in listing.languages for part in (tag.lower(), tag.lower().split("-")[0])},
        FilterKind.OPEN_TO: {one.lower() for one in listing.open_to},
    }[kind]


def passes(kind: FilterKind, value: str, listing: Listing) -> bool:
    if kind is FilterKind.ISSUED_AFTER:
        return listing.issued_at is not None and listing.issued_at.strftime("%Y-%m") >= value
    wanted = set(value.split(",")) if kind is FilterKind.PLACE else {value}
    return wanted <= values(kind, listing)


def tier(query: Query, listing: Listing, meant: Mapping[str, set[str]]) -> int:
    """0 for the whole name, otherwise the worst tier of a word; 9 if the listing is no result."""
    for one in query.filters:
        if one.any_of and not any(passes(one.kind, value, listing) for value in one.any_of):
            return 9
        if any(passes(one.kind, value, listing) for value in one.none_of):
            return 9
    last = len(query.words) - 1
    name = text.indexed_words(listing.name)
    if query.words and set(query.words) <= name and len(text.searched_words(listing.name)) == len(query.words):
        return 0
    return max(
        (word_tier(word, at == last, listing, meant.get(word, set())) for at, word in enumerate(query.words)), default=1
    )


def search(query: Query, directory: Numbered) -> list[str]:
    """The ids of all results in order."""
    meant = similar(query, directory)
    tiers = {ordinal: tier(query, listing, meant) for ordinal, listing in directory.items()}
    key: Callable[[int], object] = {
        Order.RECENCY: lambda one: -one,
        Order.RELEVANCE: lambda one: (tiers[one], -one),
        Order.CREDENTIALS: lambda one: (-min(max(directory[one].credentials, 1), 8), -one),
        Order.NAME: lambda one: (name(directory[one]), -one),
    }[query.order]
    return [directory[one].id for one in sorted((one for one in directory if tiers[one] < 9), key=key)]


def name(listing: Listing) -> str:
    return text.key(listing.name).replace("#", "").replace(" ", "-") or "\U0010ffff"


def facet(kind: FilterKind, found: Sequence[Listing]) -> dict[str, int]:
    """How many listings have each value of ``kind``."""
    counts: dict[str, int] = {}
    for listing in found:
        values = {
            FilterKind.SKILL: {text.key(skill) for skill in listing.skills},
            FilterKind.ACHIEVEMENT: {one.id for one in listing.achievements},
            FilterKind.ISSUER: {one.id for one in listing.issuers},
            FilterKind.PLACE: {listing.place} - {""},
            FilterKind.LANGUAGE: {one.lower() for one in listing.languages},
            FilterKind.OPEN_TO: {one.lower() for one in listing.open_to},
        }[kind]
        for value in values:
            counts[value] = counts.get(value, 0) + 1
    return counts
