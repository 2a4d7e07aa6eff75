"""View model of the timezone field: a list by region, and a search by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.award.input.folding import fold
from chalicelib.delivery.holder import timezones
from chalicelib.language.phrase import phrase, plural

MAX_SEARCH_TERM = 64
"""Maximum characters of a search term; the longest name has 32."""
OTHER = phrase("Other")
UNKNOWN = "Unknown timezone. Choose one from the list."

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ZoneField:
    """``regions`` are the options by region; each option is a timezone's name and its label."""

    regions: tuple[tuple[str, Options], ...]
    selected: str | None
    searched: str = ""
    found: str = ""
    """The result of a search."""
    search_error: str = ""
    error: str = ""


def zone_field(current: str | None, *, error: str = "") -> ZoneField:
    """Build the field with every timezone; ``current`` is the holder's choice."""
    offered = timezones.offered()
    # An older name, such as GB, stays an option for the holder who chose it.
    older = (current,) if current is not None and current not in offered else ()
    return ZoneField(_by_region((*offered, *older)), current, error=error)


def search(current: str | None, term: str) -> ZoneField:
    """Build the field with the timezones whose name or country contains ``term``; with all of them when none does."""
    term = term.strip()[:MAX_SEARCH_TERM]
    matches = (_matching(term) or _of_country(term)) if term else []
    if not matches:
        every = zone_field(current)
        error = phrase("No timezone matches “{term}”. Try your country or the nearest large city.", term=term)
        return ZoneField(every.regions, current, term, search_error=error if term else "")
    found = plural(
        "{count} timezone matches “{term}”. Save it to use it.",
        "{count} timezones match “{term}”. Choose one and save it.",
        len(matches),
        term=term,
    )
    return ZoneField(_by_region(matches), current if current in matches else matches[0], term, found)


def _matching(term: str) -> list[str]:
    return [zone for zone in timezones.offered() if _words(term) in _searched(zone)]


def _of_country(term: str) -> list[str]:
    """The timezones of the country that is called ``term`` in any language."""
    from chalicelib.directory.index import places  # few search, and fewer in another language

    english = places.country(term)
    names = timezones.countries()
    return [zone for zone in timezones.offered() if english and places.country(names.get(zone, "")) == english]


def _words(text: str) -> str:
    return fold(text.replace("_", " ").replace("/", " "))


def _searched(zone: str) -> str:
    return "\n".join(map(_words, (zone, timezones.countries().get(zone, ""), *timezones.other_names().get(zone, ()))))


def _by_region(chosen: Iterable[str]) -> tuple[tuple[str, Options], ...]:
    regions: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for zone in chosen:
        region, _, place = zone.partition("/")
        regions[region if place else OTHER].append((zone, _label(place or zone, timezones.countries().get(zone, ""))))
    return tuple((region, tuple(sorted(options, key=lambda one: one[1]))) for region, options in regions.items())


def _label(place: str, country: str) -> str:
    """Return the city first, because browsers find an option by the first letters that are typed."""
    *area, city = place.replace("_", " ").split("/")
    # Some names repeat themselves: America/Argentina/Buenos_Aires, Asia/Singapore.
    return ", ".join(dict.fromkeys(filter(None, [city, *area, country])))
