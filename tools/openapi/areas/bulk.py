"""Bulk issuing, data export and erasure."""

from __future__ import annotations

from chalicelib.award.bulk.bulk_issuer import MAX_ERRORS
from chalicelib.award.bulk.dry_run import DryRunState
from chalicelib.award.bulk.job import JobState, RowState
from chalicelib.award.bulk.spreadsheet import MAX_SENT
from chalicelib.erasure.erasure import RequestedBy, State
from chalicelib.http.api.export import NDJSON
from chalicelib.http.api.jobs import COLUMNS, MAX_JOBS, MAX_ROWS
from chalicelib.http.input import query
from tools.openapi.areas.credentials import EXAMPLE_ACHIEVEMENT
from tools.openapi.operation import Area, Body, Content, Operation, Query
from tools.openapi.schema import (
    ACHIEVEMENT_ID,
    BOOLEAN,
    INTEGER,
    PUBLIC_ID,
    STRING,
    TIME,
    URL,
    Schema,
    array,
    described,
    nullable,
    one_of,
    page,
    ref,
    request,
    response,
    text,
    whole,
)

_TEXT = nullable(STRING)
_FLAG = one_of(("true", "false"))
_DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(?:T.+)?$"}
_CURSOR = Query({"type": "string", "minLength": 1, "maxLength": query.MAX_LENGTH}, "The `next` of the previous page.")
_ALLOWED = "duplicates|row_errors|columns"
_ERRORS = array(ref("RowError"), MAX_ERRORS)
_SUMMARY = {
    "rows": whole(0),
    "rows_with_errors": whole(0),
    "rows_with_duplicates": whole(0),
    "row_errors": _ERRORS,
    "duplicates": _ERRORS,
}
_DRY_RUN = response(
    {
        "id": PUBLIC_ID,
        "achievement": ACHIEVEMENT_ID,
        "state": one_of(DryRunState),
        "reason": _TEXT,
        **_SUMMARY,
        "created_at": TIME,
        "created_by": STRING,
        "expires_at": TIME,
        "links": response({"self": URL}),
    }
)
_JOB = response(
    {
        "id": PUBLIC_ID,
        "achievement": ACHIEVEMENT_ID,
        "state": one_of(JobState),
        "reason": _TEXT,
        "rows": whole(0),
        "issued": whole(0),
        "refused": whole(0),
        "waiting": whole(0),
        "notify": BOOLEAN,
        "created_at": TIME,
        "created_by": STRING,
        "ended_at": nullable(TIME),
        "links": response({"self": URL, "rows": URL}),
    }
)
_CELLS: dict[str, Schema] = {"row": INTEGER, "state": one_of(RowState)}
_ERASURE = response(
    {
        "id": STRING,
        "email": _TEXT,
        "credential": _TEXT,
        "requested_by": one_of(RequestedBy),
        "requested_at": TIME,
        "due": TIME,
        "state": one_of(State),
    }
)
_RUN_PROBLEMS = ("refused", "conflict", "achievement_archived", "daily_limit_exceeded", "issuing_quota_exceeded")

AREA = Area(
    "Bulk",
    "Issue credentials in bulk, export all data, and erase people.",
    (
        Operation(
            "GET /v1/jobs",
            "listJobs",
            "List jobs, newest first",
            {200: page(ref("Job"))},
            query={"limit": Query(whole(1, MAX_JOBS)), "cursor": _CURSOR},
        ),
        Operation(
            "POST /v1/jobs",
            "createJob",
            "Issue credentials in bulk",
            {200: {"anyOf": [ref("Job"), ref("UploadSummary")]}, 202: {"anyOf": [ref("Job"), ref("DryRun")]}},
            description=(
                f"Send rows as CSV, a list or JSON, optionally gzipped, up to {MAX_SENT:,} bytes. Laurel detects the "
                "format. Without `dry_run`, the response is the job: `202` while it runs, `200` once it has ended."
            ),
            body=Body(
                STRING,
                "name,email\nAda Nwosu,ada@example.org\nGrace Osei,grace@example.org\n",
                types=("text/csv",),
                others={
                    "text/plain": STRING,
                    "application/octet-stream": STRING,
                    "application/json": array({"type": "object"}),
                    "multipart/form-data": response({"file": STRING}),
                },
            ),
            query={
                "achievement": Query(text(query.MAX_LENGTH), EXAMPLE_ACHIEVEMENT, required=True),
                "dry_run": Query(_FLAG, "Validate without issuing."),
                "notify": Query(_FLAG, "`false` to not email the holders."),
                "valid_from": Query(_DATE, "The default for rows that do not set one."),
                "valid_until": Query(_DATE, "The default for rows that do not set one."),
                "allow": Query(
                    {"type": "string", "pattern": f"^(?:{_ALLOWED})(?:,(?:{_ALLOWED}))*$"},
                    "Issues to accept, comma-separated: row_errors, duplicates, columns.",
                ),
            },
            problems=(
                "rows_refused",
                "duplicates",
                "not_found",
                "too_large",
                "not_utf8",
                "malformed",
                "bad_text",
                *_RUN_PROBLEMS,
            ),
            idempotent=True,
            headers=("Location",),
        ),
        Operation(
            "GET /v1/jobs/{id}", "readJob", "Get a job and its progress", {200: ref("Job")}, path={"id": PUBLIC_ID}
        ),
        Operation(
            "GET /v1/jobs/{id}/rows",
            "listJobRows",
            "List the rows of a job, each with its credential or the reason why there is none",
            {
                200: Content(
                    {
                        "application/json": page(response({name: _CELLS.get(name, _TEXT) for name in COLUMNS})),
                        "text/csv": STRING,
                    }
                )
            },
            path={"id": PUBLIC_ID},
            query={"state": Query(one_of(RowState)), "limit": Query(whole(1, MAX_ROWS)), "cursor": _CURSOR},
            problems=("not_acceptable",),
            headers=("Link",),
        ),
        Operation(
            "POST /v1/jobs/{id}/run",
            "resumeJob",
            "Resume a stopped job",
            {200: ref("Job"), 202: ref("Job")},
            path={"id": PUBLIC_ID},
            problems=_RUN_PROBLEMS,
        ),
        Operation(
            "GET /v1/dry-runs/{id}",
            "readDryRun",
            "Get the result or progress of a large dry run",
            {200: ref("DryRun")},
            path={"id": PUBLIC_ID},
        ),
        Operation(
            "GET /v1/export",
            "export",
            "Export all of the issuer's data as JSON Lines",
            {200: Content({NDJSON: STRING})},
            description="The last line has `next`, the cursor of the next part, or `end`.",
            query={"cursor": _CURSOR},
            problems=("daily_limit_exceeded",),
            headers=("Link",),
        ),
        Operation(
            "GET /v1/erasures",
            "listErasures",
            "List erasures in progress",
            {200: response({"items": array(ref("Erasure"))})},
        ),
        Operation(
            "POST /v1/erasures",
            "erasePerson",
            "Erase a person",
            {202: ref("Erasure")},
            description="Send an email address, or the id of a credential that was issued without one.",
            body=Body(
                {"oneOf": [request({"email": text()}), request({"credential": text()})]}, {"email": "ada@example.org"}
            ),
            problems=("not_found", "refused", "conflict"),
        ),
        Operation(
            "DELETE /v1/erasures/{id}",
            "cancelErasure",
            "Cancel an erasure that has not started",
            {204: None},
            problems=("conflict", "refused"),
        ),
    ),
    {
        "Job": _JOB,
        "DryRun": _DRY_RUN,
        "UploadSummary": response(_SUMMARY),
        "RowError": response(
            {
                "row": described(INTEGER, "The row number in the spreadsheet."),
                "column": _TEXT,
                "code": STRING,
                "detail": STRING,
            }
        ),
        "Erasure": _ERASURE,
    },
)
