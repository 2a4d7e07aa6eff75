"""The commands about achievements."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TypeVar

from chalicelib.award import achievements
from chalicelib.award.achievements import Content, NewAchievement
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.services import Services
from cli.output import UsageFault, show

T = TypeVar("T")


def add(services: Services, asked: Namespace) -> int:
    """Add an achievement."""
    new = NewAchievement(
        issuer_id=asked.issuer,
        name=asked.name,
        description=asked.description,
        criteria=asked.criteria,
        picture=_read(asked.image),
        picture_alt=asked.image_alt,
        skills=_skills(asked),
        kind=asked.kind,
        valid_days=asked.valid_days,
        evidence_required=asked.evidence_required,
    )
    _show(achievements.add(services.awarding, new), asked.json)
    return 0


def revise(services: Services, asked: Namespace) -> int:
    """Store the next version of an achievement: as it is, but for what is given."""
    before = services.ledger.achievement(asked.issuer, asked.id)
    content = Content(
        name=_or(asked.name, before.name),
        description=_or(asked.description, before.description),
        criteria=_or(asked.criteria, before.criteria),
        picture=_read(asked.image) if asked.image else None,
        picture_alt=_or(asked.image_alt, before.image_alt),
        skills=_skills(asked) if asked.skill else before.skills,
        kind=_or(asked.kind, before.kind),
        # 0 takes the rule away.
        valid_days=_or(asked.valid_days, before.valid_days) or None,
        evidence_required=_or(asked.evidence_required, before.evidence_required),
        archived=_or(asked.archived, before.archived),
    )
    _show(achievements.revise(services.awarding, asked.issuer, asked.id, before.version, content), asked.json)
    return 0


def versions(services: Services, asked: Namespace) -> int:
    """Every version of one achievement, the first one first."""
    services.ledger.achievement(asked.issuer, asked.id)
    for achievement in services.ledger.achievement_versions(asked.issuer, asked.id):
        _show(achievement, asked.json)
    return 0


def list_all(services: Services, asked: Namespace) -> int:
    """Every achievement of one issuer."""
    services.ledger.issuer(asked.issuer)
    for achievement in services.ledger.achievements(asked.issuer):
        _show(achievement, asked.json)
    return 0


def _or(given: T | None, before: T) -> T:
    return before if given is None else given


def _skills(asked: Namespace) -> tuple[Skill, ...]:
    return tuple(Skill(name, url, framework) for name, url, framework in asked.skill)


def _read(picture: Path) -> bytes:
    try:
        return picture.read_bytes()
    except OSError as error:
        raise UsageFault(f"{picture} cannot be read: {error.strerror}.", code="file_unreadable") from error


def _show(achievement: Achievement, as_json: bool) -> None:
    archived = ", archived" if achievement.archived else ""
    show(
        as_json,
        f"{achievement.id}  {achievement.name} ({achievement.kind}, version {achievement.version}{archived})",
        id=achievement.id,
        issuer=achievement.issuer_id,
        name=achievement.name,
        kind=achievement.kind,
        image=achievement.image,
        skills=[skill.url for skill in achievement.skills],
        version=achievement.version,
        valid_days=achievement.valid_days,
        evidence_required=achievement.evidence_required,
        archived=achievement.archived,
    )
