"""The commands about hooks."""

from __future__ import annotations

from argparse import Namespace

from chalicelib.award.webhooks import webhook_actions, webhook_json
from chalicelib.award.webhooks.webhook import Webhook
from chalicelib.award.webhooks.webhook_actions import DELIVERIES_SHOWN, WebhookWithSecret
from chalicelib.services import Services
from cli import documents, grammar
from cli.documents import read
from cli.grammar import Commands
from cli.output import note, show


def add_commands(nouns: Commands) -> None:
    """What can be said of a hook."""
    words = "where other systems tell of completions: add, change, list, deliveries, rotate, remove"
    verbs = grammar.verbs(nouns, "webhook", words)
    for verb, act, what in (
        ("add", add, "make a hook; its secret is shown once"),
        ("change", change, "write its mapping and table anew; its secrets stay"),
        ("list", list_all, "an issuer's hooks"),
        ("deliveries", deliveries, "what came in last, and why nothing was issued"),
        ("rotate", rotate, "give it a new secret; the one before it is good for a day more"),
        ("remove", remove, "take it away; what was issued stays"),
    ):
        documents.command(verbs, verb, act, what, "webhook")


def add(services: Services, asked: Namespace) -> int:
    """Store a new hook, and show its secret, once."""
    draft = read(asked.file, webhook_json.read)
    _show_made(
        services, webhook_actions.add(services.issuer_context, services.webhooks, asked.issuer, draft), asked.json
    )
    return 0


def change(services: Services, asked: Namespace) -> int:
    """Store another mapping, table or state of a hook."""
    draft = read(asked.file, webhook_json.read)
    _show(
        services,
        webhook_actions.change(services.issuer_context, services.webhooks, asked.issuer, asked.id, draft),
        asked.json,
    )
    return 0


def list_all(services: Services, asked: Namespace) -> int:
    """Every hook of one issuer."""
    services.issuer_store.issuer(asked.issuer)
    for webhook in services.webhooks.webhooks(asked.issuer):
        _show(services, webhook, asked.json)
    return 0


def deliveries(services: Services, asked: Namespace) -> int:
    """What came in by a hook last, and why nothing was issued where nothing was."""
    services.webhooks.webhook(asked.issuer, asked.id)
    for one in services.webhooks.deliveries(asked.issuer, asked.id, services.clock(), DELIVERIES_SHOWN):
        why = f"  {one.code}" if one.code else ""
        issued = f"  {one.credential_id}" if one.credential_id else ""
        course = "" if one.course is None else f"  course {one.course}"
        text = f"{one.at:%Y-%m-%d %H:%M:%S} UTC  {one.message_id}  {one.outcome}{why}{course}{issued}"
        show(asked.json, text, **webhook_json.write_delivery(one))
    return 0


def rotate(services: Services, asked: Namespace) -> int:
    """Give a hook a new secret, and show it, once."""
    _show_made(
        services, webhook_actions.rotate(services.issuer_context, services.webhooks, asked.issuer, asked.id), asked.json
    )
    note("The secret before this one is good for 24 hours more. Rotate again to end it now.")
    return 0


def remove(services: Services, asked: Namespace) -> int:
    """Take a hook away."""
    webhook_actions.remove(services.webhooks, asked.issuer, asked.id)
    show(asked.json, f"{asked.id}  removed", id=asked.id, outcome="removed")
    return 0


def _show(services: Services, webhook: Webhook, as_json: bool) -> None:
    base_url = services.issuer_context.base_url
    trying = " (dry run)" if webhook.dry_run else ""
    text = f"{webhook.id}  {webhook.name}{trying}  {webhook_json.address(webhook, base_url)}"
    show(as_json, text, **webhook_json.write(webhook, base_url))


def _show_made(services: Services, made: WebhookWithSecret, as_json: bool) -> None:
    base_url = services.issuer_context.base_url
    text = f"{made.webhook.id}  {webhook_json.address(made.webhook, base_url)}\n{made.secret}"
    show(as_json, text, **webhook_json.write(made.webhook, base_url), secret=made.secret)
