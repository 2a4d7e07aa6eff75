"""The commands about achievements."""

from __future__ import annotations

from argparse import Namespace

from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.services import Services
from cli.output import UsageFault, show


def add(services: Services, asked: Namespace) -> int:
    """Add an achievement."""
    try:
        picture = asked.image.read_bytes()
    except OSError as error:
        raise UsageFault(f"{asked.image} cannot be read: {error.strerror}.", code="file_unreadable") from error
    new = NewAchievement(
        issuer_id=asked.issuer,
        name=asked.name,
        description=asked.description,
        criteria=asked.criteria,
        picture=picture,
        picture_alt=asked.image_alt,
        skills=tuple(Skill(name, url, framework) for name, url, framework in asked.skill),
        kind=asked.kind,
    )
    _show(achievements.add(services.awarding, new), asked.json)
    return 0


def list_all(services: Services, asked: Namespace) -> int:
    """Every achievement of one issuer."""
    services.ledger.issuer(asked.issuer)
    for achievement in services.ledger.achievements(asked.issuer):
        _show(achievement, asked.json)
    return 0


def _show(achievement: Achievement, as_json: bool) -> None:
    show(
        as_json,
        f"{achievement.id}  {achievement.name} ({achievement.kind})",
        id=achievement.id,
        issuer=achievement.issuer_id,
        name=achievement.name,
        kind=achievement.kind,
        image=achievement.image,
        skills=[skill.url for skill in achievement.skills],
    )
