"""Request the erasure of a person, and cancel it while it waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.access.rate_limits import Limit
from chalicelib.credential import email_address
from chalicelib.delivery import email_events, mailbox
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import erasing
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.holder import access as holder_access
from chalicelib.delivery.limits.reputation import SIGN_IN
from chalicelib.delivery.links import Link, Purpose
from chalicelib.directory.profiles.ports import ProfileStore
from chalicelib.erasure.erasure import Erasure, ErasureStore, RequestedBy
from chalicelib.errors import Conflict, LaurelError, NotFound, Refused, TooMany
from chalicelib.language.languages import DEFAULT
from chalicelib.language.phrase import phrase

NOTICES = Limit("erasure", 5, timedelta(days=1))
"""Maximum emails about erasures to one address in a day: repeated requests and cancellations must not fill an
inbox."""

UNIDENTIFIED = Limit("erasure-unidentified", 20, timedelta(days=1))
"""Maximum erasures that an unidentified issuer can request per day. Each emails an address that the issuer chose, so
without a limit they would bypass the limit on its other emails."""


@dataclass(frozen=True, slots=True)
class ErasureContext:
    """What erasures need."""

    store: ErasureStore
    profiles: ProfileStore
    delivery_context: DeliveryContext
    cooling_off: timedelta
    """How long an erasure waits, and can be cancelled."""


def request_as_holder(context: ErasureContext, token: str, language: str = DEFAULT) -> Erasure:
    """Request the erasure of everything about the holder with the link ``token``, of all issuers.

    Raises `NotFound`, `LinkExpired`, and `Forbidden` for a link to one issuer.
    """
    access = holder_access.enter(context.delivery_context, token)
    access.check_everything()
    return _request(context, None, access.email, None, RequestedBy.HOLDER, language)


def by_holder(context: ErasureContext, token: str) -> Erasure | None:
    """The erasure of everything about the holder with the link ``token``. Raises as `request_as_holder`."""
    access = holder_access.enter(context.delivery_context, token)
    access.check_everything()
    return of_holder(context, access.email)


def of_holder(context: ErasureContext, email: str) -> Erasure | None:
    """The erasure of everything about an address that has been requested."""
    return context.store.erasure(None, mailbox.digest(email))


def request_as_issuer(
    context: ErasureContext,
    issuer_id: str,
    *,
    email: str | None = None,
    credential_id: str | None = None,
    requested_by: RequestedBy = RequestedBy.ISSUER,
) -> Erasure:
    """Request the erasure of a person from the records of one issuer: with an address, of all its credentials and
    records of that address; with a credential, of those of its recipient, or of it alone if it has no address.

    Raises `NotFound` if the issuer has none, and `TooMany` for an unidentified issuer over its limit.
    """
    archive = context.delivery_context.archive
    if credential_id is not None:
        record = archive.record(credential_id)
        if record.issuer_id != issuer_id:
            raise NotFound("This issuer has no such credential.")
        email = archive.recipient(credential_id).email
    if email is None:
        return _request(context, issuer_id, None, credential_id, requested_by)
    email = email_address.normalize(email)
    if not archive.holdings(issuer_id, email, None, 1):
        raise NotFound("This issuer has issued nothing to this address.")
    if requested_by is RequestedBy.ISSUER:
        _check_limit(context.delivery_context, issuer_id)
    return _request(context, issuer_id, email, None, requested_by)


def _check_limit(delivery_context: DeliveryContext, issuer_id: str) -> None:
    is_identified = delivery_context.archive.issuer(issuer_id).identified(delivery_context.now())
    if not is_identified and not delivery_context.within(UNIDENTIFIED, issuer_id):
        raise TooMany("You have reached the daily erasure limit. Verify your domain, or try again tomorrow.", 24 * 3600)


def request_as_operator(context: ErasureContext, email: str) -> Erasure:
    """Request the erasure of everything about an address."""
    return _request(context, None, email_address.normalize(email), None, RequestedBy.OPERATOR)


def cancel(context: ErasureContext, issuer_id: str | None, subject: str) -> None:
    """Cancel a pending erasure. Raises `NotFound`, `Refused` when it has begun."""
    found = context.store.erasure(issuer_id, subject)
    if found is None:
        raise NotFound("This erasure does not exist.")
    try:
        context.store.cancel(found)
    except Conflict as error:
        raise Refused(phrase("The deletion has already begun and cannot be cancelled."), code="refused") from error


def by_link(context: ErasureContext, token: str) -> Erasure | None:
    """What the link in the email about an erasure can cancel; None if it was cancelled. Raises `NotFound`."""
    link = _link(context, token)
    return context.store.erasure(link.issuer_id, mailbox.digest(link.email))


def can_cancel(context: ErasureContext, link: Link) -> bool:
    """Whether ``link`` is from the email about an erasure that is not done yet. It must work for as long as that,
    whatever else its recipient deletes."""
    if link.purpose is not Purpose.ERASURE:
        return False
    return context.store.erasure(link.issuer_id, mailbox.digest(link.email)) is not None


def _link(context: ErasureContext, token: str) -> Link:
    return holder_access.find(context.delivery_context, token, Purpose.ERASURE)


def _request(
    context: ErasureContext,
    issuer_id: str | None,
    email: str | None,
    credential_id: str | None,
    requested_by: RequestedBy,
    language: str = DEFAULT,
) -> Erasure:
    delivery_context = context.delivery_context
    now = delivery_context.now()
    subject = mailbox.digest(email) if email is not None else credential_id or ""
    due = now + context.cooling_off
    erasure = Erasure(issuer_id, subject, email, credential_id, requested_by, now, due, changed_at=now)
    if not context.store.add(erasure):
        return context.store.erasure(issuer_id, subject) or erasure
    if email is not None:
        _notify(context, erasure, email, language)
    return erasure


def _notify(context: ErasureContext, erasure: Erasure, email: str, language: str) -> None:
    """Email the person, with a link to cancel. Without an email the erasure goes on: an address that bounces, or a
    deployment without email, must not keep anyone's data."""
    delivery_context = context.delivery_context
    box = delivery_context.mailbox(email)
    is_blocked = mailbox.suppression_reason(box, Kind.ERASURE, delivery_context.now()) is not None
    if is_blocked or not delivery_context.within(NOTICES, box.digest):
        return
    issuer = None if erasure.issuer_id is None else delivery_context.archive.issuer(erasure.issuer_id)
    url, link = delivery_context.link(Purpose.ERASURE, email, issuer_id=erasure.issuer_id)
    by_holder = erasure.requested_by is RequestedBy.HOLDER
    language = box.lang or language
    now = delivery_context.now()
    content = erasing.notice(email, url, erasure.due, issuer, now, language, by_holder=by_holder)
    try:
        delivery_context.store.add_links((link,))
        message_id = delivery_context.mailer().send(content)
    except LaurelError:
        return
    email_events.count_sent(delivery_context, message_id, SIGN_IN, content)
