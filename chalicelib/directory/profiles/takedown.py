"""Hide a holder's public profile, as an operator of the deployment."""

from __future__ import annotations

from datetime import datetime

from chalicelib.directory.profiles.own_profile import ProfileContext
from chalicelib.errors import NotFound


def set_taken_down(context: ProfileContext, holder_id: str, *, taken_down: bool, public: bool) -> datetime | None:
    """Hide a profile, or let its holder publish it again; returns when it was hidden. Idempotent.

    ``public`` says whether it is public now: only such a profile can be hidden. Raises `NotFound`.
    """
    store = context.store
    hidden = store.hidden(holder_id)
    if not taken_down:
        if hidden is not None:
            store.unhide(holder_id)
        return None
    if hidden is not None:
        return hidden
    if not public:
        raise NotFound("no such profile")
    now = context.delivery_context.now()
    store.hide(holder_id, now)
    return now
