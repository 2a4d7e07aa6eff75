"""Hide the page of a hosted credential, as an operator of the deployment."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.award.issuer_context import MAX_ATTEMPTS, IssuerContext
from chalicelib.credential.record import Record
from chalicelib.errors import Conflict


def set_taken_down(issuer_context: IssuerContext, credential_id: str, *, taken_down: bool) -> Record:
    """Hide or show again everything that Laurel publishes about a credential. Idempotent.

    The credential itself does not change: only its issuer can revoke it, and a copy of it is verified as before.
    Raises `NotFound`, `Conflict` (`busy`) when concurrent changes keep winning.
    """
    for _ in range(MAX_ATTEMPTS):
        record = issuer_context.issuer_store.record(credential_id)
        if (record.taken_down is not None) == taken_down:
            return record
        at = issuer_context.now() if taken_down else None
        changed = replace(record, taken_down=at, version=record.version + 1)
        try:
            issuer_context.issuer_store.replace_status(changed, ())
        except Conflict:
            continue
        return changed
    raise Conflict("Someone else is changing this credential. Try again.", code="busy")
