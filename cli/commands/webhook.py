"""Commands for webhooks."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

from chalicelib.award.webhooks import webhook_actions, webhook_json
from chalicelib.award.webhooks.webhook import Webhook
from chalicelib.award.webhooks.webhook_actions import DELIVERIES_SHOWN, WebhookWithSecret
from chalicelib.services import Services
from cli import documents, grammar
from cli.documents import read
from cli.grammar import Commands
from cli.output import note, show, table


def add_commands(resources: Commands) -> None:
    """Add `webhook`."""
    verbs = grammar.verbs(resources, "webhook", "manage webhooks, which issue credentials when a course is completed")
    for verb, handler, what in (
        ("create", create, "create a webhook; its secret is shown only once"),
        ("update", update, "replace the configuration; secrets are kept"),
        ("list", list_all, "list the webhooks of an issuer"),
        ("deliveries", deliveries, "list recent deliveries with their outcome"),
        ("rotate-secret", rotate_secret, "create a new secret; the old one is valid for 24 more hours"),
        ("delete", delete, "delete a webhook; issued credentials are kept"),
    ):
        command = documents.command(verbs, verb, handler, what, "webhook")
        if handler is rotate_secret:
            command.add_argument("--leaked", action="store_true", help="invalidate all earlier secrets now")


def create(services: Services, options: Namespace) -> int:
    """Create a webhook and show its secret once."""
    draft = read(options.file, webhook_json.read)
    _show_new(
        services, webhook_actions.add(services.issuer_context, services.webhooks, options.issuer, draft), options.json
    )
    return 0


def update(services: Services, options: Namespace) -> int:
    """Replace the configuration of a webhook; with ``version`` in the file, only if that is the current one."""
    draft = read(options.file, webhook_json.read)
    if draft.version is None:
        draft = replace(draft, version=services.webhooks.webhook(options.issuer, _id(options)).version)
    _show(
        services,
        webhook_actions.change(services.issuer_context, services.webhooks, options.issuer, _id(options), draft),
        options.json,
    )
    return 0


def list_all(services: Services, options: Namespace) -> int:
    """List the webhooks of an issuer."""
    services.issuer_store.issuer(options.issuer)
    base_url = services.issuer_context.base_url
    rows = (webhook_json.write(webhook, base_url) for webhook in services.webhooks.webhooks(options.issuer))
    table(options.json, ("id", "name", "dry_run", "url"), rows)
    return 0


def deliveries(services: Services, options: Namespace) -> int:
    """List the recent deliveries of a webhook with their outcome."""
    webhook = services.webhooks.webhook(options.issuer, _id(options))
    found = services.webhooks.deliveries(options.issuer, webhook.id, services.clock(), DELIVERIES_SHOWN)
    columns = ("at", "message_id", "outcome", "code", "course", "credential")
    table(options.json, columns, map(webhook_json.write_delivery, found))
    return 0


def rotate_secret(services: Services, options: Namespace) -> int:
    """Create a new secret and show it once."""
    rotated = webhook_actions.rotate(
        services.issuer_context, services.webhooks, options.issuer, _id(options), leaked=options.leaked
    )
    _show_new(services, rotated, options.json)
    if not options.leaked:
        note("The old secret is valid for 24 more hours. If it has leaked, rotate with --leaked.")
    return 0


def delete(services: Services, options: Namespace) -> int:
    """Delete a webhook."""
    webhook_id = _id(options)
    webhook_actions.remove(services.webhooks, options.issuer, webhook_id)
    show(options.json, f"{webhook_id}  deleted", id=webhook_id, outcome="deleted")
    return 0


def _id(options: Namespace) -> str:
    """The id of the webhook, given alone or as in its URL, after the issuer and a dot."""
    return str(options.id).removeprefix(f"{options.issuer}.")


def _show(services: Services, webhook: Webhook, as_json: bool) -> None:
    base_url = services.issuer_context.base_url
    trying = " (dry run)" if webhook.dry_run else ""
    text = f"{webhook.id}  {webhook.name}{trying}  {webhook_json.address(webhook, base_url)}"
    show(as_json, text, **webhook_json.write(webhook, base_url))


def _show_new(services: Services, created: WebhookWithSecret, as_json: bool) -> None:
    base_url = services.issuer_context.base_url
    url = webhook_json.address(created.webhook, base_url)
    text = f"id      {created.webhook.id}\nURL     {url}\nsecret  {created.secret} (save it now: it is not shown again)"
    show(as_json, text, **webhook_json.write(created.webhook, base_url), secret=created.secret)
