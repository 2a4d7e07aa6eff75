"""A recruiter's saved people and searches, and what they are told about them."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from chalicelib.award.issuing import status_changes
from chalicelib.delivery import mailbox
from chalicelib.delivery.emails.parts.email_content import EmailContent, Kind
from chalicelib.delivery.ports import NotSent
from chalicelib.directory.saved import actions, checking, saved, searches
from chalicelib.email.message import message as mime
from chalicelib.tasks.task_queue import Task
from tests.http.directory.test_search import ADA, BOB, holder, show
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import HTML, Gateway
from tests.http.signed_in import Browser, as_person

PAGE = {"accept": HTML}
RECRUITER = "grace@agency.example"
DIGEST = mailbox.digest(RECRUITER)
LIST = "/directory/saved"


@pytest.fixture
def recruiter(laurel: Laurel, client: Gateway) -> Browser:
    show(laurel, holder("a", "Ada Lovelace", "valid", headline="Analyst"), holder("b", "Bob", "expired"))
    return as_person(laurel, RECRUITER, client=client)


def save(browser: Browser, person: str = ADA) -> None:
    assert browser.post(LIST, {"do": "save_person", "value": person}).status == 303


def values(laurel: Laurel) -> tuple[list[str], list[str]]:
    found = laurel.saved_store.lists[DIGEST]
    return [one.value for one in found.people], [one.value for one in found.searches]


def check(laurel: Laurel) -> list[EmailContent]:
    """The emails of the next day's check."""
    laurel.now += timedelta(days=1)
    before = len(laurel.mailer.sent)
    checking.handle(laurel.saved_context, Task(actions.KIND, "", DIGEST, laurel.now))
    return laurel.mailer.sent[before:]


def revoke(laurel: Laurel, kind: str = "valid") -> None:
    laurel.now += timedelta(hours=1)
    status_changes.revoke(laurel.issuer_context, "fernhill", id_of(kind))


def test_person_is_saved_from_their_page_and_removed(laurel: Laurel, client: Gateway, recruiter: Browser) -> None:
    assert f"{LIST}?person={ADA}" in client.get(f"/holders/{ADA}", **PAGE).text
    assert f"{LIST}?person={ADA}" in client.get("/directory", **PAGE).text
    page = recruiter.get(f"{LIST}?person={ADA}").text
    assert "Save this person?" in page
    assert laurel.saved_store.lists == {}
    save(recruiter)
    assert "Ada Lovelace" in recruiter.get(LIST).text
    assert "Save this person?" not in recruiter.get(f"{LIST}?person={ADA}").text
    recruiter.post(LIST, {"do": "remove", "value": ADA})
    assert "Ada Lovelace" not in recruiter.get(LIST).text
    assert laurel.saved_store.lists == {}  # nothing is kept of an empty list, not even whose it is


def test_search_is_saved_by_its_url(laurel: Laurel, client: Gateway, recruiter: Browser) -> None:
    text = client.get("/directory?q=python&skill=Python&sort=name&lang=de", **PAGE).text
    (link,) = {part.partition('"')[0] for part in text.split(f'href="{BASE_URL}') if part.startswith(f"{LIST}?search=")}
    (search,) = parse_qs(urlsplit(link.replace("&amp;", "&")).query)["search"]
    assert search == "q=python&skill=Python"
    assert "Save this search?" in recruiter.get(f"{LIST}?search={quote(search)}").text
    recruiter.post(LIST, {"do": "save_search", "value": f"{search}&sort=name&cursor=x&lang=de"})
    assert values(laurel) == ([], [search])
    assert f'href="{BASE_URL}/directory?q=python&amp;skill=Python"' in recruiter.get(LIST).text


def test_list_needs_a_session_and_leads_back_to_what_was_to_be_saved(client: Gateway) -> None:
    reply = client.get(f"{LIST}?person={ADA}", **PAGE)
    assert reply.status == 303
    assert reply.headers["location"].endswith(f"/sign-in?next=/directory/saved%3Fperson%3D{ADA}")


def test_another_site_cannot_save_anything(laurel: Laurel, recruiter: Browser) -> None:
    fields = {"do": "save_person", "value": ADA}
    assert recruiter.post(LIST, {**fields, "csrf": "x" * 32}).status == 403
    assert recruiter.post(LIST, fields, origin="https://evil.example").status == 403
    assert laurel.saved_store.lists == {}


def test_list_of_another_person_is_never_shown(laurel: Laurel, client: Gateway, recruiter: Browser) -> None:
    save(recruiter)
    assert "Ada Lovelace" not in as_person(laurel, "eve@evil.example", client=client).get(LIST).text


@pytest.mark.parametrize("how", ["unpublish", "hide", "expire"])
def test_person_who_delists_disappears_for_good(laurel: Laurel, recruiter: Browser, how: str) -> None:
    save(recruiter)
    shown = laurel.profile_store.recruiters[ADA]
    match how:
        case "unpublish":
            del laurel.profile_store.recruiters[ADA]
        case "hide":
            laurel.profile_store.hide(ADA, laurel.now)
        case _:
            laurel.profile_store.recruiters[ADA] = replace(shown, expires_at=laurel.now)
    assert "Ada Lovelace" not in recruiter.get(LIST).text
    laurel.profile_store.recruiters[ADA] = shown
    assert "Ada Lovelace" not in recruiter.get(LIST).text


def test_person_who_delists_is_removed_by_the_daily_check(laurel: Laurel, recruiter: Browser) -> None:
    save(recruiter)
    save(recruiter, BOB)
    del laurel.profile_store.recruiters[ADA]
    assert check(laurel) == []
    assert values(laurel) == ([BOB], [])


def test_hidden_and_absent_person_cannot_be_told_apart(laurel: Laurel, recruiter: Browser) -> None:
    laurel.profile_store.hide(ADA, laurel.now)
    replies = [recruiter.get(f"{LIST}?person={one}") for one in (ADA, "z" * 26)]
    replies += [recruiter.post(LIST, {"do": "save_person", "value": one}) for one in (ADA, "z" * 26)]
    assert [one.status for one in replies] == [410] * 4
    assert replies[0].text == replies[1].text
    assert replies[2].text == replies[3].text


def test_lists_are_bounded(laurel: Laurel, recruiter: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MAX_PEOPLE", 1)
    monkeypatch.setattr(saved, "MAX_SEARCHES", 1)
    save(recruiter)
    full = recruiter.post(LIST, {"do": "save_person", "value": BOB})
    assert (full.status, "You can save at most 1 of these" in full.text) == (422, True)
    recruiter.post(LIST, {"do": "save_search", "value": "q=python"})
    assert recruiter.post(LIST, {"do": "save_search", "value": "q=rivers"}).status == 422
    assert values(laurel) == ([ADA], ["q=python"])


@pytest.mark.parametrize(
    "search", ["", "sort=name", "q=" + "x" * 400, "issued_after=soon"], ids=["empty", "order", "long", "month"]
)
def test_search_that_cannot_be_saved_is_refused(laurel: Laurel, recruiter: Browser, search: str) -> None:
    refused = recruiter.post(LIST, {"do": "save_search", "value": search})
    assert (refused.status, "Nothing was saved" in refused.text) == (422, True)
    assert laurel.saved_store.lists == {}


def test_recruiter_is_told_once_when_a_saved_persons_credential_was_revoked(laurel: Laurel, recruiter: Browser) -> None:
    save(recruiter)
    assert check(laurel) == []
    revoke(laurel)
    (sent,) = check(laurel)
    assert (sent.kind, sent.to) == (Kind.SAVED_NEWS, RECRUITER)
    assert [str(one) for one in sent.paragraphs] == [
        f"A credential held by “Ada Lovelace” was revoked: {BASE_URL}/c/{id_of('valid')}"
    ]
    assert check(laurel) == []


def test_what_was_revoked_before_a_person_was_saved_is_not_new(laurel: Laurel, recruiter: Browser) -> None:
    revoke(laurel)
    laurel.now += timedelta(minutes=1)
    save(as_person(laurel, RECRUITER, client=recruiter.client))
    assert check(laurel) == []


def test_recruiter_is_told_once_how_many_new_people_match_a_search(laurel: Laurel, recruiter: Browser) -> None:
    recruiter.post(LIST, {"do": "save_search", "value": "place=Lagos"})
    assert check(laurel) == []
    laurel.now += timedelta(hours=1)
    show(laurel, replace(holder("d", "Dayo", "valid", place="Lagos"), since=laurel.now))
    show(laurel, replace(holder("e", "Eve", "valid", place="Paris"), since=laurel.now))
    (sent,) = check(laurel)
    assert [str(one) for one in sent.paragraphs] == ["1 new person matches your search “Lagos”."]
    assert "Dayo" not in mime(sent, "laurel@laurel.example").as_string()
    assert check(laurel) == []


def test_name_in_an_email_is_quoted_and_no_link(laurel: Laurel, recruiter: Browser) -> None:
    show(laurel, holder("a", "Ada” at evil.example", "valid"))
    save(recruiter)
    revoke(laurel)
    (sent,) = check(laurel)
    assert "evil.example" not in sent.paragraphs[0]
    assert sent.paragraphs[0].count("”") == 1


def test_emails_are_turned_off_by_their_link_and_on_again(laurel: Laurel, client: Gateway, recruiter: Browser) -> None:
    save(recruiter)
    revoke(laurel)
    (sent,) = check(laurel)
    link = urlsplit(str(sent.unsubscribe)).path
    assert mime(sent, "laurel@laurel.example")["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Turn off emails" in client.get(link, **PAGE).text
    assert laurel.saved_store.lists[DIGEST].emails
    one_click = {"content_type": "application/x-www-form-urlencoded", "accept": HTML}
    assert client.post(link, b"List-Unsubscribe=One-Click", **one_click).status == 200
    recruiter = as_person(laurel, RECRUITER, client=client)  # the session has ended since
    assert "Emails are turned off" in recruiter.get(LIST).text
    laurel.tasks.status.clear()
    assert check(laurel) == []
    assert laurel.tasks.status == {}
    as_person(laurel, RECRUITER, client=client).post(LIST, {"do": "emails_on"})
    assert laurel.tasks.status
    assert check(laurel) == []


def test_check_runs_once_a_day(laurel: Laurel, recruiter: Browser) -> None:
    save(recruiter)
    save(recruiter, BOB)
    (task,) = [one for one in laurel.tasks.status if one.kind == actions.KIND]
    assert laurel.now < task.due <= laurel.now + timedelta(days=1)
    laurel.tasks.status.clear()
    laurel.now = task.due
    checking.handle(laurel.saved_context, task)
    (following,) = [one for one in laurel.tasks.status if one.kind == actions.KIND]
    assert following.due == task.due + timedelta(days=1)


def test_news_that_could_not_be_sent_are_sent_later(laurel: Laurel, recruiter: Browser) -> None:
    save(recruiter)
    revoke(laurel)
    laurel.mailer.failure = lambda: NotSent("down")
    with pytest.raises(NotSent):
        check(laurel)
    laurel.mailer.failure = lambda: None
    assert len(check(laurel)) == 1


def test_saved_search_is_read_as_the_directory_reads_it() -> None:
    assert searches.canonical("skill=Python&q=ada+&x=1&skill=") == "skill=Python&q=ada"
    assert searches.label("q=ada&place=Lagos%2C+Nigeria") == "ada, Lagos, Nigeria"


@pytest.mark.parametrize("path", ["/", "/directory", f"/holders/{ADA}", LIST, "/sign-in"])
def test_no_page_offers_to_sign_in_to_a_browser_that_has_a_session(
    client: Gateway, recruiter: Browser, path: str
) -> None:
    def header(page: str) -> str:
        return page.split('<nav class="top-navigation"')[1].split("</nav>", maxsplit=1)[0]

    if path != LIST:
        assert "Sign in" in header(client.get(path, **PAGE).text)
    page = recruiter.get(path)
    assert "Sign in" not in header(page.text)
    assert "Account" in header(page.text)
    assert "no-store" in page.headers["cache-control"]


def test_a_shared_cache_does_not_give_the_home_page_of_a_session_to_others(client: Gateway) -> None:
    assert "Cookie" in client.get("/", **PAGE).headers["vary"]


def test_the_account_page_and_the_console_lead_to_the_saved_list(recruiter: Browser) -> None:
    for path in ("/sign-in", "/console", "/console/new"):
        assert f'href="{BASE_URL}{LIST}"' in recruiter.get(path).text


def test_a_saved_person_is_not_offered_again_but_removed(laurel: Laurel, client: Gateway, recruiter: Browser) -> None:
    save(recruiter)
    link = f"/holders/{ADA}?saved=1"
    assert f'href="{BASE_URL}{link}"' in recruiter.get(LIST).text
    assert ">Saved</a>" in recruiter.get(link).text
    assert ">Saved</a>" not in client.get(link, **PAGE).text  # a link that was passed on
    page = recruiter.get(f"{LIST}?person={ADA}").text
    assert "This person is on your list" in page
    assert "Save this person?" not in page
    recruiter.post(LIST, {"do": "save_search", "value": "q=rivers"})
    assert "This search is on your list" in recruiter.get(f"{LIST}?search={quote('q=rivers')}").text


def test_the_list_is_deleted_by_its_owner_with_the_address(laurel: Laurel, recruiter: Browser) -> None:
    save(recruiter)
    recruiter.post(LIST, {"do": "save_search", "value": "q=rivers"})
    page = recruiter.get(LIST).text
    assert "stored with your email address until you delete it" in page
    assert "You cannot undo this." in page
    done = recruiter.post(LIST, {"do": "delete_list", "value": ""})
    assert done.headers["location"] == f"{BASE_URL}{LIST}?did=deleted"
    assert laurel.saved_store.lists == {}
    assert "List deleted." in recruiter.get(f"{LIST}?did=deleted").text
    assert "Delete list" not in recruiter.get(LIST).text


def test_the_list_is_downloaded_by_its_owner_only(laurel: Laurel, client: Gateway, recruiter: Browser) -> None:
    assert "Download your data" not in recruiter.get(LIST).text
    empty = recruiter.get(f"{LIST}?format=json")
    assert (json.loads(empty.text)["email"], json.loads(empty.text)["saved"]) == (RECRUITER, None)
    save(recruiter)
    recruiter.post(LIST, {"do": "save_search", "value": "q=rivers"})
    assert f'href="{BASE_URL}{LIST}?format=json" download>Download your data<' in recruiter.get(LIST).text
    found = recruiter.get(f"{LIST}?format=json")
    stored = json.loads(found.text)["saved"]
    assert [one["value"] for one in (*stored["people"], *stored["searches"])] == [ADA, "q=rivers"]
    assert set(stored) | {"mailbox", "email", "lang", "version"} == {
        *(one.name for one in fields(saved.Saved)), "email_language",
    }  # fmt: skip
    assert found.headers["content-disposition"] == 'attachment; filename="laurel-saved.json"'
    assert "no-store" in found.headers["cache-control"]
    other = as_person(laurel, "alan@agency.example", client=client).get(f"{LIST}?format=json")
    assert json.loads(other.text)["saved"] is None
    assert client.get(f"{LIST}?format=json", **PAGE).status == 303


def test_sign_in_says_how_long_an_address_is_stored(client: Gateway) -> None:
    page = client.get("/sign-in", **PAGE).text
    assert "stores your email address for at most 12 hours, and a hash of it for 400 days" in page


def test_the_directory_says_that_a_saved_search_is_stored(client: Gateway) -> None:
    page = client.get("/directory?q=rivers", **PAGE).text
    assert "stores what was searched for only if you save the search" in page
