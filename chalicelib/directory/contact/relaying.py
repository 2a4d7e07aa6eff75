"""Relay a message to a holder who allows messages, without showing their address.

A sender who is not signed in proves their address first: Laurel emails a link, and relays the message when it is used.
So holders know whom they are replying to, and no one can write under someone else's address. The email with the link
contains nothing that the sender entered and counts as a sign-in email, so this form sends strangers no more emails than
signing in does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.access import email_address, rate_limits, secrets
from chalicelib.access.access_context import AccessContext
from chalicelib.access.rate_limits import Limit, NetworkLimit
from chalicelib.access.sign_in import links
from chalicelib.analytics.acts import act
from chalicelib.analytics.event import Kind as EventKind
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.credential.record import Record
from chalicelib.delivery import email_events, mailbox
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import contacting
from chalicelib.delivery.emails.parts.email_content import EmailContent, Kind
from chalicelib.delivery.limits.quota import Count
from chalicelib.delivery.limits.reputation import SIGN_IN
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.delivery.ports import NotSent
from chalicelib.directory.contact import message
from chalicelib.directory.contact.message import Draft, Message
from chalicelib.directory.contact.organization import organization
from chalicelib.directory.contact.ports import ContactStore, Relayed
from chalicelib.directory.profiles.consent import Audience
from chalicelib.directory.profiles.own_profile import ProfileContext
from chalicelib.directory.profiles.ports import PublishedStore
from chalicelib.directory.profiles.published import Published
from chalicelib.errors import NotFound, Refused, TooMany, Unavailable
from chalicelib.language.languages import DEFAULT
from chalicelib.language.phrase import phrase

_DAY = timedelta(days=1)
_RETRY_SECONDS = int(_DAY.total_seconds())
PER_NETWORK = NetworkLimit("contact-network", 20, 40, 200, _DAY)
"""Maximum messages written in one network, which may be that of a large company. Each is stored until it is sent or
expires."""
PER_SENDER = Limit("contact-sender", 20, _DAY)
"""Maximum messages from one sender: as many as a recruiter writes with care in a day, and too few for advertising."""
PER_SENDER_AND_HOLDER = Limit("contact-pair", 1, _DAY)
"""Maximum messages from one sender to one holder: if the holder replies, they continue by email."""
PER_ORGANIZATION_AND_HOLDER = Limit("contact-domain", 3, _DAY)
"""Maximum messages to one holder from one organization (`organization`), whose owner can make up addresses."""
PER_HOLDER = Limit("contact-holder", 10, _DAY)
"""Maximum messages to one holder: more than anyone wants to answer in a day. Using it up takes ten mailboxes at mail
providers, or four domains, and a refused message can be sent the next day with the same link (`message.WAITS`)."""
BLOCKED_FOR = timedelta(days=365)
"""How long a report of a sender counts."""
BLOCKED_BY = 3
"""Reports by this many holders block a sender for everyone; one report blocks them, and all others of their
organization, for that holder."""
LINK_WORKS = timedelta(days=90)
"""How long the link in a relayed message works. After that, holders can turn messages off on their own page."""


@dataclass(frozen=True, slots=True)
class ContactContext:
    """Dependencies of `relaying` and `holder`."""

    store: ContactStore
    published_store: PublishedStore
    profile_context: ProfileContext
    access_context: AccessContext

    @property
    def delivery_context(self) -> DeliveryContext:
        """Emails, the archive and the clock."""
        return self.profile_context.delivery_context


@dataclass(frozen=True, slots=True)
class _Holder:
    """A holder who can be written to."""

    id: str
    recipient: Recipient
    email: str
    records: tuple[Record, ...]
    """One shown credential of each issuer."""


def request_confirmation(
    context: ContactContext, holder_id: str, email: str, draft: Draft, client_address: str, language: str = DEFAULT
) -> None:
    """Store a message until the owner of ``email`` confirms it, and email them the link in ``language``.

    When a limit on emails is reached, nothing is stored or sent, and the response is the same: it must not tell whether
    the address belongs to a member of an issuer. Raises `Refused` (`bad_text`, `bad_email`), `TooMany`, `Unavailable`.
    """
    message.check(draft)
    to = email_address.normalize(email)
    delivery_context, now = context.delivery_context, context.delivery_context.now()
    _count_network(context, client_address)
    if not links.within_budgets_of_address(context.access_context, to, client_address):
        return
    if suppression_reason(delivery_context.mailbox(to), Kind.CONTACT_CONFIRMATION, now) is not None:
        return
    secret = secrets.new_secret(delivery_context.entropy)
    waiting = Message(secrets.digest(secret), holder_id, to, draft, now + message.WAITS)
    context.store.add(waiting)
    link = f"{delivery_context.base_url}/contact/{secret}"
    with suppress(Refused):
        _send(delivery_context, contacting.confirmation(to, link, message.WAITS // timedelta(hours=1), language))


def send_signed_in(context: ContactContext, holder_id: str, email: str, draft: Draft, client_address: str) -> None:
    """Relay the message of a person who is signed in with ``email``, which is therefore proven.

    Raises `Refused` (`bad_text`, `not_contactable`, `blocked_sender`), `TooMany`, `Unavailable`.
    """
    message.check(draft)
    _count_network(context, client_address)
    now = context.delivery_context.now()
    secret = secrets.new_secret(context.delivery_context.entropy)
    _relay(context, Message(secrets.digest(secret), holder_id, email, draft, now), Audience.RECRUITERS, stored=False)


def waiting(context: ContactContext, secret: str) -> Message:
    """The message that is pending until its sender confirms it. Raises `NotFound` when it was sent, has expired or
    never existed."""
    now = context.delivery_context.now()
    found = context.store.message(secrets.digest(secret), now) if secrets.is_secret(secret) else None
    if found is None:
        raise NotFound("no such message")
    return found


def confirm(context: ContactContext, secret: str) -> None:
    """Relay the pending message, once. Raises as `waiting` and `send_signed_in` do."""
    _relay(context, waiting(context, secret), Audience.PUBLIC, stored=True)


def _relay(context: ContactContext, one: Message, audience: Audience, *, stored: bool) -> None:
    delivery_context, now = context.delivery_context, context.delivery_context.now()
    delivery_context.mailer()  # a deployment without email must not take the message
    holder = _holder(context, one.holder_id, audience)
    sender, organized = email_events.recipient(one.email), organization(one.email)
    _check_reports(context, sender, organized, holder.id, now)
    counts = _counted(delivery_context, sender, organized, holder.id)
    if stored and not context.store.take(one):
        _give_back(delivery_context, counts)
        raise NotFound("already sent")
    box = delivery_context.mailbox(holder.email)
    if suppression_reason(box, Kind.CONTACT, now) is not None:
        return  # a sender must not learn whether the holder's address works
    secret = secrets.new_secret(delivery_context.entropy)
    context.store.add_relayed(
        Relayed(secrets.digest(secret), box.digest, holder.id, sender, now + LINK_WORKS, organized)
    )
    draft, link = one.draft, f"{delivery_context.base_url}/mail/contact/{secret}"
    content = contacting.message(
        holder.email,
        one.email,
        message.quoted_name(draft.name),
        message.quoted_name(draft.organization),
        message.quoted_lines(draft.text),
        link,
        box.lang or holder.recipient.lang or DEFAULT,
    )
    try:
        _send(delivery_context, content)
    except NotSent:
        _give_back(delivery_context, counts)
        if stored:
            context.store.add(one)
        raise
    except (Refused, Unavailable):
        return  # as for an address that bounces; a message that may have been sent is not sent again
    _record(delivery_context, holder, one, now)


def _record(delivery_context: DeliveryContext, holder: _Holder, one: Message, now: datetime) -> None:
    """Record an event for each issuer, which names no credential."""
    for record in holder.records:
        issuer_id, once = record.issuer_id, f"{one.digest} {record.issuer_id}"
        event = act(EventKind.CONTACTED, issuer_id, record.achievement_id, "", now, once=once, target=None)
        delivery_context.recorder.record(replace(event, credential_id=None))


def _holder(context: ContactContext, holder_id: str, audience: Audience) -> _Holder:
    """The holder, if they allow messages of ``audience`` now. Raises `Refused` (`not_contactable`)."""
    store = context.published_store
    if audience is Audience.RECRUITERS:
        published = store.for_recruiters([holder_id]).get(holder_id)
    else:
        published = store.published(holder_id)
    now = context.delivery_context.now()
    if published is None or not published.is_current(now) or published.contact not in (Audience.PUBLIC, audience):
        raise _refusal()
    for recipient in _recipients(context, published):
        if recipient.email is not None:
            # The profile is stored under the address, so this proves that both belong to the same person.
            profile = context.profile_context.store.profile(mailbox.digest(recipient.email))
            if profile is not None and profile.holder_id == holder_id:
                return _Holder(holder_id, recipient, recipient.email, _records(context, published))
    raise _refusal()


def _refusal() -> Refused:
    return Refused(phrase("This holder is not accepting messages at the moment."), code="not_contactable")


def _recipients(context: ContactContext, published: Published) -> Iterator[Recipient]:
    for credential_id in published.credentials:
        with suppress(NotFound):
            yield context.delivery_context.archive.recipient(credential_id)


def _records(context: ContactContext, published: Published) -> tuple[Record, ...]:
    found: dict[str, Record] = {}
    for credential_id in published.credentials:
        with suppress(NotFound):
            record = context.delivery_context.archive.record(credential_id)
            found.setdefault(record.issuer_id, record)
    return tuple(found.values())


def _check_reports(context: ContactContext, sender: str, organized: str | None, holder_id: str, now: datetime) -> None:
    """Raises `Refused` (`blocked_sender`), without telling who has reported the sender or their organization."""
    reporters = context.store.reported_by(sender, now)
    of_organization = frozenset() if organized is None else context.store.reported_by(organized, now)
    if holder_id in reporters | of_organization or len(reporters) >= BLOCKED_BY:
        raise Refused(phrase("You cannot send this message."), code="blocked_sender")


def _count_network(context: ContactContext, client_address: str) -> None:
    if not rate_limits.within_networks(context.access_context, PER_NETWORK, client_address):
        raise TooMany(
            phrase("Too many messages have been sent from your network today. Try again tomorrow."), _RETRY_SECONDS
        )


def _counted(
    delivery_context: DeliveryContext, sender: str, organized: str | None, holder_id: str
) -> tuple[Count, ...]:
    """Count one message. Raises `TooMany`."""
    done: list[Count] = []
    many = phrase("This holder has received too many messages today. Try again tomorrow.")
    of_organization = () if organized is None else ((PER_ORGANIZATION_AND_HOLDER, f"{organized} {holder_id}", many),)
    for limit, subject, detail in (
        (PER_SENDER_AND_HOLDER, f"{sender} {holder_id}", phrase("You have already written to this holder today.")),
        (PER_SENDER, sender, phrase("You have sent too many messages today. Try again tomorrow.")),
        *of_organization,
        (PER_HOLDER, holder_id, many),
    ):
        if not delivery_context.within(limit, subject):
            _give_back(delivery_context, done)
            raise TooMany(detail, _RETRY_SECONDS)
        done.append((limit, subject))
    return tuple(done)


def _give_back(delivery_context: DeliveryContext, counts: tuple[Count, ...] | list[Count]) -> None:
    for limit, subject in counts:
        delivery_context.give_back(limit, subject)


def _send(delivery_context: DeliveryContext, content: EmailContent) -> None:
    message_id = delivery_context.mailer().send(content)
    email_events.count_sent(delivery_context, message_id, SIGN_IN, content)
