"""The commands about jobs: one achievement for everybody in a file."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from chalicelib.award.bulk import bulk_issuer, csv_output, job_runner
from chalicelib.award.bulk.bulk_issuer import Allow, RowsRefused, Upload
from chalicelib.award.bulk.job import (
    Job,
    JobState,
    Result,
    RowState,
)
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.bulk.spreadsheet import inflated
from chalicelib.award.bulk.upload import Fault
from chalicelib.credential.build import credential_url
from chalicelib.errors import Malformed
from chalicelib.services import Services
from cli import files, grammar
from cli.access import BY
from cli.grammar import Commands
from cli.output import UsageFault, note, show
from cli.progress import bar

COLUMNS = ("row", "ref", "name", "email", "state", "url", "code", "detail")
SHOWN = 20
"""Faults that are printed; `--json` prints all that are known."""


def add_commands(nouns: Commands) -> None:
    """What can be said of a job."""
    verbs = grammar.verbs(nouns, "job", "an achievement for everybody in a file: run, show, resume, list")
    made = grammar.command(verbs, "run", run, "issue to everybody in a file; the same again goes on where it ended")
    grammar.issuer(made)
    made.add_argument("achievement", help="the achievement's id")
    made.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="CSV in UTF-8 whose first row names the columns (name, email, valid_until, ...), a list of "
        "`Name <mail>`, JSON, or one of them in gzip",
    )
    made.add_argument("--dry-run", action="store_true", help="only say what is wrong with it")
    made.add_argument("--notify", action="store_true", help="write to the holders")
    made.add_argument(
        "--allow",
        action="append",
        default=[],
        choices=("duplicates", "faults", "columns"),
        help="issue although addresses stand twice; to the rows without faults; without the columns not known here",
    )
    made.add_argument("--key", help="tells it from an earlier run with the same rows")
    made.add_argument("--valid-from", type=grammar.start, metavar="DATE", help="for rows that do not say it")
    made.add_argument("--valid-until", type=grammar.end, metavar="DATE", help="the same; a day counts to its end")
    for verb, act, words in (
        ("show", show_one, "how far a job is"),
        ("resume", resume, "go on with a job, here and now"),
    ):
        one = grammar.command(verbs, verb, act, words)
        grammar.issuer(one)
        one.add_argument("id", metavar="ID")
        if verb == "show":
            one.add_argument("--rows", choices=("all", *RowState), help="what has come of each row")
            one.add_argument("--csv", action="store_true", help="the rows as a table")
    grammar.issuer(grammar.command(verbs, "list", list_all, "an issuer's jobs, newest first"))


def run(services: Services, asked: Namespace) -> int:
    """Issue to everybody in a file. The same file again goes on where the first time has ended."""
    sent = Upload(
        terms=Terms(asked.achievement, asked.notify),
        content=_content(asked.file),
        allow=Allow(**dict.fromkeys(asked.allow, True)),
        key=asked.key,
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
    )
    services.issuer_store.issuer(asked.issuer)  # without one, the refusal would be about the achievement
    try:
        if asked.dry_run:
            return _try(services, asked, sent)
        job = bulk_issuer.create(services.bulk, asked.issuer, sent, BY)
    except RowsRefused as error:
        _tell(error.faults, asked.json)
        raise UsageFault(error.detail, code=error.code) from error
    except Malformed as error:
        raise UsageFault(f"{asked.file}: {error.detail}", code=error.code) from error
    return _work(services, job, asked.json)


def resume(services: Services, asked: Namespace) -> int:
    """Go on with a job, here and now."""
    return _work(services, bulk_issuer.resume(services.bulk, asked.issuer, asked.id), asked.json)


def show_one(services: Services, asked: Namespace) -> int:
    """How far a job is; with `--rows` what has come of each row, with `--csv` the same as a table."""
    job = bulk_issuer.progress(services.bulk, services.bulk.jobs.job(asked.issuer, asked.id))
    state = RowState(asked.rows) if asked.rows not in (None, "all") else None
    if asked.csv:
        sys.stdout.write(csv_output.line(COLUMNS))
        for result, _ in bulk_issuer.results(services.bulk, job, state):
            sys.stdout.write(csv_output.line(_line(services, result).values()))
        return 0
    _show(job, asked.json)
    if asked.rows is not None:
        for result, _ in bulk_issuer.results(services.bulk, job, state):
            _show_row(services, result, asked.json)
    return 0


def list_all(services: Services, asked: Namespace) -> int:
    """Every job of an issuer, the newest first."""
    services.issuer_store.issuer(asked.issuer)
    for job in _all(services, asked.issuer):
        _show(bulk_issuer.progress(services.bulk, job), asked.json)
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
        # Unpacked at once: what is too large is told before anything else happens.
        return inflated(files.content(path))
    except Malformed as error:
        raise UsageFault(f"{path}: {error.detail}", code=error.code) from error


def _try(services: Services, asked: Namespace, sent: Upload) -> int:
    found = bulk_issuer.examine(services.bulk, asked.issuer, sent)
    _tell((*found.faults, *found.duplicates), asked.json)
    text = f"{found.total:,} rows: {found.faulty:,} with faults, {found.repeated:,} with an address of an earlier row"
    show(asked.json, text, rows=found.total, faulty=found.faulty, repeated=found.repeated)
    return 1 if found.faulty or found.repeated else 0


def _work(services: Services, job: Job, as_json: bool) -> int:
    """Issue what waits, in front of the caller's eyes; the to-do list would do the same later."""
    bulk = services.bulk
    try:
        with bar("issuing") as progress:
            done = job_runner.run(bulk, job.issuer_id, job.id, told=lambda rows: progress(rows, job.total))
            progress(done.total - done.counts.waiting, done.total)
    except KeyboardInterrupt:
        note(f"it goes on with: job resume {job.issuer_id} {job.id}")
        raise
    for result, _ in islice(bulk_issuer.results(bulk, done, RowState.REFUSED), SHOWN):
        _show_row(services, result, as_json)
    _show(done, as_json)
    return 0 if done.state is JobState.DONE and not done.counts.refused else 1


def _tell(faults: tuple[Fault, ...], as_json: bool) -> None:
    for fault in faults if as_json else faults[:SHOWN]:
        where = f"row {fault.row}" + (f", {fault.column}" if fault.column else "")
        show(
            as_json,
            f"{where}: {fault.detail}",
            row=fault.row,
            column=fault.column,
            code=fault.code,
            detail=fault.detail,
        )
    if len(faults) > SHOWN and not as_json:
        note(f"and {len(faults) - SHOWN:,} more; --json prints them")


def _show(job: Job, as_json: bool) -> None:
    counts = job.counts
    text = (
        f"{job.id}  {job.state}  {counts.issued:,} issued, {counts.refused:,} refused, {counts.waiting:,} waiting"
        f" of {job.total:,}" + (f"\n  {job.reason}" if job.reason else "")
    )
    show(
        as_json,
        text,
        id=job.id,
        state=job.state,
        reason=job.reason,
        achievement=job.achievement_id,
        rows=job.total,
        issued=counts.issued,
        refused=counts.refused,
        waiting=counts.waiting,
    )


def _show_row(services: Services, result: Result, as_json: bool) -> None:
    line = _line(services, result)
    end = line["url"] or (f"{line['detail']} ({line['code']})" if line["code"] else "")
    show(as_json, f"  row {line['row']}: {line['state']}  {line['name']}  {end}".rstrip(), **line)


def _line(services: Services, result: Result) -> dict[str, object]:
    row, outcome, name = result.row, result.outcome, result.credential_id
    url = None if name is None else credential_url(services.settings.base_url, name)
    values = (row.number, row.ref, row.name, row.email, outcome.state.value, url, outcome.code, outcome.detail)
    return dict(zip(COLUMNS, values, strict=True))
