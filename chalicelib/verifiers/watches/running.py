"""The function `run_watches`: handle messages immediately, and run due tasks every minute."""

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
from chalicelib.verifiers.watches.waking import Wake, WakeSubject
from chalicelib.verifiers.watches.watch import CHECK, DELIVER, REMOVE


@dataclass(frozen=True, slots=True)
class WatchWork:
    """Dependencies for one call."""

    checks: CheckContext
    sends: SendContext
    removals: RemovalContext


def work(context: WatchWork, wake: Wake) -> None:
    """Handle a message, which may arrive late or twice. Raises `Unavailable` if it must be redelivered."""
    match wake.about:
        case WakeSubject.CREDENTIAL | WakeSubject.ISSUER:
            checking.changed(context.checks, wake)
        case WakeSubject.WATCH:
            checking.check_if_due(context.checks, wake.verifier_id, wake.subject, context.checks.clock())
        case WakeSubject.DELIVERY:
            sending.send_at_once(context.sends, wake.verifier_id, wake.subject)


def handlers(context: WatchWork) -> Mapping[str, Handler]:
    """Task handlers for watches."""

    def remove(task: Task) -> None:
        changing.handle_removal(context.removals, task, context.checks.clock())

    return {
        CHECK: partial(checking.handle, context.checks),
        DELIVER: partial(sending.handle, context.sends),
        REMOVE: remove,
    }
