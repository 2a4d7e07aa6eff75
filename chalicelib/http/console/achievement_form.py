"""The achievement form: parsing, validation and preview."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from chalicelib.award.achievements import MAX_DAYS, MAX_IMAGE, MAX_SKILLS, check_kind, check_picture
from chalicelib.award.input.text_rules import check_name, check_text, check_url
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.errors import Refused
from chalicelib.http.console.form_state import FormState

KINDS = {
    "Badge": "Badge",
    "Certificate": "Certificate",
    "CertificateOfCompletion": "Certificate of completion",
    "Certification": "Certification",
    "MicroCredential": "Microcredential",
    "Course": "Course",
    "Competency": "Competency",
    "Assessment": "Assessment",
    "Award": "Award",
    "Diploma": "Diploma",
    "License": "Licence",
    "Membership": "Membership",
}
"""Label of each offered achievement type (Open Badges 3.0, B.1.21, AchievementType)."""
FEW_SKILLS = 1
"""Minimum number of skill rows."""
MORE_SKILLS = 3
NO_PICTURE = "Choose a badge image. It is what people see first. A simple PNG of 400 by 400 pixels is enough."

_PNG = b"\x89PNG"
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AchievementPreview:
    """View model of the preview."""

    name: str
    kind: str
    description: str
    criteria: str
    image: str
    skills: tuple[str, ...]


def of(achievement: Achievement) -> FormState:
    """Fill the form with the current values of ``achievement``."""
    values = {
        "name": achievement.name,
        "kind": achievement.kind,
        "description": achievement.description,
        "criteria": achievement.criteria,
        "picture_alt": achievement.image_alt,
        "valid_days": str(achievement.valid_days or ""),
        "evidence_required": "yes" if achievement.evidence_required else "",
        "kept_picture": achievement.image.rpartition("/")[2].removesuffix(".png"),
    }
    for number, skill in enumerate(achievement.skills, 1):
        values |= {
            f"skill_name_{number}": skill.name,
            f"skill_url_{number}": skill.url,
            f"skill_framework_{number}": skill.framework,
            f"skill_code_{number}": skill.code or "",
        }
    return FormState(values)


def check(form: FormState) -> None:
    """Validate every field in page order, and record all errors so that they can be fixed in one go."""
    form.check("name", lambda value: check_name("name", value, 200))
    form.check("kind", check_kind)
    form.check("description", lambda value: check_text("description", value, 2000))
    form.check("criteria", lambda value: check_text("criteria", value, 10_000))
    _check_picture(form)
    form.check("picture_alt", lambda value: check_text("image description", value, 500))
    for number in rows(form):
        _check_skill(form, str(number))
    days = form.text("valid_days")
    if days and not (days.isascii() and days.isdigit() and 0 < int(days[:9]) <= MAX_DAYS):
        form.add_error("valid_days", f"Enter a whole number of days from 1 to {MAX_DAYS:,}, or leave it empty.")


def rows(form: FormState) -> range:
    """Return the numbers of the skill rows to show: every row submitted, and more on request, up to `MAX_SKILLS`."""
    numbers = [int(name.rpartition("_")[2]) for name in form.values if re.fullmatch(r"skill_[a-z]+_\d{1,2}", name)]
    query = form.text("skill_rows")
    wanted = int(query) if re.fullmatch(r"\d{1,2}", query, re.ASCII) else FEW_SKILLS
    more = MORE_SKILLS if form.text("do") == "more" else 0
    return range(1, min(max([wanted + more, FEW_SKILLS, *numbers]), MAX_SKILLS) + 1)


def skills(form: FormState) -> tuple[Skill, ...]:
    """Return the skills entered in ``form``, without empty rows."""
    found = []
    for number in rows(form):
        name, url, framework = (form.text(f"skill_{part}_{number}") for part in ("name", "url", "framework"))
        if name or url or framework:
            found.append(Skill(name, url, framework, form.or_none(f"skill_code_{number}")))
    return tuple(found)


def valid_days(form: FormState) -> int | None:
    """Return the validity period in days, None when empty."""
    return int(form.text("valid_days")) if form.text("valid_days") else None


def kept_image(form: FormState) -> str | None:
    """Return the SHA-256 of the image uploaded earlier or already used by the achievement, None without one."""
    image_hash = form.text("kept_picture")
    return image_hash if _HASH.fullmatch(image_hash) else None


def with_kept_image(form: FormState) -> FormState:
    """Mark the uploaded image as kept, because a browser does not resubmit a file by itself."""
    return FormState({**form.values, "kept_picture": hashlib.sha256(form.file).hexdigest()}, form.errors, form.file)


def is_valid_image(picture: bytes) -> bool:
    """Return whether ``picture`` is a valid achievement image."""
    try:
        check_picture(picture)
    except Refused:
        return False
    return True


def preview(form: FormState, base_url: str) -> AchievementPreview:
    """Build the preview of ``form``."""
    image_hash = kept_image(form)
    return AchievementPreview(
        name=form.text("name"),
        kind=form.text("kind"),
        description=form.text("description"),
        criteria=form.text("criteria"),
        image=f"{base_url}/images/{image_hash}.png" if image_hash else "",
        skills=tuple(skill.name for skill in skills(form) if skill.name),
    )


def _check_picture(form: FormState) -> None:
    if form.file and not form.file.startswith(_PNG):
        form.add_error("picture", "This is not a PNG file. Export the image as PNG and choose it again.")
    elif len(form.file) > MAX_IMAGE:
        size = f"{len(form.file) // 1024:,} KB"
        form.add_error("picture", f"The image is {size}. The limit is {MAX_IMAGE // 1024} KB, so make it smaller.")
    elif form.file:
        with form.record_refusal("picture"):
            check_picture(form.file)
    elif kept_image(form) is None:
        form.add_error("picture", NO_PICTURE)


def _check_skill(form: FormState, number: str) -> None:
    if not any(form.text(f"skill_{part}_{number}") for part in ("name", "url", "framework", "code")):
        return
    form.check(f"skill_name_{number}", lambda value: check_text("skill's name", value, 200))
    form.check(f"skill_url_{number}", lambda value: check_url("skill's URL", value))
    form.check(f"skill_framework_{number}", lambda value: check_text("framework's name", value, 200))
    if form.text(f"skill_code_{number}"):
        form.check(f"skill_code_{number}", lambda value: check_text("skill's code", value, 200))
