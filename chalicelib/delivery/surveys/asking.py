"""When holders are asked to answer a survey."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.credential.record import Record
from chalicelib.delivery import reminders
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.surveys.survey import MONTHS
from chalicelib.tasks.task_queue import Task

_MONTH = timedelta(days=365) / 12


def tasks(context: DeliveryContext, record: Record, sent_at: datetime, zone: str | None) -> list[Task]:
    """The emails with a survey, if the issuer's survey is on when the first email about the credential was sent."""
    survey = context.surveys.survey(record.issuer_id)
    if survey is None or not survey.on:
        return []
    due = {kind: reminders.next_allowed(record.issued_at + months * _MONTH, zone) for kind, months in MONTHS.items()}
    return [Task(kind.value, record.issuer_id, record.id, when) for kind, when in due.items() if when > sent_at]


def is_wanted(context: DeliveryContext, kind: Kind, record: Record) -> bool:
    """Whether to send the survey: it is still on, and the holder has not declined an earlier one."""
    survey = context.surveys.survey(record.issuer_id)
    if survey is None or not survey.on:
        return False
    earlier = [months for months in MONTHS.values() if months < MONTHS[kind]]
    answers = [context.surveys.answer(record.issuer_id, record.id, months) for months in earlier]
    return not any(answer is not None and answer.declined for answer in answers)
