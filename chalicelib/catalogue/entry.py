"""An achievement as listed on public pages, small enough to read many at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.credential.achievement import Achievement, Skill

_KEY_LENGTH = 16
"""Hexadecimal digits that identify a skill within one issuer."""


@dataclass(frozen=True, slots=True)
class CatalogueSkill:
    """A skill, for comparing achievements: the same ``key`` means the same skill."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """An achievement that an issuer offers. An archived one has no entry."""

    id: str
    issuer_id: str
    name: str
    kind: str
    image: str
    image_alt: str
    skills: tuple[CatalogueSkill, ...] = ()
    enrolment_url: str | None = None
    related: tuple[str, ...] = ()
    """Ids of the achievements that the issuer recommends next."""


def entry_of(achievement: Achievement) -> CatalogueEntry:
    """Build the entry of ``achievement``."""
    return CatalogueEntry(
        id=achievement.id,
        issuer_id=achievement.issuer_id,
        name=achievement.name,
        kind=achievement.kind,
        image=achievement.image,
        image_alt=achievement.image_alt,
        skills=tuple(catalogue_skills(achievement.skills)),
        enrolment_url=achievement.enrolment_url,
        related=achievement.related,
    )


def catalogue_skills(skills: Iterable[Skill]) -> Iterable[CatalogueSkill]:
    """Identify each skill by its URL in a framework, or by its name without one."""
    for skill in skills:
        identity = skill.url or " ".join(skill.name.casefold().split())
        yield CatalogueSkill(hashlib.sha256(identity.encode()).hexdigest()[:_KEY_LENGTH], skill.name)
