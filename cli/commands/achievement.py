"""Commands for achievements."""

from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from chalicelib.award import achievements
from chalicelib.award.achievements import Content, NewAchievement
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.services import Services
from cli import files, grammar
from cli.grammar import Commands
from cli.output import UsageProblem, show, table

T = TypeVar("T")

_NAME, _DESCRIPTION, _CRITERIA = "name of the achievement", "what the achievement is about", "how to earn it"
_IMAGE_ALT = "description of the image for people who cannot see it"
_VALID_DAYS = "number of days a credential is valid"
_SHOWS_COUNT = "show on its public page how often it was issued"
_KIND = "Open Badges achievementType, such as Course"


def add_commands(resources: Commands) -> None:
    """Add `achievement`."""
    verbs = grammar.verbs(resources, "achievement", "manage achievements: what people can earn")
    _add_create(verbs)
    _add_update(verbs)
    every = grammar.command(
        verbs, "versions", versions, "list the versions of an achievement", "laurel achievement versions acme ID"
    )
    grammar.issuer(every)
    every.add_argument("id", metavar="ID", help="id of the achievement")
    grammar.issuer(
        grammar.command(verbs, "list", list_all, "list the achievements of an issuer", "laurel achievement list acme")
    )


def _add_create(verbs: Commands) -> None:
    made = grammar.command(
        verbs,
        "create",
        create,
        "create an achievement",
        'laurel achievement create acme --name Welding --description "Can weld." --criteria "Pass the test." '
        '--image badge.png --image-alt "A flame"',
    )
    grammar.issuer(made)
    made.add_argument("--name", required=True, help=_NAME)
    made.add_argument("--description", required=True, help=_DESCRIPTION)
    made.add_argument("--criteria", required=True, help=_CRITERIA)
    made.add_argument(
        "--image", type=Path, metavar="FILE", help="PNG, JPEG, WebP or SVG file (default: a badge with the initials)"
    )
    made.add_argument("--image-alt", metavar="TEXT", help=f"{_IMAGE_ALT}; required with --image")
    made.add_argument("--kind", default="Badge", help=f"{_KIND} (default: Badge)")
    made.add_argument(
        "--skill",
        nargs=3,
        action="append",
        default=[],
        metavar=("NAME", "URL", "FRAMEWORK"),
        help="skill with its URL in a public framework; repeatable",
    )
    made.add_argument("--valid-days", type=int, metavar="DAYS", help=f"{_VALID_DAYS} (default: no limit)")
    made.add_argument("--evidence-required", action="store_true", help="require evidence when issuing")
    made.add_argument("--shows-count", action="store_true", help=_SHOWS_COUNT)
    _add_enrolment(made)


def _add_update(verbs: Commands) -> None:
    next_one = grammar.command(
        verbs,
        "update",
        update,
        "create a new version; options that are not given keep their value",
        'laurel achievement update acme ID --name "Welding II"',
        "laurel achievement update acme ID --archived",
    )
    grammar.issuer(next_one)
    next_one.add_argument("id", metavar="ID", help="id of the achievement")
    next_one.add_argument("--name", help=_NAME)
    next_one.add_argument("--description", help=_DESCRIPTION)
    next_one.add_argument("--criteria", help=_CRITERIA)
    next_one.add_argument("--image-alt", metavar="TEXT", help=_IMAGE_ALT)
    next_one.add_argument("--kind", help=_KIND)
    next_one.add_argument(
        "--image", type=Path, metavar="FILE", help="PNG, JPEG, WebP or SVG file (default: keep the current image)"
    )
    next_one.add_argument(
        "--skill",
        nargs=3,
        action="append",
        metavar=("NAME", "URL", "FRAMEWORK"),
        help="skill; replaces all current skills; repeatable",
    )
    next_one.add_argument("--valid-days", type=int, metavar="DAYS", help=f"{_VALID_DAYS}; 0 removes the limit")
    next_one.add_argument(
        "--evidence-required", action=BooleanOptionalAction, help="whether evidence is required when issuing"
    )
    next_one.add_argument("--archived", action=BooleanOptionalAction, help="whether it can no longer be issued")
    next_one.add_argument("--shows-count", action=BooleanOptionalAction, help=_SHOWS_COUNT)
    _add_enrolment(next_one)


def _add_enrolment(command: ArgumentParser) -> None:
    command.add_argument("--enrolment-url", metavar="URL", help="https page where people sign up")
    command.add_argument("--eligibility", metavar="TEXT", help="who can enrol")
    command.add_argument(
        "--related", action="append", default=[], metavar="ID", help="achievement to recommend next; repeatable"
    )


def create(services: Services, options: Namespace) -> int:
    """Create an achievement."""
    if options.image and not options.image_alt:
        raise UsageProblem("Describe the image with --image-alt.")
    new = NewAchievement(
        issuer_id=options.issuer,
        name=options.name,
        description=options.description,
        criteria=options.criteria,
        picture=files.content(options.image) if options.image else None,
        picture_alt=options.image_alt or f"Badge: {options.name}",
        skills=_skills(options),
        kind=options.kind,
        valid_days=options.valid_days,
        evidence_required=options.evidence_required,
        shows_count=options.shows_count,
        enrolment_url=options.enrolment_url,
        eligibility=options.eligibility,
        related=tuple(options.related),
    )
    _show(achievements.add(services.issuer_context, new), options.json)
    return 0


def update(services: Services, options: Namespace) -> int:
    """Create a new version; options that are not given keep their value."""
    before = services.issuer_store.achievement(options.issuer, options.id)
    content = Content(
        name=_given_or_current(options.name, before.name),
        description=_given_or_current(options.description, before.description),
        criteria=_given_or_current(options.criteria, before.criteria),
        picture=files.content(options.image) if options.image else None,
        picture_alt=_given_or_current(options.image_alt, before.image_alt),
        skills=_skills(options) if options.skill else before.skills,
        kind=_given_or_current(options.kind, before.kind),
        # 0 removes the limit.
        valid_days=_given_or_current(options.valid_days, before.valid_days) or None,
        evidence_required=_given_or_current(options.evidence_required, before.evidence_required),
        archived=_given_or_current(options.archived, before.archived),
        shows_count=_given_or_current(options.shows_count, before.shows_count),
        # An empty text removes it.
        enrolment_url=_given_or_current(options.enrolment_url, before.enrolment_url) or None,
        eligibility=_given_or_current(options.eligibility, before.eligibility) or None,
        related=tuple(options.related) if options.related else before.related,
    )
    _show(
        achievements.revise(services.issuer_context, options.issuer, options.id, before.version, content), options.json
    )
    return 0


def versions(services: Services, options: Namespace) -> int:
    """List the versions of an achievement, oldest first."""
    services.issuer_store.achievement(options.issuer, options.id)
    _table(services.issuer_store.achievement_versions(options.issuer, options.id), options.json)
    return 0


def list_all(services: Services, options: Namespace) -> int:
    """List the achievements of an issuer."""
    services.issuer_store.issuer(options.issuer)
    _table(services.issuer_store.achievements(options.issuer), options.json)
    return 0


def _given_or_current(given: T | None, before: T) -> T:
    return before if given is None else given


def _skills(options: Namespace) -> tuple[Skill, ...]:
    return tuple(Skill(name, url or None, framework or None) for name, url, framework in options.skill)


def _show(achievement: Achievement, as_json: bool) -> None:
    archived = ", archived" if achievement.archived else ""
    text = f"{achievement.id}  {achievement.name} ({achievement.kind}, version {achievement.version}{archived})"
    show(as_json, text, **_members(achievement))


def _table(listed: Iterable[Achievement], as_json: bool) -> None:
    table(as_json, ("id", "name", "kind", "version", "valid_days", "archived"), map(_members, listed))


def _members(achievement: Achievement) -> dict[str, object]:
    return {
        "id": achievement.id,
        "issuer": achievement.issuer_id,
        "name": achievement.name,
        "kind": achievement.kind,
        "image": achievement.image,
        "skills": [skill.url for skill in achievement.skills],
        "version": achievement.version,
        "valid_days": achievement.valid_days,
        "evidence_required": achievement.evidence_required,
        "archived": achievement.archived,
        "shows_count": achievement.shows_count,
        "enrolment_url": achievement.enrolment_url,
        "eligibility": achievement.eligibility,
        "related": list(achievement.related),
    }
