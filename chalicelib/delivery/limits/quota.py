"""Daily email quotas of issuers.

Anyone can create an issuer. To prevent spam, an issuer that the operators have not registered has a daily quota, which
is larger once a domain proves the issuer's identity. Until then its emails are neutral (`emails.neutral`), and all such
issuers share one quota, because an attacker can create many. Emails over the quota wait (`deferred`).
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.access.rate_limits import Limit
from chalicelib.credential.email_address import without_tag
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.public_suffix import registrable
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.limits import pausing
from chalicelib.errors import LaurelError

_DAY = timedelta(days=1)
UNPROVEN_ISSUER = Limit("emails", 20, _DAY)
"""Emails of an issuer that is not identified: enough to try it out with a small course, too few to be worth it for
spammers, and few enough that 20 bounces cannot endanger the sending account."""
UNPROVEN_DEPLOYMENT = "emails-unproven"
"""Name of the limit on emails of all issuers that are not identified; its size is the setting `UNPROVEN_EMAILS`."""
PROVEN_ISSUER = Limit("emails-proven", 10_000, _DAY)
"""First emails of all issuers of one registered domain (check 8). A domain is accountable, but cheap, and it can
confirm any number of issuers."""
PER_RECIPIENT = Limit("emails-recipient", 10, _DAY)
"""First emails per issuer and address: no one earns more in a day."""
INVITATIONS = Limit("invitations", 50, _DAY)
"""Invitations per issuer or registered domain; members over the quota can still sign in."""
INVITATIONS_PER_ADDRESS = Limit("invited", 2, _DAY)
"""Invitations per issuer and address, so that repeatedly adding a member sends no more emails."""


class Exceeded(LaurelError):
    """A daily quota is used up or the issuer's emails are paused, so the email has to wait."""

    code = "email_quota"

    def __init__(self, *, of_recipient: bool) -> None:
        super().__init__("The daily quota of emails is used up.")
        self.of_recipient = of_recipient
        """Whether only emails to this recipient have to wait."""


def count(delivery_context: DeliveryContext, issuer: Issuer, email: str) -> None:
    """Count one more first email, or email about the status, of ``issuer`` to ``email``.

    Raises `Exceeded` when a daily quota is used up or the issuer's emails are paused.
    """
    refuse_paused(delivery_context, issuer.id)
    if issuer.registered:
        return
    if not delivery_context.within(PER_RECIPIENT, _issuer_and_address(issuer.id, email)):
        raise Exceeded(of_recipient=True)
    if not _within_daily(delivery_context, issuer):
        raise Exceeded(of_recipient=False)


def refuse_paused(delivery_context: DeliveryContext, issuer_id: str) -> None:
    """Raises `Exceeded` when the issuer's emails are paused."""
    if pausing.is_paused(delivery_context, issuer_id):
        raise Exceeded(of_recipient=False)


def _within_daily(delivery_context: DeliveryContext, issuer: Issuer) -> bool:
    if issuer.identified(delivery_context.now()):
        return delivery_context.within(PROVEN_ISSUER, _accountable(delivery_context, issuer))
    # The issuer's own limit first, so that one issuer cannot use up what all share.
    shared = Limit(UNPROVEN_DEPLOYMENT, delivery_context.unproven_emails, _DAY)
    return delivery_context.within(UNPROVEN_ISSUER, issuer.id) and delivery_context.within(shared, "")


def may_invite(delivery_context: DeliveryContext, issuer: Issuer, email: str) -> bool:
    """Count one more invitation; False when the daily quota is used up.

    An invitation of an issuer that is not identified counts as one of its emails.
    """
    return (
        not pausing.is_paused(delivery_context, issuer.id)
        and delivery_context.within(INVITATIONS_PER_ADDRESS, _issuer_and_address(issuer.id, email))
        and delivery_context.within(INVITATIONS, _accountable(delivery_context, issuer))
        and (issuer.identified(delivery_context.now()) or _within_daily(delivery_context, issuer))
    )


def _accountable(delivery_context: DeliveryContext, issuer: Issuer) -> str:
    """Whose quota it is: the registered domain's that confirms the issuer, or else the issuer's own."""
    proven = issuer.proven(delivery_context.now())
    if issuer.registered or not proven:
        return issuer.id
    return min(registrable(proof.domain) for proof in proven)


def _issuer_and_address(issuer_id: str, email: str) -> str:
    # Per issuer, so that issuers do not use up each other's quota.
    return f"{issuer_id} {mailbox.digest(without_tag(email))}"
