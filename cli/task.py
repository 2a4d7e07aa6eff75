"""The commands about tasks that were given up on."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator

from chalicelib.errors import NotFound
from chalicelib.services import Services
from chalicelib.tasks.task_queue import Parked
from cli import grammar
from cli.grammar import Commands
from cli.output import UsageFault, note, show

MOST = 10_000
"""Parked tasks looked at by one command."""


def add_commands(nouns: Commands) -> None:
    """What can be said of a task."""
    verbs = grammar.verbs(nouns, "task", "what could not be done: list, retry, drop")
    for verb, act, words in (
        ("list", list_parked, "tasks that failed ten times and were set aside, the oldest first"),
        ("retry", retry, "make them due again"),
        ("drop", drop, "forget them; what they were to do is not done"),
    ):
        command = grammar.command(verbs, verb, act, words)
        command.add_argument("--kind", help="only of this kind, as `task list` shows it: deliver, pathways, job, ...")
        command.add_argument("--issuer", metavar="ID", help="only this issuer's")
        command.add_argument("--subject", metavar="ID", help="only about this credential, job, pathway, ...")
        if verb != "list":
            command.add_argument("--all", action="store_true", help="all of them")


def list_parked(services: Services, asked: Namespace) -> int:
    """What failed ten times, the oldest first."""
    for parked in _asked_for(services, asked):
        _show(asked, parked, f"{parked.task.due:%Y-%m-%d %H:%M} UTC  {parked.code}")
    return 0


def retry(services: Services, asked: Namespace) -> int:
    """Make them due now, with their attempts forgotten."""
    return _each(services, asked, lambda one: services.tasks.retry(one, services.clock()), "due again")


def drop(services: Services, asked: Namespace) -> int:
    """Forget them: what they were to do is not done."""
    return _each(services, asked, services.tasks.drop, "dropped")


def _each(services: Services, asked: Namespace, act: Callable[[Parked], None], outcome: str) -> int:
    if not (asked.all or asked.kind or asked.issuer or asked.subject):
        raise UsageFault("Say which: --kind, --issuer, --subject, or --all.")
    done = gone = 0
    for parked in _asked_for(services, asked):
        try:
            act(parked)
        except NotFound:
            gone += 1  # somebody else was first
            continue
        done += 1
        _show(asked, parked, outcome)
    note(f"{done} {outcome}" + (f", {gone} gone already" if gone else ""))
    return 0 if done else 1


def _asked_for(services: Services, asked: Namespace) -> Iterator[Parked]:
    # Read whole before any is moved: what moves must not be met again.
    for parked in list(services.tasks.parked(MOST)):
        task = parked.task
        wanted = ((asked.kind, task.kind), (asked.issuer, task.issuer_id), (asked.subject, task.subject))
        if all(ask is None or ask == value for ask, value in wanted):
            yield parked


def _show(asked: Namespace, parked: Parked, words: str) -> None:
    task = parked.task
    show(
        asked.json,
        f"{task.kind}  {task.issuer_id}  {task.subject}  {words}",
        kind=task.kind,
        issuer=task.issuer_id,
        subject=task.subject,
        attempts=task.attempts,
        at=f"{task.due:%Y-%m-%dT%H:%M:%SZ}",
        code=parked.code,
    )
