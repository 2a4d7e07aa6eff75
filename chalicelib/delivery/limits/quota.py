"""Daily email quotas of issuers.

Anyone can create an issuer. To prevent spam, an issuer that the operators have not registered has a daily quota, which
is larger once a domain proves the issuer's identity. Until then its emails are neutral (`emails.neutral`), and all such
issuers share one quota, because an attacker can create many; those of one creator have a tenth of it. Emails over the
quota wait (`deferred`). An email that was certainly not sent does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

from chalicelib.access.rate_limits import Limit
from chalicelib.credential.email_address import without_tag
from chalicelib.credential.issuer import Issuer
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.limits import pausing
from chalicelib.delivery.ports import NotSent
from chalicelib.errors import LaurelError, Unavailable

_DAY = timedelta(days=1)
UNPROVEN_ISSUER = Limit("emails", 20, _DAY)
"""Maximum emails per day of an unidentified issuer: enough to try it out with a small course, too few to be worth it
for spammers, and few enough that 20 bounces cannot endanger the sending account."""
UNPROVEN_DEPLOYMENT = "emails-unproven"
"""Name of the limit on emails of all issuers that are not identified; its size is the setting `UNPROVEN_EMAILS`."""
CREATOR_SHARE = 10
"""The issuers that one mailbox or one network has created (`Issuer.creator`) can use this part of what all share: 50
emails of the default 500, so that no one fills it alone by creating many issuers."""
PROVEN_ISSUER = Limit("emails-proven", 10_000, _DAY)
"""Maximum first emails of all issuers of one registered domain (check 8). A domain is accountable, but cheap, and any
number of issuers can verify it."""
PER_RECIPIENT = Limit("emails-recipient", 10, _DAY)
"""Maximum first emails to one address by an issuer, or by all issuers of one registered domain: no one earns more in a
day."""
INVITATIONS = Limit("invitations", 50, _DAY)
"""Maximum invitations per issuer or registered domain; members over the quota can still sign in."""
INVITATIONS_PER_ADDRESS = Limit("invited", 2, _DAY)
"""Maximum invitations to one address, so that repeatedly adding a member does not send more emails."""

Count = tuple[Limit, str]
"""A limit, and the subject that it counts."""


class Exceeded(LaurelError):
    """A daily quota is used up or the issuer's emails are paused, so the email has to wait."""

    code = "email_quota"

    def __init__(self, *, of_recipient: bool) -> None:
        super().__init__("The daily quota of emails is used up.")
        self.of_recipient = of_recipient
        """Whether only emails to this recipient have to wait."""


@contextmanager
def counted(delivery_context: DeliveryContext, issuer: Issuer, email: str) -> Iterator[None]:
    """Count one email as `count` does, unless the sending inside raises `NotSent`."""
    counts = count(delivery_context, issuer, email)
    with unless_not_sent(delivery_context, counts):
        yield


@contextmanager
def counted_invitation(delivery_context: DeliveryContext, issuer: Issuer, email: str) -> Iterator[None]:
    """Count one invitation, unless the sending inside raises `NotSent`. Raises `Exceeded`.

    An invitation of an issuer that is not identified counts as one of its emails.
    """
    refuse_paused(delivery_context, issuer.id)
    now = delivery_context.now()
    counts = (
        (INVITATIONS_PER_ADDRESS, _sender_and_address(issuer.quota_owner_id(now), email)),
        (INVITATIONS, issuer.quota_owner_id(now)),
        *(() if issuer.identified(now) else _daily(delivery_context, issuer)),
    )
    _count(delivery_context, counts)
    with unless_not_sent(delivery_context, counts):
        yield


def count(delivery_context: DeliveryContext, issuer: Issuer, email: str) -> Sequence[Count]:
    """Count one more first email, or email about the status, of ``issuer`` to ``email``, and return what was counted.

    Raises `Exceeded` when a daily quota is used up or the issuer's emails are paused.
    """
    refuse_paused(delivery_context, issuer.id)
    if issuer.registered:
        return ()
    recipient = (PER_RECIPIENT, _sender_and_address(issuer.quota_owner_id(delivery_context.now()), email))
    counts = (recipient, *_daily(delivery_context, issuer))
    _count(delivery_context, counts)
    return counts


def refuse_paused(delivery_context: DeliveryContext, issuer_id: str) -> None:
    """Raises `Exceeded` when the issuer's emails are paused."""
    if pausing.is_paused(delivery_context, issuer_id):
        raise Exceeded(of_recipient=False)


def _daily(delivery_context: DeliveryContext, issuer: Issuer) -> tuple[Count, ...]:
    now, shared = delivery_context.now(), delivery_context.unproven_emails
    if issuer.identified(now):
        return ((PROVEN_ISSUER, issuer.quota_owner_id(now)),)
    creator = Limit("emails-creator", max(1, shared // CREATOR_SHARE), _DAY)
    # The narrowest first, so that one issuer or creator cannot use up what all share.
    return (
        (UNPROVEN_ISSUER, issuer.id),
        *((creator, each) for each in issuer.creator),
        (Limit(UNPROVEN_DEPLOYMENT, shared, _DAY), ""),
    )


def _count(delivery_context: DeliveryContext, counts: Sequence[Count]) -> None:
    for limit, subject in counts:
        if not delivery_context.within(limit, subject):
            raise Exceeded(of_recipient=limit is PER_RECIPIENT)


@contextmanager
def unless_not_sent(delivery_context: DeliveryContext, counts: Sequence[Count]) -> Iterator[None]:
    """Give back ``counts`` if the sending inside raises `NotSent`."""
    try:
        yield
    except NotSent:
        with suppress(Unavailable):  # the quota is then smaller today, which is safe
            for limit, subject in counts:
                delivery_context.give_back(limit, subject)
        raise


def _sender_and_address(owner_id: str, email: str) -> str:
    # Per sender, so that issuers do not use up each other's quota.
    return f"{owner_id} {mailbox.digest(without_tag(email))}"
