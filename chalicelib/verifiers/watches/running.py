"""What the function of watches does: what messages ask for at once, and every minute what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from chalicelib.tasks.task_queue import Task
from chalicelib.tasks.worker import Handler
from chalicelib.verifiers.watches import changing, checking, sending
from chalicelib.verifiers.watches.changing import RemovalContext
from chalicelib.verifiers.watches.checking import CheckContext
from chalicelib.verifiers.watches.sending import SendContext
from chalicelib.verifiers.watches.waking import About, Wake
from chalicelib.verifiers.watches.watch import CHECK, DELIVER, REMOVE


@dataclass(frozen=True, slots=True)
class WatchWork:
    """Dependencies of one call."""

    checks: CheckContext
    sends: SendContext
    removals: RemovalContext


def work(context: WatchWork, wake: Wake) -> None:
    """Do what a message asks for. It may arrive late or twice. Raises `Unavailable`: deliver it again."""
    match wake.about:
        case About.CREDENTIAL | About.ISSUER:
            checking.changed(context.checks, wake)
        case About.WATCH:
            checking.check_if_due(context.checks, wake.verifier_id, wake.subject, context.checks.clock())
        case About.DELIVERY:
            sending.send_at_once(context.sends, wake.verifier_id, wake.subject)


def handlers(context: WatchWork) -> Mapping[str, Handler]:
    """The handlers of the tasks of watches."""

    def remove(task: Task) -> None:
        changing.handle_removal(context.removals, task, context.checks.clock())

    return {
        CHECK: partial(checking.handle, context.checks),
        DELIVER: partial(sending.handle, context.sends),
        REMOVE: remove,
    }
