"""Check of a list that is too long to check and show in one request: a dry run, whose page can issue the list."""

from __future__ import annotations

from itertools import islice

from chalice.app import Request

from chalicelib.access.caller import Caller, Person
from chalicelib.access.roles import Permission
from chalicelib.award.bulk import bulk_issuer, dry_run, upload
from chalicelib.award.bulk.bulk_issuer import Allow, RowsRefused
from chalicelib.award.bulk.dry_run import DryRun, DryRunState
from chalicelib.award.bulk.job import Job
from chalicelib.award.bulk.upload import Row
from chalicelib.errors import Conflict, Malformed, Refused
from chalicelib.http.console import layout, limits
from chalicelib.http.console.bulk import upload_text
from chalicelib.http.console.bulk.upload_text import SAMPLE, TWICE, CheckedUpload, UploadDetails
from chalicelib.http.console.forms import form_state
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.console.layout import PageContext
from chalicelib.http.core.access import member
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes

MISSING = "This check does not exist, or it was deleted after a day. Upload the list again."


def routes(services: Services) -> Routes:
    """`/console/{issuer}/issue/checks/{id}`."""
    bound = Routes(__name__, services)

    @bound.bind("/console/{issuer}/issue/checks/{id}", access=member(Permission.ISSUE), missing=MISSING)
    def show(request: Request, caller: Caller, person: Person, check_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "issue")
        return _page(services, context, _dry_run(services, context, check_id), FormState())

    @bound.bind(
        "/console/{issuer}/issue/checks/{id}", access=member(Permission.ISSUE), methods=("POST",), missing=MISSING
    )
    def issue(request: Request, caller: Caller, person: Person, check_id: str) -> Reply:
        context = layout.page_context(services, request, caller, person, "issue")
        found = _dry_run(services, context, check_id)
        form = form_state.sent(request)
        job = _create_job(services, context, found, form)
        if job is not None:
            return layout.redirect(f"{context.issuer_url}/issue/{job.id}")
        return _page(services, context, found, form)

    return bound


def _dry_run(services: Services, context: PageContext, check_id: str) -> DryRun:
    return services.dry_runner.dry_runs.dry_run(context.tenant, check_id, services.issuer_context.now())


def _create_job(services: Services, context: PageContext, found: DryRun, form: FormState) -> Job | None:
    """Create the job for the checked list, once. Record an error and return None when it is refused."""
    if found.state is not DryRunState.DONE:
        return None
    allow = Allow(duplicates=bool(form.text("twice")), row_errors=form.text("do") == "issue_valid")
    sent = dry_run.upload_of(services.dry_runner, found, allow, key=f"console-{found.id}")
    try:
        return bulk_issuer.create(services.bulk, context.tenant, sent, context.person.email)
    except RowsRefused as error:
        duplicates = error.code == "duplicates"
        form.add_error("twice" if duplicates else "", TWICE if duplicates else error.detail)
    except (Refused, Malformed, Conflict) as error:
        form.add_error("", error.detail)
    return None


def _page(services: Services, context: PageContext, found: DryRun, form: FormState) -> Reply:
    return layout.show(
        context,
        "check.html",
        status=form.status,
        form=form,
        id=found.id,
        running=found.state is DryRunState.RUNNING,
        reason=found.reason or "",
        rows=upload_text.rows(found.summary.total),
        checked=_checked(services, context, found) if found.state is DryRunState.DONE else None,
    )


def _checked(services: Services, context: PageContext, found: DryRun) -> CheckedUpload:
    issuer_store, now = services.issuer_context.issuer_store, services.issuer_context.now()
    achievement = issuer_store.achievement(context.tenant, found.terms.achievement_id)
    details = UploadDetails(
        content_hash="",
        key="",
        achievement=achievement.name,
        recipients=None,
        notify=found.terms.notify,
        neutral_emails=limits.neutral_emails(issuer_store.issuer(context.tenant), now),
        sample=_sample(services, found),
        until=found.valid_until,
        valid_days=achievement.valid_days,
        now=now,
        in_file=True,
    )
    return upload_text.checked_upload(found.summary, details)


def _sample(services: Services, found: DryRun) -> tuple[Row, ...]:
    """The first valid rows; none when not every error is listed, because the valid rows are then unknown."""
    with_errors = {row_error.row for row_error in found.summary.row_errors}
    if len(with_errors) < found.summary.with_errors:
        return ()
    sent = dry_run.upload_of(services.dry_runner, found)
    rows = upload.read(sent.content, any_columns=sent.allow.columns)
    return tuple(islice((row for row in rows if row.number not in with_errors), SAMPLE))
