"""Recommend achievements, with the reason: the issuer's own choice, else its pathways, else shared skills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.catalogue.entry import CatalogueEntry
from chalicelib.credential.quotation import escape_quotes
from chalicelib.language.phrase import phrase, plural

MAX_SHOWN = 5
"""Maximum recommendations on a page: as many as an issuer can choose."""
MAX_COMPARED = 50
"""Maximum achievements of an issuer that are compared by their skills: one read of at most 50 small items. An issuer
that offers more can choose its recommendations itself."""
MAX_NAMED = 3
"""Maximum shared skills that the reason names."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An achievement to earn next. ``reason`` explains it in one line."""

    id: str
    name: str
    reason: str


def chosen(entry: CatalogueEntry, found: Mapping[str, CatalogueEntry]) -> tuple[Recommendation, ...]:
    """Recommend the issuer's own choice, in its order; ``found`` are those that it still offers, by id."""
    offered = [found[each] for each in entry.related if each in found and each != entry.id]
    return tuple(Recommendation(one.id, one.name, phrase("Recommended by the issuer.")) for one in offered[:MAX_SHOWN])


def by_pathways(achievement_id: str, links: Iterable[PathwayLink]) -> tuple[Recommendation, ...]:
    """Recommend the next steps of the pathways that the achievement is a step of."""
    steps = {
        step.achievement_id: Recommendation(
            step.achievement_id, step.name, phrase("Next step in “{pathway}”.", pathway=escape_quotes(link.pathway))
        )
        for link in reversed(list(links))
        for step in reversed(link.next)
        if step.achievement_id != achievement_id
    }
    return tuple(reversed(steps.values()))[:MAX_SHOWN]


def by_skills(entry: CatalogueEntry, others: Iterable[CatalogueEntry]) -> tuple[Recommendation, ...]:
    """Recommend the achievements of the same issuer that share most skills, with the skills as the reason."""
    own = {skill.key: skill.name for skill in entry.skills}
    shared = [
        (one, [own[key] for key in dict.fromkeys(skill.key for skill in one.skills) if key in own])
        for one in others
        if one.id != entry.id
    ]
    ranked = sorted((pair for pair in shared if pair[1]), key=lambda pair: (-len(pair[1]), pair[0].name, pair[0].id))
    return tuple(Recommendation(one.id, one.name, _shares(names)) for one, names in ranked[:MAX_SHOWN])


def _shares(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMED
    quoted = [phrase("“{name}”", name=escape_quotes(name)) for name in names[:MAX_NAMED]]
    listed = reduce(lambda first, next_: phrase("{first}, {next}", first=first, next=next_), quoted)
    if more > 0:
        return plural(
            "Covers the same skills: {skills} and {count} more.",
            "Covers the same skills: {skills} and {count} more.",
            more,
            skills=listed,
        )
    return plural("Covers the same skill: {skills}.", "Covers the same skills: {skills}.", len(names), skills=listed)
