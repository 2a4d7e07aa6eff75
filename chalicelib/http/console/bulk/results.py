"""Results page of a bulk job: its progress and the result of each row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.bulk import bulk_issuer, job_results
from chalicelib.award.bulk.job import Job, RowState
from chalicelib.award.bulk.job_results import FIRST_ROW, Position
from chalicelib.http.console import layout
from chalicelib.http.console.bulk import job_text
from chalicelib.http.console.credentials.credential_text import ANOTHER
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

MISSING = "This upload does not exist. Check the previous uploads."
PAGE_SIZE = 100
"""Rows per page."""

_PLACE = re.compile(r"(\d{1,5})-(\d{1,5})", re.ASCII)


def routes(services: Services) -> Routes:
    """`/console/{issuer}/issue/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/issue/{id}", access=member(Permission.READ), missing=MISSING)
    def one(request: Request, caller: Caller, person: Person, job_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "issue")
        job = services.bulk.jobs.job(caller.issuer_id, job_id)
        return _page(services, context, job_results.progress(services.bulk, job), layout.query(request))

    @bound.bind("/console/{issuer}/issue/{id}", access=member(Permission.ISSUE), methods=("POST",), missing=MISSING)
    def resume(request: Request, caller: Caller, person: Person, job_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "issue")
        bulk_issuer.resume(services.bulk, caller.issuer_id, job_id)
        return layout.redirect(f"{context.issuer_url}/issue/{job_id}")

    return bound


def recent(services: Services, context: PageContext, limit: int) -> list[job_text.JobSummary]:
    """Return the ``limit`` recent jobs."""
    results = services.bulk.jobs.jobs(context.tenant, None, limit).jobs
    names = (
        {one.id: one.name for one in services.issuer_context.issuer_store.achievements(context.tenant)}
        if results
        else {}
    )
    return [job_text.job_summary(job, names.get(job.achievement_id, ANOTHER)) for job in results]


def _page(services: Services, context: PageContext, job: Job, query: Mapping[str, str]) -> Reply:
    only = RowState.REFUSED if query.get("only") == RowState.REFUSED else None
    results = list(islice(job_results.results(services.bulk, job, only, _place(query.get("after", ""))), PAGE_SIZE + 1))
    following = results[PAGE_SIZE - 1][1] if len(results) > PAGE_SIZE else None
    shown = [result for result, _ in results[:PAGE_SIZE]]
    issued = [result.credential_id for result in shown if result.credential_id]
    deliveries = services.delivery_context.store.find_deliveries(context.tenant, issued)
    records = services.issuer_context.issuer_store.records_by_id(issued)
    now = services.issuer_context.now()
    achievement = services.issuer_context.issuer_store.achievement(job.issuer_id, job.achievement_id).name
    return layout.show(
        context,
        "job.html",
        job=job_text.job_view(job, achievement, only),
        rows=[job_text.result_line(result, job, records, deliveries, now) for result in shown],
        emails=job_text.emails_line(job, shown),
        only=only.value if only else "",
        next="-".join(map(str, following)) if following else "",
    )


def _place(text: str) -> Position:
    match = _PLACE.fullmatch(text)
    return Position(int(match[1]), int(match[2])) if match else FIRST_ROW
