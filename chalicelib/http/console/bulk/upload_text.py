"""View models of a checked list: every error by row and column, with advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.award.bulk import existing_holders
from chalicelib.award.bulk.bulk_issuer import UploadSummary
from chalicelib.award.bulk.existing_holders import Comparison, ExistingHolder
from chalicelib.award.bulk.upload import Row, RowError
from chalicelib.award.input import misspelt_domain
from chalicelib.http.html import text

SAMPLE = 10
"""Valid rows shown as a sample, enough to see whether the columns were recognised."""
TWICE = "Confirm that these people should get two credentials, or remove the duplicates from the list."
MAX_LISTED = 100
"""Maximum errors listed in one table. Longer lists of errors mostly repeat the same one, so fixing these comes
first."""

COLUMNS: Mapping[str, str] = {
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "Email",
    "did": "Holder’s DID",
    "valid_from": "Valid from",
    "valid_until": "Valid until",
    "evidence": "Evidence",
    "zone": "Timezone",
    "lang": "Language",
    "ref": "Reference",
}
ADVICE: Mapping[str, str] = {
    "no_name": "Enter the name as it should appear on the credential.",
    "bad_email": "Enter one complete address, such as grace@example.org, or leave the cell blank.",
    "bad_date": "Enter a date such as 2027-12-31.",
    "bad_validity": "The end date must be after the start date.",
    "bad_url": "Copy the URL from your browser, including https://, or leave the cell blank.",
    "evidence_required": "Add a column named evidence, with a link to the holder’s work.",
    "bad_zone": "Enter a timezone such as Europe/Berlin, or leave the cell blank.",
    "bad_lang": "Enter en, es, fr, de, ar or ja, or leave the cell blank.",
    "bad_text": "Shorten it, or remove invisible characters.",
    "too_long": "Shorten it.",
    "ref_twice": "Give each row a unique reference, or leave it blank.",
    "bad_line": "Enter a name, then one complete email address with an @, such as Grace Osei, grace@example.org.",
    "bad_row": "Check the row for a missing or extra comma or quotation mark.",
    "too_many_links": "Keep the most important ones.",
}
"""Advice by error code."""


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """View model of one error."""

    row: str
    column: str
    detail: str
    advice: str


@dataclass(frozen=True, slots=True)
class SampleLine:
    """View model of one row that will be issued."""

    number: str
    name: str
    email: str | None
    starts: str
    until: str


@dataclass(frozen=True, slots=True)
class MisspeltLine:
    """View model of an address that looks misspelt, and of the domain that was probably meant."""

    row: str
    email: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class HeldLine:
    """View model of a row of a person who already holds the credential ``credential_id``."""

    row: str
    email: str | None
    credential_id: str
    issued: str


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """View model of the result of a check."""

    content_hash: str
    """Hash of what was checked. A list whose hash differs is checked again before it is issued."""
    key: str
    headline: str
    lines: tuple[str, ...]
    row_errors: tuple[ErrorLine, ...]
    more_errors: bool
    duplicates: tuple[ErrorLine, ...]
    misspelt: tuple[MisspeltLine, ...]
    """Addresses that look misspelt, which may be right."""
    held: tuple[HeldLine, ...]
    """Rows of people who already hold the credential."""
    more_held: bool
    sample: tuple[SampleLine, ...]
    sample_caption: str
    with_errors: int
    good: int
    explanation: str
    warning: str
    """The differences of an unidentified issuer's emails; empty if none apply."""
    button: str


@dataclass(frozen=True, slots=True)
class Recipients:
    """``people`` with an email address in the valid rows, and the ``emails`` they get: one for each of their rows."""

    people: int
    emails: int


@dataclass(frozen=True, slots=True)
class UploadDetails:
    """Details of the upload that the texts need besides its summary."""

    content_hash: str
    key: str
    achievement: str
    recipients: Recipients | None
    """None when unknown."""
    notify: bool
    neutral_emails: str
    """The differences of an unidentified issuer's emails; empty for any other."""
    sample: tuple[Row, ...]
    until: datetime | None
    """Default for rows without an end date of their own."""
    valid_days: int | None
    now: datetime
    misspelt: tuple[MisspeltLine, ...] = ()
    earlier: Comparison | None = None
    """None when the list was not compared with earlier credentials."""
    in_file: bool = False
    """Whether the list is too long to be shown, so that it is corrected in the person's file."""


def checked_upload(upload_summary: UploadSummary, details: UploadDetails) -> CheckedUpload:
    """Build the view model of ``upload_summary``."""
    good = upload_summary.total - upload_summary.with_errors
    return CheckedUpload(
        content_hash=details.content_hash,
        key=details.key,
        headline=_headline(upload_summary, details),
        lines=_lines(upload_summary, details),
        row_errors=tuple(_error_line(row_error) for row_error in upload_summary.row_errors[:MAX_LISTED]),
        more_errors=len(upload_summary.row_errors) > MAX_LISTED,
        duplicates=tuple(_error_line(row_error) for row_error in upload_summary.duplicates[:MAX_LISTED]),
        misspelt=details.misspelt[:MAX_LISTED],
        held=tuple(map(_held_line, _held(details)[:MAX_LISTED])),
        more_held=len(_held(details)) > MAX_LISTED,
        sample=tuple(_sample_line(row, details) for row in details.sample),
        sample_caption="Recipients"
        if good <= len(details.sample)
        else f"First {len(details.sample)} of {good:,} recipients",
        with_errors=upload_summary.with_errors,
        good=good,
        explanation=_explanation(good, details),
        warning=details.neutral_emails if _has_emails(details) else "",
        button=f"Issue {credentials(good)}" + (", skip the rest" if upload_summary.with_errors else ""),
    )


def option(achievement: str, valid_days: int | None) -> str:
    """An achievement to choose, with its own validity if it has one."""
    if valid_days is None:
        return achievement
    return f"{achievement} (valid for {'1 day' if valid_days == 1 else f'{valid_days:,} days'})"


def credentials(number: int) -> str:
    """Format a count, for example `1 credential` or `2,000 credentials`."""
    return "1 credential" if number == 1 else f"{number:,} credentials"


def rows(number: int) -> str:
    """Format a count, for example `1 row` or `2,000 rows`."""
    return "1 row" if number == 1 else f"{number:,} rows"


def misspelt(row: Row) -> MisspeltLine | None:
    """A hint if the address of ``row`` looks misspelt."""
    meant = misspelt_domain.suggestion(row.email) if row.email is not None else None
    return MisspeltLine(f"{row.number:,}", row.email, meant) if row.email is not None and meant is not None else None


def _held(details: UploadDetails) -> tuple[ExistingHolder, ...]:
    return details.earlier.held if details.earlier else ()


def _held_line(one: ExistingHolder) -> HeldLine:
    return HeldLine(
        f"{one.row.number:,}", one.row.email, one.credential.credential_id, text.day(one.credential.issued_at)
    )


def _headline(upload_summary: UploadSummary, details: UploadDetails) -> str:
    misspelt, held = len(details.misspelt), len(_held(details))
    total, with_errors = rows(upload_summary.total), upload_summary.with_errors
    if not with_errors:
        notes = ["some duplicates"] * bool(upload_summary.with_duplicates)
        if misspelt:
            notes.append("1 address that looks" if misspelt == 1 else f"{misspelt:,} addresses that look")
            notes[-1] += " misspelt"
        if held:
            notes.append(f"{rows(held)} of people who already hold this credential")
        return f"{total}, no errors" + (f", but {_listed(notes)}" if notes else "")
    return f"{with_errors:,} of {total} {'has' if with_errors == 1 else 'have'} errors"


def _listed(notes: Sequence[str]) -> str:
    """Format as `a`, `a and b` or `a, b and c`."""
    return " and ".join(filter(None, (", ".join(notes[:-1]), notes[-1])))


def _lines(upload_summary: UploadSummary, details: UploadDetails) -> tuple[str, ...]:
    lines = []
    if upload_summary.with_errors:
        others = "" if upload_summary.with_errors == upload_summary.total else ", or issue the others and skip these"
        where = "your file and upload it" if details.in_file else "the list below and check"
        lines.append(f"Fix them in {where} again{others}.")
    if upload_summary.with_duplicates:
        have = "has" if upload_summary.with_duplicates == 1 else "have"
        lines.append(f"{rows(upload_summary.with_duplicates).capitalize()} {have} the same address as an earlier row.")
    if details.earlier is None:
        lines.append("We did not check whether these people already hold this credential.")
    elif not details.earlier.complete:
        first = f"the first {existing_holders.MAX_ADDRESSES:,} email addresses"
        lines.append(f"We checked only for {first} whether these people already hold this credential.")
    return tuple(lines)


def _error_line(row_error: RowError) -> ErrorLine:
    column = COLUMNS.get(row_error.column or "", row_error.column or "Whole row")
    return ErrorLine(f"{row_error.row:,}", column, row_error.detail, ADVICE.get(row_error.code, ""))


def _sample_line(row: Row, details: UploadDetails) -> SampleLine:
    starts, ends = row.valid_from or details.now, row.valid_until or details.until
    if ends is None and details.valid_days:
        ends = starts + timedelta(days=details.valid_days)
    until = text.day(ends) if ends else "no end date"
    return SampleLine(f"{row.number:,}", row.name, row.email, text.day(starts), until)


def _explanation(good: int, details: UploadDetails) -> str:
    emails = _emails(details.recipients) if details.notify else _NO_EMAILS
    signed = f"{credentials(good)} for “{text.isolated(details.achievement)}” will be issued"
    return f"{signed}, and anyone with the link can view them immediately. {emails}"


def _has_emails(details: UploadDetails) -> bool:
    return details.notify and (details.recipients is None or details.recipients.people > 0)


_NO_EMAILS = "No emails will be sent."


def _emails(recipients: Recipients | None) -> str:
    if recipients is None:
        return "Recipients with an address will get an email with a link."
    if not recipients.people:
        return _NO_EMAILS
    people = "1 person" if recipients.people == 1 else f"{recipients.people:,} people"
    if recipients.emails > recipients.people:
        return f"{people} will get {recipients.emails:,} emails, one for each credential."
    return f"{people} will get an email with a link."
