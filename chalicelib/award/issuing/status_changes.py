"""Revoke, suspend and reinstate: the issuer's later decisions about a credential."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.award.input.text_rules import check_text
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import status_lists
from chalicelib.award.issuing.storing import PATHWAYS
from chalicelib.credential.record import Purpose, Record, Standing, State, StatusList
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.tasks.task_queue import Task
from chalicelib.verify import bitstring

MAX_REASON = 500
"""Characters of a reason, wherever it is given."""
TRIES = 16
"""All credentials of an issuer share its lists, so writers meet. Of those who meet one gets through, so this serves
about as many at the same moment."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The record as it now stands. ``changed`` is False when it stood so before."""

    record: Record
    changed: bool


def revoke(issuer_context: IssuerContext, issuer_id: str, credential_id: str, reason: str | None = None) -> Decision:
    """Withdraw a credential for good. Raises as `suspend` does."""
    return _decide(issuer_context, issuer_id, credential_id, State.REVOKED, reason)


def suspend(issuer_context: IssuerContext, issuer_id: str, credential_id: str, reason: str | None = None) -> Decision:
    """Put a credential of the issuer on hold.

    The record's standing and the re-signed status list are stored together, or neither. Raises `NotFound` (for another
    issuer's credential too), `Refused`
    (`revoked_is_final` for a revoked credential, `no_status_entry` for one that cannot be withdrawn), and `Conflict`
    (`busy`) when others kept changing the same list.
    """
    return _decide(issuer_context, issuer_id, credential_id, State.SUSPENDED, reason)


def reinstate(issuer_context: IssuerContext, issuer_id: str, credential_id: str, reason: str | None = None) -> Decision:
    """End a suspension. Raises as `suspend` does."""
    return _decide(issuer_context, issuer_id, credential_id, State.ACTIVE, reason)


def check_reason(reason: str) -> None:
    """Raises `Refused` (`bad_text`) for what cannot be the reason of a decision, or of a correction."""
    check_text("reason", reason, MAX_REASON)


def owned(issuer_context: IssuerContext, issuer_id: str, credential_id: str) -> Record:
    """The issuer's credential, strongly read. Raises `NotFound`, for another issuer's too."""
    record = issuer_context.issuer_store.record(credential_id)
    if record.issuer_id != issuer_id:
        raise NotFound("This issuer does not have this credential.")
    return record


def _decide(
    issuer_context: IssuerContext, issuer_id: str, credential_id: str, state: State, reason: str | None
) -> Decision:
    if reason is not None:
        check_reason(reason)
    for _ in range(TRIES):
        record = owned(issuer_context, issuer_id, credential_id)
        if record.standing.state is state:
            return Decision(record, changed=False)
        if record.standing.state is State.REVOKED:
            raise Refused("This credential is revoked, which cannot be undone.", code="revoked_is_final")
        # As in `issue`: the clock is read before the issuer, so that its key is good for this moment.
        now = issuer_context.now()
        lists = changed_lists(issuer_context, record, state, now)
        decided = replace(record, standing=Standing(state, now, reason), version=record.version + 1)
        try:
            issuer_context.issuer_store.replace_standing(decided, lists, _tasks(decided, issuer_context.clock()))
        except Conflict:
            # Someone was first, at this credential or at another one in the same list: look again.
            continue
        return Decision(decided, changed=True)
    raise Conflict("Someone else is changing the same status list. Try again.", code="busy")


def _tasks(decided: Record, now: datetime) -> tuple[Task, ...]:
    """What follows: a credential that counts again may complete a pathway.

    ``now`` is finer than a second, or this task would be the one that was written when it was issued in this second.
    """
    if decided.standing.state is not State.ACTIVE:
        return ()
    return (Task(PATHWAYS, decided.issuer_id, decided.id, now),)


def changed_lists(issuer_context: IssuerContext, record: Record, state: State, now: datetime) -> list[StatusList]:
    """The next version of each list that has to say ``state`` of ``record``. Raises `Refused` (`no_status_entry`)."""
    issuer = issuer_context.issuer_store.issuer(record.issuer_id)
    # A revoked credential that was suspended stays so in that list too; revocation outweighs it.
    purpose = Purpose.REVOCATION if state is State.REVOKED else Purpose.SUSPENSION
    changed = []
    for entry in record.entries:
        if entry.purpose is purpose:
            before = issuer_context.issuer_store.status_list(entry.list_id)
            bits = bitstring.with_bit(before.bits, entry.index, state is not State.ACTIVE)
            changed.append(status_lists.next_version(issuer_context, issuer, before, bits, now))
    if not changed:
        raise Refused(f"This credential has no entry in a {purpose} list.", code="no_status_entry")
    return changed
