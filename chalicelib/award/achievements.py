"""Create, revise and archive achievements."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from chalicelib.award import daily_limits
from chalicelib.award.images import default_badge, formats, stored_images
from chalicelib.award.input.text_rules import check_https, check_name, check_text, check_url
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.public_id import ACHIEVEMENT_ID
from chalicelib.errors import Conflict, Refused

MAX_SKILLS = 25
"""Maximum skills: more would be a catalogue, not an achievement."""

MAX_ELIGIBILITY = 500
"""Maximum characters: a short paragraph."""
MAX_RELATED = 5
"""Maximum recommended achievements: more would be a catalogue, and each is read when a page shows them."""

MAX_DAYS = 36_525
"""Maximum days of validity: a hundred years."""

UUID = ACHIEVEMENT_ID
"""An achievement's id."""
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


@dataclass(frozen=True, slots=True)
class Content:
    """The editable content of an achievement and its issuing rules."""

    name: str
    description: str
    criteria: str
    picture: bytes | None
    """A PNG, JPEG, WebP or SVG file; None keeps the current image, or redraws a generated badge when the name
    changes."""
    picture_alt: str
    skills: tuple[Skill, ...] = ()
    kind: str = "Badge"
    valid_days: int | None = None
    evidence_required: bool = False
    archived: bool = False
    shows_count: bool = False
    enrolment_url: str | None = None
    eligibility: str | None = None
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewAchievement:
    """An achievement to create. ``picture`` is as in `Content`, or None to draw a badge; ``id`` is a UUID, or None to
    generate one."""

    issuer_id: str
    name: str
    description: str
    criteria: str
    picture: bytes | None
    picture_alt: str
    skills: tuple[Skill, ...] = ()
    kind: str = "Badge"
    id: str | None = None
    valid_days: int | None = None
    evidence_required: bool = False
    shows_count: bool = False
    enrolment_url: str | None = None
    eligibility: str | None = None
    related: tuple[str, ...] = ()

    @classmethod
    def of(cls, issuer_id: str, content: Content) -> NewAchievement:
        """An achievement of an issuer with ``content``."""
        return cls(issuer_id=issuer_id, **_common(content))


def add(issuer_context: IssuerContext, new: NewAchievement) -> Achievement:
    """Store the picture under its SHA-256, then the achievement's first version.

    Raises `NotFound` when the issuer does not exist, `Refused` when a text, a URL or the picture is invalid,
    `QuotaExceeded` (`daily_limit_exceeded`), `Conflict` when the id is taken. If storing the achievement fails, the
    picture stays and the next attempt reuses it.
    """
    if new.id is not None and not UUID.fullmatch(new.id):
        raise Refused(f"{new.id[:80]!r} is not a UUID.", code="bad_id")
    content = Content(**_common(new))
    _check(content)
    issuer = _counted(issuer_context, new.issuer_id)
    picture = default_badge.draw(new.name, issuer.accent) if new.picture is None else new.picture
    achievement = Achievement(
        id=new.id or issuer_context.uuid(),
        issuer_id=new.issuer_id,
        image=stored_images.store(issuer_context, picture),
        **_content_fields(content),
    )
    issuer_context.issuer_store.add_achievement(achievement)
    return achievement


def _common(source: NewAchievement | Content) -> dict[str, Any]:
    """The fields that a new achievement shares with its content; it is never archived."""
    return {each.name: getattr(source, each.name) for each in fields(Content) if each.name != "archived"}


def revise(
    issuer_context: IssuerContext, issuer_id: str, achievement_id: str, version: int, content: Content
) -> Achievement:
    """Store ``content`` as the version after ``version``; credentials already issued do not change.

    Repeating the same request, for example after a lost response, returns the same version. Raises `NotFound`,
    `Refused` as `add` does, and `Conflict` (`version_conflict`) when ``version`` is not the current one.
    """
    _check(content)
    before = issuer_context.issuer_store.achievement(issuer_id, achievement_id)
    _counted(issuer_context, issuer_id)
    image = _revised_image(issuer_context, before, content)
    after = Achievement(id=before.id, issuer_id=issuer_id, image=image, version=version + 1, **_content_fields(content))
    if before == after:
        return before
    if before.version != version:
        raise _changed(before.version)
    return _replace(issuer_context, before, after)


def archive(
    issuer_context: IssuerContext, issuer_id: str, achievement_id: str, *, archived: bool = True
) -> Achievement:
    """Archive or restore an achievement without changing its content.

    Raises `NotFound`, `QuotaExceeded`, `Conflict`.
    """
    before = issuer_context.issuer_store.achievement(issuer_id, achievement_id)
    if before.archived == archived:
        return before
    _counted(issuer_context, issuer_id)
    return _replace(issuer_context, before, replace(before, archived=archived, version=before.version + 1))


def _counted(issuer_context: IssuerContext, issuer_id: str) -> Issuer:
    """The issuer, after counting a version of an achievement, or an image, against its day: both are kept for ever."""
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    daily_limits.take(issuer_context, issuer, daily_limits.ACHIEVEMENTS)
    return issuer


def _revised_image(issuer_context: IssuerContext, before: Achievement, content: Content) -> str:
    """The URL of the image of the next version. An uploaded image is never replaced by a drawn badge."""
    if content.picture is not None:
        return stored_images.store(issuer_context, content.picture)
    if content.name == before.name or not stored_images.is_drawn_badge(issuer_context, before.image):
        return before.image
    accent = issuer_context.issuer_store.issuer(before.issuer_id).accent
    return stored_images.store(issuer_context, default_badge.draw(content.name, accent))


def _replace(issuer_context: IssuerContext, before: Achievement, after: Achievement) -> Achievement:
    try:
        issuer_context.issuer_store.replace_achievement(before, after)
    except Conflict as error:
        raise _changed(None) from error
    return after


def _changed(present: int | None) -> Conflict:
    now = f"; its version is now {present}" if present else ""
    return Conflict(
        f"Someone else changed this achievement{now}. Reload it before you change it.", code="version_conflict"
    )


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
        "shows_count": content.shows_count,
        "enrolment_url": content.enrolment_url,
        "eligibility": content.eligibility,
        "related": content.related,
    }


def _check(content: Content) -> None:
    check_name("name", content.name, 200)
    check_text("description", content.description, 2000)
    check_text("criteria", content.criteria, 10_000)
    check_text("image description", content.picture_alt, 500)
    check_kind(content.kind)
    if content.picture is not None:
        formats.check(content.picture)
    if content.valid_days is not None and not 1 <= content.valid_days <= MAX_DAYS:
        raise Refused(f"A credential can be valid for 1 to {MAX_DAYS:,} days.", code="bad_validity")
    if len(content.skills) > MAX_SKILLS:
        raise Refused(
            f"There are too many skills ({len(content.skills)}). The limit is {MAX_SKILLS}.", code="too_many_skills"
        )
    for skill in content.skills:
        check_skill(skill)
    if content.enrolment_url is not None:
        check_https("enrolment page", content.enrolment_url)
    if content.eligibility is not None:
        check_text("text about who can enrol", content.eligibility, MAX_ELIGIBILITY)
    check_related(content.related)


def check_related(related: tuple[str, ...]) -> None:
    """Check the form of recommended achievements. Raises `Refused` (`bad_id`, `too_many_related`).

    Whether they exist is not checked: pages leave out those that do not exist or are archived.
    """
    if len(related) > MAX_RELATED:
        raise Refused(
            f"There are too many recommended achievements ({len(related)}). The limit is {MAX_RELATED}.",
            code="too_many_related",
        )
    for each in related:
        if not UUID.fullmatch(each):
            raise Refused(f"{each[:80]!r} is not the id of an achievement.", code="bad_id")
    if len(set(related)) < len(related):
        raise Refused("A recommended achievement is listed twice.", code="bad_id")


def check_skill(skill: Skill) -> None:
    """Check a skill. Its name is enough; a framework or code needs the URL of the skill there. Raises `Refused`."""
    check_text("skill's name", skill.name, 200)
    if skill.url is not None:
        check_url("skill's URL", skill.url)
    elif skill.framework is not None or skill.code is not None:
        raise Refused("A skill with a framework or code needs its URL in that framework.", code="bad_url")
    if skill.framework is not None:
        check_text("skill's framework", skill.framework, 200)
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
