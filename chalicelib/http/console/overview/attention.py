"""What needs attention on the overview: unfinished uploads, expiring or suspended credentials, an unproven issuer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.access.roles import Permission
from chalicelib.award.bulk.job import Job, JobState
from chalicelib.award.endpoints.endpoint import Pause
from chalicelib.delivery.limits.reputation import Problem
from chalicelib.http.console.bulk import job_text, upload_text
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.overview.overview_figures import Counts
from chalicelib.http.core.ports import Services
from chalicelib.http.html import text
from chalicelib.moderation import handling
from chalicelib.moderation.visitor_report import State

RECENT_JOBS = 20
"""Number of recent jobs searched for unfinished ones."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at; ``path`` comes after `/console/{issuer}`."""

    text: str
    line: str
    path: str
    tone: str = "warn"


def items(services: Services, context: PageContext, counts: Counts) -> tuple[Item, ...]:
    """Return what the person should look at, most urgent first; empty when there is nothing."""
    return (
        *_email(services, context),
        *_endpoints(services, context),
        *_reports(services, context),
        *_jobs(services, context),
        *_identity(context),
        *_credentials(counts),
    )


def _email(services: Services, context: PageContext) -> Iterator[Item]:
    """Yield the pause of the issuer's emails."""
    found = services.delivery_context.store.reputation(context.tenant)
    if found.paused_at is None:
        return
    total = found.total
    cause = (
        f"{total.bounced} of the last {total.sent} emails bounced. Check the addresses that you enter."
        if found.reason is Problem.BOUNCED
        else f"{total.complained} of the last {total.sent} emails were reported as spam. Issue only to people who "
        "expect a credential."
    )
    line = (
        f"{cause} Emails are held until the operator of this service resumes sending. Credentials are issued as usual."
    )
    yield Item(f"Emails to holders have been paused since {text.minute(found.paused_at)}", line, "/credentials", "bad")


def _endpoints(services: Services, context: PageContext) -> Iterator[Item]:
    """Yield the endpoints that were paused because they failed."""
    if not context.may(Permission.MANAGE):
        return
    for endpoint in services.endpoint_context.store.endpoints(context.tenant):
        if endpoint.paused in (Pause.FAILING, Pause.GONE):
            line = "It accepted no messages. Fix it, resume it, and send the failed messages again."
            yield Item("An endpoint was paused", line, f"/endpoints/{endpoint.id}", "bad")


def _reports(services: Services, context: PageContext) -> Iterator[Item]:
    """Yield the newest open report by a visitor."""
    page = handling.of_issuer(services.moderation_context, context.tenant, State.OPEN, None, 1)
    for report in page.reports:
        headline = "Visitors reported credentials" if page.next else "A visitor reported a credential"
        yield Item(headline, f"Newest report: {text.minute(report.at)}. Read it and close it.", "/reports")


def _jobs(services: Services, context: PageContext) -> Iterator[Item]:
    """Yield the unfinished jobs among the most recent ones."""
    for job in services.bulk.jobs.jobs(context.tenant, None, RECENT_JOBS).jobs:
        if job.state in (JobState.RUNNING, JobState.STOPPED):
            yield _job(job)


def _job(job: Job) -> Item:
    label = job_text.JOB_LABELS[job.state]
    return Item(
        f"Upload of {upload_text.rows(job.total)}: {label.text.lower()}",
        job.reason or f"Started on {text.minute(job.created_at)}.",
        f"/issue/{job.id}",
        label.tone,
    )


def _identity(context: PageContext) -> Iterator[Item]:
    if context.identified:
        return
    if context.may("manage"):
        line = "Your credentials’ pages say so. Verify a domain that you own to fix this."
        yield Item("Your identity is not proven yet", line, "/domains")
    else:
        line = "Your credentials’ pages say so. An owner can fix this: ask one to verify a domain."
        yield Item("Your organization’s identity is not proven yet", line, "/members")


def _credentials(counts: Counts) -> Iterator[Item]:
    if counts.expiring:
        many = f"{upload_text.credentials(counts.expiring)} {_verb(counts.expiring, 'expires', 'expire')}"
        yield Item(f"{many} within 30 days", "Renew those that holders still need.", "/credentials?state=expiring")
    if counts.suspended:
        many = f"{upload_text.credentials(counts.suspended)} {_verb(counts.suspended, 'is', 'are')} suspended"
        yield Item(many, "Reinstate or revoke them when you have decided.", "/credentials?state=suspended")


def _verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many
