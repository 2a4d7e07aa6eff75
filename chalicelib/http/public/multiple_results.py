"""The results of several credentials that were submitted together, as a page and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.analytics.event import Visit
from chalicelib.credential.build import credential_url
from chalicelib.errors import LaurelError, NotFound
from chalicelib.http.core import log
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.html import render
from chalicelib.http.public import submission
from chalicelib.http.public.credential import credential_json, credential_page, credential_view, recipient_form
from chalicelib.http.public.credential.credential_page import Page
from chalicelib.http.public.submission import Submission
from chalicelib.verify.options import VerificationOptions
from chalicelib.verify.report import Verdict, worst_of

if TYPE_CHECKING:
    from chalicelib.reports.submitted import SubmittedReport


@dataclass(frozen=True, slots=True)
class ResultItem:
    """One result: a page, or why there is none; and how to open it in full."""

    page: Page | None
    problem: str | None
    url: str | None
    """The page of a credential hosted here."""
    submitted: str | None
    """What to submit again to see the full result of any other; None if it cannot be sent again."""


def results(services: Services, sent: Submission, visit: Visit) -> dict[str, object]:
    """Verify each part of ``sent``; serialize the reports, or the problem of each without one, and the worst verdict.

    What cannot be checked counts as unknown. Raises `TooMany`.
    """
    found = services.submitted_reports.check_each(sent.parts, visit, sent.options)
    written = [_result(each, sent.options, services.settings.base_url) for each in found]
    verdicts = [Verdict(str(each["verdict"])) for each in written if "verdict" in each]
    log.answered_many(visit.kind, verdicts)
    unchecked = [Verdict.UNKNOWN] * (len(written) - len(verdicts))
    return {"verdict": worst_of((*verdicts, *unchecked)).value, "results": written}


def _result(checked: SubmittedReport | LaurelError, options: VerificationOptions, base_url: str) -> dict[str, object]:
    try:
        if isinstance(checked, LaurelError):
            raise checked
        submission.require_presentation(checked.report, options)
    except LaurelError as error:
        return {"problem": submission.problem_document(error)}
    return credential_json.report(credential_view.of_submitted(checked, base_url))


def show(services: Services, parts: Sequence[bytes], visit: Visit) -> Reply:
    """Verify ``parts`` and render their results. Raises `TooMany`."""
    base_url = services.settings.base_url
    found = services.submitted_reports.check_each(parts, visit)
    items = []
    for part, checked in zip(parts, found, strict=True):
        if isinstance(checked, LaurelError):
            problem = submission.MISSING if isinstance(checked, NotFound) else checked.detail
            items.append(ResultItem(None, problem, None, None))
            continue
        hosted = checked.record is not None and checked.url is not None
        url = credential_url(base_url, checked.record.id) if hosted and checked.record else None
        page = credential_page.page_of(credential_view.of_submitted(checked, base_url), base_url)
        items.append(ResultItem(page, None, url, None if url else recipient_form.sent_again(part)))
    return render.page("multiple_results.html", base_url, 200, uncached(), forms=True, items=items)
