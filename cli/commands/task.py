"""Commands for failed tasks."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator

from chalicelib.errors import NotFound
from chalicelib.services import Services
from chalicelib.tasks.task_queue import DeadLetter
from cli import grammar
from cli.grammar import Commands
from cli.output import UsageProblem, note, show, table

MAX_DEAD_LETTERS = 10_000
"""Maximum failed tasks that one command reads."""


def add_commands(resources: Commands) -> None:
    """Add `task`."""
    verbs = grammar.verbs(resources, "task", "manage background tasks that failed ten times")
    for verb, handler, description, example in (
        ("list", list_dead_letters, "list failed tasks, oldest first", ""),
        ("retry", retry, "retry failed tasks", "--all"),
        ("delete", delete, "delete failed tasks", "--kind deliver --issuer acme"),
    ):
        command = grammar.command(verbs, verb, handler, description, f"laurel task {verb} {example}".rstrip())
        command.add_argument(
            "--kind", help="only tasks of this kind, as shown by `task list`: deliver, pathways, job, ..."
        )
        command.add_argument("--issuer", metavar="ID", help="only tasks of this issuer")
        command.add_argument("--subject", metavar="ID", help="only tasks for this credential, job, pathway, ...")
        if verb != "list":
            command.add_argument("--all", action="store_true", help="all failed tasks")


def list_dead_letters(services: Services, options: Namespace) -> int:
    """List failed tasks, oldest first."""
    columns = ("at", "code", "kind", "issuer", "subject", "attempts")
    table(options.json, columns, map(_members, _selected(services, options)))
    return 0


def retry(services: Services, options: Namespace) -> int:
    """Make failed tasks due now and reset their attempts."""
    return _apply_to_selected(services, options, lambda one: services.tasks.retry(one, services.clock()), "queued")


def delete(services: Services, options: Namespace) -> int:
    """Delete failed tasks without running them."""
    return _apply_to_selected(services, options, services.tasks.drop, "deleted")


def _apply_to_selected(
    services: Services, options: Namespace, handler: Callable[[DeadLetter], None], outcome: str
) -> int:
    if not (options.all or options.kind or options.issuer or options.subject):
        raise UsageProblem("Select tasks with --kind, --issuer, --subject or --all.")
    done = gone = 0
    for dead_letter in _selected(services, options):
        try:
            handler(dead_letter)
        except NotFound:
            gone += 1  # another command handled it first
            continue
        done += 1
        _show(options, dead_letter, outcome)
    note(f"{done} {outcome}" + (f", {gone} no longer exist" if gone else ""))
    return 0 if done else 1


def _selected(services: Services, options: Namespace) -> Iterator[DeadLetter]:
    # All are read before the first one moves, so that none is read twice.
    for dead_letter in list(services.tasks.dead_letters(MAX_DEAD_LETTERS)):
        task = dead_letter.task
        wanted = ((options.kind, task.kind), (options.issuer, task.issuer_id), (options.subject, task.subject))
        if all(ask is None or ask == value for ask, value in wanted):
            yield dead_letter


def _show(options: Namespace, dead_letter: DeadLetter, status: str) -> None:
    task = dead_letter.task
    show(options.json, f"{task.kind}  {task.issuer_id}  {task.subject}  {status}", **_members(dead_letter))


def _members(dead_letter: DeadLetter) -> dict[str, object]:
    task = dead_letter.task
    return {
        "kind": task.kind,
        "issuer": task.issuer_id,
        "subject": task.subject,
        "attempts": task.attempts,
        "at": f"{task.due:%Y-%m-%dT%H:%M:%SZ}",
        "code": dead_letter.code,
    }
