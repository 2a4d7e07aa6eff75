"""Commands for erasing people's data."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from datetime import timedelta

from chalicelib.credential import dates, email_address
from chalicelib.delivery import links, mailbox
from chalicelib.erasure import reapply, requests, running
from chalicelib.erasure.erasure import Erasure, RequestedBy
from chalicelib.services import Services
from cli import grammar
from cli.grammar import Commands
from cli.output import UsageProblem, note, show, table

RUN_FOR = timedelta(hours=12)
"""How long one command may erase: as long as a terminal stays open."""


def add_commands(resources: Commands) -> None:
    """Add `erasure`."""
    verbs = grammar.verbs(resources, "erasure", "delete every trace of a person")
    requested = grammar.command(
        verbs,
        "request",
        request,
        "request the erasure of a person, who is emailed and can cancel it",
        "laurel erasure request grace@example.org --confirm grace@example.org",
        "laurel erasure request grace@example.org --issuer acme --confirm grace@example.org",
    )
    requested.add_argument("person", help="email address, or the id of a credential that has none")
    requested.add_argument(
        "--issuer", metavar="ID", help="erase only what this issuer stores; required with a credential"
    )
    requested.add_argument("--confirm", required=True, metavar="PERSON", help="PERSON again, to confirm")
    grammar.command(verbs, "list", list_all, "list the erasures in progress", "laurel erasure list")
    cancelled = grammar.command(
        verbs, "cancel", cancel, "cancel an erasure that has not started", "laurel erasure cancel grace@example.org"
    )
    cancelled.add_argument("person", help="email address, or the id of a credential")
    cancelled.add_argument("--issuer", metavar="ID", help="cancel the erasure that is limited to this issuer")
    ran = grammar.command(
        verbs,
        "run",
        run,
        "erase what is due; the deployment does this every hour",
        "laurel erasure run",
    )
    ran.add_argument("--at-once", action="store_true", help="search all tables now; only while nothing else is running")
    checked = grammar.command(
        verbs,
        "check",
        check,
        "search all tables, byte by byte, for a person's data",
        'laurel erasure check --email grace@example.org --value "Grace Osei"',
    )
    checked.add_argument("--email", action="append", default=[], help="an address, and the values calculated from it")
    checked.add_argument("--value", action="append", default=[], help="a name, an id, or any other text")
    again = grammar.command(
        verbs,
        "reapply",
        erase_again,
        "repeat erasures that a restore has undone; then run `laurel erasure run`",
        "laurel erasure reapply --restored-to 2026-11-30T07:00:00Z",
    )
    again.add_argument(
        "--restored-to",
        required=True,
        type=grammar.start,
        metavar="TIME",
        help="the time that the table was restored to",
    )


def request(services: Services, options: Namespace) -> int:
    """Ask for an erasure."""
    if options.person != options.confirm:
        raise UsageProblem("--confirm must be the same address or id again.")
    context = services.erasure_context
    if options.issuer is not None:
        is_address = "@" in options.person
        erasure = requests.request_as_issuer(
            context,
            options.issuer,
            email=options.person if is_address else None,
            credential_id=None if is_address else options.person,
            requested_by=RequestedBy.OPERATOR,
        )
    elif "@" not in options.person:
        raise UsageProblem("Name the issuer of the credential with --issuer.")
    else:
        erasure = requests.request_as_operator(context, options.person)
    members = _members(erasure)
    show(options.json, f"{erasure.email or erasure.credential_id} will be erased after {members['due']}", **members)
    return 0


def list_all(services: Services, options: Namespace) -> int:
    """List the erasures in progress."""
    columns = ("person", "issuer", "requested_by", "requested_at", "due", "state")
    table(options.json, columns, map(_members, services.erasure_context.store.erasures()))
    return 0


def cancel(services: Services, options: Namespace) -> int:
    """Cancel a pending erasure."""
    subject = mailbox.digest(options.person) if "@" in options.person else options.person
    requests.cancel(services.erasure_context, options.issuer, subject)
    show(options.json, f"{options.person} will not be erased", person=options.person, issuer=options.issuer)
    return 0


def run(services: Services, options: Namespace) -> int:
    """Carry out what is due."""
    settle = timedelta() if options.at_once else running.SETTLE
    done = running.run(services.erasure_context, services.clock() + RUN_FOR, settle)
    text = f"{done.done} erased, {done.waiting} in progress; deleted {done.deleted} credentials, {done.swept} traces"
    show(options.json, text, done=done.done, waiting=done.waiting, deleted=done.deleted, swept=done.swept)
    return 0


def check(services: Services, options: Namespace) -> int:
    """Search every table. Returns 1 if anything is found."""
    values = {*options.value, *_words(options.email)}
    if not values:
        raise UsageProblem("Name something to search for with --email or --value.")
    found = sorted(set(services.erasure_context.store.find(values)))
    table(options.json, ("where", "value"), ({"where": where, "value": value} for where, value in found))
    note(f"{len(found)} found, {len(values)} values searched for in every table")
    return 1 if found else 0


def erase_again(services: Services, options: Namespace) -> int:
    """Erase again what a restore has brought back."""
    found = reapply.reapply(services.erasure_context, options.restored_to)
    columns = ("person", "issuer", "requested_by", "requested_at", "due", "state")
    table(options.json, columns, map(_members, found))
    note(f"{len(found)} to be erased again")
    return 0


def _words(emails: Iterable[str]) -> set[str]:
    words = set()
    for email in map(email_address.normalize, emails):
        digest = mailbox.digest(email)
        words |= {email, digest, links.mailbox_id_of(digest), mailbox.digest(email_address.without_tag(email))}
    return words


def _members(erasure: Erasure) -> dict[str, object]:
    return {
        "person": erasure.email or erasure.credential_id or erasure.subject,
        "issuer": erasure.issuer_id,
        "requested_by": erasure.requested_by.value,
        "requested_at": dates.write(erasure.requested_at),
        "due": dates.write(erasure.due),
        "state": erasure.state.value,
    }
