"""What a holder does with the link in a message that was relayed to them.

A reply may quote the link, so the sender may get it. It opens nothing: it can only turn messages off and report this
sender.
"""

from __future__ import annotations

from chalicelib.access import secrets
from chalicelib.directory.contact.ports import Relayed
from chalicelib.directory.contact.relaying import BLOCKED_FOR, ContactContext
from chalicelib.directory.profiles import own_profile
from chalicelib.errors import NotFound


def find(context: ContactContext, secret: str) -> Relayed:
    """What the link is about. Raises `NotFound`."""
    now = context.delivery_context.now()
    found = context.store.relayed(secrets.digest(secret), now) if secrets.is_secret(secret) else None
    if found is None:
        raise NotFound("no such link")
    return found


def turn_off(context: ContactContext, secret: str) -> None:
    """Withdraw the holder's consent to messages. Idempotent. Raises `NotFound`, `Conflict`."""
    own_profile.stop_contact(context.profile_context, find(context, secret).mailbox)


def report(context: ContactContext, secret: str) -> None:
    """Report the sender, who can no longer write to this holder, or to anyone after `BLOCKED_BY` reports. Others of the
    sender's organization, who may be the same person, cannot write to this holder either. Idempotent.

    Raises `NotFound`.
    """
    relayed = find(context, secret)
    for subject in filter(None, (relayed.sender, relayed.organization)):
        context.store.report(subject, relayed.holder_id, context.delivery_context.now() + BLOCKED_FOR)
