"""Email new members of an issuer."""

from __future__ import annotations

from chalicelib.access.models import Member
from chalicelib.delivery import email_events
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import account
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.limits import quota
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.errors import Refused, Unavailable


def invite(delivery_context: DeliveryContext, member: Member) -> bool:
    """Email ``member`` how to sign in; False if no email was sent, so that the person who added them can tell them.

    Membership does not depend on this email, so failures are not raised. The email may have been sent after
    all if the service accepted it without confirming.
    """
    try:
        box = delivery_context.mailbox(member.email)
        if suppression_reason(box, Kind.INVITATION, delivery_context.now(), member.issuer_id) is not None:
            return False
        issuer = delivery_context.archive.issuer(member.issuer_id)
        link, now = f"{delivery_context.base_url}/sign-in", delivery_context.now()
        content = account.invitation(member.email, issuer, member.role.value, link, now)
        with quota.counted_invitation(delivery_context, issuer, member.email):
            message_id = delivery_context.mailer().send(content)
    except (Refused, Unavailable, quota.Exceeded):
        return False
    email_events.count_sent(delivery_context, message_id, issuer.id, content)
    return True
