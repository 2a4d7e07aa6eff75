"""Credentials in the console: search, view and act on them."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.storing import DELIVER, STATUS_CHANGED
from chalicelib.credential.build import Holder
from chalicelib.credential.record import Record, State
from chalicelib.credential.signed_content import start_as_signed
from chalicelib.delivery import delivery_status
from chalicelib.delivery.delivery_status import State as DeliveryState
from chalicelib.delivery.handlers import handlers
from chalicelib.http.console.credentials import email_lines
from chalicelib.tasks.task_queue import Task
from tests.http.console.test_bulk import achievement, hidden_fields, text_of
from tests.http.fake_laurel import NOW, Laurel, id_of
from tests.http.public.test_pages import Outline
from tests.http.signed_in import Browser, as_person

HERE = "/console/fernhill/credentials"
VALID = f"{HERE}/{id_of('valid')}"


@pytest.fixture
def grace(laurel: Laurel) -> Record:
    """Grace Hopper's credential, with an expiry date."""
    holder = Holder("Grace Hopper", "grace@example.org")
    until = NOW + timedelta(days=100)
    return issue.issue(
        laurel.issuer_context, Award("fernhill", achievement(laurel), holder, valid_until=until, notify=True)
    )


def run(laurel: Laurel, kind: str, record: Record) -> None:
    """Handle one task about ``record``, as a worker would."""
    handlers(laurel.delivery_context)[kind](Task(kind, record.issuer_id, record.id, laurel.now))


def listed_ids(text: str) -> list[str]:
    """The ids of the credentials listed on a page."""
    return re.findall(r'/console/fernhill/credentials/([a-z2-7]{26})"', text)


def test_credentials_are_listed_newest_first(viewer: Browser, grace: Record) -> None:
    found = listed_ids(viewer.get(HERE).text)
    assert len(found) == 9
    assert found[0] == grace.id


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("q=grace", 1),
        ("q=GRACE+H", 1),
        ("q=grace@example.org", 1),
        ("q=Grace@Example.org", 1),
        ("q=grace@example", 1),
        ("q=grace@", 1),
        ("q=gráce", 1),
        ("q=race@", 0),
        ("state=expired", 1),
        ("state=active", 6),
        ("state=expiring", 0),
        ("q=nobody", 0),
        ("state=revoked", 1),
        ("state=suspended&q=ada", 1),
        ("state=nonsense", 9),
        ("achievement=another", 0),
        ("after=nonsense", 9),
    ],
)
def test_search_filters(viewer: Browser, grace: Record, query: str, number: int) -> None:
    response = viewer.get(f"{HERE}?{query}")
    assert response.status == 200
    assert len(listed_ids(response.text)) == number
    if not number:
        assert "No matches." in response.text


def test_headers_sort_the_page_and_the_caption_says_what_is_sorted(viewer: Browser, laurel: Laurel) -> None:
    for name in ("Émile Zola", "Bao Nguyen"):
        issue.issue(laurel.issuer_context, Award("fernhill", achievement(laurel), Holder(name)))
    page = viewer.get(f"{HERE}?sort=holder").text
    names = re.findall(r"<bdi>(Ada Nwosu|Bao Nguyen|Émile Zola)</bdi>", page)
    assert names == ["Ada Nwosu"] * 8 + ["Bao Nguyen", "Émile Zola"]
    assert 'aria-sort="ascending"' in page
    assert "sort=-holder" in page
    assert "Sorted by holder." in page
    assert re.findall(r"<bdi>(Ada Nwosu|Bao Nguyen|Émile Zola)</bdi>", viewer.get(f"{HERE}?sort=-holder").text)[0] == (
        "Émile Zola"
    )
    for number in range(30):
        issue.issue(laurel.issuer_context, Award("fernhill", achievement(laurel), Holder(f"Holder {number}")))
    assert "Only this page is sorted by holder" in viewer.get(f"{HERE}?sort=holder").text
    unsorted = viewer.get(HERE).text
    assert "Newest first. Sorting applies to this page only." in unsorted
    assert "Sort this page by" in unsorted


def test_next_page_continues_after_the_previous_one(viewer: Browser, laurel: Laurel) -> None:
    for number in range(30):
        issue.issue(laurel.issuer_context, Award("fernhill", achievement(laurel), Holder(f"Holder {number}")))
    first = viewer.get(f"{HERE}?q=o").text
    (following,) = [href for href in Outline(first).attributes("href") if "after=" in href]
    assert "q=o" in following
    second = viewer.get(following.removeprefix(laurel.base_url)).text
    found = [*listed_ids(first), *listed_ids(second)]
    assert len(found) == len(set(found)) == 38


def test_page_shows_the_status_and_the_available_actions(editor: Browser, laurel: Laurel, grace: Record) -> None:
    page = editor.get(f"{HERE}/{grace.id}")
    for words in (
        "Grace Hopper",
        "Valid",
        "Achievement version",
        f"{laurel.base_url}/c/{grace.id}",
    ):
        assert words in text_of(page)
    assert "grace<wbr>@example.org" in page.text
    acts = [href.rpartition("/")[2] for href in Outline(page.text).attributes("href") if f"{grace.id}/" in href]
    assert acts == ["send", "correct", "renew", "suspend", "revoke"]
    revoked = editor.get(f"{HERE}/{id_of('revoked')}")
    assert "Issued to the wrong person." in text_of(revoked)
    assert "What you can do" not in text_of(revoked)
    assert "reinstate" in editor.get(f"{HERE}/{id_of('suspended')}").text


def test_viewer_sees_no_actions_and_is_refused(viewer: Browser, grace: Record, laurel: Laurel) -> None:
    assert "What you can do" not in viewer.get(f"{HERE}/{grace.id}").text
    for act in ("send", "correct", "renew", "suspend", "reinstate", "revoke"):
        assert viewer.get(f"{HERE}/{grace.id}/{act}").status == 403
        assert viewer.post(f"{HERE}/{grace.id}/{act}", {"reason": "x"}).status == 403
    assert laurel.issuer_store.record(grace.id).status.state is State.ACTIVE


def test_revoking_is_explained_and_requires_a_reason(editor: Browser, grace: Record, laurel: Laurel) -> None:
    page = editor.get(f"{HERE}/{grace.id}/revoke")
    assert "You cannot undo this." in text_of(page)
    refused = editor.post(f"{HERE}/{grace.id}/revoke", {"reason": "  "})
    assert refused.status == 422
    assert 'id="reason-error"' in refused.text
    done = editor.post(f"{HERE}/{grace.id}/revoke", {"reason": "Copied."})
    assert done.headers["location"] == f"{laurel.base_url}{HERE}/{grace.id}?did=revoked"
    status = laurel.issuer_store.record(grace.id).status
    assert (status.state, status.reason) == (State.REVOKED, "Copied.")
    assert "Credential revoked." in editor.get(f"{HERE}/{grace.id}?did=revoked").text


@pytest.mark.parametrize(
    ("act", "did"), [("revoke", "unchanged"), ("suspend", "not_possible"), ("correct", "not_possible")]
)
def test_action_that_the_status_does_not_allow_leads_back_to_the_credential(
    editor: Browser, laurel: Laurel, act: str, did: str
) -> None:
    """The page of the action may be older than the status."""
    here = f"{HERE}/{id_of('revoked')}"
    for response in (editor.get(f"{here}/{act}"), editor.post(f"{here}/{act}", {"reason": "", "name": "Ada"})):
        assert response.status == 303
        assert response.headers["location"] == f"{laurel.base_url}{here}?did={did}"
    assert "No changes made." in editor.get(f"{here}?did={did}").text


def test_suspend_and_reinstate(editor: Browser, grace: Record, laurel: Laurel) -> None:
    editor.post(f"{HERE}/{grace.id}/suspend", {"reason": "An appeal."})
    assert laurel.issuer_store.record(grace.id).status.state is State.SUSPENDED
    assert "Suspended" in text_of(editor.get(f"{HERE}/{grace.id}"))
    done = editor.post(f"{HERE}/{grace.id}/reinstate", {})
    assert done.headers["location"].endswith("?did=reinstated")
    assert laurel.issuer_store.record(grace.id).status.state is State.ACTIVE
    assert editor.post(f"{HERE}/{grace.id}/reinstate", {}).headers["location"].endswith("?did=unchanged")


def test_resubmitted_correction_replaces_once(editor: Browser, grace: Record, laurel: Laurel) -> None:
    page = editor.get(f"{HERE}/{grace.id}/correct")
    assert 'value="Grace Hopper"' in page.text
    fields = {
        "name": "Grace B. Hopper",
        "email": "grace@example.org",
        "valid_until": "2027-03-02",
        "reason": "Initial.",
    }
    fields |= hidden_fields(page)
    first = editor.post(f"{HERE}/{grace.id}/correct", fields)
    second = editor.post(f"{HERE}/{grace.id}/correct", fields)
    assert first.status == 303
    assert first.headers["location"] == second.headers["location"]
    before = laurel.issuer_store.record(grace.id)
    after = laurel.issuer_store.record(before.superseded_by or "")
    assert (before.status.state, after.holder_name, after.supersedes) == (State.REVOKED, "Grace B. Hopper", grace.id)
    assert after.valid_until == grace.valid_until
    assert "Replaced by" in text_of(editor.get(f"{HERE}/{grace.id}"))
    assert f"/credentials/{grace.id}" in editor.get(f"{HERE}/{after.id}").text


def test_an_emptied_field_of_a_correction_removes_the_value(editor: Browser, grace: Record, laurel: Laurel) -> None:
    fields = {"name": "Grace Hopper", "email": "", "valid_until": "", "reason": ""}
    assert editor.post(f"{HERE}/{grace.id}/correct", fields).status == 303
    after = laurel.issuer_store.record(laurel.issuer_store.record(grace.id).superseded_by or "")
    assert (after.valid_until, laurel.issuer_store.recipient(after.id).email) == (None, None)


def test_a_corrected_credential_is_not_listed_as_revoked(editor: Browser, grace: Record) -> None:
    fields = {"name": "Grace B. Hopper", "email": "grace@example.org", "valid_until": "2027-03-02", "reason": ""}
    editor.post(f"{HERE}/{grace.id}/correct", fields)
    row = editor.get(HERE).text.partition(f"/{grace.id}")[2].partition("</tr>")[0]
    assert "Replaced by a correction" in row
    assert "Revoked" not in row
    assert "Replaced by a correction" in editor.get(f"{HERE}/{grace.id}").text


def test_correction_changes_the_date_of_issue_that_the_public_page_shows(
    editor: Browser, grace: Record, laurel: Laurel
) -> None:
    fields = {"name": "Grace Hopper", "email": "grace@example.org", "valid_until": "2027-03-02", "reason": ""}
    editor.post(f"{HERE}/{grace.id}/correct", {**fields, "valid_from": "2026-10-05"})
    after = laurel.issuer_store.record(grace.id).superseded_by
    assert start_as_signed(laurel.issuer_store.record(after or "")).date().isoformat() == "2026-10-05"
    assert "<dt>Valid from</dt><dd>5 October 2026</dd>" in editor.get(f"{HERE}/{after}").text


def test_a_correction_that_changes_nothing_is_refused(editor: Browser, grace: Record) -> None:
    fields = {"name": "Grace Hopper", "email": "grace@example.org", "valid_until": "2027-03-02", "reason": "Why?"}
    response = editor.post(f"{HERE}/{grace.id}/correct", fields)
    assert response.status == 422
    assert "This correction changes nothing" in text_of(response)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, ""),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "\u202eecarG"}, "name"),
        ({"email": "nobody"}, "email"),
        ({"valid_until": "soon"}, "valid_until"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"valid_from": "2028-01-01"}, "valid_until"),
        ({"valid_until": "1999-01-01"}, "valid_until"),
        ({"name": "Grace B. Hopper", "reason": "x" * 501}, "reason"),
    ],
)
def test_correction_with_an_error_changes_nothing(
    editor: Browser, grace: Record, laurel: Laurel, changes: dict[str, str], field: str
) -> None:
    fields = {"name": "Grace Hopper", "email": "grace@example.org", "valid_until": "2027-03-02", "reason": ""}
    response = editor.post(f"{HERE}/{grace.id}/correct", {**fields, **changes})
    assert response.status == 422
    assert (f'<a href="#{field}">' in response.text) is bool(field)
    assert laurel.issuer_store.record(grace.id) == grace


@pytest.mark.parametrize("act", ["correct", "suspend", "revoke"])
def test_reason_length_limit_is_the_same_as_in_the_api(
    editor: Browser, grace: Record, laurel: Laurel, act: str
) -> None:
    fields = {"name": "Grace B. Hopper", "email": "grace@example.org", "valid_until": "2027-03-02"}
    assert editor.post(f"{HERE}/{grace.id}/{act}", {**fields, "reason": "x" * 501}).status == 422
    assert editor.post(f"{HERE}/{grace.id}/{act}", {**fields, "reason": "x" * 500}).status == 303
    assert (laurel.issuer_store.record(grace.id).status.reason or "").endswith("x" * 500)


def test_renewal_keeps_the_previous_credential_active(editor: Browser, grace: Record, laurel: Laurel) -> None:
    done = editor.post(f"{HERE}/{grace.id}/renew", {"valid_until": "2029-12-31"})
    assert done.headers["location"].endswith("?did=renewed")
    before = laurel.issuer_store.record(grace.id)
    after = laurel.issuer_store.record(before.superseded_by or "")
    assert before.status.state is State.ACTIVE
    assert f"{after.valid_until:%Y-%m-%d}" == "2029-12-31"


def test_email_is_resent_at_most_every_10_minutes(editor: Browser, grace: Record, laurel: Laurel) -> None:
    done = editor.post(f"{HERE}/{grace.id}/send", {})
    assert done.headers["location"].endswith("?did=sent")
    assert "<dt>Email</dt>" in editor.get(f"{HERE}/{grace.id}").text
    again = editor.post(f"{HERE}/{grace.id}/send", {})
    assert again.status == 422
    assert "every 10 minutes" in html.unescape(again.text)


def test_an_email_is_shown_as_pending_until_it_is_sent(editor: Browser, grace: Record, laurel: Laurel) -> None:
    assert f"<dt>Email</dt><dd>{email_lines.WITHIN_A_MINUTE}" in editor.get(f"{HERE}/{grace.id}").text
    laurel.now += email_lines.SOON
    assert email_lines.WAITING in editor.get(f"{HERE}/{grace.id}").text
    run(laurel, DELIVER, grace)
    assert "Sent; delivery not confirmed yet." in editor.get(f"{HERE}/{grace.id}").text


def email_cell(editor: Browser, record: Record) -> str:
    """The email column of ``record`` in the list."""
    row = editor.get(HERE).text.partition(f"/{record.id}")[2]
    return re.sub(r"<[^>]+>", "", row.partition('data-label="Email">')[2].partition("</td>")[0]).strip()


def test_the_list_shows_what_became_of_each_email(editor: Browser, grace: Record, laurel: Laurel) -> None:
    def cell() -> str:
        return email_cell(editor, grace)

    assert cell() == "Sending"
    laurel.now += email_lines.SOON
    assert cell() == "Not sent yet"
    run(laurel, DELIVER, grace)
    assert cell() == "Sent"
    store = laurel.delivery_context.store
    store.save(delivery_status.reached(store.delivery("fernhill", grace.id), DeliveryState.OPENED, laurel.now))
    assert cell() == "Opened"


def test_the_page_and_the_list_say_that_the_issuer_chose_no_email(editor: Browser, laurel: Laurel) -> None:
    award = Award("fernhill", achievement(laurel), Holder("Grace Hopper", "grace@example.org"))
    record = issue.issue(laurel.issuer_context, award)
    assert email_lines.NOT_CHOSEN in editor.get(f"{HERE}/{record.id}").text
    assert email_cell(editor, record) == "Not emailed"


def test_an_email_about_a_revocation_is_shown_as_pending_and_then_as_sent(
    editor: Browser, grace: Record, laurel: Laurel
) -> None:
    run(laurel, DELIVER, grace)
    editor.post(f"{HERE}/{grace.id}/revoke", {"reason": "By mistake."})
    label = "<dt>Email about the revocation</dt><dd>"
    assert f"{label}{email_lines.WITHIN_A_MINUTE}" in editor.get(f"{HERE}/{grace.id}").text
    run(laurel, STATUS_CHANGED, grace)
    assert f"{label}Sent on " in editor.get(f"{HERE}/{grace.id}").text


def test_a_revocation_before_the_first_email_is_not_emailed(editor: Browser, grace: Record) -> None:
    editor.post(f"{HERE}/{grace.id}/revoke", {"reason": "By mistake."})
    page = editor.get(f"{HERE}/{grace.id}").text
    assert email_lines.NO_LONGER_VALID in page
    assert "Email about" not in page
    assert email_cell(editor, grace) == "Not sent"


@pytest.mark.parametrize("act", ["suspend", "revoke"])
def test_the_page_before_a_status_change_does_not_promise_the_reason_in_the_email(
    editor: Browser, grace: Record, act: str
) -> None:
    page = text_of(editor.get(f"{HERE}/{grace.id}/{act}"))
    assert "The email links to a page with your reason." in page


def test_the_page_before_a_correction_says_which_email_each_address_gets(editor: Browser, grace: Record) -> None:
    page = " ".join(text_of(editor.get(f"{HERE}/{grace.id}/correct")).split())
    assert "If the email address stays the same, the holder is emailed about the correction." in page
    assert "the new address gets the ordinary email about a new credential, which does not mention the" in page
    assert "the old address gets no email." in page


@pytest.mark.parametrize("path", ["q" * 26, "nothing", "..", f"{id_of('valid')}/nothing", f"{id_of('valid')}/delete"])
def test_unknown_credential_or_action_is_a_404_with_an_explanation(editor: Browser, path: str) -> None:
    response = editor.get(f"{HERE}/{path}")
    assert response.status == 404
    assert "This credential does not exist." in response.text


def test_credential_of_another_issuer_is_404(non_member: Browser, laurel: Laurel, grace: Record) -> None:
    fields = {"name": "Riverside", "url": "https://riverside.example/", "description": "Courses."}
    non_member.post("/console/new", fields)
    for path in ("", "/revoke", "/correct", "/send"):
        assert non_member.get(f"/console/riverside/credentials/{grace.id}{path}").status == 404
    for act in ("revoke", "suspend", "reinstate", "correct", "renew", "send"):
        response = non_member.post(f"/console/riverside/credentials/{grace.id}/{act}", {"reason": "x", "name": "Eve"})
        assert response.status == 404
        assert non_member.get(f"{HERE}/{grace.id}/{act}").status == 404
    assert laurel.issuer_store.record(grace.id) == grace


def test_overview_shows_counts_and_next_steps(laurel: Laurel, grace: Record, owner: Browser) -> None:
    page = text_of(owner.get("/console/fernhill"))
    assert "Grace Hopper" in page
    assert re.search(r"9\s+issued", page)
    assert re.search(r"1\s+revoked", page)
    assert "Add a colleague" in page
    as_person(laurel, "new@fernhill.example", "fernhill")
    assert "Add a colleague" not in text_of(owner.get("/console/fernhill"))
