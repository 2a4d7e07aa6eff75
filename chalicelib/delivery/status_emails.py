"""The status email that a credential's holder must get."""

from __future__ import annotations

from datetime import datetime

from chalicelib.credential.record import Record, State
from chalicelib.delivery import delivery_status
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.emails.parts.email_content import Kind

_EMAILS = {State.REVOKED: Kind.REVOKED, State.SUSPENDED: Kind.SUSPENDED, State.ACTIVE: Kind.REINSTATED}


def wanted(record: Record, delivery: Delivery) -> Kind | None:
    """The email about the current status, even if it was sent; None if the holder knows of no credential or change."""
    # The holder of a corrected credential gets the email with the new one instead.
    if record.corrected or not _is_known(delivery):
        return None
    kind = _EMAILS[record.status.state]
    return None if kind is Kind.REINSTATED and not _is_suspension_known(delivery) else kind


def _is_known(delivery: Delivery) -> bool:
    """Whether the holder has been emailed about the credential."""
    return bool(delivery.resend_requests) or _may_have_arrived(delivery, Kind.ISSUED)


def _may_have_arrived(delivery: Delivery, kind: Kind) -> bool:
    """Whether the email was sent, is being sent, or its result was lost."""
    attempt = delivery.emails.get(kind)
    return attempt is not None and attempt.given_up is None


def _is_suspension_known(delivery: Delivery) -> bool:
    """Whether the last email about the status announced a suspension."""
    suspended, reinstated = delivery.emails.get(Kind.SUSPENDED), delivery.emails.get(Kind.REINSTATED)
    if suspended is None or not _may_have_arrived(delivery, Kind.SUSPENDED):
        return False
    return reinstated is None or not reinstated.answered or reinstated.claimed_at < suspended.claimed_at


def must_wait(kind: Kind, delivery: Delivery, now: datetime) -> bool:
    """Whether an email is being sent that must reach the holder before the one of ``kind``."""
    earlier = (delivery.emails.get(each) for each in (Kind.ISSUED, Kind.SUSPENDED) if each is not kind)
    return any(one and not one.answered and now - one.claimed_at < delivery_status.CLAIM_TIMEOUT for one in earlier)
