"""Submit a report about a credential, as a visitor.

Anyone can do this without an account, so limits apply to each network and each credential. A report over a limit is
refused and not stored: a report that looks accepted must be one that someone can read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.access import email_address, rate_limits
from chalicelib.access.rate_limits import Limit, NetworkLimit, TooMany
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from chalicelib.award.input import text_rules
from chalicelib.credential.record import Record
from chalicelib.errors import Refused, TakenDown
from chalicelib.language.phrase import phrase
from chalicelib.moderation import notices
from chalicelib.moderation.moderation_context import ModerationContext
from chalicelib.moderation.visitor_report import Reason, VisitorReport

MAX_MESSAGE = 2000
"""Characters of a report: enough for a page of explanation."""

_DAY = timedelta(days=1)
PER_NETWORK_AND_CREDENTIAL = NetworkLimit("report-from", 3, 6, 20, _DAY)
"""Reports of one credential from one network: a first one, a correction of it, and a colleague behind the same address.
Counted first, so that repeating one report uses up nothing of the other limits."""
PER_NETWORK = NetworkLimit("report-network", 20, 40, 400, _DAY)
"""Reports from one network: more than a person writes in a day, and few enough that an attacker with a hundred
addresses fills no more than a few pages of an operator's list."""
PER_CREDENTIAL = Limit("report-credential", 200, _DAY)
"""Reports of one credential. An attacker needs at least 67 networks to use it up. Only others who report the same
credential on the same day are then refused, when its issuer and the operators have 200 reports about it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The input of a visitor."""

    reason: Reason
    message: str = ""
    email: str = ""


def check_message(draft: Draft) -> None:
    """Check the message. Raises `Refused` (`bad_text`)."""
    if not draft.message:
        if draft.reason is Reason.OTHER:
            raise Refused(phrase("Describe the problem."), code="bad_text")
        return
    try:
        text_rules.check_text("description", draft.message, MAX_MESSAGE)
    except Refused as error:
        detail = phrase("Use at most {limit} characters, and no control characters.", limit=MAX_MESSAGE)
        raise Refused(detail, code=error.code) from error


def reportable(context: ModerationContext, credential_id: str) -> Record:
    """The record of a credential that can be reported. Raises `NotFound`, `TakenDown`, `Unavailable`."""
    record = context.archive.record(credential_id)
    if record.taken_down is not None:
        raise TakenDown(phrase("The operator of this service has already taken down the page of this credential."))
    return record


def submit(context: ModerationContext, credential_id: str, draft: Draft, client_address: str) -> VisitorReport:
    """Store a report about a credential; its issuer and the operators are emailed by `notices`.

    Raises `Refused` (`bad_text`, `bad_email`), `NotFound`, `TakenDown`, `TooMany`, `Unavailable`.
    """
    check_message(draft)
    email = email_address.normalize(draft.email) if draft.email else None
    record = reportable(context, credential_id)
    _count(context, credential_id, client_address)
    now = context.now()
    report = VisitorReport(
        id=ulid(now, context.entropy(ENTROPY_BYTES)),
        credential_id=record.id,
        issuer_id=record.issuer_id,
        reason=draft.reason,
        at=now,
        message=draft.message or None,
        email=email,
    )
    context.store.add(report, notices.tasks(report))
    return report


def _count(context: ModerationContext, credential_id: str, client_address: str) -> None:
    """Count one report. Raises `TooMany`."""
    access_context, day = context.access_context, int(_DAY.total_seconds())
    if not rate_limits.within_networks(access_context, PER_NETWORK_AND_CREDENTIAL, client_address, credential_id):
        raise TooMany(phrase("This credential has already been reported from your network today."), day)
    if not rate_limits.within_networks(access_context, PER_NETWORK, client_address):
        raise TooMany(phrase("Too many reports have been sent from your network today. Try again tomorrow."), day)
    if not rate_limits.within(access_context, PER_CREDENTIAL, credential_id):
        raise TooMany(
            phrase(
                "This credential has been reported many times today. Its issuer and the operator of this service can "
                "already see that."
            ),
            day,
        )
