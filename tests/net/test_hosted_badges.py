"""Open Badges 2.0 over real connections: links, redirects, removed pages, changes between two reads, and budgets."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.verify.report import Report, Verdict
from tests.net.external_host import ok, redirect
from tests.net.worker import OTHERS, VISIT, Worker
from tests.verify.formats.old_badges import assertion, badge_class, codes, profile


@pytest.fixture
def site(worker: Worker) -> dict[str, dict[str, Any]]:
    """The three documents of a badge, published on one host."""
    pages: dict[str, dict[str, Any]] = {
        "/1": assertion(id=worker.url("/1"), badge=worker.url("/class")),
        "/class": badge_class(id=worker.url("/class"), issuer=worker.url("/issuer")),
        "/issuer": profile(id=worker.url("/issuer")),
    }
    for path, page in pages.items():
        worker.server.pages[path] = ok(json.dumps(page).encode(), "Cache-Control: no-store")
    return pages


def check(worker: Worker, submitted: object) -> Report:
    data = submitted if isinstance(submitted, str) else json.dumps(submitted)
    return worker.reports.check(data.encode(), VISIT).report


def test_a_link_to_a_badge_needs_no_more_requests_than_one_host_may_get(worker: Worker, site: Any) -> None:
    report = check(worker, worker.url("/1"))
    assert report.verdict is Verdict.VALID, report.findings
    assert worker.server.paths == ["/1", "/1", "/class", "/issuer"]


def test_a_copy_of_a_badge_is_checked_at_its_address(worker: Worker, site: Any) -> None:
    assert check(worker, site["/1"]).verdict is Verdict.VALID
    assert worker.server.paths == ["/1", "/class", "/issuer"]


def test_a_badge_that_its_site_removed_is_revoked(worker: Worker, site: Any) -> None:
    worker.server.pages["/1"] = ok(b"", status="410 Gone")
    assert check(worker, site["/1"]).verdict is Verdict.REVOKED


def test_a_badge_that_its_site_does_not_know_is_unknown(worker: Worker, site: Any) -> None:
    del worker.server.pages["/1"]
    report = check(worker, site["/1"])
    assert (report.verdict, codes(report)["format"]) == (Verdict.UNKNOWN, "badge_unavailable")


@pytest.mark.parametrize("path", ["/1", "/class", "/issuer"])
def test_a_site_that_redirects_to_any_other_does_not_vouch_for_it(worker: Worker, site: Any, path: str) -> None:
    """With an open redirect on the issuer's site, anyone could publish badges in its name."""
    worker.server.pages["/elsewhere"] = worker.server.pages[path]
    worker.server.pages[path] = redirect(worker.url("/elsewhere", OTHERS[0]))
    report = check(worker, site["/1"])
    assert (report.verdict, codes(report)["format"]) == (Verdict.UNKNOWN, "badge_unavailable")


def test_a_badge_that_was_changed_between_two_reads_is_refused(worker: Worker, site: Any) -> None:
    """The copy says one date; its address, read now, says another."""
    changed = {**site["/1"], "issuedOn": "2020-01-01T00:00:00Z"}
    worker.server.pages["/1"] = ok(json.dumps(changed).encode())
    report = check(worker, site["/1"])
    assert (report.verdict, codes(report)["proof"]) == (Verdict.INVALID, "hosted_differs")


def test_a_revocation_is_seen_as_soon_as_the_host_allows(worker: Worker, site: Any) -> None:
    worker.server.pages["/1"] = ok(json.dumps(site["/1"]).encode(), "Cache-Control: max-age=86400")
    assert check(worker, site["/1"]).verdict is Verdict.VALID
    worker.server.pages["/1"] = ok(json.dumps({**site["/1"], "revoked": True}).encode())
    worker.now += timedelta(minutes=6)
    assert check(worker, site["/1"]).verdict is Verdict.REVOKED


def test_a_document_of_a_megabyte_makes_it_unknown(worker: Worker, site: Any) -> None:
    worker.server.pages["/class"] = ok(b" " * (1024 * 1024 + 1))
    report = check(worker, site["/1"])
    assert (report.verdict, codes(report)["format"]) == (Verdict.UNKNOWN, "badge_unavailable")
