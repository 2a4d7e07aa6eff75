"""New links that a holder requests. Laurel sends them to the holder's own address, with no reply to an issuer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.access.rate_limits import Limit, TooMany
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import account
from chalicelib.delivery.emails.email_content import Kind
from chalicelib.delivery.holder.access import find, works
from chalicelib.delivery.links import Link, Purpose
from chalicelib.delivery.mailbox import Mailbox, suppression_reason
from chalicelib.errors import Refused

NEW_LINK_INTERVAL = timedelta(minutes=10)
"""Minimum time between two new links, so that a person with an old link cannot flood the mailbox."""
WIDE_LINKS = Limit("holder-all", 5, timedelta(days=1))
"""Links to all credentials that are sent to one address in a day. Each works for `links.WIDE_VALIDITY`, as long as the
window, and ends no other, so a stranger who uses the limit up leaves the holder with a link that works."""
ISSUER_LINKS = Limit("holder-issuer", 5, timedelta(days=1))
"""Links to one issuer's credentials that are sent to one address in a day. The last one sent always works."""


def send_link_to_all(delivery_context: DeliveryContext, token: str) -> None:
    """Send a link to all of the holder's credentials, to the address that ``token`` was made for, even if ``token`` has
    expired. Earlier links keep working.

    Raises `NotFound`, `TooMany`, and `Refused` with the codes of `mailbox.suppression_reason`.
    """
    link = find(delivery_context, token, Purpose.MY)
    _send(delivery_context, link, None, ends_earlier=False)


def replace_links(delivery_context: DeliveryContext, token: str) -> bool:
    """Send a new link with the scope of ``token``, to the address that it was made for, even if it has expired.

    Earlier links of the same scope stop working once the new one is sent: those to one issuer, or all. Only a link that
    works ends others: one that the holder has ended, because someone else has it, would otherwise end its successors.
    Returns whether the earlier links have stopped working. Raises as `send_link_to_all`.
    """
    link = find(delivery_context, token, Purpose.MY)
    ends_earlier = works(delivery_context, link)
    _send(delivery_context, link, link.issuer_id, ends_earlier=ends_earlier)
    return ends_earlier


def _send(delivery_context: DeliveryContext, link: Link, issuer_id: str | None, *, ends_earlier: bool) -> None:
    digest = mailbox.digest(link.email)
    now = delivery_context.now()
    previous: datetime | None = None

    def ask(one: Mailbox) -> Mailbox:
        nonlocal previous
        reason = suppression_reason(one, Kind.HOLDER_LINK, now)
        if reason is not None:
            raise Refused("Emails to this address bounce.", code=reason)
        if one.link_sent_at is not None and now - one.link_sent_at < NEW_LINK_INTERVAL:
            seconds = int(NEW_LINK_INTERVAL.total_seconds())
            raise TooMany("We sent a link a few minutes ago. Check your email first.", seconds)
        previous = one.link_sent_at
        return replace(one, link_sent_at=now)

    def withdraw(one: Mailbox) -> Mailbox:
        return replace(one, link_sent_at=previous) if one.link_sent_at == now else one

    delivery_context.change_mailbox(digest, ask)
    limit, subject = (WIDE_LINKS, digest) if issuer_id is None else (ISSUER_LINKS, f"{digest} {issuer_id}")
    if not delivery_context.within(limit, subject):
        # No link was sent, so the holder of another link need not wait.
        delivery_context.change_mailbox(digest, withdraw)
        raise TooMany(
            "We have sent you several links today. Use the most recent one in your inbox.",
            int(limit.window.total_seconds()),
        )
    url, new = delivery_context.link(Purpose.MY, link.email, issuer_id=issuer_id)
    delivery_context.store.add_links((new,))
    delivery_context.mailer().send(account.holder_link(link.email, url, wide=new.wide, ends_earlier=ends_earlier))
    if ends_earlier:
        # Last, so that the holder keeps a working link if sending fails.
        delivery_context.change_mailbox(digest, lambda one: mailbox.links_ended(one, issuer_id, new.created_at))
