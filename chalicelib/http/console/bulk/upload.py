"""Bulk issue page: check a pasted list or an uploaded file row by row, then issue it."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.bulk import bulk_issuer, dry_run, existing_holders, job_results, job_runner, row_output, upload
from chalicelib.award.bulk.bulk_issuer import (
    Allow,
    RowsRefused,
    Upload,
    UploadSummary,
)
from chalicelib.award.bulk.columns import UnknownColumns
from chalicelib.award.bulk.existing_holders import Comparison
from chalicelib.award.bulk.job import Job, RowState
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.bulk.spreadsheet import inflated
from chalicelib.award.bulk.upload import Row
from chalicelib.award.input import timestamps
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.public_id import PATTERN
from chalicelib.errors import Conflict, Malformed, NotFound, QuotaExceeded, Refused
from chalicelib.http.console import layout, limits
from chalicelib.http.console.bulk import results, upload_text
from chalicelib.http.console.bulk.upload_text import (
    SAMPLE,
    TWICE,
    CheckedUpload,
    MisspeltLine,
    Recipients,
    UploadDetails,
)
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.input.form import MAX_WITH_FILE

MAX_LIST = 1_000_000
"""Maximum bytes of a list that the page shows again after the check, about 15,000 people. Escaping can turn one
character into five, and a Lambda response is limited to 6 MB. Longer lists are checked by the task queue
(`large_check`)."""
RECENT = 5
"""Previous jobs listed on the page."""
CHANGED = "The list has changed since it was checked. Here are the results for the current list."
CHOOSE_AGAIN = "This list is too long to show here. Choose the file again."
NOT_TEXT = (
    "Laurel cannot read this file. In your spreadsheet, choose “Save as”, then “CSV UTF-8”, and upload that file."
)

_KEY = re.compile(f"console-{PATTERN}", re.ASCII)


def routes(services: Services) -> Routes:
    """`/console/{issuer}/issue`. The results of a job are in `results`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/issue", access=member(Permission.ISSUE))
    def show(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "issue")
        query = layout.query(request)
        if query.get("job"):
            return _reopened(services, context, query["job"])
        return _page(services, context, FormState({"achievement": query.get("achievement", ""), "notify": "yes"}))

    @bound.bind("/console/{issuer}/issue", access=member(Permission.ISSUE), methods=("POST",), max_form=MAX_WITH_FILE)
    def check_or_issue(request: Request, caller: Caller, person: Person) -> Reply:
        context = layout.page_context(services, request, caller, person, "issue")
        form = _with_file(form_state.sent(request))
        sent = _upload(form)
        achievement = _achievement(services, context, form)
        if form.errors or achievement is None:
            return _page(services, context, _shortened(form))
        if (check_id := _start_large_check(services, context, form, sent)) is not None:
            return layout.redirect(f"{context.issuer_url}/issue/checks/{check_id}")
        if form.errors:
            return _page(services, context, _shortened(form))
        if form.text("do") in ("issue", "issue_valid"):
            job = _create_job(services, context, form, sent)
            if job is not None:
                return layout.redirect(f"{context.issuer_url}/issue/{job.id}")
        return _page(services, context, form, _check(services, context, form, sent, achievement))

    return bound


def _reopened(services: Services, context: PageContext, job_id: str) -> Reply:
    """Show the rows that a job did not issue as a new list, already checked. Raises `NotFound` for the job."""
    job = services.bulk.jobs.job(context.tenant, job_id)
    left_out = (result.row for result, _ in job_results.results(services.bulk, job, RowState.REFUSED))
    rows, written = row_output.as_csv(left_out, MAX_LIST)
    form = FormState({"achievement": job.achievement_id, "rows": rows, "notify": "yes" if job.notify else ""})
    if not written:
        return _page(services, context, FormState({**form.values, "rows": ""}))
    achievement = _achievement(services, context, form)
    if written < job.counts.refused:
        form.add_error("rows", f"These are the first {written:,} skipped rows. Issue them first.")
    if form.errors or achievement is None:
        return _page(services, context, form)
    return _page(services, context, form, _check(services, context, form, _upload(form), achievement))


def _start_large_check(services: Services, context: PageContext, form: FormState, sent: Upload) -> str | None:
    """Start the check of a list that is too long for this page, and return its id; None for a shorter list. Record an
    error when the list cannot be parsed."""
    try:
        if dry_run.is_large(services.dry_runner, context.tenant, sent) or len(sent.content) > MAX_LIST:
            return dry_run.start(services.dry_runner, context.tenant, sent, context.person.email).id
    except UnknownColumns as error:
        form.add_error("columns", error.detail)
    except (Malformed, Refused) as error:
        form.add_error("rows", error.detail)
    return None


def _shortened(form: FormState) -> FormState:
    """The form without a list that is too long to show."""
    if len(form.lines("rows").encode()) <= MAX_LIST:
        return form
    form.add_error("file", CHOOSE_AGAIN)
    return form.with_value("rows", "")


def _with_file(form: FormState) -> FormState:
    """Replace the pasted list with the uploaded file, so that it can be corrected in the text field."""
    if not form.file:
        return form
    try:
        text = inflated(form.file).decode("utf-8-sig")
    except Malformed as error:
        form.add_error("file", error.detail)
        return form
    except UnicodeDecodeError:
        form.add_error("file", NOT_TEXT)
        return form
    # A newly uploaded file has not been checked yet, so it is never issued at once.
    return FormState({**form.values, "rows": text, "do": "check"}, form.errors)


def _achievement(services: Services, context: PageContext, form: FormState) -> Achievement | None:
    """Return the chosen achievement. Record an error when it is archived, or when there is none and return None."""
    try:
        found = services.issuer_context.issuer_store.achievement(context.tenant, form.text("achievement"))
    except NotFound:
        form.add_error("achievement", "Choose an achievement.")
        return None
    if found.archived:
        form.add_error("achievement", "This achievement is archived. Choose another one, or restore it first.")
    return found


def _upload(form: FormState) -> Upload:
    """Parse ``form`` into an upload and record its errors."""
    content = form.lines("rows").encode()
    if not content.strip() and "file" not in form.errors:
        form.add_error("rows", "Enter at least one name, or upload a file.")
    until = None
    if form.text("valid_until"):
        try:
            until = timestamps.end(form.text("valid_until"))
        except Malformed:
            form.add_error("valid_until", "Enter a date such as 2027-12-31, or leave it blank.")
    key = form.text("key")
    return Upload(
        Terms(form.text("achievement"), notify=bool(form.text("notify"))),
        content,
        Allow(
            duplicates=bool(form.text("twice")),
            row_errors=form.text("do") == "issue_valid",
            columns=bool(form.text("columns")),
        ),
        key=key if _KEY.fullmatch(key) else None,
        valid_until=until,
    )


def _content_hash(form: FormState) -> str:
    """Hash everything that was checked. A list whose hash differs must be checked again before it is issued."""
    names = ("achievement", "valid_until", "notify", "columns")
    value = "\0".join((form.lines("rows"), *(form.text(name) for name in names)))
    return hashlib.sha256(value.encode()).hexdigest()


def _create_job(services: Services, context: PageContext, form: FormState, sent: Upload) -> Job | None:
    """Create the job for the checked list. Return None when the list must be checked again."""
    if form.text("checked") != _content_hash(form) or sent.key is None:
        form.add_error("rows", CHANGED)
        return None
    try:
        job = bulk_issuer.create(services.bulk, context.tenant, sent, context.person.email, now=True)
    except RowsRefused as error:
        if error.code == "duplicates":
            form.add_error("twice", TWICE)
        return None
    except (Refused, Malformed, Conflict) as error:
        form.add_error("rows", error.detail)
        return None
    if job.total <= bulk_issuer.MAX_ROWS_AT_ONCE:
        with suppress(QuotaExceeded):  # the task queue continues it on the next day
            job_runner.run(services.bulk, context.tenant, job.id, lambda: False)
    return job


def _check(
    services: Services, context: PageContext, form: FormState, sent: Upload, achievement: Achievement
) -> CheckedUpload | None:
    """Check the list. Record an error and return None when it cannot be parsed."""
    try:
        found = bulk_issuer.validate(services.bulk, context.tenant, sent)
        sample, recipients, misspelt = _sample_rows(sent, found)
    except UnknownColumns as error:
        form.add_error("columns", error.detail)
        return None
    except (Malformed, Refused) as error:
        form.add_error("rows", error.detail)
        return None
    issuer = services.issuer_context.issuer_store.issuer(context.tenant)
    details = UploadDetails(
        content_hash=_content_hash(form),
        key=f"console-{services.issuer_context.public_id()}",
        achievement=achievement.name,
        recipients=recipients,
        notify=sent.terms.notify,
        neutral_emails=limits.neutral_emails(issuer, services.issuer_context.now()),
        sample=sample,
        misspelt=misspelt,
        earlier=_earlier(services, context, sent, found),
        until=sent.valid_until,
        valid_days=achievement.valid_days,
        now=services.issuer_context.now(),
    )
    return upload_text.checked_upload(found, details)


def _earlier(services: Services, context: PageContext, sent: Upload, found: UploadSummary) -> Comparison | None:
    """Return who already holds the credential; None when not every error is listed, as in `_sample_rows`."""
    with_errors = {row_error.row for row_error in found.row_errors}
    if len(with_errors) < found.with_errors:
        return None
    rows = upload.read(sent.content, any_columns=sent.allow.columns)
    good = (row for row in rows if row.number not in with_errors)
    return existing_holders.compare(services.issuer_context, context.tenant, sent.terms.achievement_id, good)


def _sample_rows(
    sent: Upload, found: UploadSummary
) -> tuple[tuple[Row, ...], Recipients | None, tuple[MisspeltLine, ...]]:
    """Return the first valid rows, who gets an email about the valid rows, and their addresses that look misspelt.
    Return none of them when not every error is listed, because the valid rows are then unknown."""
    with_errors = {row_error.row for row_error in found.row_errors}
    sample: list[Row] = []
    misspelt: list[MisspeltLine] = []
    emails = 0
    addresses = set[str]()
    for row in upload.read(sent.content, any_columns=sent.allow.columns):
        if row.number not in with_errors:
            if row.email is not None:
                emails += 1
                addresses.add(row.email.casefold())
            if len(sample) < SAMPLE:
                sample.append(row)
            if (line := upload_text.misspelt(row)) is not None:
                misspelt.append(line)
    if len(with_errors) < found.with_errors:
        return (), None, ()
    return tuple(sample), Recipients(len(addresses), emails), tuple(misspelt)


def _page(
    services: Services, context: PageContext, form: FormState, checked_upload: CheckedUpload | None = None
) -> Reply:
    found = services.issuer_context.issuer_store.achievements(context.tenant)
    offered = sorted((one for one in found if not one.archived), key=lambda one: one.name.casefold())
    options = [(one.id, upload_text.option(one.name, one.valid_days)) for one in offered]
    return layout.show(
        context,
        "issue.html",
        status=form.status,
        form=form,
        checked=checked_upload,
        options=(("", "Choose one"), *options) if len(options) > 1 else options,
        jobs=results.recent(services, context, RECENT),
    )
