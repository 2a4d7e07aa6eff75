"""Bulk issue routes of the JSON API: upload rows, follow the progress, and read the result of each row."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from chalice.app import Request

from chalicelib import csv_output, idempotency_key
from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.award.bulk import bulk_issuer, dry_run, job_results, job_runner, spreadsheet
from chalicelib.award.bulk.bulk_issuer import Allow, RowsRefused, Upload
from chalicelib.award.bulk.job import (
    Job,
    JobState,
    Result,
    RowState,
)
from chalicelib.award.bulk.job_results import FIRST_ROW, Position
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.input import timestamps
from chalicelib.credential import dates
from chalicelib.credential.build import credential_url
from chalicelib.credential.public_id import PATTERN
from chalicelib.errors import Malformed, QuotaExceeded, Unavailable
from chalicelib.http.api import dry_runs
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body, form, negotiation, query

MISSING = "There is no job with this id, or this API key cannot access it."
NO_ACHIEVEMENT = "There is no achievement with this id, or this API key cannot access it."
INLINE_TIME = timedelta(seconds=10)
"""The time for which a request issues inline; the task queue does the rest. API Gateway times out after 29 s."""
MAX_JOBS = 100
MAX_ROWS = 5_000
MAX_RESPONSE_BYTES = 3_000_000
"""Maximum size of a page of rows, in bytes: Lambda returns at most 6 MB, in base64."""
CSV = "text/csv"
COLUMNS = ("row", "ref", "name", "email", "state", "credential", "url", "code", "detail")

_OPTIONS = ("achievement", "dry_run", "notify", "allow", "valid_from", "valid_until")
_PLACE = re.compile(r"(\d{1,6})-(\d{1,6})", re.ASCII)
_POINTER = re.compile(rf"[0-9T:.Z-]{{20,40}}#{PATTERN}", re.ASCII)


def routes(services: Services) -> Routes:
    """Create the routes `/v1/jobs`, `/v1/jobs/{id}`, its rows, and resuming it."""
    bound = Routes(__name__, services)
    base_url = bound.base_url

    @bound.bind("/v1/jobs", access=token(Permission.READ))
    def listing(request: Request, caller: Caller) -> Reply:
        filters = query.only(request, "cursor", "limit")
        limit, after = query.limit(filters, MAX_JOBS), _unpacked(filters.get("cursor"))
        page = services.bulk.jobs.jobs(caller.issuer_id, after, limit)
        items = [to_json(job_results.progress(services.bulk, job), base_url) for job in page.jobs]
        return as_json({"items": items, "next": page.after and _packed(page.after)})

    @bound.bind("/v1/jobs", access=token(Permission.ISSUE), methods=("POST",), missing=NO_ACHIEVEMENT, idempotent=True)
    def create(request: Request, caller: Caller) -> Reply:
        filters = query.only(request, *_OPTIONS)
        sent = _upload(request, filters)
        if _flag(filters, "dry_run", otherwise=False):
            if dry_run.is_large(services.dry_runner, caller.issuer_id, sent):
                started = dry_run.start(services.dry_runner, caller.issuer_id, sent, caller.actor)
                return dry_runs.started(started, base_url)
            return as_json(dry_runs.summary(bulk_issuer.validate(services.bulk, caller.issuer_id, sent)))
        try:
            job = bulk_issuer.create(services.bulk, caller.issuer_id, sent, caller.actor, now=True)
        except RowsRefused as error:
            raise Problem(
                error.code, error.detail, more={"row_errors": [dry_runs.row_error(each) for each in error.row_errors]}
            ) from error
        return _run_inline(services, job)

    @bound.bind("/v1/jobs/{id}", access=token(Permission.READ), missing=MISSING)
    def show(_request: Request, caller: Caller, job_id: str) -> Reply:
        job = services.bulk.jobs.job(caller.issuer_id, job_id)
        return as_json(to_json(job_results.progress(services.bulk, job), base_url))

    @bound.bind("/v1/jobs/{id}/rows", access=token(Permission.READ), missing=MISSING)
    def rows(request: Request, caller: Caller, job_id: str) -> Reply:
        return _rows(services, request, services.bulk.jobs.job(caller.issuer_id, job_id))

    @bound.bind("/v1/jobs/{id}/run", access=token(Permission.ISSUE), methods=("POST",), missing=MISSING)
    def run(_request: Request, caller: Caller, job_id: str) -> Reply:
        return _run_inline(services, bulk_issuer.resume(services.bulk, caller.issuer_id, job_id))

    return bound


def to_json(job: Job, base_url: str) -> dict[str, object]:
    """Serialize a job to JSON."""
    here = _address(job, base_url)
    return {
        "id": job.id,
        "achievement": job.achievement_id,
        "state": job.state.value,
        "reason": job.reason,
        "rows": job.total,
        "issued": job.counts.issued,
        "refused": job.counts.refused,
        "waiting": job.total - job.counts.issued - job.counts.refused,
        "notify": job.notify,
        "created_at": dates.write(job.created_at),
        "created_by": job.created_by,
        "ended_at": None if job.ended_at is None else dates.write(job.ended_at),
        "links": {"self": here, "rows": f"{here}/rows"},
    }


def _address(job: Job, base_url: str) -> str:
    return f"{base_url}/v1/jobs/{job.id}"


def _run_inline(services: Services, job: Job) -> Reply:
    """Run a new job for a short time and return the response; a small job is usually finished by then."""
    bulk = services.bulk
    if job.total <= bulk_issuer.MAX_ROWS_AT_ONCE:
        end = bulk.issuer_context.clock() + INLINE_TIME
        with suppress(Unavailable, QuotaExceeded):  # the job is stored, and the task queue continues it
            job = job_runner.run(bulk, job.issuer_id, job.id, lambda: bulk.issuer_context.clock() >= end)
    job = job_results.progress(bulk, job)
    base_url = services.settings.base_url
    status = 202 if job.state is JobState.RUNNING else 200
    return as_json(to_json(job, base_url), status=status, headers={"Location": _address(job, base_url)})


def _upload(request: Request, filters: Mapping[str, str]) -> Upload:
    if "achievement" not in filters:
        raise query.refused("achievement", "Add the achievement: ?achievement=...")
    return Upload(
        terms=Terms(filters["achievement"], notify=_flag(filters, "notify", otherwise=True)),
        content=_content(request),
        allow=_allow(filters),
        key=_key(request),
        valid_from=_moment(filters, "valid_from", timestamps.start),
        valid_until=_moment(filters, "valid_until", timestamps.end),
    )


def _content(request: Request) -> bytes:
    """Return the uploaded rows: the body, or the one file in it. The bytes themselves determine the format."""
    content = body.content(request, spreadsheet.MAX_SENT)
    if body.media_type(request) != form.MULTIPART:
        return content
    files = form.read(content, str(request.headers["content-type"])).files
    if len(files) != 1:
        raise Problem("invalid_request", f"Send one file, not {len(files)}.")
    return files[0]


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    return None if key is None else idempotency_key.checked(str(key))


def _allow(filters: Mapping[str, str]) -> Allow:
    wanted = filters["allow"].split(",") if "allow" in filters else []
    names = ("duplicates", "row_errors", "columns")
    if not set(wanted) <= set(names):
        raise query.refused("allow", f"This must be one or more of {', '.join(names)}, separated by commas.")
    return Allow(**dict.fromkeys(wanted, True))


def _flag(filters: Mapping[str, str], name: str, *, otherwise: bool) -> bool:
    if name not in filters:
        return otherwise
    if filters[name] not in ("true", "false"):
        raise query.refused(name, "This must be true or false.")
    return filters[name] == "true"


def _moment(filters: Mapping[str, str], name: str, read: Callable[[str], datetime]) -> datetime | None:
    try:
        return read(filters[name]) if name in filters else None
    except Malformed as error:
        raise query.refused(
            name, ("This must be a date such as 2026-11-30 or a time such as 2026-11-30T09:00:00Z.")
        ) from error


def _rows(services: Services, request: Request, job: Job) -> Reply:
    filters = query.only(request, "state", "cursor", "limit")
    wanted = negotiation.ranked(request.headers.get("accept"), (negotiation.JSON, CSV))
    if not wanted:
        raise Problem(
            "not_acceptable", f"Accept {negotiation.JSON} or {CSV}.", more={"available": [negotiation.JSON, CSV]}
        )
    limit = query.limit(filters if "limit" in filters or wanted[0] != CSV else {"limit": str(MAX_ROWS)}, MAX_ROWS)
    found = job_results.results(services.bulk, job, _state(filters), _place(filters.get("cursor")))
    page, following = _page(found, limit, services.settings.base_url)
    headers = {"Vary": "Accept"}
    if following is not None:
        more = f"&state={filters['state']}" if "state" in filters else ""
        where = f"{_address(job, services.settings.base_url)}/rows?cursor={following}&limit={limit}{more}"
        headers["Link"] = f'<{where}>; rel="next"'
    if wanted[0] == CSV:
        lines = (csv_output.line(each.values()) for each in page)
        return Reply(csv_output.line(COLUMNS) + "".join(lines), f"{CSV}; charset=utf-8", headers=headers)
    return as_json({"items": page, "next": following}, headers=headers)


def _page(
    found: Iterable[tuple[Result, Position]], limit: int, base_url: str
) -> tuple[list[dict[str, object]], str | None]:
    """Return as many rows as fit on a page, and the cursor of the next row."""
    page: list[dict[str, object]] = []
    size, last = 0, ""
    for result, after in found:
        if len(page) == limit or size > MAX_RESPONSE_BYTES:
            return page, last
        page.append(_row(result, base_url))
        size += len(json.dumps(page[-1], ensure_ascii=False).encode())
        last = f"{after.chunk}-{after.at}"
    return page, None


def _row(result: Result, base_url: str) -> dict[str, object]:
    row, outcome, name = result.row, result.outcome, result.credential_id
    url = None if name is None else credential_url(base_url, name)
    values = (row.number, row.ref, row.name, row.email, outcome.state.value, name, url, outcome.code, outcome.detail)
    return dict(zip(COLUMNS, values, strict=True))


def _state(filters: Mapping[str, str]) -> RowState | None:
    if "state" not in filters:
        return None
    try:
        return RowState(filters["state"])
    except ValueError as error:
        raise query.refused("state", f"This must be one of: {', '.join(RowState)}.") from error


def _place(cursor: str | None) -> Position:
    if cursor is None:
        return FIRST_ROW
    match = _PLACE.fullmatch(cursor)
    if match is None:
        raise query.bad_cursor()
    return Position(int(match[1]), int(match[2]))


def _packed(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _unpacked(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        place = ""
    if not _POINTER.fullmatch(place):
        raise query.bad_cursor()
    return place
