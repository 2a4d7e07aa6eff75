"""Daily email quotas of issuers.

Anyone can create an issuer and choose the text of its emails. To prevent spam, an issuer that the operators have not
registered has a daily quota, which is larger once a domain proves the issuer's identity. Emails over the quota wait
(`deferred`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.access.rate_limits import Limit
from chalicelib.credential.issuer import Issuer
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.errors import LaurelError

_DAY = timedelta(days=1)
UNPROVEN_ISSUER = Limit("emails", 200, _DAY)
"""First emails of an issuer without a domain proof: enough for some courses, too few to be worth it for spammers."""
PROVEN_ISSUER = Limit("emails-proven", 10_000, _DAY)
"""First emails of an issuer with a domain proof (check 8). A domain is accountable, but cheap."""
PER_RECIPIENT = Limit("emails-recipient", 10, _DAY)
"""First emails per issuer and address: no one earns more in a day."""
INVITATIONS = Limit("invitations", 50, _DAY)
"""Invitations per issuer; members over the quota can still sign in."""
INVITATIONS_PER_ADDRESS = Limit("invited", 2, _DAY)
"""Invitations per issuer and address, so that repeatedly adding a member sends no more emails."""


class Exceeded(LaurelError):
    """A daily quota is used up, so the email has to wait."""

    code = "email_quota"

    def __init__(self, *, of_recipient: bool) -> None:
        super().__init__("The daily quota of emails is used up.")
        self.of_recipient = of_recipient
        """Whether only emails to this recipient have to wait."""


def count(delivery_context: DeliveryContext, issuer: Issuer, email: str) -> None:
    """Count one more first email, or email about the status, of ``issuer`` to ``email``.

    Raises `Exceeded` when a daily quota is used up.
    """
    if issuer.registered_as == issuer.name:
        return
    limit = PROVEN_ISSUER if issuer.proven(delivery_context.now()) else UNPROVEN_ISSUER
    if not delivery_context.within(PER_RECIPIENT, _issuer_and_address(issuer.id, email)):
        raise Exceeded(of_recipient=True)
    if not delivery_context.within(limit, issuer.id):
        raise Exceeded(of_recipient=False)


def may_invite(delivery_context: DeliveryContext, issuer_id: str, email: str) -> bool:
    """Count one more invitation; False when the daily quota is used up."""
    return delivery_context.within(
        INVITATIONS_PER_ADDRESS, _issuer_and_address(issuer_id, email)
    ) and delivery_context.within(INVITATIONS, issuer_id)


def next_day(now: datetime) -> datetime:
    """When the daily quota resets."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY


def _issuer_and_address(issuer_id: str, email: str) -> str:
    # Per issuer, so that issuers do not use up each other's quota.
    return f"{issuer_id} {mailbox.digest(email)}"
