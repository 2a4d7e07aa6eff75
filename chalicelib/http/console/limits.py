"""The console's text about the daily limits of an issuer."""

from __future__ import annotations

from datetime import datetime

from chalicelib.award.issuing.quota import PROVEN_PER_DAY, UNPROVEN_PER_DAY
from chalicelib.credential.issuer import Issuer
from chalicelib.delivery.limits.quota import PROVEN_ISSUER, UNPROVEN_ISSUER

WAITING = "Uploads and emails over the limit continue the next day (UTC)."


def lines(issuer: Issuer, now: datetime) -> tuple[str, ...]:
    """State how much ``issuer`` may issue and email a day, and how much once it is identified."""
    if issuer.registered:
        return (f"You can issue {PROVEN_PER_DAY:,} credentials a day. Your emails are not limited.",)
    if issuer.identified(now):
        return (f"You can {_amounts(PROVEN_PER_DAY, PROVEN_ISSUER.max_count)} a day.", WAITING)
    return (
        f"You can {_amounts(UNPROVEN_PER_DAY, UNPROVEN_ISSUER.max_count)} a day.",
        f"After you verify a domain, you can {_amounts(PROVEN_PER_DAY, PROVEN_ISSUER.max_count)} a day.",
        WAITING,
    )


def neutral_emails(issuer: Issuer, now: datetime) -> str:
    """Explain before issuing how the emails of an unidentified issuer differ; empty for any other."""
    if issuer.identified(now):
        return ""
    return (
        "Until you verify a domain, the email does not name the achievement, and it is marked as sent by an unverified "
        f"organization. Laurel sends at most {UNPROVEN_ISSUER.max_count:,} emails a day for you; the "
        "rest are sent on later days."
    )


def _amounts(credentials: int, emails: int) -> str:
    return f"issue {credentials:,} credentials and send {emails:,} emails"
