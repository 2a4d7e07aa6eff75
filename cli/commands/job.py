"""Commands for jobs, which issue one achievement to every row of a file."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from chalicelib import csv_output
from chalicelib.award.bulk import bulk_issuer, job_results, job_runner
from chalicelib.award.bulk.bulk_issuer import Allow, RowsRefused, Upload
from chalicelib.award.bulk.job import (
    Job,
    JobState,
    Result,
    RowState,
)
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.bulk.spreadsheet import inflated
from chalicelib.award.bulk.upload import RowError
from chalicelib.credential.build import credential_url
from chalicelib.errors import Malformed, QuotaExceeded
from chalicelib.services import Services
from cli import files, grammar
from cli.commands.access import BY
from cli.grammar import Commands
from cli.output import UsageProblem, note, show, table
from cli.progress import bar

COLUMNS = ("row", "ref", "name", "email", "state", "url", "code", "detail")
MAX_ERRORS_SHOWN = 20
"""Maximum errors printed as text; `--json` prints all."""


def add_commands(resources: Commands) -> None:
    """Add `job`."""
    verbs = grammar.verbs(resources, "job", "issue credentials to everyone in a file")
    made = grammar.command(
        verbs,
        "run",
        run,
        "issue credentials to everyone in a file; running the same file again resumes the job",
        "laurel job run acme ACHIEVEMENT holders.csv --dry-run",
        "laurel job run acme ACHIEVEMENT holders.csv --notify",
    )
    grammar.issuer(made)
    made.add_argument("achievement", metavar="ACHIEVEMENT", help="id of the achievement")
    made.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="CSV in UTF-8 with a header row (name, email, valid_until, ...), a list of `Name <email>`, JSON, "
        "or one of these compressed with gzip",
    )
    made.add_argument("--dry-run", action="store_true", help="only validate the file")
    made.add_argument("--notify", action="store_true", help="email the holders")
    made.add_argument(
        "--allow",
        action="append",
        default=[],
        choices=("duplicates", "row_errors", "columns"),
        help="accept duplicate addresses; skip rows with errors; ignore unknown columns",
    )
    made.add_argument("--key", help="distinguishes this job from an earlier one with the same rows")
    made.add_argument("--valid-from", type=grammar.start, metavar="DATE", help="default for rows without a value")
    made.add_argument(
        "--valid-until",
        type=grammar.end,
        metavar="DATE",
        help="default for rows without a value; a date includes the whole day",
    )
    for verb, handler, description in (
        ("show", show_one, "show the progress of a job"),
        ("resume", resume, "resume a job now"),
    ):
        command = grammar.command(verbs, verb, handler, description, f"laurel job {verb} acme ID")
        grammar.issuer(command)
        command.add_argument("id", metavar="ID", help="id of the job")
        if verb == "show":
            command.add_argument("--rows", choices=("all", *RowState), help="also show the rows in this state")
            command.add_argument("--csv", action="store_true", help="print the rows as CSV")
    grammar.issuer(
        grammar.command(verbs, "list", list_all, "list the jobs of an issuer, newest first", "laurel job list acme")
    )


def run(services: Services, options: Namespace) -> int:
    """Issue to every row of a file. Running the same file again resumes the job."""
    sent = Upload(
        terms=Terms(options.achievement, options.notify),
        content=_content(options.file),
        allow=Allow(**dict.fromkeys(options.allow, True)),
        key=options.key,
        valid_from=options.valid_from,
        valid_until=options.valid_until,
    )
    services.issuer_store.issuer(options.issuer)  # otherwise the error would name the achievement
    try:
        if options.dry_run:
            return _dry_run(services, options, sent)
        job = bulk_issuer.create(services.bulk, options.issuer, sent, BY)
    except RowsRefused as error:
        _show_errors(error.row_errors, options.json)
        raise UsageProblem(error.detail, code=error.code) from error
    except Malformed as error:
        raise UsageProblem(f"{options.file}: {error.detail}", code=error.code) from error
    return _run_job(services, job, options.json)


def resume(services: Services, options: Namespace) -> int:
    """Resume a job now."""
    return _run_job(services, bulk_issuer.resume(services.bulk, options.issuer, options.id), options.json)


def show_one(services: Services, options: Namespace) -> int:
    """Show the progress of a job, with `--rows` the rows, with `--csv` the rows as CSV."""
    job = job_results.progress(services.bulk, services.bulk.jobs.job(options.issuer, options.id))
    state = RowState(options.rows) if options.rows not in (None, "all") else None
    if options.csv:
        sys.stdout.write(csv_output.line(COLUMNS))
        for result, _ in job_results.results(services.bulk, job, state):
            sys.stdout.write(csv_output.line(_line(services, result).values()))
        return 0
    _show(job, options.json)
    if options.rows is not None:
        _show_rows(services, (result for result, _ in job_results.results(services.bulk, job, state)), options.json)
    return 0


def list_all(services: Services, options: Namespace) -> int:
    """List the jobs of an issuer, newest first."""
    services.issuer_store.issuer(options.issuer)
    jobs = (job_results.progress(services.bulk, job) for job in _all(services, options.issuer))
    table(options.json, ("id", "state", "rows", "issued", "refused", "waiting", "reason"), map(_members, jobs))
    return 0


def _all(services: Services, issuer_id: str) -> Iterator[Job]:
    after = None
    while True:
        page = services.bulk.jobs.jobs(issuer_id, after, 100)
        yield from page.jobs
        if (after := page.after) is None:
            return


def _content(path: Path) -> bytes:
    try:
        # Decompressed first, so that a file over the size limit is refused before anything else happens.
        return inflated(files.content(path))
    except Malformed as error:
        raise UsageProblem(f"{path}: {error.detail}", code=error.code) from error


def _dry_run(services: Services, options: Namespace, sent: Upload) -> int:
    found = bulk_issuer.validate(services.bulk, options.issuer, sent)
    _show_errors((*found.row_errors, *found.duplicates), options.json)
    text = (
        f"{found.total:,} rows: {found.with_errors:,} with errors, {found.with_duplicates:,} with a duplicate address"
    )
    show(
        options.json,
        text,
        rows=found.total,
        rows_with_errors=found.with_errors,
        rows_with_duplicates=found.with_duplicates,
    )
    return 1 if found.with_errors or found.with_duplicates else 0


def _run_job(services: Services, job: Job, as_json: bool) -> int:
    """Issue the waiting rows now, in this process; otherwise the task queue would do it later."""
    bulk = services.bulk
    try:
        with bar("Issuing") as progress:
            done = job_runner.run(bulk, job.issuer_id, job.id, on_progress=lambda rows: progress(rows, job.total))
            progress(done.total - done.counts.waiting, done.total)
    except QuotaExceeded as error:
        note(f"{error.detail} The task queue continues the job then.")
        done = job_results.progress(bulk, job)
    except KeyboardInterrupt:
        note(f"Interrupted. Resume with: laurel job resume {job.issuer_id} {job.id}")
        raise
    refused = islice(job_results.results(bulk, done, RowState.REFUSED), MAX_ERRORS_SHOWN)
    _show_rows(services, (result for result, _ in refused), as_json)
    _show(done, as_json)
    return 0 if done.state is JobState.DONE and not done.counts.refused else 1


def _show_errors(row_errors: tuple[RowError, ...], as_json: bool) -> None:
    rows = [
        {"row": row_error.row, "column": row_error.column, "code": row_error.code, "detail": row_error.detail}
        for row_error in (row_errors if as_json else row_errors[:MAX_ERRORS_SHOWN])
    ]
    table(as_json, ("row", "column", "detail"), rows)
    if len(row_errors) > MAX_ERRORS_SHOWN and not as_json:
        note(f"{len(row_errors) - MAX_ERRORS_SHOWN:,} more errors; use --json to print all")


def _show(job: Job, as_json: bool) -> None:
    counts = job.counts
    text = (
        f"{job.id}  {job.state}  {counts.issued:,} issued, {counts.refused:,} refused, {counts.waiting:,} waiting"
        f" of {job.total:,}" + (f"\n  {job.reason}" if job.reason else "")
    )
    show(as_json, text, **_members(job))


def _members(job: Job) -> dict[str, object]:
    counts = job.counts
    return {
        "id": job.id,
        "state": job.state,
        "reason": job.reason,
        "achievement": job.achievement_id,
        "rows": job.total,
        "issued": counts.issued,
        "refused": counts.refused,
        "waiting": counts.waiting,
    }


def _show_rows(services: Services, results: Iterable[Result], as_json: bool) -> None:
    rows = (_line(services, result) for result in results)
    table(as_json, ("row", "name", "state", "url", "detail"), rows)


def _line(services: Services, result: Result) -> dict[str, object]:
    row, outcome, name = result.row, result.outcome, result.credential_id
    url = None if name is None else credential_url(services.settings.base_url, name)
    values = (row.number, row.ref, row.name, row.email, outcome.state.value, url, outcome.code, outcome.detail)
    return dict(zip(COLUMNS, values, strict=True))
