"""Word to somebody who has become a member of an issuer."""

from __future__ import annotations

from contextlib import suppress

from chalicelib.access.nouns import Member
from chalicelib.delivery import write
from chalicelib.delivery.allowance import may_invite
from chalicelib.delivery.delivering import Delivering
from chalicelib.delivery.letter import Kind
from chalicelib.delivery.mailbox import held_back
from chalicelib.errors import Refused, Unavailable


def invite(delivering: Delivering, member: Member) -> None:
    """Tell ``member`` how to come in. They are one with or without this letter, so that it fails is no fault."""
    with suppress(Refused, Unavailable):
        box = delivering.mailbox(member.email)
        if held_back(box, Kind.INVITATION, member.issuer_id) is None and may_invite(
            delivering, member.issuer_id, member.email
        ):
            issuer = delivering.archive.issuer(member.issuer_id)
            link = f"{delivering.base_url}/sign-in"
            delivering.post().send(write.invitation(member.email, issuer, member.role.value, link))
