"""Achievement routes of the JSON API."""

from __future__ import annotations

from itertools import islice

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Act
from chalicelib.award import achievements
from chalicelib.award.achievements import MAX_DAYS, MAX_IMAGE, MAX_SKILLS, Content, NewAchievement
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body, query
from chalicelib.http.input.json_body import Reading

MISSING = "There is no achievement with this id, or this API key cannot access it."
MOST_BYTES = 512 * 1024
"""Largest request body, in bytes: the largest image in base64, plus the longest text fields."""
MOST = 100
"""Maximum number of achievements per page."""
_VERSIONS = 2**31


def routes(services: Services) -> Routes:
    """Create the routes `/v1/achievements` and below."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/achievements", access=token(Act.READ))
    def listing(request: Request, caller: Caller) -> Reply:
        filters = query.only(request, "cursor", "limit")
        limit = query.limit(filters, MOST)
        # Achievements are ordered by id, so an id serves as the cursor.
        after = query.cursor(filters, achievements.UUID) or ""
        found = (one for one in services.issuer_context.issuer_store.achievements(caller.issuer_id) if one.id > after)
        page = list(islice(found, limit + 1))
        more = page[limit - 1].id if len(page) > limit else None
        return as_json({"items": [shape(one, bound.base_url) for one in page[:limit]], "next": more})

    @bound.bind("/v1/achievements", access=token(Act.EDIT), methods=("POST",))
    def add(request: Request, caller: Caller) -> Reply:
        reading = Reading(body.json_object(request, MOST_BYTES))
        content = _content(reading, picture_needed=True)
        reading.finish()
        new = NewAchievement(
            issuer_id=caller.issuer_id,
            name=content.name,
            description=content.description,
            criteria=content.criteria,
            picture=content.picture or b"",
            picture_alt=content.picture_alt,
            skills=content.skills,
            kind=content.kind,
            valid_days=content.valid_days,
            evidence_required=content.evidence_required,
        )
        added = achievements.add(services.issuer_context, new)
        where = {"Location": f"{bound.base_url}/v1/achievements/{added.id}"}
        return as_json(shape(added, bound.base_url), status=201, headers=where)

    @bound.bind("/v1/achievements/{id}", access=token(Act.READ), missing=MISSING)
    def show(_request: Request, caller: Caller, achievement_id: str) -> Reply:
        found = services.issuer_context.issuer_store.achievement(caller.issuer_id, achievement_id)
        return as_json(shape(found, bound.base_url))

    @bound.bind("/v1/achievements/{id}", access=token(Act.EDIT), methods=("PUT",), missing=MISSING)
    def revise(request: Request, caller: Caller, achievement_id: str) -> Reply:
        reading = Reading(body.json_object(request, MOST_BYTES))
        version = reading.whole("version", 1, _VERSIONS)
        content = _content(reading, picture_needed=False, archived=reading.flag("archived", default=False))
        if version is None:
            reading.add_error("version", "Send the version that you read, so that changes by others are not lost.")
        reading.finish()
        revised = achievements.revise(services.issuer_context, caller.issuer_id, achievement_id, version or 0, content)
        return as_json(shape(revised, bound.base_url))

    @bound.bind("/v1/achievements/{id}/versions", access=token(Act.READ), missing=MISSING)
    def versions(_request: Request, caller: Caller, achievement_id: str) -> Reply:
        services.issuer_context.issuer_store.achievement(caller.issuer_id, achievement_id)
        found = services.issuer_context.issuer_store.achievement_versions(caller.issuer_id, achievement_id)
        return as_json({"items": [shape(one, bound.base_url) for one in found]})

    return bound


def shape(achievement: Achievement, base_url: str) -> dict[str, object]:
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
        "links": {"self": address, "versions": f"{address}/versions"},
    }


def _content(reading: Reading, *, picture_needed: bool, archived: bool = False) -> Content:
    image = reading.part("image", needed=True)
    picture = image.base64("png", MAX_IMAGE)
    if picture_needed and picture is None and not image.has("png"):
        image.add_error("png", "The image must be a PNG file in base64.")
    return Content(
        name=reading.text("name", 200),
        description=reading.text("description", 2000),
        criteria=reading.text("criteria", 10_000),
        picture=picture,
        picture_alt=image.text("alt", 500),
        skills=tuple(
            Skill(one.text("name", 200), one.text("url", 2000), one.text("framework", 200), one.optional("code", 200))
            for one in reading.parts("skills", MAX_SKILLS)
        ),
        kind=reading.optional("kind", 64) or "Badge",
        valid_days=reading.whole("valid_days", 1, MAX_DAYS),
        evidence_required=reading.flag("evidence_required", default=False),
        archived=archived,
    )
