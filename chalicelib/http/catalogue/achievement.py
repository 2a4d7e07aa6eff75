"""The public page of an achievement: `/achievements/{id}`."""

from __future__ import annotations

from dataclasses import dataclass

from chalice.app import Request

from chalicelib.catalogue.catalogue import AchievementPage
from chalicelib.catalogue.related import Recommendation
from chalicelib.credential.achievement import Achievement, Skill, achievement_url
from chalicelib.credential.public_id import ACHIEVEMENT_ID
from chalicelib.errors import NotFound
from chalicelib.http.catalogue import profile
from chalicelib.http.catalogue.profile import Profile, profile_of
from chalicelib.http.catalogue.referral import referral_url
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render, text
from chalicelib.http.html.achievement_kind import kind_name
from chalicelib.http.input import negotiation
from chalicelib.http.public.credential.issuer_view import shown_image
from chalicelib.language.phrase import phrase
from chalicelib.settings import Function

MISSING = phrase("This achievement does not exist. Check that you copied the whole link.")


@dataclass(frozen=True, slots=True)
class ShownSkill:
    """A skill; ``url`` is None if it is not safe to link."""

    name: str
    url: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Next:
    """A recommended achievement, and why."""

    id: str
    url: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class View:
    """View model of the page and the JSON."""

    id: str
    url: str
    profile: Profile
    name: str
    kind: str
    image: str | None
    image_alt: str
    description: str
    criteria: str
    skills: tuple[ShownSkill, ...]
    eligibility: str | None
    valid_days: int | None
    archived: bool
    issued: int | None
    """How often it was issued, if the issuer shows that."""
    enrol: str | None
    """URL of the enrolment link of this page."""
    next: tuple[Next, ...]


def routes(services: Services) -> Routes:
    """Create the route `/achievements/{id}`."""
    bound = Routes(__name__, services, Function.PUBLIC)

    @bound.bind("/achievements/{id}", access=PUBLIC, missing=MISSING)
    def show(request: Request, achievement_id: str) -> Reply:
        if not ACHIEVEMENT_ID.fullmatch(achievement_id):
            raise NotFound("no such achievement")
        view = _view(services.catalogue.achievement_page(achievement_id), services)
        headers = uncached(Vary="Accept")
        if negotiation.wants_page(request.headers.get("accept")):
            return render.page("catalogue/achievement.html", bound.base_url, 200, headers, page=view)
        return as_json(_to_json(view), headers=headers)

    bound.preflight("/achievements/{id}")
    return bound


def recommended(found: tuple[Recommendation, ...], base_url: str) -> tuple[Next, ...]:
    """Prepare recommendations for a page."""
    return tuple(
        Next(
            each.id,
            achievement_url(base_url, each.id),
            text.optional_text(each.name) or phrase("Untitled achievement"),
            text.sentence(each.reason),
        )
        for each in found
    )


def _view(found: AchievementPage, services: Services) -> View:
    base_url, achievement = services.settings.base_url, found.offer.achievement
    return View(
        id=achievement.id,
        url=achievement_url(base_url, achievement.id),
        profile=profile_of(found.offer.issuer, services.catalogue.clock(), base_url),
        name=text.optional_text(achievement.name) or phrase("Untitled achievement"),
        kind=kind_name(achievement.kind),
        image=shown_image(achievement.image, base_url),
        image_alt=text.optional_text(achievement.image_alt) or "",
        description=text.optional_text(achievement.description) or "",
        criteria=text.optional_text(achievement.criteria) or "",
        skills=_skills(achievement),
        eligibility=text.optional_text(achievement.eligibility),
        valid_days=achievement.valid_days,
        archived=achievement.archived,
        issued=found.issued,
        enrol=referral_url(base_url, found.referral) if found.referral else None,
        next=recommended(found.recommended, base_url),
    )


def _skills(achievement: Achievement) -> tuple[ShownSkill, ...]:
    return tuple(map(_skill, achievement.skills))


def _skill(skill: Skill) -> ShownSkill:
    note = ", ".join(filter(None, (text.optional_text(skill.framework), text.optional_text(skill.code))))
    return ShownSkill(text.optional_text(skill.name) or phrase("Unnamed skill"), text.https(skill.url), note or None)


def _to_json(view: View) -> dict[str, object]:
    return {
        "id": view.id,
        "url": view.url,
        "issuer": profile.to_json(view.profile),
        "archived": view.archived,
        "issued": view.issued,
        "stated_by_issuer": {
            "name": view.name,
            "kind": view.kind,
            "image": view.image,
            "description": view.description,
            "criteria": view.criteria,
            "skills": [{"name": skill.name, "url": skill.url, "framework": skill.note} for skill in view.skills],
            "eligibility": view.eligibility,
            "valid_days": view.valid_days,
        },
        "enrol": view.enrol,
        "recommended": [
            {"id": each.id, "url": each.url, "name": each.name, "reason": each.reason} for each in view.next
        ],
    }
