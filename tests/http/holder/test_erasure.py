"""A holder asks for the erasure of everything about them, and cancels it with the link in the email."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from chalicelib.delivery import mailbox
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.erasure import requests
from chalicelib.erasure.erasure import Erasure, RequestedBy
from chalicelib.erasure.requests import NOTICES
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import HTML, Gateway
from tests.http.holder.test_holder import EMAIL, path, submit, wide_path

__all__ = ["path", "wide_path"]


def stored(laurel: Laurel) -> Erasure | None:
    return laurel.erasure_store.erasure(None, mailbox.digest(EMAIL))


@pytest.fixture
def cancel_path(laurel: Laurel, client: Gateway, wide_path: str) -> str:
    """The path of the link in the email, after the holder has asked."""
    assert submit(client, wide_path, do="erase", sure="yes").status == 200
    return urlsplit(laurel.mailer.sent[-1].main.url).path


def test_holder_asks_with_the_link_to_everything_and_is_told_the_day(
    laurel: Laurel, client: Gateway, wide_path: str
) -> None:
    response = submit(client, wide_path, do="erase", sure="yes")
    assert (response.status, "Your data will be deleted" in response.text) == (200, True)
    found = stored(laurel)
    assert found is not None
    assert (found.requested_by, found.due) == (RequestedBy.HOLDER, laurel.now + timedelta(days=7))
    email = laurel.mailer.sent[-1]
    assert (email.kind, email.to) == (Kind.ERASURE, EMAIL)
    assert f"{found.due:%-d %B %Y}" in email.subject


def test_link_to_one_issuer_cannot_erase_everything(laurel: Laurel, client: Gateway, path: str) -> None:
    assert submit(client, path, do="erase", sure="yes").status == 403
    assert stored(laurel) is None


def test_erasure_must_be_confirmed(laurel: Laurel, client: Gateway, wide_path: str) -> None:
    assert submit(client, wide_path, do="erase").status == 400
    assert stored(laurel) is None


def test_link_in_the_email_shows_and_cancels_it(laurel: Laurel, client: Gateway, cancel_path: str) -> None:
    page = client.get(cancel_path, accept=HTML)
    assert (page.status, "Cancel the deletion" in page.text) == (200, True)
    assert stored(laurel) is not None
    assert "was cancelled" in submit(client, cancel_path).text
    assert stored(laurel) is None
    assert "Nothing will be deleted" in submit(client, cancel_path).text


def test_link_in_the_email_opens_nothing_else(client: Gateway, cancel_path: str) -> None:
    secret = cancel_path.rpartition("/")[2]
    assert client.get(f"/my/{secret}", accept=HTML).status == 404


def test_erasure_that_has_begun_cannot_be_cancelled(laurel: Laurel, client: Gateway, cancel_path: str) -> None:
    laurel.erasure_store.begin()
    assert "cannot be cancelled" in submit(client, cancel_path).text
    assert stored(laurel) is not None


def test_asking_twice_is_one_erasure_and_one_email(laurel: Laurel, client: Gateway, cancel_path: str) -> None:
    before = len(laurel.mailer.sent)
    found = stored(laurel)
    wide = next(email.main.url for email in reversed(laurel.mailer.sent) if email.kind is Kind.HOLDER_LINK)
    laurel.now += timedelta(hours=1)
    submit(client, urlsplit(wide).path, do="erase", sure="yes")
    assert (stored(laurel), len(laurel.mailer.sent)) == (found, before)


def test_repeated_requests_and_cancellations_do_not_fill_the_inbox(
    laurel: Laurel, client: Gateway, wide_path: str
) -> None:
    for _ in range(NOTICES.max_count + 3):
        submit(client, wide_path, do="erase", sure="yes")
        laurel.erasure_store.stored.clear()
    assert sum(email.kind is Kind.ERASURE for email in laurel.mailer.sent) == NOTICES.max_count


def test_erasure_goes_on_for_an_address_that_bounces(laurel: Laurel, client: Gateway, wide_path: str) -> None:
    digest = mailbox.digest(EMAIL)
    laurel.delivery_context.change_mailbox(digest, lambda box: mailbox.bounced(box, laurel.now, requested=True))
    assert submit(client, wide_path, do="erase", sure="yes").status == 200
    assert stored(laurel) is not None
    assert laurel.mailer.sent[-1].kind is not Kind.ERASURE


def test_page_with_a_pending_deletion_names_the_day_and_offers_to_cancel_but_not_to_delete_again(
    laurel: Laurel, client: Gateway, wide_path: str
) -> None:
    before = client.get(wide_path, accept=HTML).text
    assert "We wait 7 days before we delete anything." in before
    assert "Cancel the deletion" not in before
    asked = submit(client, wide_path, do="erase", sure="yes").text
    assert f'href="{BASE_URL}{wide_path}"' in asked
    assert "Cancel the deletion" in asked
    found = stored(laurel)
    assert found is not None
    page = re.sub(r"<[^>]+>", "", client.get(wide_path, accept=HTML).text)
    assert f"Your data will be deleted on {found.due:%-d %B %Y}." in page
    assert "Cancel the deletion" in page
    assert "Delete everything" not in page


def test_deletion_is_cancelled_on_the_page_which_then_links_back(
    laurel: Laurel, client: Gateway, wide_path: str
) -> None:
    submit(client, wide_path, do="erase", sure="yes")
    page = submit(client, wide_path, do="keep").text
    assert stored(laurel) is None
    assert f'<a href="{BASE_URL}{wide_path}">Back to your credentials</a>' in page
    assert "Nothing will be deleted" in submit(client, wide_path, do="keep").text
    assert "Delete everything" in client.get(wide_path, accept=HTML).text


def test_deletion_that_has_begun_is_not_offered_to_be_cancelled(
    laurel: Laurel, client: Gateway, wide_path: str
) -> None:
    submit(client, wide_path, do="erase", sure="yes")
    laurel.erasure_store.begin()
    page = client.get(wide_path, accept=HTML).text
    assert "The deletion has started" in page
    assert "Cancel the deletion" not in page
    assert "cannot be cancelled" in submit(client, wide_path, do="keep").text
    assert stored(laurel) is not None


def test_deleting_the_settings_keeps_the_link_that_cancels_the_deletion_of_everything(
    laurel: Laurel, client: Gateway, wide_path: str, cancel_path: str
) -> None:
    found = stored(laurel)
    assert found is not None
    day = f"{found.due:%-d %B %Y}"
    own = re.sub(r"<[^>]+>", "", client.get(wide_path, accept=HTML).text)
    assert f"This does not cancel the deletion of everything on {day}." in own
    page = re.sub(r"<[^>]+>", "", submit(client, wide_path, do="forget", sure="yes").text)
    assert f"is still scheduled for {day}." in page
    assert "Until then, you can cancel it with the link in our email about it." in page
    assert client.get(wide_path, accept=HTML).status == 404
    assert "Cancel the deletion" in client.get(cancel_path, accept=HTML).text
    assert "was cancelled" in submit(client, cancel_path).text
    assert stored(laurel) is None


def test_deleting_the_settings_keeps_the_link_that_cancels_an_issuers_deletion(
    laurel: Laurel, client: Gateway, wide_path: str
) -> None:
    requests.request_as_issuer(laurel.erasure_context, "fernhill", email=EMAIL)
    cancel = urlsplit(laurel.mailer.sent[-1].main.url).path
    submit(client, wide_path, do="forget", sure="yes")
    assert "was cancelled" in submit(client, cancel).text
    assert laurel.erasure_store.erasure("fernhill", mailbox.digest(EMAIL)) is None


def test_deleting_the_settings_deletes_the_link_of_a_deletion_that_was_cancelled(
    laurel: Laurel, client: Gateway, wide_path: str, cancel_path: str
) -> None:
    submit(client, cancel_path)
    page = submit(client, wide_path, do="forget", sure="yes").text
    assert "scheduled" not in page
    assert laurel.delivery_store.links == {}


def test_page_after_deleting_the_settings_says_that_the_deletion_of_everything_has_started(
    laurel: Laurel, client: Gateway, wide_path: str, cancel_path: str
) -> None:
    laurel.erasure_store.begin()
    page = submit(client, wide_path, do="forget", sure="yes").text
    assert "has started and cannot be cancelled" in page
    assert "still scheduled" not in page


def test_link_to_one_issuer_neither_shows_nor_cancels_the_deletion_of_everything(
    laurel: Laurel, client: Gateway, path: str, cancel_path: str
) -> None:
    assert "will be deleted on" not in client.get(path, accept=HTML).text
    assert submit(client, path, do="keep").status == 403
    assert stored(laurel) is not None


def test_who_cancelled_with_the_link_in_the_email_gets_a_link_back(
    laurel: Laurel, client: Gateway, cancel_path: str
) -> None:
    assert "Send a link to all my credentials" in submit(client, cancel_path).text
    laurel.now += timedelta(minutes=10)
    assert submit(client, cancel_path, do="link").status == 200
    email = laurel.mailer.sent[-1]
    assert (email.kind, email.to) == (Kind.HOLDER_LINK, EMAIL)
    assert client.get(urlsplit(email.main.url).path, accept=HTML).status == 200
    assert submit(client, cancel_path, do="link").status == 429
