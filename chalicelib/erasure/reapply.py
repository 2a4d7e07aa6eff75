"""Erase again what a restore brought back. Tombstones live in a table of their own, which is not restored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.delivery import mailbox
from chalicelib.erasure.erasure import Erasure, RequestedBy, Restored
from chalicelib.erasure.requests import ErasureContext


def reapply(context: ErasureContext, since: datetime) -> list[Erasure]:
    """Find what was erased after ``since``, the time that the tables were restored to, and exists again; store its
    erasure, due now and without an email. Idempotent. Raises `Unavailable`.

    Earlier erasures are not repeated: whatever exists then was stored after them.
    """
    now = context.delivery_context.now()
    found = {
        (one.issuer_id, one.subject): one
        for one in sorted(map(_erasure(now), context.store.restored(since)), key=_known)
    }
    for erasure in found.values():
        context.store.add(erasure)
    return list(found.values())


def _erasure(now: datetime) -> Callable[[Restored], Erasure]:
    def erasure(one: Restored) -> Erasure:
        digest = one.digest if one.email is None else mailbox.digest(one.email)
        credential_id = one.credential_id if digest is None else None
        subject = digest or credential_id or ""
        return Erasure(one.issuer_id, subject, one.email, credential_id, RequestedBy.OPERATOR, now, now, changed_at=now)

    return erasure


def _known(erasure: Erasure) -> bool:
    """Erasures with a known address come last and replace those without one."""
    return erasure.email is not None
