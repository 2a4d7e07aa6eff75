"""Word to somebody who has become a member of an issuer."""

from __future__ import annotations

from chalicelib.access.models import Member
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import compose
from chalicelib.delivery.emails.email_content import Kind
from chalicelib.delivery.mailbox import held_back
from chalicelib.delivery.quota import may_invite
from chalicelib.errors import Refused, Unavailable


def invite(delivery_context: DeliveryContext, member: Member) -> bool:
    """Tell ``member`` how to come in; False when no letter went out, and whoever added them is to tell them.

    They are a member with or without it, so that it fails is no fault. The mail service may have taken a letter of
    which it did not say so: then it is told twice.
    """
    try:
        box = delivery_context.mailbox(member.email)
        if held_back(box, Kind.INVITATION, member.issuer_id) is not None:
            return False
        if not may_invite(delivery_context, member.issuer_id, member.email):
            return False
        issuer = delivery_context.archive.issuer(member.issuer_id)
        link = f"{delivery_context.base_url}/sign-in"
        delivery_context.post().send(compose.invitation(member.email, issuer, member.role.value, link))
    except (Refused, Unavailable):
        return False
    return True
