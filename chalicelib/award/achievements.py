"""Create, revise and archive achievements."""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass, fields, replace
from typing import Any

from chalicelib.award.input.text_rules import check_name, check_text, check_url
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.record import Image
from chalicelib.errors import Conflict, Refused

MAX_IMAGE = 256 * 1024
"""Bytes. It is stored in a DynamoDB item (at most 400 KB); a badge of 400 x 400 pixels has about 20 KB."""
MAX_SKILLS = 25
"""More than that is a catalogue, not an achievement."""

MAX_DAYS = 36_525
"""A hundred years."""

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
"""An achievement's id."""
MAX_SIDE = 4096
"""Pixels. A PNG of a few bytes can declare a side of two billion pixels, and browsers and email clients would allocate
memory for all of them."""
KINDS = frozenset({
    "Achievement", "ApprenticeshipCertificate", "Assessment", "Assignment", "AssociateDegree", "Award", "Badge",
    "BachelorDegree", "Certificate", "CertificateOfCompletion", "Certification", "CommunityService", "Competency",
    "Course", "CoCurricular", "Degree", "Diploma", "DoctoralDegree", "Fieldwork", "GeneralEducationDevelopment",
    "JourneymanCertificate", "LearningProgram", "License", "Membership", "ProfessionalDoctorate",
    "QualityAssuranceCredential", "MasterCertificate", "MasterDegree", "MicroCredential", "ResearchDoctorate",
    "SecondarySchoolDiploma",
})  # fmt: skip
"""The achievementTypes of Open Badges 3.0 (B.1.21); custom types start with `ext:`."""
_OWN_KIND = re.compile(r"ext:[A-Za-z0-9._-]{1,60}", re.ASCII)
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
"""The first bytes of every PNG file (PNG, third edition, 5.2 and 11.2.1), followed by width and height."""
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
"""Its last chunk (11.2.5)."""


@dataclass(frozen=True, slots=True)
class Content:
    """The editable content of an achievement and its issuing rules."""

    name: str
    description: str
    criteria: str
    picture: bytes | None
    """A PNG file; None keeps the current image."""
    picture_alt: str
    skills: tuple[Skill, ...] = ()
    kind: str = "Badge"
    valid_days: int | None = None
    evidence_required: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True)
class NewAchievement:
    """An achievement to create. ``picture`` is a PNG file; ``id`` is a UUID, or None to generate one."""

    issuer_id: str
    name: str
    description: str
    criteria: str
    picture: bytes
    picture_alt: str
    skills: tuple[Skill, ...] = ()
    kind: str = "Badge"
    id: str | None = None
    valid_days: int | None = None
    evidence_required: bool = False


def add(issuer_context: IssuerContext, new: NewAchievement) -> Achievement:
    """Store the picture under its SHA-256, then the achievement's first version.

    Raises `NotFound` when the issuer does not exist, `Refused` when a text, a URL or the picture is invalid, `Conflict`
    when the id is taken. If storing the achievement fails, the picture stays and the next attempt reuses it.
    """
    if new.id is not None and not UUID.fullmatch(new.id):
        raise Refused(f"{new.id[:80]!r} is not a UUID.", code="bad_id")
    content = Content(**{each.name: getattr(new, each.name) for each in fields(Content) if each.name != "archived"})
    _check(content)
    issuer_context.issuer_store.issuer(new.issuer_id)
    achievement = Achievement(
        id=new.id or issuer_context.uuid(),
        issuer_id=new.issuer_id,
        image=_store_image(issuer_context, new.picture),
        **_content_fields(content),
    )
    issuer_context.issuer_store.add_achievement(achievement)
    return achievement


def revise(
    issuer_context: IssuerContext, issuer_id: str, achievement_id: str, version: int, content: Content
) -> Achievement:
    """Store ``content`` as the version after ``version``; credentials already issued do not change.

    Repeating the same request, for example after a lost response, returns the same version. Raises `NotFound`,
    `Refused` as `add` does, and `Conflict` (`version_conflict`) when ``version`` is not the current one.
    """
    _check(content)
    before = issuer_context.issuer_store.achievement(issuer_id, achievement_id)
    image = before.image if content.picture is None else _store_image(issuer_context, content.picture)
    after = Achievement(id=before.id, issuer_id=issuer_id, image=image, version=version + 1, **_content_fields(content))
    if before == after:
        return before
    if before.version != version:
        raise _changed(before.version)
    return _replace(issuer_context, before, after)


def archive(
    issuer_context: IssuerContext, issuer_id: str, achievement_id: str, *, archived: bool = True
) -> Achievement:
    """Archive or restore an achievement without changing its content. Raises `NotFound`, `Conflict`."""
    before = issuer_context.issuer_store.achievement(issuer_id, achievement_id)
    if before.archived == archived:
        return before
    return _replace(issuer_context, before, replace(before, archived=archived, version=before.version + 1))


def _replace(issuer_context: IssuerContext, before: Achievement, after: Achievement) -> Achievement:
    try:
        issuer_context.issuer_store.replace_achievement(before, after)
    except Conflict as error:
        raise _changed(None) from error
    return after


def _changed(present: int | None) -> Conflict:
    now = f"; its version is now {present}" if present else ""
    return Conflict(
        f"Someone else changed this achievement{now}. Read it again before you change it.", code="version_conflict"
    )


def _store_image(issuer_context: IssuerContext, picture: bytes) -> str:
    """Store ``picture`` and return its URL."""
    image = Image(hashlib.sha256(picture).hexdigest(), "image/png", picture)
    issuer_context.issuer_store.add_image(image)
    return f"{issuer_context.base_url}/images/{image.sha256}.png"


def _content_fields(content: Content) -> dict[str, Any]:
    """The `Achievement` fields taken from ``content``, without the image."""
    return {
        "name": content.name,
        "description": content.description,
        "criteria": content.criteria,
        "image_alt": content.picture_alt,
        "skills": content.skills,
        "kind": content.kind,
        "valid_days": content.valid_days,
        "evidence_required": content.evidence_required,
        "archived": content.archived,
    }


def _check(content: Content) -> None:
    check_name("name", content.name, 200)
    check_text("description", content.description, 2000)
    check_text("criteria", content.criteria, 10_000)
    check_text("image description", content.picture_alt, 500)
    check_kind(content.kind)
    if content.picture is not None:
        check_picture(content.picture)
    if content.valid_days is not None and not 1 <= content.valid_days <= MAX_DAYS:
        raise Refused(f"A credential can be valid for 1 to {MAX_DAYS:,} days.", code="bad_validity")
    if len(content.skills) > MAX_SKILLS:
        raise Refused(f"{len(content.skills)} skills are too many. The limit is {MAX_SKILLS}.", code="too_many_skills")
    for skill in content.skills:
        check_text("skill's name", skill.name, 200)
        check_text("skill's framework", skill.framework, 200)
        check_url("skill's url", skill.url)
        if skill.code is not None:
            check_text("skill's code", skill.code, 200)


def check_kind(kind: str) -> None:
    """Check ``kind`` against the achievement types of Open Badges 3.0. Raises `Refused` (`bad_kind`)."""
    if kind not in KINDS and not _OWN_KIND.fullmatch(kind):
        raise Refused(
            f"{kind[:80]!r} is not an Open Badges 3.0 achievement type such as Course or Certificate. "
            "Custom types start with ext:, for example ext:Workshop.",
            code="bad_kind",
        )


def check_picture(picture: bytes) -> None:
    """Check that ``picture`` is a complete PNG file within the limits. Raises `Refused` (`bad_picture`)."""
    if not picture.startswith(_PNG) or len(picture) < len(_PNG) + 8:
        raise Refused("The image is not a PNG file.", code="bad_picture")
    if _PNG_END not in picture:
        raise Refused("The image is incomplete. Export it again.", code="bad_picture")
    width, height = struct.unpack_from(">II", picture, len(_PNG))
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise Refused(
            f"The image is {width:,} by {height:,} pixels. The limit is {MAX_SIDE:,} by {MAX_SIDE:,}; "
            "400 by 400 is enough.",
            code="bad_picture",
        )
    if len(picture) > MAX_IMAGE:
        raise Refused(
            f"The image is {len(picture):,} bytes. The limit is {MAX_IMAGE:,}.",
            code="bad_picture",
        )
