"""Add an achievement: what can be earned from an issuer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from chalicelib.award.awarding import Awarding
from chalicelib.award.text import check_text, check_url
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.record import Image
from chalicelib.errors import Refused

MAX_IMAGE = 256 * 1024
"""Bytes. It is kept in a DynamoDB item (400 KB at most); a badge of 400 x 400 pixels has about 20 KB."""
MAX_SKILLS = 25
"""More than that is a catalogue, not an achievement."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class NewAchievement:
    """What can be earned; ``picture`` is a PNG file. ``id`` is a UUID; None asks for a fresh one."""

    issuer_id: str
    name: str
    description: str
    criteria: str
    picture: bytes
    picture_alt: str
    skills: tuple[Skill, ...] = ()
    kind: str = "Badge"
    id: str | None = None


def add(awarding: Awarding, new: NewAchievement) -> Achievement:
    """Store the picture under its SHA-256, then the achievement.

    Raises `NotFound` when there is no such issuer, `Refused` when a text, an address or the picture is not acceptable,
    `Conflict` when the id is taken. A picture whose achievement is then not stored stays, and is found to be the same
    at the next try.
    """
    _check(new)
    awarding.ledger.issuer(new.issuer_id)
    picture = Image(hashlib.sha256(new.picture).hexdigest(), "image/png", new.picture)
    achievement = Achievement(
        id=new.id or awarding.uuid(),
        issuer_id=new.issuer_id,
        name=new.name,
        description=new.description,
        criteria=new.criteria,
        image=f"{awarding.base_url}/images/{picture.sha256}.png",
        image_alt=new.picture_alt,
        skills=new.skills,
        kind=new.kind,
    )
    awarding.ledger.add_image(picture)
    awarding.ledger.add_achievement(achievement)
    return achievement


def _check(new: NewAchievement) -> None:
    check_text("name", new.name, 200)
    check_text("description", new.description, 2000)
    check_text("criteria", new.criteria, 10_000)
    check_text("picture's description", new.picture_alt, 500)
    check_text("kind", new.kind, 64)
    if new.id is not None and not _UUID.fullmatch(new.id):
        raise Refused(f"{new.id[:80]!r} is not a UUID.", code="bad_id")
    if not new.picture.startswith(_PNG):
        raise Refused("The picture is not a PNG file.", code="bad_picture")
    if len(new.picture) > MAX_IMAGE:
        raise Refused(
            f"The picture has {len(new.picture):,} bytes; at most {MAX_IMAGE:,} are stored. Make it smaller.",
            code="bad_picture",
        )
    if len(new.skills) > MAX_SKILLS:
        raise Refused(f"{len(new.skills)} skills are too many; at most {MAX_SKILLS} fit.", code="too_many_skills")
    for skill in new.skills:
        check_text("skill's name", skill.name, 200)
        check_text("skill's framework", skill.framework, 200)
        check_url("skill's url", skill.url)
