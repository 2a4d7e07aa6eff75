"""Hide a holder's public profile, as an operator of the deployment."""

from __future__ import annotations

from datetime import datetime

from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.directory.profiles.own_profile import ProfileContext
from chalicelib.errors import NotFound


def set_taken_down(context: ProfileContext, holder_id: str, *, taken_down: bool) -> datetime | None:
    """Hide a profile, or let its holder publish it again; returns when it was hidden. Idempotent.

    It need not be public now: its holder may have unpublished it before anyone could decide, and publish it again.
    Profiles are stored by mailbox, so no one can look up whether one has this id; a marker for an id without a profile
    has no effect. Raises `NotFound` for what cannot be an id.
    """
    if not PUBLIC_ID.fullmatch(holder_id):
        raise NotFound("no such profile")
    store = context.store
    hidden = store.hidden(holder_id)
    if not taken_down:
        if hidden is not None:
            store.unhide(holder_id)
        return None
    if hidden is not None:
        return hidden
    now = context.delivery_context.now()
    store.hide(holder_id, now)
    return now
