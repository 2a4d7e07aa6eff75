"""Revoke, suspend and reinstate credentials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.award import daily_limits
from chalicelib.award.input.text_rules import check_text
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import status_lists
from chalicelib.award.issuing.storing import PATHWAYS, STATUS_CHANGED
from chalicelib.award.keys import own_key
from chalicelib.credential.record import CredentialStatus, Purpose, Record, State, StatusList
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.tasks.task_queue import Task
from chalicelib.verify import bitstring

MAX_REASON = 500
"""Maximum characters of a reason."""
MAX_ATTEMPTS = 16
"""Maximum attempts per change. All credentials of an issuer share its lists, and one of several concurrent writers
succeeds per round, so this allows about as many concurrent writers."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The current record. ``changed`` is False when it already had the requested status."""

    record: Record
    changed: bool


def revoke(issuer_context: IssuerContext, issuer_id: str, credential_id: str, reason: str | None = None) -> Decision:
    """Revoke a credential permanently. Raises as `suspend` does."""
    return _decide(issuer_context, issuer_id, credential_id, State.REVOKED, reason)


def suspend(issuer_context: IssuerContext, issuer_id: str, credential_id: str, reason: str | None = None) -> Decision:
    """Suspend a credential.

    The record's status and the re-signed status list are stored together in one transaction. Raises `NotFound` (also
    for another issuer's credential), `Refused` (`revoked_is_final` for a revoked credential, `no_status_entry` for one
    without a status list entry), `QuotaExceeded` (`daily_limit_exceeded`; never when revoking), and `Conflict` (`busy`)
    when concurrent changes to the same list keep winning.
    """
    return _decide(issuer_context, issuer_id, credential_id, State.SUSPENDED, reason)


def reinstate(issuer_context: IssuerContext, issuer_id: str, credential_id: str, reason: str | None = None) -> Decision:
    """Reinstate a suspended credential. Raises as `suspend` does."""
    return _decide(issuer_context, issuer_id, credential_id, State.ACTIVE, reason)


def check_reason(reason: str) -> None:
    """Check the reason of a status change or a correction. Raises `Refused` (`bad_text`)."""
    check_text("reason", reason, MAX_REASON)


def owned(issuer_context: IssuerContext, issuer_id: str, credential_id: str) -> Record:
    """Read the issuer's credential with a consistent read. Raises `NotFound`, including for another issuer's
    credential."""
    record = issuer_context.issuer_store.record(credential_id)
    if record.issuer_id != issuer_id:
        raise NotFound("This issuer does not have this credential.")
    return record


def _decide(
    issuer_context: IssuerContext, issuer_id: str, credential_id: str, state: State, reason: str | None
) -> Decision:
    if reason is not None:
        check_reason(reason)
    own_key.use_current_shared_key(issuer_context, issuer_id)
    counted = state is State.REVOKED
    for _ in range(MAX_ATTEMPTS):
        record = owned(issuer_context, issuer_id, credential_id)
        if record.status.state is state:
            return Decision(record, changed=False)
        if record.status.state is State.REVOKED:
            raise Refused("This credential is revoked, which cannot be undone.", code="revoked_is_final")
        if not counted:
            issuer = issuer_context.issuer_store.issuer(issuer_id)
            daily_limits.take_status_change(issuer_context, issuer, credential_id)
            counted = True
        # As in `issue`, read the clock before the issuer, so that the key is valid at this time.
        now = issuer_context.now()
        lists = changed_lists(issuer_context, record, state, now)
        decided = replace(record, status=CredentialStatus(state, now, reason), version=record.version + 1)
        try:
            issuer_context.issuer_store.replace_status(decided, lists, _tasks(decided, issuer_context.clock()))
        except Conflict:
            # Another writer changed this credential or the same list: read again.
            continue
        return Decision(decided, changed=True)
    raise Conflict("Someone else is changing the same status list. Try again.", code="busy")


def _tasks(decided: Record, now: datetime) -> tuple[Task, ...]:
    """The follow-up tasks: email the holder, and check pathways that a reinstated credential may complete.

    ``now`` has sub-second precision, so that these tasks differ from those stored earlier.
    """
    kinds = (STATUS_CHANGED, PATHWAYS) if decided.status.state is State.ACTIVE else (STATUS_CHANGED,)
    return tuple(Task(kind, decided.issuer_id, decided.id, now) for kind in kinds)


def changed_lists(issuer_context: IssuerContext, record: Record, state: State, now: datetime) -> list[StatusList]:
    """The next version of each list that records ``state`` for ``record``. Raises `Refused` (`no_status_entry`)."""
    issuer = issuer_context.issuer_store.issuer(record.issuer_id)
    # A suspended credential that is revoked keeps its suspension bit; revocation takes precedence.
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
