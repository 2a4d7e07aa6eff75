"""Count an issuer's emails, and pause and resume them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from chalicelib.delivery.delivery_context import MAX_ATTEMPTS, DeliveryContext
from chalicelib.delivery.limits import reputation
from chalicelib.delivery.limits.reputation import Problem, Reputation
from chalicelib.errors import Conflict, Unavailable


def is_paused(delivery_context: DeliveryContext, issuer_id: str) -> bool:
    """Whether the issuer's emails have to wait; for sign-in emails, whether those to new addresses are limited."""
    return reputation.is_paused(delivery_context.store.reputation(issuer_id), delivery_context.now())


def count_sent(delivery_context: DeliveryContext, issuer_id: str) -> None:
    """Count one more email. An email that is not counted makes the rates look higher, so a failure is no error."""
    with suppress(Unavailable):
        _change(delivery_context, issuer_id, lambda one: reputation.with_sent(one, delivery_context.now()))


def count_problem(delivery_context: DeliveryContext, issuer_id: str, problem: Problem, recipient: str) -> None:
    """Count a bounce or complaint of a recipient, by mailbox. Idempotent. Raises `Unavailable`."""
    now = delivery_context.now()
    _change(delivery_context, issuer_id, lambda one: reputation.with_problem(one, problem, recipient, now))


def resume(delivery_context: DeliveryContext, issuer_id: str) -> Reputation:
    """End a pause and return the reputation before the change. Raises `Unavailable`."""
    return _change(delivery_context, issuer_id, reputation.resumed)


def _change(delivery_context: DeliveryContext, issuer_id: str, step: Callable[[Reputation], Reputation]) -> Reputation:
    """Apply ``step`` to the stored reputation with optimistic locking, and return the reputation before the change.
    Raises `Unavailable`."""
    for _ in range(MAX_ATTEMPTS):
        before = delivery_context.store.reputation(issuer_id)
        after = step(before)
        if after == before:
            return before
        try:
            delivery_context.store.save_reputation(after)
        except Conflict:
            continue
        return before
    raise Unavailable("The email counts of this issuer are being changed too often. Try again.", code="storage_busy")
