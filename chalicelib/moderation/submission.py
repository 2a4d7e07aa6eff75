"""Submit a report about a credential, as a visitor.

Anyone can do this without an account, so limits apply to each network and each credential. A report over a limit is
refused and not stored: a report that looks accepted must be one that someone can read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
"""Maximum characters of a report: enough for a page of explanation."""

_DAY = timedelta(days=1)
SAME = Limit("report-same", 2, _DAY)
"""How often the same report from one network is stored: twice, because the first time may have been interrupted."""
PER_NETWORK_AND_CREDENTIAL = NetworkLimit("report-from", 20, 40, 100, _DAY)
"""Maximum reports of one credential from one network, which may be that of a whole campus. Counted before the other
limits, so that reporting one credential again and again uses up little of them."""
PER_NETWORK = NetworkLimit("report-network", 100, 200, 1000, _DAY)
"""Maximum reports from one network: more than the people of a campus write in a day, and few enough that an attacker
with a hundred addresses stores 10,000 reports, which cost about a tenth of a dollar and can be filtered by issuer."""
PER_CREDENTIAL = Limit("report-credential", 1000, _DAY)
"""Maximum reports of one credential. An attacker needs at least 50 networks to use it up. Only others who report the
same credential on the same day are then refused, when its issuer and the operators have 1,000 reports about it."""


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

    A report that repeats one of the same day and network is merged with it: nothing more is stored.

    Raises `Refused` (`bad_text`, `bad_email`), `NotFound`, `TakenDown`, `TooMany`, `Unavailable`.
    """
    check_message(draft)
    email = email_address.normalize(draft.email) if draft.email else None
    record = reportable(context, credential_id)
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
    with _unless_same(context, report, client_address) as is_new:
        if is_new:
            _count(context, credential_id, client_address)
            to_operator = rate_limits.within_networks(context.access_context, notices.PER_NETWORK, client_address)
            context.store.add(report, notices.tasks(report, to_operator=to_operator))
    return report


@contextmanager
def _unless_same(context: ModerationContext, report: VisitorReport, client_address: str) -> Iterator[bool]:
    """Whether ``report`` differs from those of its day and network. Undone if it is not stored inside the block."""
    _, network = PER_NETWORK_AND_CREDENTIAL.of(client_address)[0]
    words = (report.credential_id, report.reason, report.message or "", report.email or "", network)
    subject = "\0".join(words)
    is_new = rate_limits.within(context.access_context, SAME, subject)
    try:
        yield is_new
    except Exception:
        if is_new:
            rate_limits.give_back(context.access_context, SAME, subject)
        raise


def _count(context: ModerationContext, credential_id: str, client_address: str) -> None:
    """Count one report. Raises `TooMany`."""
    access_context, day = context.access_context, int(_DAY.total_seconds())
    if not rate_limits.within_networks(access_context, PER_NETWORK_AND_CREDENTIAL, client_address, credential_id):
        raise TooMany(
            phrase(
                "This credential has been reported many times from your network today. Its issuer and the operator of "
                "this service can already see that."
            ),
            day,
        )
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
