"""Bulk issuing in the console: check the rows, then issue."""

from __future__ import annotations

import gzip
import html
import re
from dataclasses import replace

import pytest

from chalicelib.access.roles import Role
from chalicelib.award.bulk import bulk_issuer, dry_run, existing_holders, spreadsheet
from chalicelib.award.bulk.job import JobState
from chalicelib.award.issuing import reissue, status_changes
from chalicelib.http.console.bulk import upload
from tests.http.console.conftest import send
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import Gateway, Response
from tests.http.public.test_pages import Outline
from tests.http.signed_in import Browser, as_token

HERE = "/console/fernhill/issue"
VALID_ROWS = "name,email\nGrace Hopper,grace@example.org\nMary Seacole,\n"


def achievement(laurel: Laurel) -> str:
    return next(one.id for one in laurel.issuer_store.achievements("fernhill") if one.name.startswith("Data analysis"))


def hidden_fields(response: Response) -> dict[str, str]:
    """The hidden fields of the upload form, except ``csrf``."""
    inputs = [
        attrs for tag, attrs in Outline(response.text).elements if tag == "input" and attrs.get("type") == "hidden"
    ]
    return {attrs["name"] or "": attrs["value"] or "" for attrs in inputs if attrs["name"] != "csrf"}


def check(browser: Browser, laurel: Laurel, rows: str, **more: str) -> Response:
    return send(
        browser, HERE, {"achievement": achievement(laurel), "rows": rows, "do": "check", "notify": "yes", **more}
    )


def confirm(browser: Browser, laurel: Laurel, checked: Response, rows: str, **more: str) -> Response:
    return check(browser, laurel, rows, **{**hidden_fields(checked), "do": "issue", **more})


def names(laurel: Laurel) -> list[str]:
    return [row.holder_name for row in laurel.issuer_store.rows("fernhill", None, 100)]


def text_of(response: Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", response.text))


def test_check_issues_nothing_and_shows_a_preview(editor: Browser, laurel: Laurel) -> None:
    before = names(laurel)
    response = check(editor, laurel, VALID_ROWS)
    assert response.status == 200
    assert "2 rows, no errors" in text_of(response)
    assert "Issue 2 credentials" in text_of(response)
    assert "1 person will get an email with a link." in text_of(response)
    assert "Grace Hopper" in text_of(response)
    assert VALID_ROWS.strip() in html.unescape(response.text)
    assert names(laurel) == before


def test_checked_upload_is_issued_and_each_row_links_to_its_credential(editor: Browser, laurel: Laurel) -> None:
    response = confirm(editor, laurel, check(editor, laurel, VALID_ROWS), VALID_ROWS)
    assert response.status == 303
    assert {"Grace Hopper", "Mary Seacole"} <= set(names(laurel))
    page = editor.get(response.headers["location"].removeprefix(laurel.base_url))
    assert "2 credentials issued" in text_of(page)
    assert "http-equiv" not in page.text
    for row in laurel.issuer_store.rows("fernhill", None, 2):
        assert f"/console/fernhill/credentials/{row.credential_id}" in page.text
        assert status_changes.owned(laurel.issuer_context, "fernhill", row.credential_id)


def test_resubmitted_confirmation_issues_once(editor: Browser, laurel: Laurel) -> None:
    checked = check(editor, laurel, VALID_ROWS)
    first, second = confirm(editor, laurel, checked, VALID_ROWS), confirm(editor, laurel, checked, VALID_ROWS)
    assert first.headers["location"] == second.headers["location"]
    assert names(laurel).count("Grace Hopper") == 1


def test_the_same_upload_checked_again_is_issued_again(editor: Browser, laurel: Laurel) -> None:
    for _ in range(2):
        assert confirm(editor, laurel, check(editor, laurel, VALID_ROWS), VALID_ROWS).status == 303
    assert names(laurel).count("Grace Hopper") == 2


def test_upload_accepts_names_with_addresses(editor: Browser, laurel: Laurel) -> None:
    response = check(editor, laurel, "Grace Hopper <grace@example.org>\nMary Seacole <mary@example.org>")
    assert "2 rows, no errors" in text_of(response)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("name,email\nGrace Hopper,grace@@\n,mary@example.org\n", ["2 of 2 rows have errors", "Email", "Name"]),
        ("name,valid_until\nGrace Hopper,soon\n", ["1 of 1 row has errors", "Valid until", "Enter a date such as"]),
        ("\n\nname,email\nGrace Hopper,grace@@\n", [" 4 "]),
        ("name,evidence\nGrace Hopper,ftp://x\n", ["Evidence", "including https://"]),
    ],
)
def test_every_error_is_shown_by_row_and_column_with_advice(
    editor: Browser, laurel: Laurel, rows: str, says: list[str]
) -> None:
    response = check(editor, laurel, rows)
    for part in says:
        assert part in text_of(response)
    assert rows.strip() in html.unescape(response.text)


def test_a_line_without_an_address_shows_its_text_and_names_the_email(editor: Browser, laurel: Laurel) -> None:
    typed = "Ada <ada@example.org>\nGrace Osei, grace.example.org\n"
    page = check(editor, laurel, typed).text
    error = page.partition('<td role="cell" data-label="Row">')[2]
    assert "“Grace Osei, grace.example.org” is not a name with an email address." in error
    assert "Email" in error
    assert "Whole row" not in page


def test_unknown_columns_are_listed_and_ignored_if_ticked(editor: Browser, laurel: Laurel) -> None:
    rows = "Name,Email,Grade,Group\nGrace Hopper,grace@example.org,A,7\n"
    refused = check(editor, laurel, rows)
    assert refused.status == 422
    assert "Unknown columns 'Grade', 'Group'." in text_of(refused)
    assert '<a href="#columns">' in refused.text
    assert 'name="columns" type="checkbox"' in refused.text
    checked = check(editor, laurel, rows, columns="yes")
    assert "1 row, no errors" in text_of(checked)
    assert 'name="columns" type="checkbox" value="yes" checked' in checked.text
    assert confirm(editor, laurel, checked, rows, columns="yes").status == 303
    assert "Grace Hopper" in names(laurel)


def test_ignored_columns_are_part_of_the_checked_input(editor: Browser, laurel: Laurel) -> None:
    rows = "Name,Email,Grade\nGrace Hopper,grace@example.org,A\n"
    response = confirm(editor, laurel, check(editor, laurel, rows, columns="yes"), rows)
    assert response.status == 422
    assert "Grace Hopper" not in names(laurel)


def test_upload_accepts_a_space_between_name_and_address(editor: Browser, laurel: Laurel) -> None:
    response = check(editor, laurel, "Grace Hopper grace@example.org\nMary Seacole mary@@example\n")
    assert "1 of 2 rows has errors" in text_of(response)
    assert "Email" in text_of(response)
    assert "There is no name" not in text_of(response)


def test_rows_with_errors_can_be_skipped(editor: Browser, laurel: Laurel) -> None:
    rows = "name,email\nGrace Hopper,grace@@\nMary Seacole,mary@example.org\n"
    checked = check(editor, laurel, rows)
    assert "Issue 1 credential, skip the rest" in text_of(checked)
    response = confirm(editor, laurel, checked, rows, do="issue_valid")
    page = editor.get(response.headers["location"].removeprefix(laurel.base_url))
    assert "1 credential issued, 1 row skipped" in text_of(page)
    assert "Not issued" in text_of(page)
    assert "Grace Hopper" not in names(laurel)
    only = editor.get(f"{response.headers['location'].removeprefix(laurel.base_url)}?only=refused")
    assert "Grace Hopper" in text_of(only)
    assert "Mary Seacole" not in text_of(only)


def test_with_more_errors_than_listed_the_number_of_emails_is_not_stated(editor: Browser, laurel: Laurel) -> None:
    rows = "name,email\n" + "Grace Hopper,grace@@\n" * (bulk_issuer.MAX_ERRORS + 1) + "Mary Seacole,mary@example.org\n"
    response = check(editor, laurel, rows)
    assert "1,001 of 1,002 rows have errors" in text_of(response)
    assert "Recipients with an address will get an email" in text_of(response)
    assert "These are the first 100" in text_of(response)


def test_an_action_that_was_not_offered_issues_nothing(editor: Browser, laurel: Laurel) -> None:
    rows = "name,email\nGrace Hopper,grace@@\nMary Seacole,mary@example.org\n"
    before = names(laurel)
    assert confirm(editor, laurel, check(editor, laurel, rows), rows, do="issue").status in (200, 422)
    assert names(laurel) == before


def test_duplicate_address_needs_confirmation(editor: Browser, laurel: Laurel) -> None:
    rows = "name,email\nGrace Hopper,g@example.org\nGrace Hopper,g@example.org\n"
    checked = check(editor, laurel, rows)
    assert "but some duplicates" in text_of(checked)
    refused = confirm(editor, laurel, checked, rows)
    assert refused.status == 422
    assert "Confirm that these people should get two credentials" in text_of(refused)
    assert "Grace Hopper" not in names(laurel)
    assert confirm(editor, laurel, refused, rows, twice="yes").status == 303
    assert names(laurel).count("Grace Hopper") == 2


def test_person_who_already_holds_the_credential_is_named_before_it_is_issued_again(
    editor: Browser, laurel: Laurel
) -> None:
    assert confirm(editor, laurel, check(editor, laurel, VALID_ROWS), VALID_ROWS).status == 303
    (first,) = laurel.issuer_store.rows_of_email("fernhill", "grace@example.org")
    rows = "name,email\nNew Person,new@example.org\nGrace Hopper,Grace@example.org\n"
    checked = check(editor, laurel, rows)
    assert "2 rows, no errors, but 1 row of people who already hold this credential" in text_of(checked)
    assert f'href="{BASE_URL}/console/fernhill/credentials/{first.credential_id}"' in checked.text
    assert "Issuing again gives each of them a second one." in text_of(checked)
    assert confirm(editor, laurel, checked, rows).status == 303
    assert len(laurel.issuer_store.rows_of_email("fernhill", "grace@example.org")) == 2


def test_long_list_says_that_it_was_not_compared_with_earlier_credentials(
    editor: Browser, laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(existing_holders, "MAX_ADDRESSES", 1)
    rows = "name,email\nNew Person,new@example.org\nGrace Hopper,grace@example.org\n"
    assert "We checked only for the first 1 email addresses whether" in text_of(check(editor, laurel, rows))


def test_upload_changed_after_the_check_is_checked_again(editor: Browser, laurel: Laurel) -> None:
    before = names(laurel)
    response = confirm(editor, laurel, check(editor, laurel, VALID_ROWS), VALID_ROWS + "Eve Malory,eve@example.org\n")
    assert response.status == 422
    assert "has changed since it was checked" in text_of(response)
    assert "3 rows, no errors" in text_of(response)
    assert names(laurel) == before
    for name in ("checked", "key"):
        fields = {**hidden_fields(check(editor, laurel, VALID_ROWS)), name: "forged", "do": "issue"}
        assert check(editor, laurel, VALID_ROWS, **fields).status == 422
    assert names(laurel) == before


def test_uploaded_file_fills_the_field_and_is_checked(editor: Browser, laurel: Laurel) -> None:
    fields = {"achievement": achievement(laurel), "rows": "", "do": "issue"}
    response = send(editor, HERE, fields, file=b"\xef\xbb\xbf" + VALID_ROWS.encode())
    assert "2 rows, no errors" in text_of(response)
    assert VALID_ROWS.strip() in html.unescape(response.text)


@pytest.mark.parametrize("file", ["name\nJos\xe9".encode("latin-1"), b"PK\x03\x04\xff\xfe"])
def test_file_that_is_not_utf8_text_is_refused_with_advice(editor: Browser, laurel: Laurel, file: bytes) -> None:
    response = send(editor, HERE, {"achievement": achievement(laurel), "do": "check"}, file=file)
    assert response.status == 422
    assert "CSV UTF-8" in text_of(response)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"achievement": ""}, "achievement"),
        ({"achievement": "another"}, "achievement"),
        ({"rows": " \n"}, "rows"),
        ({"rows": "colour,shape\nred,round"}, "rows"),
        ({"valid_until": "soon"}, "valid_until"),
    ],
)
def test_error_is_shown_at_its_field(editor: Browser, laurel: Laurel, changes: dict[str, str], field: str) -> None:
    fields = {"achievement": achievement(laurel), "rows": VALID_ROWS, "do": "check", **changes}
    response = send(editor, HERE, fields)
    assert response.status == 422
    assert f'<a href="#{field}">' in response.text
    assert f'id="{field}-error"' in response.text


def test_large_upload_runs_in_the_background_and_the_page_refreshes(editor: Browser, laurel: Laurel) -> None:
    rows = "name\n" + "".join(f"Holder {number}\n" for number in range(bulk_issuer.MAX_ROWS_AT_ONCE + 1))
    response = confirm(editor, laurel, check(editor, laurel, rows), rows)
    path = response.headers["location"].removeprefix(laurel.base_url)
    page = editor.get(path)
    assert '<meta http-equiv="refresh" content="5">' in page.text
    assert "0 of 51 rows done" in text_of(page)
    assert "Issuing starts within a minute." in text_of(page)
    assert "Upload of 51 rows: in progress" in text_of(editor.get("/console/fernhill"))
    job = laurel.bulk.jobs.job("fernhill", path.rpartition("/")[2])
    assert job.state is JobState.RUNNING


def test_valid_until_applies_to_rows_without_a_date(editor: Browser, laurel: Laurel) -> None:
    rows = "name,valid_until\nGrace Hopper,\nMary Seacole,2027-01-31\n"
    checked = check(editor, laurel, rows, valid_until="2028-12-31")
    assert "31 December 2028" in text_of(checked)
    assert "31 January 2027" in text_of(checked)
    confirm(editor, laurel, checked, rows, valid_until="2028-12-31")
    ends = {row.holder_name: row.valid_until for row in laurel.issuer_store.rows("fernhill", None, 2)}
    assert [f"{end:%Y-%m-%d}" for name, end in sorted(ends.items()) if end] == ["2028-12-31", "2027-01-31"]


def test_viewer_sees_uploads_but_cannot_issue(viewer: Browser, editor: Browser, laurel: Laurel) -> None:
    path = (
        confirm(editor, laurel, check(editor, laurel, VALID_ROWS), VALID_ROWS)
        .headers["location"]
        .removeprefix(laurel.base_url)
    )
    assert "2 credentials issued" in text_of(viewer.get(path))
    assert viewer.get(HERE).status == 403
    assert check(viewer, laurel, VALID_ROWS).status == 403
    assert viewer.post(path).status == 403


def test_upload_by_a_program_names_its_api_key(editor: Browser, laurel: Laurel, client: Gateway) -> None:
    key = as_token(laurel, "fernhill", Role.EDITOR)
    response = client.post(f"/v1/jobs?achievement={achievement(laurel)}", VALID_ROWS.encode(), **key)
    name = key["authorization"].removeprefix("Bearer ").rpartition("_")[0]
    for path in (HERE, f"{HERE}/{response.json['id']}"):
        assert f"API key {name}_…" in text_of(editor.get(path))


def test_unknown_upload_is_a_404_with_an_explanation(editor: Browser) -> None:
    assert "This upload does not exist." in editor.get(f"{HERE}/{'a' * 26}").text


def test_rows_not_issued_open_as_a_new_list_with_their_values(editor: Browser, laurel: Laurel) -> None:
    rows = "name,email,valid_until\nGrace Hopper,grace@@,2027-12-31\nMary Seacole,,\nAda Nwosu,,31.12.2027\n"
    done = confirm(editor, laurel, check(editor, laurel, rows), rows, do="issue_valid")
    job = editor.get(done.headers["location"].removeprefix(laurel.base_url))
    assert "Grace Hopper" in text_of(job)
    (button,) = [href for href in Outline(job.text).attributes("href") if "/issue?job=" in href]
    page = editor.get(button.removeprefix(laurel.base_url))
    assert page.status == 200
    for line in ("Grace Hopper,grace@@,2027-12-31", "Ada Nwosu,,31.12.2027"):
        assert line in html.unescape(page.text)
    assert "Mary Seacole" not in page.text
    assert "2 of 2 rows have errors" in text_of(page)
    assert names(laurel).count("Mary Seacole") == 1


def test_lone_name_is_issued_without_an_email(editor: Browser, laurel: Laurel) -> None:
    checked = check(editor, laurel, "Noor Ahmed\n")
    assert "1 row, no errors" in text_of(checked)
    assert confirm(editor, laurel, checked, "Noor Ahmed\n").status == 303
    assert "Noor Ahmed" in names(laurel)


def test_end_of_the_validity_period_is_shown_as_a_date(editor: Browser, laurel: Laurel) -> None:
    one = laurel.issuer_store.achievement("fernhill", achievement(laurel))
    laurel.issuer_store.replace_achievement(one, replace(one, valid_days=730, version=one.version + 1))
    assert "21 November 2028" in text_of(check(editor, laurel, "Noor Ahmed\n"))


def test_the_form_says_that_the_validity_of_the_achievement_applies(editor: Browser, laurel: Laurel) -> None:
    chosen = laurel.issuer_store.achievement("fernhill", achievement(laurel))
    laurel.issuer_store.replace_achievement(chosen, replace(chosen, version=chosen.version + 1, valid_days=1_095))
    page = text_of(editor.get(HERE))
    assert f"{chosen.name} (valid for 1,095 days)" in page
    assert "If you leave it blank, the achievement’s validity period applies, if it has one." in page


def test_address_that_looks_misspelt_gets_a_hint_and_can_be_issued(editor: Browser, laurel: Laurel) -> None:
    rows = "name,email\nGrace Hopper,grace@gmial.com\nMary Seacole,mary@example.org\n"
    checked = check(editor, laurel, rows)
    page = "".join(text_of(checked).split())
    assert "2rows,noerrors,but1addressthatlooksmisspelt" in page
    assert "2grace@gmial.comgmail.com?" in page.replace("\u200b", "")
    assert confirm(editor, laurel, checked, rows).status == 303


def test_people_who_get_an_email_are_counted_once(editor: Browser, laurel: Laurel) -> None:
    rows = "name,email\nGrace Hopper,g@example.org\nMary Seacole,m@example.org\nGrace Hopper,G@example.org\n"
    assert "2 people will get 3 emails, one for each credential." in text_of(check(editor, laurel, rows))


def test_result_says_which_holders_get_no_email(editor: Browser, laurel: Laurel) -> None:
    def result(rows: str, **more: str) -> str:
        response = confirm(editor, laurel, check(editor, laurel, rows, **more), rows, **more)
        return text_of(editor.get(response.headers["location"].removeprefix(laurel.base_url)))

    page = result(VALID_ROWS)
    assert "Sending" in page
    assert "Holders without an email address get no email." in page
    assert page.count("No email address, so no email is sent.") == 1
    everyone = result("name,email\nGrace Hopper,grace@example.org\n")
    assert "get no email" not in everyone
    assert "No email address" not in everyone
    assert "You chose not to email the holders." in result("name,email\nGrace Hopper,g@example.org\n", notify="")


def test_result_shows_the_status_now_of_what_was_issued(editor: Browser, laurel: Laurel) -> None:
    rows = "name,email\nGrace,g@example.org\nMary,m@example.org\nIda,i@example.org\nEve,e@example.org\n"
    done = confirm(editor, laurel, check(editor, laurel, rows), rows)
    path = done.headers["location"].removeprefix(laurel.base_url)
    assert "Replaced" not in text_of(editor.get(path))
    by_name = {row.holder_name: row.credential_id for row in laurel.issuer_store.rows("fernhill", None, 100)}
    status_changes.revoke(laurel.issuer_context, "fernhill", by_name["Grace"], "Copied.")
    reissue.correct(laurel.issuer_context, "fernhill", by_name["Mary"], reissue.Changes(name="Mary S."), "Name.")
    del laurel.issuer_store._records[by_name["Eve"]]
    page = editor.get(path).text.partition("<tbody")[2]
    lines = [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in page.split("</tr>")]
    for line, status in zip(lines, ("Revoked", "Replaced by a correction", "", "Deleted"), strict=False):
        assert f"Issued {status}".strip() in line
    assert "Valid" not in lines[2]
    assert "/credentials/" not in page.split("</tr>")[3]


def check_large(editor: Browser, laurel: Laurel, rows: str) -> str:
    """Upload a list that is too long for the page; return the path of its check, which has not run yet."""
    response = check(editor, laurel, rows)
    assert response.status == 303
    return response.headers["location"].removeprefix(laurel.base_url)


def run_check(laurel: Laurel) -> None:
    (task,) = [one for one in laurel.tasks.status if one.kind == dry_run.KIND]
    dry_run.handler(laurel.dry_runner, lambda: laurel.now)(task)


def test_a_list_of_more_rows_than_the_page_checks_is_checked_and_issued(
    editor: Browser, laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "MAX_ROWS_AT_ONCE", 2)
    assert "Review before issuing" in check(editor, laurel, "Ada\nBo\n").text
    path = check_large(editor, laurel, "Ada\nBo\nCy\n")
    waiting = editor.get(path).text
    assert "Checking your list" in waiting
    assert "Show progress" in waiting
    assert editor.post(path, {"do": "issue"}).status == 200
    assert "Cy" not in names(laurel)
    run_check(laurel)
    page = text_of(editor.get(path))
    assert "3 rows, no errors" in page
    assert "Issue 3 credentials" in page
    first, again = editor.post(path, {"do": "issue"}), editor.post(path, {"do": "issue"})
    assert first.status == 303
    assert first.headers["location"] == again.headers["location"], "sent twice, it is one upload"
    (job,) = laurel.bulk.jobs.jobs("fernhill", None, 9).jobs
    assert (job.total, job.state) == (3, JobState.RUNNING)


def test_errors_of_a_long_list_are_shown_and_the_rest_can_be_issued(
    editor: Browser, laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "MAX_LIST", 40)
    rows = "name,email\nAda,a@example.org\nBo,nonsense\nCy,a@example.org\n"
    path = check_large(editor, laurel, rows)
    run_check(laurel)
    page = text_of(editor.get(path))
    assert "1 of 3 rows has errors" in page
    assert "Fix them in your file and upload it again" in page
    assert editor.post(path, {"do": "issue"}).status == 422
    assert "Confirm that these people" in text_of(editor.post(path, {"do": "issue_valid"}))
    assert editor.post(path, {"do": "issue_valid", "twice": "yes"}).status == 303


def test_a_long_list_is_not_shown_again_with_an_error(
    editor: Browser, laurel: Laurel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "MAX_LIST", 20)
    refused = check(editor, laurel, "name,email\nAda Lovelace,a@example.org\n", valid_until="soon")
    assert refused.status == 422
    assert "Ada Lovelace" not in refused.text
    assert "Choose the file again." in text_of(refused)


def test_a_stopped_check_says_why(editor: Browser, laurel: Laurel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_run, "MAX_ROWS_AT_ONCE", 1)
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 3)
    path = check_large(editor, laurel, "Ada\nBo\nCy\nDi\n")
    run_check(laurel)
    assert "more than 3 rows" in text_of(editor.get(path))
    laurel.now += dry_run.KEPT_FOR


def test_a_gzip_file_can_be_uploaded(editor: Browser, laurel: Laurel) -> None:
    sent = send(
        editor,
        HERE,
        {"achievement": achievement(laurel), "do": "check"},
        file=gzip.compress(VALID_ROWS.encode()),
    )
    assert "2 rows, no errors" in text_of(sent)
    refused = send(editor, HERE, {"achievement": achievement(laurel), "do": "check"}, file=b"\x1f\x8bnonsense")
    assert refused.status == 422
