"""The holder's choice to show on the page of a credential how often it was viewed and verified; off by default.

The choice and its time are in the mailbox, as are the holder's other settings, and the record says what its page
shows. The mailbox comes first when view counts are shown and last when they are hidden. So it names every page that
shows them, also when a request is interrupted between the two.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from chalicelib.access.rate_limits import Limit, TooMany
from chalicelib.credential.record import Record
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import MAX_ATTEMPTS, DeliveryContext
from chalicelib.delivery.holder import home
from chalicelib.delivery.holder.access import enter
from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.language.phrase import phrase

CHANGES = Limit("view_counts", 60, timedelta(days=1))
"""Maximum changes per holder and day: each rewrites a credential."""


class ViewCountStore(Protocol):
    """Stores which records show view counts."""

    def show_view_counts(self, record: Record) -> None:
        """Store the next version of a record, whose ``shows_view_counts`` has changed, with new view counts or
        without any, in one transaction. Raises `Conflict` when another writer was first."""


def show(context: DeliveryContext, store: ViewCountStore, token: str, credential_id: str) -> None:
    """Show the view counts of a credential. Raises as `hide`, and `Refused` for too many credentials, `TooMany`."""
    digest = _own(context, token, credential_id)
    if not context.within(CHANGES, digest):
        raise TooMany(phrase("You have changed this too often today. Try again tomorrow."), 24 * 3600)
    now = context.now()
    context.change_mailbox(digest, lambda one: mailbox.with_view_counts(one, credential_id, now))
    _change(context, store, credential_id, shown=True)


def hide(context: DeliveryContext, store: ViewCountStore, token: str, credential_id: str) -> None:
    """Hide the view counts of a credential, and delete them.

    Raises `NotFound`, `LinkExpired`, and `Forbidden` for a link to one issuer, because its issuer may know the link.
    """
    _hide(context, store, _own(context, token, credential_id), credential_id)


def hide_all(context: DeliveryContext, store: ViewCountStore, token: str) -> None:
    """Hide the view counts of all of the holder's credentials. Raises as `hide`."""
    access = enter(context, token)
    access.check_everything()
    for credential_id in access.mailbox.view_counts_shown:
        _hide(context, store, access.mailbox.digest, credential_id)


def _own(context: DeliveryContext, token: str, credential_id: str) -> str:
    """The mailbox of the holder of this credential."""
    access = enter(context, token)
    access.check_everything()
    home.own_credential(context.archive, context.base_url, access, credential_id)
    return access.mailbox.digest


def _hide(context: DeliveryContext, store: ViewCountStore, digest: str, credential_id: str) -> None:
    _change(context, store, credential_id, shown=False)
    context.change_mailbox(digest, lambda one: mailbox.with_view_counts(one, credential_id, None))


def _change(context: DeliveryContext, store: ViewCountStore, credential_id: str, *, shown: bool) -> None:
    for _ in range(MAX_ATTEMPTS):
        try:
            record = context.archive.record(credential_id)
        except NotFound:  # deleted, with its view counts
            return
        if record.shows_view_counts == shown:
            return
        try:
            store.show_view_counts(replace(record, shows_view_counts=shown, version=record.version + 1))
        except Conflict:
            continue
        return
    raise Unavailable("This credential is being changed too often. Try again.", code="storage_busy")
