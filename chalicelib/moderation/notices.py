"""Email an issuer and the operators that a credential was reported.

Strangers cause these emails, so they contain nothing that the reporter chose: no message, address or reason. Recipients
read the report in the console, or with the command `laurel visitor-report`. When a limit is reached, the report is
still stored, but no email is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from chalicelib.access.rate_limits import Limit, NetworkLimit
from chalicelib.credential.build import credential_url
from chalicelib.credential.issuer import Issuer
from chalicelib.delivery import email_events
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import reported
from chalicelib.delivery.emails.parts.email_content import EmailContent, Kind
from chalicelib.delivery.issuer_contact import contact_of
from chalicelib.delivery.limits import pausing, quota
from chalicelib.delivery.limits.quota import Count
from chalicelib.delivery.limits.reputation import SIGN_IN
from chalicelib.delivery.mailbox import suppression_reason
from chalicelib.errors import NotFound, Refused
from chalicelib.moderation.visitor_report import VisitorReport
from chalicelib.tasks.task_queue import Task

TO_ISSUER = "report_to_issuer"
TO_OPERATOR = "report_to_operator"
"""The kinds of the tasks; their subject is the reported credential."""

_DAY = timedelta(days=1)
PER_CREDENTIAL = Limit("report-email", 1, _DAY)
"""Maximum emails about one credential to its issuer, and as many to the operators."""
PER_ISSUER = Limit("report-emails-issuer", 10, _DAY)
"""Maximum emails to one issuer, or to all issuers of one registered domain, however many of their credentials are
reported."""
PER_MAILBOX = Limit("report-emails-mailbox", 10, _DAY)
"""Maximum emails to one address, however many issuers name it as their contact."""
PER_DEPLOYMENT = Limit("report-emails-operator", 20, _DAY)
"""Maximum emails to the operators: enough to notice an attack, too few to flood a mailbox."""
PER_REPORTED_ISSUER = Limit("report-emails-operator-issuer", 5, _DAY)
"""Maximum emails to the operators about the credentials of one issuer: a quarter of theirs."""
PER_NETWORK = NetworkLimit("report-emails-network", 5, 5, 10, _DAY)
"""Maximum reports from one network that may email the operators; counted when a report is stored. No network can use up
the operators' emails. Reports without an email are still in their list."""


def tasks(report: VisitorReport, *, to_operator: bool) -> list[Task]:
    """The tasks that email about ``report``, with or without one for the operators."""
    kinds = (TO_ISSUER, TO_OPERATOR) if to_operator else (TO_ISSUER,)
    return [Task(kind, report.issuer_id, report.credential_id, report.at) for kind in kinds]


def handlers(delivery_context: DeliveryContext, operator_email: str) -> Mapping[str, Callable[[Task], None]]:
    """The handlers of the tasks; ``operator_email`` is empty if the operators want no emails."""

    def to_issuer(task: Task) -> None:
        try:
            issuer = delivery_context.archive.issuer(task.issuer_id)
        except NotFound:
            return
        _email_issuer(delivery_context, issuer, task.subject)

    def to_operator(task: Task) -> None:
        if operator_email:
            _email_operator(delivery_context, operator_email, task)

    return {TO_ISSUER: to_issuer, TO_OPERATOR: to_operator}


def _email_issuer(delivery_context: DeliveryContext, issuer: Issuer, credential_id: str) -> None:
    now = delivery_context.now()
    email = contact_of(issuer, now)
    if email is None or pausing.is_paused(delivery_context, issuer.id):
        return
    counts = (
        (PER_CREDENTIAL, f"issuer {credential_id}"),
        (PER_ISSUER, issuer.quota_owner_id(now)),
        (PER_MAILBOX, delivery_context.mailbox(email).digest),
    )
    console = f"{delivery_context.base_url}/console/{issuer.id}/reports"
    content = reported.to_issuer(email, issuer, credential_url(delivery_context.base_url, credential_id), console)
    _send(delivery_context, content, counts, issuer.id)


def _email_operator(delivery_context: DeliveryContext, email: str, task: Task) -> None:
    counts = (
        (PER_CREDENTIAL, f"operator {task.subject}"),
        (PER_REPORTED_ISSUER, task.issuer_id),
        (PER_DEPLOYMENT, ""),
    )
    content = reported.to_operator(email, task.issuer_id, credential_url(delivery_context.base_url, task.subject))
    _send(delivery_context, content, counts, SIGN_IN)


def _send(delivery_context: DeliveryContext, content: EmailContent, counts: tuple[Count, ...], sender: str) -> None:
    """Send the email unless its address is suppressed or a limit is reached. Raises `Unavailable`."""
    box = delivery_context.mailbox(content.to)
    if suppression_reason(box, Kind.REPORTED, delivery_context.now(), sender) is not None:
        return
    with _counted(delivery_context, counts) as within:
        if not within:
            return
        try:
            message_id = delivery_context.mailer().send(content)
        except Refused:  # the address will never be accepted; the report is in the list
            return
    email_events.count_sent(delivery_context, message_id, sender, content)


@contextmanager
def _counted(delivery_context: DeliveryContext, counts: tuple[Count, ...]) -> Iterator[bool]:
    """Count one email against all ``counts``, and return whether it is within them. Undone if sending raises `NotSent`.

    An email whose result is unknown stays counted, so that a repeated task does not send it twice.
    """
    if not all(delivery_context.within(limit, subject) for limit, subject in counts):
        yield False
        return
    with quota.unless_not_sent(delivery_context, counts):
        yield True
