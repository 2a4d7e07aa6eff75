"""Access through the link in an email.

The link proves access to the mailbox, or to a forwarded or quoted email. An issuer may read the link in its own email,
because replies quote it. So that link opens this issuer's credentials and settings, and nothing of other issuers, and
it cannot undo an unsubscription. Only a link that Laurel itself sends to the holder's address can undo one, and only
such a link opens everything, for a day.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.delivery import links
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.links import Link, Purpose
from chalicelib.delivery.mailbox import Mailbox, links_valid_from
from chalicelib.errors import Forbidden, LaurelError, NotFound


class LinkExpired(LaurelError):
    """The link has expired. A new one can be sent to the address that it was created for."""

    code = "link_expired"

    def __init__(self, detail: str, *, opens_all_issuers: bool) -> None:
        super().__init__(detail)
        self.opens_all_issuers = opens_all_issuers


@dataclass(frozen=True, slots=True)
class HolderAccess:
    """A holder with a valid link."""

    link: Link
    mailbox: Mailbox

    @property
    def email(self) -> str:
        """The holder's address."""
        return self.link.email

    def check_issuer(self, issuer_id: str) -> None:
        """Check that the link gives access to this issuer. Raises `NotFound`."""
        if self.link.issuer_id not in (None, issuer_id):
            raise NotFound("This link opens the credentials of another issuer.")

    def check_everything(self) -> None:
        """Check that the link opens what concerns all issuers. Raises `Forbidden`."""
        if not self.link.opens_all_issuers:
            raise Forbidden("Request the link to all of your credentials first. This link is for one issuer only.")

    def check_requested(self) -> None:
        """Check that no reply to an issuer can have quoted the link. Raises `Forbidden`."""
        if not self.link.requested:
            raise Forbidden("To receive more emails, request a new link first. This link was in an issuer's email.")


def enter(delivery_context: DeliveryContext, token: str) -> HolderAccess:
    """The holder with the link ``token``. Raises `NotFound` for an unknown link, `LinkExpired` for an expired one."""
    link = find(delivery_context, token, Purpose.MY)
    mailbox = delivery_context.mailbox(link.email)
    if not _works(delivery_context, link, mailbox):
        raise LinkExpired("This link no longer works.", opens_all_issuers=link.opens_all_issuers)
    return HolderAccess(link, mailbox)


def works(delivery_context: DeliveryContext, link: Link) -> bool:
    """Whether ``link`` opens something: it has neither expired nor been ended."""
    return _works(delivery_context, link, delivery_context.mailbox(link.email))


def _works(delivery_context: DeliveryContext, link: Link, mailbox: Mailbox) -> bool:
    start = links_valid_from(mailbox, link.issuer_id)
    return (start is None or link.created_at >= start) and delivery_context.now() < link.valid_until


def find(delivery_context: DeliveryContext, token: str, purpose: Purpose) -> Link:
    """The stored link ``token``, which may have expired. Raises `NotFound`."""
    key = links.link_key(token)
    link = delivery_context.store.link(key) if key is not None else None
    if link is None or link.purpose is not purpose or link.expires <= delivery_context.now():
        raise NotFound("This link does not exist.")
    return link


def require_link(delivery_context: DeliveryContext, token: str) -> None:
    """Check that there is such a link, expired or not, before anything that its visitor sends is read.

    Raises `NotFound`.
    """
    find(delivery_context, token, Purpose.MY)
