"""Daily email quotas of issuers.

Anyone can create an issuer and choose the text of its emails. To prevent spam, an issuer that the operators have not
registered has a daily quota, which is larger once a domain proves the issuer's identity. Emails over the quota wait
until the next day.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.access.rate_limits import Limit
from chalicelib.credential.issuer import Issuer
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import DeliveryContext

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


def may_send(delivery_context: DeliveryContext, issuer: Issuer, email: str) -> bool:
    """Count one more first email of ``issuer`` to ``email``; False when the daily quota is used up."""
    if issuer.registered:
        return True
    limit = PROVEN_ISSUER if issuer.proven(delivery_context.now()) else UNPROVEN_ISSUER
    return delivery_context.within(PER_RECIPIENT, _issuer_and_address(issuer.id, email)) and delivery_context.within(
        limit, issuer.id
    )


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
