"""Reports by visitors in the console."""

from __future__ import annotations

import pytest

from chalicelib.moderation import submission
from chalicelib.moderation.submission import Draft
from chalicelib.moderation.visitor_report import Reason
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.signed_in import Browser

REPORTS = "/console/fernhill/reports"


@pytest.fixture
def report_id(laurel: Laurel) -> str:
    draft = Draft(Reason.WRONG_INFORMATION, "The date is <b>wrong</b>.", "eve@example.org")
    return submission.submit(laurel.moderation_context, id_of("valid"), draft, "203.0.113.9").id


def test_a_report_is_listed_as_text_with_a_link_to_its_credential(owner: Browser, report_id: str) -> None:
    page = owner.get(REPORTS).text
    assert "The information is wrong" in page
    assert "The date is &lt;b&gt;wrong&lt;/b&gt;." in page
    assert "eve@example.org" in page
    assert f"/console/fernhill/credentials/{id_of('valid')}" in page


def test_the_overview_says_that_there_is_an_open_report(owner: Browser, report_id: str) -> None:
    assert "A visitor reported a credential" in owner.get("/console/fernhill").text
    owner.post(f"{REPORTS}/{report_id}", {"do": "close"})
    assert "A visitor reported" not in owner.get("/console/fernhill").text


def test_an_editor_closes_and_reopens_a_report(editor: Browser, report_id: str) -> None:
    response = editor.post(f"{REPORTS}/{report_id}", {"do": "close"})
    assert (response.status, response.headers["location"]) == (303, f"{BASE_URL}{REPORTS}?did=report_closed")
    assert "No open reports." in editor.get(f"{REPORTS}?did=report_closed").text
    assert "eve@example.org" in editor.get(f"{REPORTS}?state=closed").text
    editor.post(f"{REPORTS}/{report_id}", {"do": "reopen"})
    assert "eve@example.org" in editor.get(REPORTS).text


def test_a_viewer_reads_reports_and_cannot_close_them(viewer: Browser, report_id: str) -> None:
    page = viewer.get(REPORTS).text
    assert "The information is wrong" in page
    assert "Close report" not in page
    assert viewer.post(f"{REPORTS}/{report_id}", {"do": "close"}).status == 403


def test_older_reports_are_on_the_next_page(owner: Browser, laurel: Laurel) -> None:
    for number in range(26):
        draft = Draft(Reason.OTHER, f"Report number {number}.")
        submission.submit(laurel.moderation_context, id_of("valid"), draft, f"198.51.100.{number}")
    first = owner.get(REPORTS).text
    assert first.count("Report number") == 25
    following = first.partition('">Older reports')[0].rpartition('href="')[2].replace("&amp;", "&")
    assert owner.get(following.removeprefix(BASE_URL)).text.count("Report number") == 1


def test_an_invalid_page_is_not_found(owner: Browser) -> None:
    assert owner.get(f"{REPORTS}?before=x").status == 404
