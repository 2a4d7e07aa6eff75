"""List, close and reopen visitor reports, as an issuer or as an operator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.errors import Conflict, NotFound
from chalicelib.moderation.moderation_context import ModerationContext
from chalicelib.moderation.visitor_report import Inbox, State, VisitorReport

REPORT_ID = re.compile("[0-9A-HJKMNP-TV-Z]{26}", re.ASCII)
"""A ULID; also the cursor after which a page begins."""
MAX_PAGE_SIZE = 100
MAX_READ = 500
"""Maximum reports that one request reads to fill a page of a filtered list."""
MAX_ATTEMPTS = 5
"""Maximum attempts to store a change, each lost to a concurrent writer."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of reports: those that match all of the given members."""

    state: State = State.OPEN
    issuer_id: str | None = None
    credential_id: str | None = None

    def matches(self, report: VisitorReport) -> bool:
        """Whether ``report`` matches, apart from its state."""
        return self.issuer_id in (None, report.issuer_id) and self.credential_id in (None, report.credential_id)


@dataclass(frozen=True, slots=True)
class Page:
    """Reports, newest first. ``next`` is the cursor of the next page, which may exist although this page is not full;
    None on the last page."""

    reports: tuple[VisitorReport, ...]
    next: str | None


def of_issuer(context: ModerationContext, issuer_id: str, state: State, before: str | None, limit: int) -> Page:
    """The reports in the inbox of an issuer."""
    found = context.store.reports(issuer_id, state, before, limit + 1, context.now())
    return Page(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


def all_of_issuer(context: ModerationContext, issuer_id: str) -> Iterator[VisitorReport]:
    """All reports to an issuer, open or closed."""
    for state in State:
        before: str | None = None
        while found := context.store.reports(issuer_id, state, before, MAX_PAGE_SIZE, context.now()):
            yield from found
            before = found[-1].id


def of_operators(context: ModerationContext, wanted: Filter, before: str | None, limit: int) -> Page:
    """The reports in the inbox of the operators that match ``wanted``."""
    matching: list[VisitorReport] = []
    for _ in range(MAX_READ // MAX_PAGE_SIZE):
        found = context.store.reports(None, wanted.state, before, MAX_PAGE_SIZE, context.now())
        for report in found:
            if wanted.matches(report):
                if len(matching) == limit:
                    return Page(tuple(matching), matching[-1].id)
                matching.append(report)
            before = report.id
        if len(found) < MAX_PAGE_SIZE:
            return Page(tuple(matching), None)
    return Page(tuple(matching), before)


def set_issuer_state(context: ModerationContext, issuer_id: str, report_id: str, state: State) -> VisitorReport:
    """Close or reopen a report in the issuer's inbox. Idempotent. Raises `NotFound`, `Conflict` (`busy`)."""
    return _set_state(context, report_id, Inbox.ISSUER, state, issuer_id)


def set_operator_state(context: ModerationContext, report_id: str, state: State) -> VisitorReport:
    """Close or reopen a report in the operators' inbox. Raises as `set_issuer_state`."""
    return _set_state(context, report_id, Inbox.OPERATOR, state, None)


def _set_state(
    context: ModerationContext, report_id: str, inbox: Inbox, state: State, issuer_id: str | None
) -> VisitorReport:
    if not REPORT_ID.fullmatch(report_id):
        raise NotFound("no such report")
    for _ in range(MAX_ATTEMPTS):
        report = context.store.report(report_id, context.now())
        if issuer_id not in (None, report.issuer_id):
            raise NotFound("a report to another issuer")
        if report.state(inbox) is state:
            return report
        changed = report.with_state(inbox, state)
        try:
            context.store.replace(report, changed)
        except Conflict:
            continue
        return changed
    raise Conflict("Someone else is changing this report. Try again.", code="busy")
