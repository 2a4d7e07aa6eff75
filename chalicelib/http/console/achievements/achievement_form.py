"""The achievement form: parsing, validation and preview."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.award.achievements import MAX_DAYS, MAX_ELIGIBILITY, MAX_SKILLS, check_kind
from chalicelib.award.images import default_badge, formats
from chalicelib.award.images.formats import MAX_IMAGE
from chalicelib.award.input.text_rules import check_https, check_name, check_text, check_url, with_https
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.http.console.achievements import recommended
from chalicelib.http.console.forms import uploaded_image
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.html.achievement_kind import kind_name

KINDS = (
    "Badge", "Certificate", "CertificateOfCompletion", "Certification", "MicroCredential", "Course", "Competency",
    "Assessment", "Award", "Diploma", "License", "Membership",
)  # fmt: skip
"""Offered achievement types (Open Badges 3.0, B.1.21, AchievementType)."""
FEW_SKILLS = 1
"""Minimum number of skill rows."""
KEPT = "kept_picture"
"""The field that names the stored image."""


@dataclass(frozen=True, slots=True)
class AchievementPreview:
    """View model of the preview."""

    name: str
    kind: str
    description: str
    criteria: str
    enrols: bool
    """Whether there is a link to enrol."""
    image: str
    """URL of the chosen image, or the drawn badge as a data URL."""
    drawings: tuple[str, ...]
    """The drawn badge for 0, 1, 2 and 3 initials, each written as `?`; empty when an image was chosen."""
    skills: tuple[str, ...]


def form_from_achievement(achievement: Achievement, own: Sequence[Achievement], *, drawn: bool) -> FormState:
    """Fill the form with the current values of ``achievement``, one of the issuer's ``own``.

    A ``drawn`` badge is not kept, but drawn again.
    """
    values = {
        "name": achievement.name,
        "kind": achievement.kind,
        "description": achievement.description,
        "criteria": achievement.criteria,
        "picture_alt": "" if drawn and achievement.image_alt == badge_alt(achievement.name) else achievement.image_alt,
        "valid_days": str(achievement.valid_days or ""),
        "evidence_required": "yes" if achievement.evidence_required else "",
        "shows_count": "yes" if achievement.shows_count else "",
        "enrolment_url": achievement.enrolment_url or "",
        "eligibility": achievement.eligibility or "",
        "related": recommended.written(achievement.related, own),
        "kept_picture": "" if drawn else achievement.image.rpartition("/")[2],
    }
    for number, skill in enumerate(achievement.skills, 1):
        values |= {
            f"skill_name_{number}": skill.name,
            f"skill_url_{number}": skill.url or "",
            f"skill_framework_{number}": skill.framework or "",
            f"skill_code_{number}": skill.code or "",
        }
    return FormState(values)


def check(form: FormState, own: Sequence[Achievement]) -> None:
    """Validate every field in page order, and record all errors so that they can be fixed in one go.

    ``own`` are the achievements of the issuer.
    """
    form.check("name", lambda value: check_name("name", value, 200))
    form.check("kind", check_kind)
    form.check("description", lambda value: check_text("description", value, 2000))
    form.check("criteria", lambda value: check_text("criteria", value, 10_000))
    _check_picture(form)
    if form.text("picture_alt") or form.file or uploaded_image.name(form, KEPT):
        form.check("picture_alt", lambda value: check_text("image description", value, 500))
    for number in rows(form):
        _check_skill(form, str(number))
    _check_enrolment(form, own)
    days = form.text("valid_days")
    if days and not (len(days) <= 9 and days.isascii() and days.isdigit() and 0 < int(days) <= MAX_DAYS):
        form.add_error("valid_days", f"Enter a whole number of days from 1 to {MAX_DAYS:,}, or leave it blank.")


def _check_enrolment(form: FormState, own: Sequence[Achievement]) -> None:
    url = enrolment_url(form)
    if url is not None:
        form.check("enrolment_url", lambda _: check_https("enrolment page", url))
    if form.text("eligibility"):
        form.check("eligibility", lambda value: check_text("text about who can enrol", value, MAX_ELIGIBILITY))
    form.check("related", lambda value: recommended.parse(value, own))


def enrolment_url(form: FormState) -> str | None:
    """Return the enrolment page in ``form``, None when empty."""
    return with_https(form.text("enrolment_url")) or None


def rows(form: FormState) -> range:
    """Return the numbers of the skill rows to show: those submitted, one more on request, up to `MAX_SKILLS`."""
    numbers = [int(name.rpartition("_")[2]) for name in form.values if re.fullmatch(r"skill_[a-z]+_\d{1,2}", name)]
    query = form.text("skill_rows")
    wanted = int(query) if re.fullmatch(r"\d{1,2}", query, re.ASCII) else FEW_SKILLS
    more = 1 if form.text("do") == "more" else 0
    return range(1, min(max([wanted + more, FEW_SKILLS, *numbers]), MAX_SKILLS) + 1)


def skills(form: FormState) -> tuple[Skill, ...]:
    """Return the skills entered in ``form``, without empty rows."""
    found = []
    for number in rows(form):
        rest = (form.or_none(f"skill_{part}_{number}") for part in ("url", "framework", "code"))
        skill = Skill(form.text(f"skill_name_{number}"), *rest)
        if skill != Skill(""):
            found.append(skill)
    return tuple(found)


def valid_days(form: FormState) -> int | None:
    """Return the validity period in days, None when empty."""
    return int(form.text("valid_days")) if form.text("valid_days") else None


def kind_options(form: FormState) -> tuple[tuple[str, str], ...]:
    """Return value and label of each type to choose from, and of the current one if it is not offered."""
    current = form.text("kind")
    kinds = KINDS if current in KINDS or not current else (*KINDS, current)
    return tuple((kind, kind_name(kind)) for kind in kinds)


def picture_alt(form: FormState) -> str:
    """Return the image description; a drawn badge needs none of its own."""
    return form.text("picture_alt") or badge_alt(form.text("name"))


def badge_alt(name: str) -> str:
    """Return the description of the badge drawn for the achievement ``name``."""
    return f"Badge: {name}"[:500]


def preview(form: FormState, base_url: str, accent: str | None) -> AchievementPreview:
    """Build the preview of ``form``; a badge is drawn in the colour ``accent`` as saving would draw it."""
    kept = uploaded_image.name(form, KEPT)
    return AchievementPreview(
        name=form.text("name"),
        kind=kind_name(form.text("kind")),
        description=form.text("description"),
        criteria=form.text("criteria"),
        enrols=bool(form.text("enrolment_url")),
        image=f"{base_url}/images/{kept}" if kept else _data_url(default_badge.draw(form.text("name"), accent)),
        drawings=() if kept else tuple(_drawings(accent)),
        skills=tuple(skill.name for skill in skills(form) if skill.name),
    )


def _drawings(accent: str | None) -> Iterator[str]:
    for number in range(default_badge.MAX_LETTERS + 1):
        yield default_badge.draw_letters("?" * number, accent).decode()


def _data_url(svg: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


def _check_picture(form: FormState) -> None:
    """Check the uploaded image. Without one the achievement gets a drawn badge."""
    if form.file and formats.kind_of(form.file) and len(form.file) > MAX_IMAGE:
        size = f"{len(form.file) // 1024:,} KB"
        form.add_error("picture", f"The image is {size}. The limit is {MAX_IMAGE // 1024} KB, so make it smaller.")
    elif form.file:
        with form.record_refusal("picture"):
            formats.check(form.file)


def _check_skill(form: FormState, number: str) -> None:
    url, framework, code = (f"skill_{part}_{number}" for part in ("url", "framework", "code"))
    if not any(form.text(name) for name in (f"skill_name_{number}", url, framework, code)):
        return
    form.check(f"skill_name_{number}", lambda value: check_text("skill's name", value, 200))
    if form.text(url):
        form.check(url, lambda value: check_url("skill's URL", value))
    elif form.text(framework) or form.text(code):
        form.add_error(url, "Enter the URL of the skill in this framework, or clear the framework and its code.")
    if form.text(framework):
        form.check(framework, lambda value: check_text("framework's name", value, 200))
    if form.text(code):
        form.check(code, lambda value: check_text("skill's code", value, 200))
