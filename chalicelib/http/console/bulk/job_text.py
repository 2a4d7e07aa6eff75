"""View models of a bulk job: its status and the result of each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.award.bulk.job import (
    Job,
    JobState,
    Result,
    RowState,
)
from chalicelib.credential.record import Record
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.handlers import is_current
from chalicelib.http.console.bulk.upload_text import credentials, rows
from chalicelib.http.console.credentials import credential_text, email_lines
from chalicelib.http.console.text import StatusLabel
from chalicelib.http.html import text

ROW_LABELS: Mapping[RowState, StatusLabel] = {
    RowState.ISSUED: StatusLabel("Issued", "good"),
    RowState.REFUSED: StatusLabel("Not issued", "bad"),
    RowState.WAITING: StatusLabel("Waiting", "open"),
}
JOB_LABELS: Mapping[JobState, StatusLabel] = {
    JobState.DRAFT: StatusLabel("Not started", "none"),
    JobState.RUNNING: StatusLabel("In progress", "open"),
    JobState.STOPPED: StatusLabel("Stopped", "bad"),
    JobState.DONE: StatusLabel("Done", "good"),
}


DELETED = StatusLabel("Deleted", "none")
NO_EMAIL = "No email address, so no email is sent."
_GIVE_LINK = "Open their credentials and give them the link to the public page."


@dataclass(frozen=True, slots=True)
class JobView:
    """View model of the page of one job."""

    id: str
    headline: str
    line: str
    achievement: str
    by: str
    at: datetime
    total: int
    finished: int
    refused: int
    running: bool
    reason: str | None
    caption: str


@dataclass(frozen=True, slots=True)
class JobSummary:
    """View model of a job in the list of recent jobs."""

    id: str
    title: str
    line: str
    status_label: StatusLabel


@dataclass(frozen=True, slots=True)
class ResultLine:
    """View model of one row and its result."""

    number: str
    name: str
    email: str | None
    status_label: StatusLabel
    since: StatusLabel | None
    """Status now of an issued credential that is no longer valid."""
    credential_id: str | None
    detail: str | None
    email_label: StatusLabel | None
    """Status of the email about an issued credential; None if none is sent."""


def job_view(job: Job, achievement: str, only: RowState | None) -> JobView:
    """Build the view model of ``job``, whose counts must be current."""
    counts = job.counts
    return JobView(
        id=job.id,
        headline=_headline(job),
        line=_line(job),
        achievement=achievement,
        by=_by(job),
        at=job.created_at,
        total=job.total,
        finished=counts.issued + counts.refused,
        refused=counts.refused,
        running=job.state is JobState.RUNNING,
        reason=job.reason if job.state is JobState.STOPPED else None,
        caption="Skipped rows" if only is RowState.REFUSED else "Results by row",
    )


def job_summary(job: Job, achievement: str) -> JobSummary:
    """Summarise ``job`` in one line."""
    line = f"{text.minute(job.created_at)}, by {_by(job)}. {JOB_LABELS[job.state].text}."
    return JobSummary(
        job.id, f"{rows(job.total).capitalize()} for “{text.isolated(achievement)}”", line, JOB_LABELS[job.state]
    )


def _by(job: Job) -> str:
    """Name the member who started the job, or its API key as in the list of API keys."""
    kind, _, name = job.created_by.partition(":")
    return f"API key laurel_{name}_…" if kind == "token" else job.created_by


def result_line(
    result: Result, job: Job, records: Mapping[str, Record], deliveries: Mapping[str, Delivery], now: datetime
) -> ResultLine:
    """Build the view model of one row; ``records`` maps credential ids to the credentials, ``deliveries`` to the
    delivery status of their emails."""
    row, outcome = result.row, result.outcome
    name = row.name or "No name"
    detail = NO_EMAIL if outcome.state is RowState.ISSUED and row.email is None else outcome.detail
    record = records.get(result.credential_id or "")
    email_label = None
    if job.notify and row.email is not None and result.credential_id:
        current = record is not None and is_current(record, now)
        terms = email_lines.Terms(job.created_at, job.notify, current=current)
        delivery = deliveries.get(result.credential_id) or Delivery(result.credential_id, job.issuer_id)
        email_label = email_lines.label(terms, delivery, now)
    return ResultLine(
        number=f"{row.number:,}",
        name=name,
        email=row.email,
        status_label=ROW_LABELS[outcome.state],
        since=_since(record, now) if result.credential_id else None,
        credential_id=result.credential_id if record else None,
        detail=detail,
        email_label=email_label,
    )


def _since(record: Record | None, now: datetime) -> StatusLabel | None:
    """The status of a credential that was issued, None while it is valid."""
    status = DELETED if record is None else credential_text.status_of(record, now)
    return None if status == credential_text.VALID else status


def emails_line(job: Job, results: Iterable[Result]) -> str:
    """State who gets no email: everyone, or the holders in ``results`` without an address; empty if neither."""
    if not job.counts.issued:
        return ""
    if not job.notify:
        return f"You chose not to email the holders. {_GIVE_LINK}"
    without = any(each.row.email is None and each.outcome.state is RowState.ISSUED for each in results)
    return f"Holders without an email address get no email. {_GIVE_LINK}" if without else ""


def _headline(job: Job) -> str:
    counts = job.counts
    match job.state:
        case JobState.DONE if not counts.refused:
            return f"{credentials(counts.issued)} issued"
        case JobState.DONE:
            return f"{credentials(counts.issued)} issued, {rows(counts.refused)} skipped"
        case JobState.RUNNING:
            return f"{counts.issued + counts.refused:,} of {rows(job.total)} done"
        case JobState.STOPPED:
            return f"Stopped after {counts.issued + counts.refused:,} of {rows(job.total)}"
        case JobState.DRAFT:
            return "The upload is incomplete"


def _line(job: Job) -> str:
    counts = job.counts
    match job.state:
        case JobState.DONE if not counts.refused:
            return "A credential was issued to everyone on the list."
        case JobState.DONE:
            return "Each skipped row shows the reason. Open the skipped rows as a new list to fix them."
        case JobState.RUNNING:
            return f"{counts.issued:,} issued, {counts.refused:,} skipped, {counts.waiting:,} waiting."
        case JobState.STOPPED:
            return (
                f"{credentials(counts.issued)} issued, {rows(counts.waiting)} waiting. If you resume, no "
                "one gets a second credential."
            )
        case JobState.DRAFT:
            return "Nothing was issued. Check the list and issue it again."
