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
from chalicelib.delivery.ports import EarlyEvent, SentEmail
from chalicelib.errors import Malformed, NotFound

CAPS = strict_json.Caps(size=256 * 1024, depth=12, members=4_000)
"""SNS carries 256 KB at most (Amazon SNS quotas)."""
MOST_ADDRESSES = 50
"""Recipients of one mail (Amazon SES quotas). Ours have one each."""

_ID = re.compile(r"[A-Za-z0-9@._-]{1,256}", re.ASCII)
_ADDRESS = re.compile(r"(?:[^<>]*<)?([^<>\s]{1,254}@[^<>\s@]{1,254})>?")


class EmailEventType(StrEnum):
    """What became of a letter."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    """For good: there is no such mailbox. What may yet arrive is no bounce here."""
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class EmailEvent:
    """One letter's fate. ``addresses`` are those that the notice speaks of."""

    fate: EmailEventType
    message_id: str
    addresses: tuple[str, ...]
    at: datetime


_STATES = {
    EmailEventType.DELIVERED: State.DELIVERED,
    EmailEventType.BOUNCED: State.BOUNCED,
    EmailEventType.COMPLAINED: State.COMPLAINED,
}


def parse(message: str) -> EmailEvent | None:
    """The notice in ``message``; None for one about something else (sends, opens, delays, soft bounces).

    Raises `Malformed` when it cannot be made out, whatever it is.
    """
    notice = strict_json.parse(message.encode("utf-8", "surrogatepass"), CAPS)
    kind = notice.get("eventType", notice.get("notificationType"))
    match kind:
        case "Delivery":
            said = _object(notice, "delivery")
            return _notice(EmailEventType.DELIVERED, notice, said, _list(said, "recipients"))
        case "Bounce":
            said = _object(notice, "bounce")
            if said.get("bounceType") != "Permanent":
                return None
            return _notice(EmailEventType.BOUNCED, notice, said, _named(said, "bouncedRecipients"))
        case "Complaint":
            said = _object(notice, "complaint")
            if said.get("complaintFeedbackType") == "not-spam":
                return None  # the opposite of a complaint: its reader took it out of the spam folder
            return _notice(EmailEventType.COMPLAINED, notice, said, _named(said, "complainedRecipients"))
        case str():
            return None
    raise _malformed("it names no kind")


def apply(delivery_context: DeliveryContext, notice: EmailEvent) -> None:
    """Note what ``notice`` says, of the mailbox and of the letter. Doing it again changes nothing.

    A mail that is no letter about a credential, a sign-in mail say, has a mailbox only. Raises `Unavailable`.
    """
    if notice.fate is not EmailEventType.DELIVERED:
        step = mailbox.bounced if notice.fate is EmailEventType.BOUNCED else mailbox.complained
        for address in notice.addresses:
            delivery_context.change_mailbox(mailbox.digest(address), lambda one: step(one, notice.at))
    early = EarlyEvent(_STATES[notice.fate], notice.at)
    sent_email = delivery_context.store.sent_email(notice.message_id) or _overtaken(
        delivery_context, notice.message_id, early
    )
    if sent_email is not None:
        _follow(delivery_context, notice.message_id, sent_email, early)


def catch_up(delivery_context: DeliveryContext, message_id: str, sent_email: SentEmail) -> None:
    """Note what was said of a letter before it was noted as ours. Raises `Unavailable`."""
    for early in delivery_context.store.early(message_id):
        _follow(delivery_context, message_id, sent_email, early)


def _overtaken(delivery_context: DeliveryContext, message_id: str, early: EarlyEvent) -> SentEmail | None:
    # The mail service may be quicker than our own note of what it took. Both sides write before they read, so
    # whichever is the later of the two finds what the other has written.
    delivery_context.store.add_early_event(message_id, early)
    return delivery_context.store.sent_email(message_id)


def _follow(delivery_context: DeliveryContext, message_id: str, sent_email: SentEmail, early: EarlyEvent) -> None:
    delivery_context.mark_status(sent_email.issuer_id, sent_email.credential_id, early.state, early.at)
    if early.state is State.DELIVERED:
        try:
            record = delivery_context.archive.record(sent_email.credential_id)
        except NotFound:
            return
        delivery_context.record_event(Kind.DELIVERED, record, early.at, once=message_id)


def _notice(
    fate: EmailEventType, notice: dict[str, object], said: dict[str, object], addresses: list[object]
) -> EmailEvent:
    mail = _object(notice, "mail")
    message_id = mail.get("messageId")
    if not isinstance(message_id, str) or not _ID.fullmatch(message_id):
        raise _malformed("it names no message")
    if not 0 < len(addresses) <= MOST_ADDRESSES:
        raise _malformed("it names no recipient, or too many")
    return EmailEvent(fate, message_id, tuple(map(_address, addresses)), dates.parse(said.get("timestamp")))


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
    return Malformed(f"This is no notice of the mail service: {reason}.", code="not_an_email_event")
