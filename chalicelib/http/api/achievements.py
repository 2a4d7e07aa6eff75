"""Achievement routes of the JSON API."""

from __future__ import annotations

from itertools import islice

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.award import achievements
from chalicelib.award.achievements import (
    MAX_DAYS,
    MAX_ELIGIBILITY,
    MAX_RELATED,
    MAX_SKILLS,
    Content,
    NewAchievement,
)
from chalicelib.award.images.formats import MAX_IMAGE
from chalicelib.credential.achievement import Achievement, Skill, achievement_url
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body, query
from chalicelib.http.input.json_body import JsonReader

MISSING = "There is no achievement with this id, or this API key cannot access it."
MAX_BODY_BYTES = 512 * 1024
"""Largest request body, in bytes: the largest image in base64, plus the longest text fields."""
MAX_PAGE_SIZE = 100
"""Maximum number of achievements per page."""


def routes(services: Services) -> Routes:
    """Create the routes `/v1/achievements` and below."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/achievements", access=token(Permission.READ))
    def listing(request: Request, caller: Caller) -> Reply:
        filters = query.only(request, "cursor", "limit")
        limit = query.limit(filters, MAX_PAGE_SIZE)
        # Achievements are ordered by id, so an id serves as the cursor.
        after = query.cursor(filters, achievements.UUID) or ""
        found = (one for one in services.issuer_context.issuer_store.achievements(caller.issuer_id) if one.id > after)
        page = list(islice(found, limit + 1))
        more = page[limit - 1].id if len(page) > limit else None
        return as_json({"items": [to_json(one, bound.base_url) for one in page[:limit]], "next": more})

    @bound.bind("/v1/achievements", access=token(Permission.EDIT), methods=("POST",))
    def add(request: Request, caller: Caller) -> Reply:
        reader = JsonReader(body.json_object(request, MAX_BODY_BYTES))
        content = _content(reader, new=True)
        reader.finish()
        added = achievements.add(services.issuer_context, NewAchievement.of(caller.issuer_id, content))
        where = {"Location": f"{bound.base_url}/v1/achievements/{added.id}"}
        return as_json(to_json(added, bound.base_url), status=201, headers=where)

    @bound.bind("/v1/achievements/{id}", access=token(Permission.READ), missing=MISSING)
    def show(_request: Request, caller: Caller, achievement_id: str) -> Reply:
        found = services.issuer_context.issuer_store.achievement(caller.issuer_id, achievement_id)
        return as_json(to_json(found, bound.base_url))

    @bound.bind("/v1/achievements/{id}", access=token(Permission.EDIT), methods=("PUT",), missing=MISSING)
    def revise(request: Request, caller: Caller, achievement_id: str) -> Reply:
        reader = JsonReader(body.json_object(request, MAX_BODY_BYTES))
        version = reader.version()
        content = _content(reader, new=False, archived=reader.flag("archived", default=False))
        reader.finish()
        revised = achievements.revise(services.issuer_context, caller.issuer_id, achievement_id, version, content)
        return as_json(to_json(revised, bound.base_url))

    @bound.bind("/v1/achievements/{id}/versions", access=token(Permission.READ), missing=MISSING)
    def versions(_request: Request, caller: Caller, achievement_id: str) -> Reply:
        services.issuer_context.issuer_store.achievement(caller.issuer_id, achievement_id)
        found = services.issuer_context.issuer_store.achievement_versions(caller.issuer_id, achievement_id)
        return as_json({"items": [to_json(one, bound.base_url) for one in found]})

    return bound


def to_json(achievement: Achievement, base_url: str) -> dict[str, object]:
    """Serialize an achievement to JSON."""
    address = f"{base_url}/v1/achievements/{achievement.id}"
    return {
        "id": achievement.id,
        "version": achievement.version,
        "name": achievement.name,
        "description": achievement.description,
        "criteria": achievement.criteria,
        "kind": achievement.kind,
        "image": {"url": achievement.image, "alt": achievement.image_alt},
        "skills": [
            {"name": skill.name, "url": skill.url, "framework": skill.framework, "code": skill.code}
            for skill in achievement.skills
        ],
        "valid_days": achievement.valid_days,
        "evidence_required": achievement.evidence_required,
        "archived": achievement.archived,
        "shows_count": achievement.shows_count,
        "enrolment_url": achievement.enrolment_url,
        "eligibility": achievement.eligibility,
        "related": list(achievement.related),
        "links": {
            "self": address,
            "versions": f"{address}/versions",
            "page": achievement_url(base_url, achievement.id),
        },
    }


def _content(reader: JsonReader, *, new: bool, archived: bool = False) -> Content:
    name = reader.text("name", 200)
    image = reader.nested("image", required=not new)
    file, png = image.base64("file", MAX_IMAGE), image.base64("png", MAX_IMAGE)
    # A new achievement without an image gets a drawn badge, which needs no description of its own.
    drawn = new and not image.has("file") and not image.has("png")
    return Content(
        name=name,
        description=reader.text("description", 2000),
        criteria=reader.text("criteria", 10_000),
        picture=file or png,
        picture_alt=(image.optional("alt", 500) or f"Badge: {name}") if drawn else image.text("alt", 500),
        skills=tuple(
            Skill(
                one.text("name", 200),
                one.optional("url", 2000),
                one.optional("framework", 200),
                one.optional("code", 200),
            )
            for one in reader.nested_list("skills", MAX_SKILLS)
        ),
        kind=reader.optional("kind", 64) or "Badge",
        valid_days=reader.integer("valid_days", 1, MAX_DAYS),
        evidence_required=reader.flag("evidence_required", default=False),
        archived=archived,
        shows_count=reader.flag("shows_count", default=False),
        enrolment_url=reader.optional("enrolment_url", 2000),
        eligibility=reader.optional("eligibility", MAX_ELIGIBILITY),
        related=reader.strings("related", MAX_RELATED),
    )
