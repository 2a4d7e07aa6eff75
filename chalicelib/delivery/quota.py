"""How many letters an issuer may have written.

Anybody may found an issuer, and says in its letters what they like. So that nobody uses this to write to strangers,
an issuer that those who run the deployment do not know has an allowance; it is the larger one when a domain names the
issuer. What is over it waits for the next day.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.access.rate_limits import Limit
from chalicelib.credential.issuer import Issuer
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import DeliveryContext

_DAY = timedelta(days=1)
UNKNOWN = Limit("letters", 200, _DAY)
"""First letters of an issuer that nobody speaks for: some courses' worth, too few to be worth a spammer's while."""
NAMED = Limit("letters-named", 10_000, _DAY)
"""Of one that a domain names (check 8). A domain can be taken to account, but costs little."""
ONE_READER = Limit("letters-reader", 10, _DAY)
"""Of either to one address: nobody earns more in a day, and a mailbox is not filled."""
INVITATIONS = Limit("invitations", 50, _DAY)
"""Of any issuer: new members who are told how to come in; the others come in all the same."""
ONE_INVITED = Limit("invited", 2, _DAY)
"""Of any issuer to one address: who is removed and added again is not told every time."""


def may_write(delivery_context: DeliveryContext, issuer: Issuer, email: str) -> bool:
    """Count one more first letter of ``issuer`` to ``email``; False when there were too many that day."""
    if issuer.registered_as == issuer.name:
        return True
    most = NAMED if issuer.proven(delivery_context.now()) else UNKNOWN
    return delivery_context.within(ONE_READER, _reader(issuer.id, email)) and delivery_context.within(most, issuer.id)


def may_invite(delivery_context: DeliveryContext, issuer_id: str, email: str) -> bool:
    """Count one more invitation; False when there were too many that day."""
    return delivery_context.within(ONE_INVITED, _reader(issuer_id, email)) and delivery_context.within(
        INVITATIONS, issuer_id
    )


def next_day(now: datetime) -> datetime:
    """When the allowance begins anew."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY


def _reader(issuer_id: str, email: str) -> str:
    # By issuer: what one of them does takes nothing from what another may.
    return f"{issuer_id} {mailbox.digest(email)}"
