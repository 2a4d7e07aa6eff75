"""What came of a list: how far it is, and each row with what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Act
from chalicelib.award import jobs
from chalicelib.award.job import Job, RowState
from chalicelib.award.jobs import START, Place
from chalicelib.http.access import member
from chalicelib.http.console import frame, job_words
from chalicelib.http.console.credential_words import ANOTHER
from chalicelib.http.console.frame import Frame
from chalicelib.http.ports import Services
from chalicelib.http.reply import Reply
from chalicelib.http.routing import Routes

MISSING = "There is no such list here. Look at those that were awarded before."
SHOWN = 100
"""Rows of one page."""

_PLACE = re.compile(r"(\d{1,5})-(\d{1,5})", re.ASCII)


def routes(services: Services) -> Routes:
    """`/console/{issuer}/award/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/award/{id}", access=member(Act.READ), missing=MISSING)
    def one(request: Request, caller: Caller, person: Person, job_id: str) -> Reply:
        around = frame.of(services, request, caller, person, "award")
        job = services.desk.jobs.job(caller.issuer_id, job_id)
        return _page(services, around, jobs.progress(services.desk, job), frame.asked(request))

    @bound.bind("/console/{issuer}/award/{id}", access=member(Act.AWARD), methods=("POST",), missing=MISSING)
    def run_on(request: Request, caller: Caller, person: Person, job_id: str) -> Reply:
        around = frame.of(services, request, caller, person, "award")
        jobs.resume(services.desk, caller.issuer_id, job_id)
        return frame.sent_on(f"{around.at}/award/{job_id}")

    return bound


def recent(services: Services, around: Frame, most: int) -> list[job_words.Short]:
    """The lists awarded last."""
    found = services.desk.jobs.jobs(around.tenant, None, most).jobs
    names = {one.id: one.name for one in services.awarding.ledger.achievements(around.tenant)} if found else {}
    return [job_words.short(job, names.get(job.achievement_id, ANOTHER)) for job in found]


def _page(services: Services, around: Frame, job: Job, asked: Mapping[str, str]) -> Reply:
    only = RowState.REFUSED if asked.get("only") == RowState.REFUSED else None
    found = list(islice(jobs.results(services.desk, job, only, _place(asked.get("after", ""))), SHOWN + 1))
    following = found[SHOWN - 1][1] if len(found) > SHOWN else None
    achievement = services.awarding.ledger.achievement(job.issuer_id, job.achievement_id).name
    return frame.show(
        around,
        "job.html",
        job=job_words.shown(job, achievement, only),
        rows=[job_words.line_of(result) for result, _ in found[:SHOWN]],
        only=only.value if only else "",
        next="-".join(map(str, following)) if following else "",
    )


def _place(text: str) -> Place:
    match = _PLACE.fullmatch(text)
    return Place(int(match[1]), int(match[2])) if match else START
