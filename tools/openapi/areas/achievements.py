"""Achievements of an issuer."""

from __future__ import annotations

from chalicelib.award.achievements import MAX_DAYS, MAX_ELIGIBILITY, MAX_RELATED, MAX_SKILLS
from chalicelib.award.images.formats import MAX_IMAGE
from chalicelib.http.api.achievements import MAX_PAGE_SIZE
from tools.openapi.areas.issuers import VERSION
from tools.openapi.operation import Area, Body, Operation, Query
from tools.openapi.schema import (
    ACHIEVEMENT_ID,
    BOOLEAN,
    STRING,
    URL,
    Schema,
    array,
    described,
    nullable,
    page,
    ref,
    request,
    response,
    text,
    whole,
)

_TEXT = nullable(STRING)
_FILE = {"type": "string", "contentEncoding": "base64", "maxLength": (MAX_IMAGE + 2) // 3 * 4}
_FILES: dict[str, Schema] = {"file": nullable(_FILE), "png": described(nullable(_FILE), "An alias of `file`.")}
_SKILL = request(
    {"name": text(200)},
    {"url": nullable(text(2000)), "framework": nullable(text(200)), "code": nullable(text(200))},
)
_REQUIRED: dict[str, Schema] = {"name": text(200), "description": text(2000), "criteria": text(10_000)}
_OPTIONAL: dict[str, Schema] = {
    "kind": described(nullable(text(64)), "An Open Badges achievementType, or your own as `ext:…`."),
    "skills": nullable(array(_SKILL, MAX_SKILLS)),
    "valid_days": nullable(whole(1, MAX_DAYS)),
    "evidence_required": nullable(BOOLEAN),
    "shows_count": nullable(BOOLEAN),
    "enrolment_url": nullable(text(2000)),
    "eligibility": nullable(text(MAX_ELIGIBILITY)),
    "related": nullable(array(STRING, MAX_RELATED)),
}
_ACHIEVEMENT = response(
    {
        "id": ACHIEVEMENT_ID,
        "version": whole(1),
        "name": STRING,
        "description": STRING,
        "criteria": STRING,
        "kind": STRING,
        "image": response({"url": URL, "alt": STRING}),
        "skills": array(response({"name": STRING, "url": _TEXT, "framework": _TEXT, "code": _TEXT})),
        "valid_days": nullable(whole(1)),
        "evidence_required": BOOLEAN,
        "archived": BOOLEAN,
        "shows_count": BOOLEAN,
        "enrolment_url": _TEXT,
        "eligibility": _TEXT,
        "related": array(ACHIEVEMENT_ID),
        "links": response({"self": URL, "versions": URL, "page": URL}),
    }
)
_PROBLEMS = ("bad_text", "refused", "conflict", "daily_limit_exceeded")
EXAMPLE = {
    "name": "First aid",
    "description": "Knows what to do until help arrives.",
    "criteria": "Passed the practical test.",
    "skills": [{"name": "Resuscitation"}],
}

AREA = Area(
    "Achievements",
    "What people can earn from an issuer. Every change creates a new version.",
    (
        Operation(
            "GET /v1/achievements",
            "listAchievements",
            "List achievements by id",
            {200: page(ref("Achievement"))},
            query={
                "limit": Query(whole(1, MAX_PAGE_SIZE)),
                "cursor": Query(ACHIEVEMENT_ID, "The `next` of the previous page."),
            },
        ),
        Operation(
            "POST /v1/achievements",
            "createAchievement",
            "Create an achievement",
            {201: ref("Achievement")},
            description="Without an image file, Laurel draws a badge with the initials of the achievement.",
            body=Body(
                request(
                    _REQUIRED, {**_OPTIONAL, "image": nullable(request({}, {"alt": nullable(text(500)), **_FILES}))}
                ),
                EXAMPLE,
            ),
            problems=_PROBLEMS,
            headers=("Location",),
        ),
        Operation(
            "GET /v1/achievements/{id}",
            "readAchievement",
            "Get the current version of an achievement",
            {200: ref("Achievement")},
            path={"id": ACHIEVEMENT_ID},
        ),
        Operation(
            "PUT /v1/achievements/{id}",
            "changeAchievement",
            "Create the next version of an achievement",
            {200: ref("Achievement")},
            description="Without an image file, the current image is kept.",
            body=Body(
                request(
                    {**_REQUIRED, "version": VERSION, "image": request({"alt": text(500)}, _FILES)},
                    {**_OPTIONAL, "archived": nullable(BOOLEAN)},
                ),
                {**EXAMPLE, "version": 1, "image": {"alt": "A red cross on white"}},
            ),
            path={"id": ACHIEVEMENT_ID},
            problems=("version_conflict", *_PROBLEMS),
        ),
        Operation(
            "GET /v1/achievements/{id}/versions",
            "listAchievementVersions",
            "List all versions of an achievement, oldest first",
            {200: response({"items": array(ref("Achievement"))})},
            path={"id": ACHIEVEMENT_ID},
        ),
    ),
    {"Achievement": _ACHIEVEMENT},
)
