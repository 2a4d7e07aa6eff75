"""New links that a holder requests. Laurel sends them to the holder's own address, without an issuer's `Reply-To`."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.access.rate_limits import Limit, TooMany
from chalicelib.delivery import email_events, mailbox
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import account
from chalicelib.delivery.emails.account import RequestedOn
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.holder.access import find, works
from chalicelib.delivery.limits import quota
from chalicelib.delivery.limits.reputation import SIGN_IN
from chalicelib.delivery.links import Link, Purpose
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.errors import Refused
from chalicelib.language.languages import DEFAULT
from chalicelib.language.phrase import phrase

NEW_LINK = Limit("holder-link", 1, timedelta(minutes=10))
"""Maximum links with one scope that are sent to one address in this time, because delivery can take minutes.
`LOST_LINKS` have their own, so that they and the links from the holder's own page do not delay each other."""
WIDE_LINKS = Limit("holder-all", 5, timedelta(days=1))
"""Maximum links to all credentials that are sent to one address in a day. Each works for `links.WIDE_VALIDITY`, as long
as the window, and does not end the others, so even if a stranger uses up the limit, the holder has a working link."""
ISSUER_LINKS = Limit("holder-issuer", 5, timedelta(days=1))
"""Maximum links to one issuer's credentials that are sent to one address in a day. The last one sent always works."""
FROM_ENDED_LINKS = Limit("holder-ended", 5, timedelta(days=1))
"""Maximum links that are sent to one address in a day at the request of someone with a link that opens nothing (it has
expired, the holder has ended it, or it only unsubscribes). They do not use up the other limits."""
LOST_LINKS = Limit("holder-lost", 5, timedelta(days=1))
"""Maximum links that are sent to one address in a day at the request of someone who has none (`lost_link`). Each works
for as long as the window."""


def send_link_to_all(
    delivery_context: DeliveryContext, token: str, language: str = DEFAULT, purpose: Purpose = Purpose.MY
) -> None:
    """Send a link to all of the holder's credentials, to the address that ``token``, a link for ``purpose``, was made
    for, even if it has expired. Earlier links keep working. The email is in ``language``, as are those of the other
    functions.

    Raises `NotFound`, `TooMany`, `Unavailable`, and `Refused` with the codes of `mailbox.suppression_reason`.
    """
    link = find(delivery_context, token, purpose)
    _send(delivery_context, link, None, language, wanted=WIDE_LINKS)


def replace_links(delivery_context: DeliveryContext, token: str, language: str = DEFAULT) -> bool:
    """Send a new link with the scope of ``token``, to the address that it was made for, even if it has expired.

    Earlier links of the same scope stop working once the new one is sent: those to one issuer, or all. Only a link that
    works ends others: one that the holder has ended, because someone else has it, would otherwise end its successors.
    Returns whether the earlier links have stopped working. Raises as `send_link_to_all`.
    """
    link = find(delivery_context, token, Purpose.MY)
    ends_earlier = works(delivery_context, link)
    limit = WIDE_LINKS if link.opens_all_issuers else ISSUER_LINKS
    _send(delivery_context, link, link.issuer_id, language, wanted=limit, ends_earlier=ends_earlier)
    return ends_earlier


def send_link_to_subscribe(delivery_context: DeliveryContext, token: str, language: str = DEFAULT) -> None:
    """Send the holder a link with which they can undo an unsubscription, made with the unsubscribe link ``token``.

    Raises as `send_link_to_all`.
    """
    link = find(delivery_context, token, Purpose.UNSUBSCRIBE)
    _send(delivery_context, link, link.issuer_id, language, wanted=FROM_ENDED_LINKS)


def send_link_to_person(delivery_context: DeliveryContext, email: str) -> None:
    """Send a link to all of the holder's credentials to ``email``, the address with which they have signed in. Sends
    nothing if there is no credential.

    Raises `TooMany`, `Unavailable`, and `Refused` as `send_link_to_all`.
    """
    if delivery_context.archive.holder_issuers(email, None, 1):
        _send_to(delivery_context, email, None, DEFAULT, WIDE_LINKS, RequestedOn.SIGNED_IN)


def link_for_person(delivery_context: DeliveryContext, email: str) -> str | None:
    """The URL of the page with all credentials of ``email``, whose owner has just opened a link in their mailbox, so
    that they need no second email. None without a credential, or beyond the day's limit.

    Raises `Unavailable`.
    """
    box = delivery_context.mailbox(email)
    if not delivery_context.archive.holder_issuers(email, None, 1):
        return None
    if not delivery_context.within(WIDE_LINKS, f"{box.digest} "):
        return None
    url, new = delivery_context.link(Purpose.MY, email)
    delivery_context.store.add_links((new,))
    return url


def send_link_to_recipient(delivery_context: DeliveryContext, email: str, language: str = DEFAULT) -> None:
    """Send a link to all of the holder's credentials to ``email``, requested by someone who has proven nothing.

    Raises `TooMany`, `Unavailable`, and `Refused` as `send_link_to_all`.
    """
    _send_to(delivery_context, email, None, language, LOST_LINKS, RequestedOn.CREDENTIAL_PAGE)


def _send(
    delivery_context: DeliveryContext,
    link: Link,
    issuer_id: str | None,
    language: str,
    *,
    wanted: Limit,
    ends_earlier: bool = False,
) -> None:
    opens = works(delivery_context, link)
    limit = wanted if opens else FROM_ENDED_LINKS
    requested_on = RequestedOn.OWN_PAGE if opens and link.purpose is Purpose.MY else RequestedOn.EARLIER_LINK
    _send_to(delivery_context, link.email, issuer_id, language, limit, requested_on, ends_earlier=ends_earlier)


def _send_to(
    delivery_context: DeliveryContext,
    email: str,
    issuer_id: str | None,
    language: str,
    limit: Limit,
    requested_on: RequestedOn,
    *,
    ends_earlier: bool = False,
) -> None:
    box = delivery_context.mailbox(email)
    reason = suppression_reason(box, Kind.HOLDER_LINK, delivery_context.now())
    if reason is not None:
        raise Refused("Emails to this address bounce.", code=reason)
    counts = _counted(delivery_context, limit, f"{box.digest} {issuer_id or ''}")
    url, new = delivery_context.link(Purpose.MY, email, issuer_id=issuer_id)
    with quota.unless_not_sent(delivery_context, counts):
        delivery_context.store.add_links((new,))
        content = account.holder_link(
            email,
            url,
            language,
            opens_all_issuers=new.opens_all_issuers,
            ends_earlier=ends_earlier,
            requested_on=requested_on,
            has_deleted=box.forgotten_at is not None,
        )
        message_id = delivery_context.mailer().send(content)
    email_events.count_sent(delivery_context, message_id, SIGN_IN, content)
    if ends_earlier:
        # Last, so that the holder keeps a working link if sending fails.
        delivery_context.change_mailbox(box.digest, lambda one: mailbox.links_ended(one, issuer_id, new.created_at))


def _counted(delivery_context: DeliveryContext, limit: Limit, subject: str) -> tuple[quota.Count, ...]:
    """Count a link to be sent. Raises `TooMany`."""
    recent = f"lost {subject}" if limit is LOST_LINKS else subject
    if not delivery_context.within(limit, subject):
        raise TooMany(
            phrase("We have sent you several links today. Use the most recent one in your inbox."),
            int(limit.window.total_seconds()),
        )
    if not delivery_context.within(NEW_LINK, recent):
        delivery_context.give_back(limit, subject)
        raise TooMany(
            phrase("We sent a link a few minutes ago. Check your email first."), int(NEW_LINK.window.total_seconds())
        )
    return (limit, subject), (NEW_LINK, recent)
