"""The contents of a verified credential, as its page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.credential.issuer import Issuer
from chalicelib.http.html import text
from chalicelib.http.html.achievement_kind import kind_name
from chalicelib.http.input.query import MAX_LENGTH
from chalicelib.http.public.credential.issuer_view import IssuerView, issuer_view, shown_image
from chalicelib.language.phrase import Phrase, phrase
from chalicelib.verify.report import Report


@dataclass(frozen=True, slots=True)
class Link:
    """Text with an optional link; ``url`` is None if it is not safe to link."""

    text: str
    url: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Contents of a verified credential."""

    title: str
    language: str | None
    """The language that the credential says its achievement is in (BCP 47)."""
    kind: str | None
    image: str | None
    image_alt: str
    image_elsewhere: Link | None
    """An image that is not loaded, because its host would learn who views which credential."""
    holder: str | None
    holder_id: str | None
    issuer: IssuerView
    valid_from: datetime | None
    valid_until: datetime | None
    description: str | None
    criteria: str | None
    criteria_url: str | None
    skills: tuple[Link, ...]
    evidence: tuple[Link, ...]

    @property
    def searchable_skills(self) -> tuple[str, ...]:
        """Names of skills by which the directory can be filtered. A hyphen at the start would exclude the skill, and a
        `Phrase` is not the name of one."""
        names = (skill.text for skill in self.skills if not isinstance(skill.text, Phrase))
        return tuple(name for name in names if not name.startswith("-") and len(name) <= MAX_LENGTH)


def facts_of(report: Report, registered: Issuer | None, base_url: str) -> Facts:
    """Read the verified contents of ``report``."""
    view = report.credential or {}
    achievement, holder = part(view, "achievement"), part(view, "holder")
    criteria, image = part(achievement, "criteria"), part(achievement, "image")
    kind = text.optional_text(achievement.get("kind"))
    title = (
        text.optional_text(achievement.get("name"))
        or text.optional_text(view.get("name"))
        or phrase("Untitled credential")
    )
    return Facts(
        title=title,
        language=text.language_tag(achievement.get("language")),
        kind=kind_name(kind) if kind else None,
        image=shown_image(image.get("url"), base_url),
        image_alt=text.optional_text(image.get("alt")) or phrase("Badge: {title}", title=title),
        image_elsewhere=_image_elsewhere(image.get("url"), base_url),
        holder=text.optional_text(holder.get("name")),
        holder_id=text.optional_text(holder.get("id")),
        issuer=issuer_view(report, registered, part(view, "issuer"), base_url),
        valid_from=text.moment(view.get("valid_from")),
        valid_until=text.moment(view.get("valid_until")),
        description=text.optional_text(achievement.get("description")) or text.optional_text(view.get("description")),
        criteria=text.optional_text(criteria.get("narrative")),
        criteria_url=text.https(criteria.get("url")),
        skills=tuple(map(_skill, parts(achievement, "skills"))),
        evidence=tuple(map(_evidence, parts(view, "evidence"))),
    )


def _image_elsewhere(url: object, base_url: str) -> Link | None:
    return (
        None if not url or shown_image(url, base_url) else Link(phrase("Image on the issuer’s site"), text.https(url))
    )


def _skill(skill: Mapping[str, object]) -> Link:
    name = text.optional_text(skill.get("name")) or text.optional_text(skill.get("code")) or phrase("Unnamed skill")
    notes = filter(None, (text.optional_text(skill.get("framework")), text.optional_text(skill.get("code"))))
    return Link(name, text.https(skill.get("url")), ", ".join(notes) or None)


def _evidence(item: Mapping[str, object]) -> Link:
    url = text.optional_text(item.get("url"))
    return Link(
        text.optional_text(item.get("name")) or url or phrase("Evidence"),
        text.https(url),
        text.optional_text(item.get("narrative")),
    )


def part(view: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = view.get(name)
    return part if isinstance(part, Mapping) else {}


def parts(view: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    items = view.get(name)
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list | tuple) else []
