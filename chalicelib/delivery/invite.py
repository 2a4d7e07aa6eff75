"""Word to somebody who has become a member of an issuer."""

from __future__ import annotations

from chalicelib.access.nouns import Member
from chalicelib.delivery import write
from chalicelib.delivery.allowance import may_invite
from chalicelib.delivery.delivering import Delivering
from chalicelib.delivery.letter import Kind
from chalicelib.delivery.mailbox import held_back
from chalicelib.errors import Refused, Unavailable


def invite(delivering: Delivering, member: Member) -> bool:
    """Tell ``member`` how to come in; False when no letter went out, and whoever added them is to tell them.

    They are a member with or without it, so that it fails is no fault. The mail service may have taken a letter of
    which it did not say so: then it is told twice.
    """
    try:
        box = delivering.mailbox(member.email)
        if held_back(box, Kind.INVITATION, member.issuer_id) is not None:
            return False
        if not may_invite(delivering, member.issuer_id, member.email):
            return False
        issuer = delivering.archive.issuer(member.issuer_id)
        link = f"{delivering.base_url}/sign-in"
        delivering.post().send(write.invitation(member.email, issuer, member.role.value, link))
    except (Refused, Unavailable):
        return False
    return True
