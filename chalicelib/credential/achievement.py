"""Achievements of issuers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill that an achievement shows. With a URL it is aligned to a public framework (OB 3.0 `Alignment`)."""

    name: str
    url: str | None = None
    framework: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Achievement:
    """One achievement of one issuer. ``image`` is the absolute URL of its picture."""

    id: str
    issuer_id: str
    name: str
    description: str
    criteria: str
    image: str
    image_alt: str
    skills: tuple[Skill, ...] = ()
    kind: str = "Badge"
    """An OB 3.0 achievementType, such as `Certificate` or `Course`."""
    version: int = 1
    """Incremented with every change. Every version is kept, and issued credentials do not change."""
    valid_days: int | None = None
    """The number of days that a credential is valid, unless another date is given when it is issued; None means no
    expiry."""
    evidence_required: bool = False
    """Whether evidence is required to issue it."""
    archived: bool = False
    """Whether it can no longer be issued."""
    shows_count: bool = False
    """Whether its public page says how often it was issued."""
    enrolment_url: str | None = None
    """The https page where people sign up for it."""
    eligibility: str | None = None
    """Who can enrol, in the issuer's words."""
    related: tuple[str, ...] = ()
    """Ids of the achievements of the same issuer that it recommends next, in order."""


def achievement_url(base_url: str, achievement_id: str) -> str:
    """The public page of an achievement."""
    return f"{base_url}/achievements/{achievement_id}"
