"""The page that checks a spreadsheet of links: `/verify/batch`."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalice.app import Request

from chalicelib import csv_output
from chalicelib.analytics.event import Kind
from chalicelib.errors import LaurelError, Malformed, TooMany
from chalicelib.http.core import log, problem
from chalicelib.http.core.access import PUBLIC, verifier
from chalicelib.http.core.api_caller import ApiCaller
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, public, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render, request_language
from chalicelib.http.input import body, form, request_context
from chalicelib.http.public import submission
from chalicelib.http.public.credential import credential_page, credential_view
from chalicelib.http.public.credential.credential_page import Page
from chalicelib.settings import Function
from chalicelib.verifiers.batch import answering, csv_rows
from chalicelib.verifiers.batch.checking import Checked, verdicts_of
from chalicelib.verifiers.batch.items import Item
from chalicelib.verifiers.scope import Scope

MAX_LINKS = answering.MAX_ANONYMOUS
MAX_BODY = 256 * 1024
"""Bytes of a form: fifty of the longest links, and other columns beside them."""
SECONDS = 300
COLUMNS = ("ref", "link", "verdict", "title", "holder", "problem")


@dataclass(frozen=True, slots=True)
class Row:
    """One result: the page of the credential, or why there is none."""

    ref: str
    link: str
    page: Page | None
    problem: str | None
    verdict: str


def routes(services: Services) -> Routes:
    """Create the route `/verify/batch`."""
    bound = Routes(__name__, services, Function.VERIFY)

    @bound.bind("/verify/batch", access=PUBLIC)
    def show(request: Request) -> Reply:
        if request_language.current().has_session:
            return _page(services, uncached(Vary="Cookie"))
        return public(request, _page(services, {"Vary": "Cookie"}), SECONDS)

    access = verifier(Scope.BATCH, anonymous=True)

    @bound.bind("/verify/batch", access=access, methods=("POST",))
    def check(request: Request, caller: ApiCaller) -> Reply:
        typed = ""
        try:
            items, typed = _sent(request)
            caller.charge(len(items))
            return _page(services, uncached(), rows=_checked(services, request, items))
        except (Malformed, TooMany, Problem) as error:
            found = problem.problem_from_error(error, submission.MISSING)
            if found is None or found.kind.status >= 500:
                raise
            return _page(services, uncached(**found.headers), found, typed)

    return bound


def _sent(request: Request) -> tuple[list[Item], str]:
    """The items of the file or the text, and the text."""
    content = body.content(request, MAX_BODY)
    if body.media_type(request) != form.MULTIPART:
        raise body.unsupported(content, f"Send {form.MULTIPART}. Programs can send JSON to /v1/verify/batch.")
    sent = form.read(content, request.headers["content-type"])
    typed = sent.fields.get("links", b"")
    submission.require_one(
        submission.Typed(typed.decode("utf-8", "replace"), beside_file=bool(sent.files and typed.strip()))
    )
    return csv_rows.read(sent.files[0] if sent.files else typed, MAX_LINKS), typed.decode("utf-8", "replace")


def _checked(services: Services, request: Request, items: Sequence[Item]) -> list[Row]:
    visit, base_url = request_context.create(request, Kind.VIEW), services.settings.base_url
    with services.batch_reports.admitted(visit, len(items), answering.FETCH_SECONDS) as batch:
        checked = batch.check(items)
        batch.record(checked, visit)
    log.answered_many(visit.kind, verdicts_of(checked))
    return [_row(each, base_url) for each in checked]


def _row(checked: Checked, base_url: str) -> Row:
    ref, link = checked.item.ref or "", checked.item.source.decode("utf-8", "replace")
    if isinstance(checked.result, LaurelError):
        error = submission.as_answered(checked.result)
        return Row(ref, link, None, error.detail, "")
    found = credential_page.page_of(credential_view.of_submitted(checked.result, base_url), base_url)
    return Row(ref, link, found, None, checked.result.report.verdict.value)


def _page(
    services: Services,
    headers: Mapping[str, str],
    found: Problem | None = None,
    typed: str = "",
    rows: Sequence[Row] = (),
) -> Reply:
    status = found.kind.status if found else 200
    return render.page(
        "batch.html",
        services.settings.base_url,
        status,
        headers,
        forms=True,
        problem=found,
        typed=typed,
        rows=rows,
        max_links=MAX_LINKS,
        download=_download(rows) if rows else None,
    )


def _download(rows: Sequence[Row]) -> str:
    """The results as a file in a link, so that nothing has to be stored or checked again."""
    lines = [COLUMNS, *([row.ref, row.link, row.verdict, *_facts(row), row.problem] for row in rows)]
    written = "\ufeff" + "".join(csv_output.line(cells) for cells in lines)
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(written.encode("utf-8")).decode("ascii")


def _facts(row: Row) -> tuple[str | None, str | None]:
    facts = row.page.facts if row.page else None
    return (None, None) if facts is None else (str(facts.title), facts.holder)
