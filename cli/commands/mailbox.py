"""Commands for mailboxes: whether an address gets emails, and reopening it after a bounce."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from datetime import datetime

from chalicelib.credential import email_address
from chalicelib.delivery import mailbox
from chalicelib.delivery.mailbox import Mailbox
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import show


def add_commands(resources: Commands) -> None:
    """Add `mailbox`."""
    verbs = grammar.verbs(resources, "mailbox", "show why an email address gets no emails, and unblock it")
    for verb, handler, description in (
        ("show", show_mailbox, "show whether an address gets emails"),
        ("reopen", reopen, "allow emails again to an address that bounced"),
    ):
        command = grammar.command(verbs, verb, handler, description, f"laurel mailbox {verb} grace@example.org")
        command.add_argument("email", help="the email address")


def show_mailbox(services: Services, options: Namespace) -> int:
    """Show the state of an address. An address that is only stored as a hash cannot be distinguished from a new one."""
    _show(services, options, services.delivery_context.mailbox(options.email))
    return 0


def reopen(services: Services, options: Namespace) -> int:
    """Forget the bounces of an address. A complaint, and what the recipient unsubscribed from, stay."""
    digest, now = mailbox.digest(options.email), services.clock()
    _show(services, options, services.delivery_context.change_mailbox(digest, lambda one: mailbox.reopened(one, now)))
    return 0


def _show(services: Services, options: Namespace, found: Mailbox) -> None:
    now = services.clock()
    state = "blocked" if mailbox.is_blocked(found, now) else "open"
    retry = None
    if state == "blocked" and found.bounces < mailbox.MAX_BOUNCES and found.bounced_at is not None:
        retry = found.bounced_at + mailbox.RETRY_AFTER
    members = {
        "email": email_address.normalize(options.email),
        "state": state,
        "sign_in_emails": "blocked" if mailbox.is_blocked(found, now, requested=True) else "open",
        "bounced_at": _time(found.bounced_at),
        "bounces": found.bounces,
        "retry_at": _time(retry),
        "complained_at": _time(found.complained_at),
        "forgotten_at": _time(found.forgotten_at),
        "unsubscribed_issuers": len(found.unsubscribed),
    }
    show(options.json, "  ".join(_words(members)), **members)


def _words(members: Mapping[str, object]) -> list[str]:
    shown = [f"{name.replace('_', ' ')}: {value}" for name, value in members.items() if value and name != "email"]
    return [str(members["email"]), *shown]


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
