"""What the mail service says of a letter that it took: delivered, bounced, complained of.

Amazon SES says it in JSON, in one of two shapes that differ in little: as the notification of an identity
(`notificationType`) and as the event of a configuration set (`eventType`). Both are read; what is none of this is
ignored. A notice may come twice and late: applying it again changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.analytics.event import Kind
from chalicelib.credential import dates, strict_json
from chalicelib.delivery import mailbox
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.delivery_status import State
from chalicelib.delivery.ports import Early, Posted
from chalicelib.errors import Malformed, NotFound

CAPS = strict_json.Caps(size=256 * 1024, depth=12, members=4_000)
"""SNS carries 256 KB at most (Amazon SNS quotas)."""
MOST_ADDRESSES = 50
"""Recipients of one mail (Amazon SES quotas). Ours have one each."""

_ID = re.compile(r"[A-Za-z0-9@._-]{1,256}", re.ASCII)
_ADDRESS = re.compile(r"(?:[^<>]*<)?([^<>\s]{1,254}@[^<>\s@]{1,254})>?")


class Fate(StrEnum):
    """What became of a letter."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    """For good: there is no such mailbox. What may yet arrive is no bounce here."""
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Notice:
    """One letter's fate. ``addresses`` are those that the notice speaks of."""

    fate: Fate
    message_id: str
    addresses: tuple[str, ...]
    at: datetime


_STATES = {Fate.DELIVERED: State.DELIVERED, Fate.BOUNCED: State.BOUNCED, Fate.COMPLAINED: State.COMPLAINED}


def parse(message: str) -> Notice | None:
    """The notice in ``message``; None for one about something else (sends, opens, delays, soft bounces).

    Raises `Malformed` when it cannot be made out, whatever it is.
    """
    notice = strict_json.parse(message.encode("utf-8", "surrogatepass"), CAPS)
    kind = notice.get("eventType", notice.get("notificationType"))
    match kind:
        case "Delivery":
            said = _object(notice, "delivery")
            return _notice(Fate.DELIVERED, notice, said, _list(said, "recipients"))
        case "Bounce":
            said = _object(notice, "bounce")
            if said.get("bounceType") != "Permanent":
                return None
            return _notice(Fate.BOUNCED, notice, said, _named(said, "bouncedRecipients"))
        case "Complaint":
            said = _object(notice, "complaint")
            if said.get("complaintFeedbackType") == "not-spam":
                return None  # the opposite of a complaint: its reader took it out of the spam folder
            return _notice(Fate.COMPLAINED, notice, said, _named(said, "complainedRecipients"))
        case str():
            return None
    raise _malformed("it names no kind")


def apply(delivery_context: DeliveryContext, notice: Notice) -> None:
    """Note what ``notice`` says, of the mailbox and of the letter. Doing it again changes nothing.

    A mail that is no letter about a credential, a sign-in mail say, has a mailbox only. Raises `Unavailable`.
    """
    if notice.fate is not Fate.DELIVERED:
        step = mailbox.bounced if notice.fate is Fate.BOUNCED else mailbox.complained
        for address in notice.addresses:
            delivery_context.change_mailbox(mailbox.digest(address), lambda one: step(one, notice.at))
    early = Early(_STATES[notice.fate], notice.at)
    posted = delivery_context.store.posted(notice.message_id) or _overtaken(delivery_context, notice.message_id, early)
    if posted is not None:
        _follow(delivery_context, notice.message_id, posted, early)


def catch_up(delivery_context: DeliveryContext, message_id: str, posted: Posted) -> None:
    """Note what was said of a letter before it was noted as ours. Raises `Unavailable`."""
    for early in delivery_context.store.early(message_id):
        _follow(delivery_context, message_id, posted, early)


def _overtaken(delivery_context: DeliveryContext, message_id: str, early: Early) -> Posted | None:
    # The mail service may be quicker than our own note of what it took. Both sides write before they read, so
    # whichever is the later of the two finds what the other has written.
    delivery_context.store.add_early(message_id, early)
    return delivery_context.store.posted(message_id)


def _follow(delivery_context: DeliveryContext, message_id: str, posted: Posted, early: Early) -> None:
    delivery_context.reach(posted.issuer_id, posted.credential_id, early.state, early.at)
    if early.state is State.DELIVERED:
        try:
            record = delivery_context.archive.record(posted.credential_id)
        except NotFound:
            return
        delivery_context.happened(Kind.DELIVERED, record, early.at, once=message_id)


def _notice(fate: Fate, notice: dict[str, object], said: dict[str, object], addresses: list[object]) -> Notice:
    mail = _object(notice, "mail")
    message_id = mail.get("messageId")
    if not isinstance(message_id, str) or not _ID.fullmatch(message_id):
        raise _malformed("it names no message")
    if not 0 < len(addresses) <= MOST_ADDRESSES:
        raise _malformed("it names no recipient, or too many")
    return Notice(fate, message_id, tuple(map(_address, addresses)), dates.parse(said.get("timestamp")))


def _address(value: object) -> str:
    match = _ADDRESS.fullmatch(value) if isinstance(value, str) and len(value) <= 1024 else None
    if match is None:
        raise _malformed("a recipient is no address")
    return mailbox.normal(match[1])


def _named(said: dict[str, object], name: str) -> list[object]:
    return [one.get("emailAddress") if isinstance(one, dict) else None for one in _list(said, name)]


def _object(value: dict[str, object], name: str) -> dict[str, object]:
    member = value.get(name)
    if not isinstance(member, dict):
        raise _malformed(f"{name} is missing")
    return member


def _list(value: dict[str, object], name: str) -> list[object]:
    member = value.get(name)
    if not isinstance(member, list):
        raise _malformed(f"{name} is missing")
    return member


def _malformed(reason: str) -> Malformed:
    return Malformed(f"This is no notice of the mail service: {reason}.", code="not_a_notice")
