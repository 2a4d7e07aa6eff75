"""Pathways of achievements, and the progress of holders."""

from __future__ import annotations

from chalicelib.award.pathways.pathway import MAX_STEPS, Rule
from chalicelib.award.pathways.pathway_progress import StepState
from chalicelib.http.input import query
from tools.openapi.areas.credentials import EXAMPLE_ACHIEVEMENT
from tools.openapi.operation import Area, Body, Operation, Query
from tools.openapi.schema import (
    ACHIEVEMENT_ID,
    BOOLEAN,
    INTEGER,
    NULL,
    PUBLIC_ID,
    STRING,
    TIME,
    Schema,
    array,
    described,
    mapping,
    nullable,
    one_of,
    page,
    ref,
    request,
    response,
    text,
    whole,
)

_TEXTS: dict[str, Schema] = dict.fromkeys(("name", "description", "url"), nullable(STRING))
_STATE: dict[str, Schema] = {"state": one_of(StepState)}
_COMPLETION = {
    "at": TIME,
    "version": whole(1),
    "credentials": array(PUBLIC_ID),
    "reward": described(nullable(PUBLIC_ID), "The id of the reward."),
}
_PATHWAY = {
    "id": PUBLIC_ID,
    "version": whole(1),
    "name": STRING,
    "description": STRING,
    "archived": BOOLEAN,
    "reward": nullable(ACHIEVEMENT_ID),
    "reward_name": nullable(STRING),
    "root": ref("PathwayNode"),
}
_PROGRESS = response(
    {
        "pathway": PUBLIC_ID,
        "version": whole(1),
        "complete": BOOLEAN,
        "done": whole(0),
        "needed": whole(0),
        "next": array(ref("NextStep")),
        "root": ref("PathwayNodeProgress"),
        "credentials": mapping(PUBLIC_ID),
        "completed": {"anyOf": [ref("Completion"), NULL]},
    },
    {"eligible": BOOLEAN},
)


def _node(name: str, state: dict[str, Schema]) -> dict[str, object]:
    """A step, or a group with one of the rules."""
    step = response({**state, "achievement": ACHIEVEMENT_ID}, _TEXTS)
    groups = [
        response({**state, rule.value: array(ref(name), MAX_STEPS), "required": INTEGER}, _TEXTS) for rule in Rule
    ]
    return {"anyOf": [step, *groups]}


_GROUP_REQUESTS = [
    request(
        {
            rule.value: array(ref("PathwayNodeRequest"), MAX_STEPS, 1),
            **({"required": INTEGER} if rule is Rule.ANY else {}),
        },
        {**_TEXTS, **({} if rule is Rule.ANY else {"required": INTEGER})},
    )
    for rule in Rule
]
_PATHWAY_REQUEST = request(
    {"name": STRING, "description": STRING, "root": {"anyOf": _GROUP_REQUESTS}},
    {
        "reward": nullable(STRING),
        "archived": BOOLEAN,
        "version": nullable(INTEGER),
        "id": described({}, "Ignored, as is `reward_name`, so that you can send a response back unchanged."),
        "reward_name": {},
    },
)
_EXAMPLE = {
    "name": "Data scientist",
    "description": "A course.",
    "root": {"all": [{"achievement": EXAMPLE_ACHIEVEMENT, "url": "https://harbour.example/sign-up"}]},
}
_PROBLEMS = ("bad_text", "refused", "conflict", "version_conflict", "daily_limit_exceeded", "achievement_archived")

AREA = Area(
    "Pathways",
    "Sets of achievements that lead to a larger one.",
    (
        Operation("GET /v1/pathways", "listPathways", "List pathways", {200: page(ref("Pathway"))}),
        Operation(
            "POST /v1/pathways",
            "createPathway",
            "Create a pathway",
            {201: ref("Pathway")},
            body=Body(_PATHWAY_REQUEST, _EXAMPLE),
            problems=_PROBLEMS,
            headers=("Location",),
        ),
        Operation(
            "GET /v1/pathways/{id}",
            "readPathway",
            "Get the current version of a pathway",
            {200: ref("Pathway")},
            path={"id": PUBLIC_ID},
        ),
        Operation(
            "PUT /v1/pathways/{id}",
            "changePathway",
            "Create the next version of a pathway",
            {200: ref("Pathway")},
            body=Body(_PATHWAY_REQUEST, _EXAMPLE),
            path={"id": PUBLIC_ID},
            problems=_PROBLEMS,
        ),
        Operation(
            "GET /v1/pathways/{id}/progress",
            "readPathwayProgress",
            "Get a holder's progress or, without `email`, list completions",
            {200: {"anyOf": [_PROGRESS, page(ref("ReviewedCompletion"))]}},
            path={"id": PUBLIC_ID},
            query={
                "email": Query(text(query.MAX_LENGTH)),
                "achievement": Query(
                    text(query.MAX_LENGTH), "With `email`: whether the holder can take this step now."
                ),
                "cursor": Query(PUBLIC_ID, "The `next` of the previous page."),
            },
            problems=("not_a_step",),
        ),
    ),
    {
        "Pathway": response(_PATHWAY),
        "PathwayNode": _node("PathwayNode", {}),
        "PathwayNodeProgress": _node("PathwayNodeProgress", _STATE),
        "PathwayNodeRequest": {"anyOf": [request({"achievement": STRING}, _TEXTS), *_GROUP_REQUESTS]},
        "Completion": response(_COMPLETION),
        "ReviewedCompletion": response(
            {
                "id": PUBLIC_ID,
                "email": STRING,
                **_COMPLETION,
                "supported": BOOLEAN,
                "inactive": array(PUBLIC_ID),
            }
        ),
    },
)
