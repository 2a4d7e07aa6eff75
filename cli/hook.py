"""The commands about hooks."""

from __future__ import annotations

from argparse import Namespace

from chalicelib.award import hook_wire, inbound
from chalicelib.award.hooks import Hook
from chalicelib.award.inbound import KEPT, Made
from chalicelib.services import Services
from cli import documents, grammar
from cli.documents import read
from cli.grammar import Commands
from cli.output import note, show


def add_commands(nouns: Commands) -> None:
    """What can be said of a hook."""
    words = "where other systems tell of completions: add, change, list, deliveries, rotate, remove"
    verbs = grammar.verbs(nouns, "hook", words)
    for verb, act, what in (
        ("add", add, "make a hook; its secret is shown once"),
        ("change", change, "write its mapping and table anew; its secrets stay"),
        ("list", list_all, "an issuer's hooks"),
        ("deliveries", deliveries, "what came in last, and why nothing was issued"),
        ("rotate", rotate, "give it a new secret; the one before it is good for a day more"),
        ("remove", remove, "take it away; what was issued stays"),
    ):
        documents.command(verbs, verb, act, what, "hook")


def add(services: Services, asked: Namespace) -> int:
    """Store a new hook, and show its secret, once."""
    draft = read(asked.file, hook_wire.read)
    _show_made(services, inbound.add(services.awarding, services.hooks, asked.issuer, draft), asked.json)
    return 0


def change(services: Services, asked: Namespace) -> int:
    """Store another mapping, table or state of a hook."""
    draft = read(asked.file, hook_wire.read)
    _show(services, inbound.change(services.awarding, services.hooks, asked.issuer, asked.id, draft), asked.json)
    return 0


def list_all(services: Services, asked: Namespace) -> int:
    """Every hook of one issuer."""
    services.ledger.issuer(asked.issuer)
    for hook in services.hooks.hooks(asked.issuer):
        _show(services, hook, asked.json)
    return 0


def deliveries(services: Services, asked: Namespace) -> int:
    """What came in by a hook last, and why nothing was issued where nothing was."""
    services.hooks.hook(asked.issuer, asked.id)
    for one in services.hooks.deliveries(asked.issuer, asked.id, services.clock(), KEPT):
        why = f"  {one.code}" if one.code else ""
        issued = f"  {one.credential_id}" if one.credential_id else ""
        course = "" if one.course is None else f"  course {one.course}"
        text = f"{one.at:%Y-%m-%d %H:%M:%S} UTC  {one.message_id}  {one.outcome}{why}{course}{issued}"
        show(asked.json, text, **hook_wire.write_delivery(one))
    return 0


def rotate(services: Services, asked: Namespace) -> int:
    """Give a hook a new secret, and show it, once."""
    _show_made(services, inbound.rotate(services.awarding, services.hooks, asked.issuer, asked.id), asked.json)
    note("The secret before this one is good for 24 hours more. Rotate again to end it now.")
    return 0


def remove(services: Services, asked: Namespace) -> int:
    """Take a hook away."""
    inbound.remove(services.hooks, asked.issuer, asked.id)
    show(asked.json, f"{asked.id}  removed", id=asked.id, outcome="removed")
    return 0


def _show(services: Services, hook: Hook, as_json: bool) -> None:
    base_url = services.awarding.base_url
    trying = " (dry run)" if hook.dry_run else ""
    text = f"{hook.id}  {hook.name}{trying}  {hook_wire.address(hook, base_url)}"
    show(as_json, text, **hook_wire.write(hook, base_url))


def _show_made(services: Services, made: Made, as_json: bool) -> None:
    base_url = services.awarding.base_url
    text = f"{made.hook.id}  {hook_wire.address(made.hook, base_url)}\n{made.secret}"
    show(as_json, text, **hook_wire.write(made.hook, base_url), secret=made.secret)
