"""Overview page of an issuer: recently issued credentials, unfinished uploads and next steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalice.app import Request

from chalicelib.access import members
from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.bulk.job import JobState
from chalicelib.award.issuing.search import Row
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.record import State
from chalicelib.http.console import layout
from chalicelib.http.console.bulk import job_text, upload_text
from chalicelib.http.console.credentials import credential_text
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import text

MISSING = (
    "This issuer does not exist, or you are not a member of it. Ask the person who invited you which address they used."
)
LATEST = 5
COUNTED = 500
"""Maximum credentials read to count them, which costs a few read units. Beyond it the page says "at least"."""
LISTS = 20
"""Recent jobs searched for unfinished ones."""
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Step:
    """A task on the overview, open or done."""

    text: str
    line: str
    path: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its label."""

    number: str
    what: str


def routes(services: Services) -> Routes:
    """`/console/{issuer}`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}", access=member(Permission.READ), missing=MISSING)
    def overview(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.of(services, request, caller, person, "overview")
        issuer_store = services.issuer_context.issuer_store
        achievements = list(issuer_store.achievements(caller.issuer_id))
        rows = issuer_store.rows(caller.issuer_id, None, COUNTED + 1)
        names = {one.id: one.name for one in achievements}
        now = services.issuer_context.now()
        return layout.show(
            context,
            "overview.html",
            figures=_figures(services, rows) if rows else (),
            latest=credential_text.list_items(rows[:LATEST], names, now),
            steps=_steps(services, context, achievements, rows),
            waiting=_waiting(services, context),
        )

    return bound


def _figures(services: Services, rows: Sequence[Row]) -> tuple[Figure, ...]:
    now = services.issuer_context.now()
    counted = rows[:COUNTED]
    expiring = [row for row in counted if row.valid_until is not None and now <= row.valid_until < now + SOON]
    figures = [Figure(f"{len(counted):,}" if len(rows) <= COUNTED else f"at least {COUNTED:,}", "issued")]
    for state, what in ((State.SUSPENDED, "suspended"), (State.REVOKED, "revoked")):
        figures.append(Figure(f"{sum(row.state is state for row in counted):,}", what))
    figures.append(Figure(f"{sum(row.state is State.ACTIVE for row in expiring):,}", "expire within 30 days"))
    among = "" if len(rows) <= COUNTED else f" of the latest {COUNTED:,}"
    return (figures[0], *(Figure(figure.number, figure.what + among) for figure in figures[1:]))


def _waiting(services: Services, context: PageContext) -> tuple[Step, ...]:
    """Return the unfinished jobs among the most recent ones."""
    open_ = (JobState.RUNNING, JobState.STOPPED)
    found = (job for job in services.bulk.jobs.jobs(context.tenant, None, LISTS).jobs if job.state in open_)
    return tuple(
        Step(
            f"Upload of {upload_text.rows(job.total)}: {job_text.JOB_LABELS[job.state].text.lower()}",
            job.reason or f"Started on {text.minute(job.created_at)}.",
            f"/issue/{job.id}",
        )
        for job in found
    )


def _steps(
    services: Services, context: PageContext, achievements: Sequence[Achievement], rows: Sequence[Row]
) -> tuple[Step, ...]:
    """Return the next steps that the person may take; empty once all are done."""
    steps = []
    if context.may("edit"):
        steps.append(
            Step(
                "Create an achievement",
                "Its name, criteria and badge image. It takes about ten minutes.",
                "/achievements/new",
                bool(achievements),
            )
        )
    if context.may("issue"):
        steps.append(
            Step(
                "Issue it",
                "Paste names and email addresses. We check the list before anything is issued.",
                "/issue",
                bool(rows),
            )
        )
    if context.may("manage"):
        several = len(list(members.of_issuer(services.access_context, context.tenant))) > 1
        steps.append(Step("Add a colleague", "So that someone can act while you are away.", "/members", several))
    return tuple(steps) if not all(step.done for step in steps) else ()
