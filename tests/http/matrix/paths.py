"""Pathways and hooks."""

from __future__ import annotations

from chalicelib.award import atlas, inbound
from chalicelib.award.hooks import Fields
from chalicelib.award.inbound import HookDraft
from chalicelib.award.pathway_wire import Draft
from chalicelib.award.pathways import MAX_THROUGH
from tests.http.matrix import At, Builder, Call
from tests.paths.fakes import every, leaf


def a_pathway(at: At) -> str:
    draft = Draft("canary token way", "Up.", every(leaf(at.achievement)))
    room = len(at.laurel.pathways.signposts(at.owner, at.achievement)) < MAX_THROUGH
    made = list(at.laurel.pathways.pathways(at.owner))
    return (atlas.add(at.laurel.awarding, at.laurel.pathways, at.owner, draft) if room else made[0]).id


def a_hook(at: At) -> str:
    fields = Fields(("/name",), "/email", "/course", "/done", True)
    draft = HookDraft("canary token hook", fields, {"42": at.achievement}, dry_run=False)
    return inbound.add(at.laurel.awarding, at.laurel.hooks, at.owner, draft).hook.id


def pathway(at: At) -> dict[str, object]:
    return {"name": "A way", "description": "Up.", "root": {"all": [{"achievement": at.achievement}]}}


HOOK: dict[str, object] = {
    "name": "LMS",
    "fields": {"name": "/name", "email": "/email", "course": "/course", "completed": {"at": "/done", "is": True}},
}

ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/pathways"): lambda at: Call("/v1/pathways"),
    # Another tenant has no such achievement.
    ("POST", "/v1/pathways"): lambda at: Call("/v1/pathways", json=pathway(at), good=201, foreign=422),
    ("GET", "/v1/pathways/{id}"): lambda at: Call(f"/v1/pathways/{a_pathway(at)}"),
    ("PUT", "/v1/pathways/{id}"): lambda at: Call(f"/v1/pathways/{a_pathway(at)}", json=pathway(at)),
    ("GET", "/v1/pathways/{id}/progress"): lambda at: Call(
        f"/v1/pathways/{a_pathway(at)}/progress", query="email=ada@example.org"
    ),
    ("GET", "/v1/hooks"): lambda at: Call("/v1/hooks"),
    ("POST", "/v1/hooks"): lambda at: Call("/v1/hooks", json=HOOK, good=201),
    ("GET", "/v1/hooks/{id}"): lambda at: Call(f"/v1/hooks/{a_hook(at)}"),
    ("PUT", "/v1/hooks/{id}"): lambda at: Call(f"/v1/hooks/{a_hook(at)}", json=HOOK),
    ("DELETE", "/v1/hooks/{id}"): lambda at: Call(f"/v1/hooks/{a_hook(at)}", good=204),
    ("POST", "/v1/hooks/{id}/rotate"): lambda at: Call(f"/v1/hooks/{a_hook(at)}/rotate", json={}),
    ("POST", "/hooks/{id}"): lambda at: Call(
        f"/hooks/{at.owner}.{a_hook(at)}",
        json={"name": "Ada Nwosu", "email": "ada@example.org", "course": "42", "done": True},
        headers={"webhook_id": "msg_1", "webhook_timestamp": "1795348800", "webhook_signature": "v1,AAAA"},
        good=401,
    ),
}
