"""Entries for pathways and webhooks."""

from __future__ import annotations

from chalicelib.award.pathways import pathway_actions
from chalicelib.award.pathways.pathway import MAX_THROUGH
from chalicelib.award.pathways.pathway_json import Draft
from chalicelib.award.webhooks import webhook_actions
from chalicelib.award.webhooks.webhook import Fields
from chalicelib.award.webhooks.webhook_actions import WebhookDraft
from tests.award.pathways.fakes import every, leaf
from tests.http.matrix import Builder, Call, EntryContext


def create_pathway(at: EntryContext) -> str:
    draft = Draft("canary token pathway", "Up.", every(leaf(at.achievement)))
    has_room = len(at.laurel.pathways.pathway_links(at.owner, at.achievement)) < MAX_THROUGH
    existing = list(at.laurel.pathways.pathways(at.owner))
    return (
        pathway_actions.add(at.laurel.issuer_context, at.laurel.pathways, at.owner, draft) if has_room else existing[0]
    ).id


def create_webhook(at: EntryContext) -> str:
    fields = Fields(("/name",), "/email", "/course", "/done", True)
    draft = WebhookDraft("canary token webhook", fields, {"42": at.achievement}, dry_run=False)
    return webhook_actions.add(at.laurel.issuer_context, at.laurel.webhooks, at.owner, draft).webhook.id


def pathway(at: EntryContext) -> dict[str, object]:
    return {"name": "A way", "description": "Up.", "root": {"all": [{"achievement": at.achievement}]}}


WEBHOOK: dict[str, object] = {
    "name": "LMS",
    "fields": {"name": "/name", "email": "/email", "course": "/course", "completed": {"at": "/done", "is": True}},
}

ENTRIES: dict[tuple[str, str], Builder] = {
    ("GET", "/v1/pathways"): lambda at: Call("/v1/pathways"),
    # The other tenant does not have this achievement.
    ("POST", "/v1/pathways"): lambda at: Call("/v1/pathways", json=pathway(at), allowed_status=201, foreign_status=422),
    ("GET", "/v1/pathways/{id}"): lambda at: Call(f"/v1/pathways/{create_pathway(at)}"),
    ("PUT", "/v1/pathways/{id}"): lambda at: Call(f"/v1/pathways/{create_pathway(at)}", json=pathway(at)),
    ("GET", "/v1/pathways/{id}/progress"): lambda at: Call(
        f"/v1/pathways/{create_pathway(at)}/progress", query="email=ada@example.org"
    ),
    ("GET", "/v1/webhooks"): lambda at: Call("/v1/webhooks"),
    ("POST", "/v1/webhooks"): lambda at: Call("/v1/webhooks", json=WEBHOOK, allowed_status=201),
    ("GET", "/v1/webhooks/{id}"): lambda at: Call(f"/v1/webhooks/{create_webhook(at)}"),
    ("PUT", "/v1/webhooks/{id}"): lambda at: Call(f"/v1/webhooks/{create_webhook(at)}", json={**WEBHOOK, "version": 1}),
    ("DELETE", "/v1/webhooks/{id}"): lambda at: Call(f"/v1/webhooks/{create_webhook(at)}", allowed_status=204),
    ("POST", "/v1/webhooks/{id}/rotate"): lambda at: Call(
        f"/v1/webhooks/{create_webhook(at)}/rotate", json={"version": 1}
    ),
    ("POST", "/webhooks/{id}"): lambda at: Call(
        f"/webhooks/{at.owner}.{create_webhook(at)}",
        json={"name": "Ada Nwosu", "email": "ada@example.org", "course": "42", "done": True},
        headers={"webhook_id": "msg_1", "webhook_timestamp": "1795348800", "webhook_signature": "v1,AAAA"},
        allowed_status=401,
    ),
}
