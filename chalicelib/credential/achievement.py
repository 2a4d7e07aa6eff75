"""What can be earned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill that an achievement shows, aligned to a public framework by URL (OB 3.0 `Alignment`)."""

    name: str
    url: str
    framework: str
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
    """Raised by one with every change. What was issued stays as issued: every version is kept."""
    valid_days: int | None = None
    """How many days a credential is good for, unless its award says otherwise; None is without end."""
    evidence_required: bool = False
    """Whether it is only issued with evidence."""
    archived: bool = False
    """Whether it is no longer issued."""
