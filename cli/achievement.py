"""The commands about achievements."""

from __future__ import annotations

from argparse import BooleanOptionalAction, Namespace
from pathlib import Path
from typing import TypeVar

from chalicelib.award import achievements
from chalicelib.award.achievements import Content, NewAchievement
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.services import Services
from cli import files, grammar
from cli.grammar import Commands
from cli.output import show

T = TypeVar("T")


def add_commands(nouns: Commands) -> None:
    """What can be said of an achievement."""
    verbs = grammar.verbs(nouns, "achievement", "what can be earned: add, revise, versions, list")
    made = grammar.command(verbs, "add", add, "add what can be earned")
    grammar.issuer(made)
    made.add_argument("--name", required=True)
    made.add_argument("--description", required=True)
    made.add_argument("--criteria", required=True, help="what has to be done to earn it")
    made.add_argument("--image", type=Path, required=True, metavar="FILE", help="a PNG")
    made.add_argument("--image-alt", required=True, help="the picture in words")
    made.add_argument("--kind", default="Badge", help="an Open Badges achievementType (default: Badge)")
    made.add_argument(
        "--skill",
        nargs=3,
        action="append",
        default=[],
        metavar=("NAME", "URL", "FRAMEWORK"),
        help="a skill that it shows, with its address in a public framework; may be repeated",
    )
    made.add_argument("--valid-days", type=int, metavar="DAYS", help="how long a credential is good for (no end)")
    made.add_argument("--evidence-required", action="store_true", help="it is only issued with evidence")
    next_one = grammar.command(verbs, "revise", revise, "the next version: as it is, but for what is given")
    grammar.issuer(next_one)
    next_one.add_argument("id", help="the achievement's id")
    for words in ("--name", "--description", "--criteria", "--image-alt", "--kind"):
        next_one.add_argument(words)
    next_one.add_argument("--image", type=Path, metavar="FILE", help="a PNG; without it the picture stays")
    next_one.add_argument(
        "--skill",
        nargs=3,
        action="append",
        metavar=("NAME", "URL", "FRAMEWORK"),
        help="instead of all that are there; may be repeated",
    )
    next_one.add_argument("--valid-days", type=int, metavar="DAYS", help="0 takes the rule away")
    next_one.add_argument("--evidence-required", action=BooleanOptionalAction)
    next_one.add_argument("--archived", action=BooleanOptionalAction, help="whether it is no longer issued")
    every = grammar.command(verbs, "versions", versions, "every version of one")
    grammar.issuer(every)
    every.add_argument("id", help="the achievement's id")
    grammar.issuer(grammar.command(verbs, "list", list_all, "an issuer's achievements"))


def add(services: Services, asked: Namespace) -> int:
    """Add an achievement."""
    new = NewAchievement(
        issuer_id=asked.issuer,
        name=asked.name,
        description=asked.description,
        criteria=asked.criteria,
        picture=files.content(asked.image),
        picture_alt=asked.image_alt,
        skills=_skills(asked),
        kind=asked.kind,
        valid_days=asked.valid_days,
        evidence_required=asked.evidence_required,
    )
    _show(achievements.add(services.issuer_context, new), asked.json)
    return 0


def revise(services: Services, asked: Namespace) -> int:
    """Store the next version of an achievement: as it is, but for what is given."""
    before = services.issuer_store.achievement(asked.issuer, asked.id)
    content = Content(
        name=_or(asked.name, before.name),
        description=_or(asked.description, before.description),
        criteria=_or(asked.criteria, before.criteria),
        picture=files.content(asked.image) if asked.image else None,
        picture_alt=_or(asked.image_alt, before.image_alt),
        skills=_skills(asked) if asked.skill else before.skills,
        kind=_or(asked.kind, before.kind),
        # 0 takes the rule away.
        valid_days=_or(asked.valid_days, before.valid_days) or None,
        evidence_required=_or(asked.evidence_required, before.evidence_required),
        archived=_or(asked.archived, before.archived),
    )
    _show(achievements.revise(services.issuer_context, asked.issuer, asked.id, before.version, content), asked.json)
    return 0


def versions(services: Services, asked: Namespace) -> int:
    """Every version of one achievement, the first one first."""
    services.issuer_store.achievement(asked.issuer, asked.id)
    for achievement in services.issuer_store.achievement_versions(asked.issuer, asked.id):
        _show(achievement, asked.json)
    return 0


def list_all(services: Services, asked: Namespace) -> int:
    """Every achievement of one issuer."""
    services.issuer_store.issuer(asked.issuer)
    for achievement in services.issuer_store.achievements(asked.issuer):
        _show(achievement, asked.json)
    return 0


def _or(given: T | None, before: T) -> T:
    return before if given is None else given


def _skills(asked: Namespace) -> tuple[Skill, ...]:
    return tuple(Skill(name, url, framework) for name, url, framework in asked.skill)


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
