"""A quoted or forwarded link: the link in an issuer's email opens that issuer's credentials, and nothing of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from chalicelib.analytics.event import Kind as EventKind
from chalicelib.award import achievements
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuing import issue
from chalicelib.credential.build import Holder
from chalicelib.delivery import mailbox
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.holder import link_requests
from chalicelib.delivery.links import WIDE_RETENTION, WIDE_VALIDITY, Purpose
from chalicelib.delivery.ports import NotSent
from tests.award.fakes import new_achievement
from tests.http.fake_laurel import Laurel, id_of
from tests.http.gateway import Gateway
from tests.http.holder.test_holder import CREDENTIAL, EMAIL, PHONE, events, submit

OTHER_NAME = "Harbour College"


@pytest.fixture
def other(laurel: Laurel) -> str:
    """A credential that another issuer has issued to the same holder."""
    new = issuer_actions.NewIssuer("harbour", OTHER_NAME, "https://harbour.example/", "Teaches.")
    issuer_actions.create(laurel.issuer_context, new)
    achievement = achievements.add(laurel.issuer_context, new_achievement(issuer_id="harbour"))
    return issue.issue(laurel.issuer_context, issue.Award("harbour", achievement.id, Holder("Ada", EMAIL))).id


@pytest.fixture
def quoted(laurel: Laurel, other: str) -> str:
    """The path in an email of Fernhill, which a reply has quoted to Fernhill."""
    return link_path(laurel, "fernhill", CREDENTIAL)


def link_path(laurel: Laurel, issuer_id: str | None, credential_id: str | None = None) -> str:
    url, link = laurel.delivery_context.link(Purpose.MY, EMAIL, issuer_id=issuer_id, credential_id=credential_id)
    laurel.delivery_store.add_links((link,))
    return urlsplit(url).path


def sent_path(laurel: Laurel) -> str:
    return urlsplit(laurel.mailer.sent[-1].main.url).path


def test_a_link_in_an_issuers_email_shows_nothing_of_another_issuer(client: Gateway, quoted: str, other: str) -> None:
    for query in ("", "?issuer=harbour", "?issuer=fernhill", "?after=fernhill", "?after=a"):
        response = client.get(quoted + query, **PHONE)
        assert OTHER_NAME not in response.text
        assert other not in response.text
        assert response.status == (404 if "harbour" in query else 200)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"do": "share", "target": "x"}, 404),
        ({"do": "download"}, 404),
        ({"do": "mail", "issuer": "harbour", "wanted": "none"}, 404),
        ({"do": "zone", "zone": "Asia/Tokyo"}, 403),
        ({"do": "forget", "sure": "yes"}, 403),
    ],
    ids=str,
)
def test_a_link_in_an_issuers_email_changes_nothing_of_another_issuer(
    laurel: Laurel, client: Gateway, quoted: str, other: str, fields: dict[str, str], status: int
) -> None:
    wide = link_path(laurel, None)
    before = (dict(laurel.delivery_store.links), laurel.delivery_store.mailbox(mailbox.digest(EMAIL)))
    response = submit(client, quoted, credential=other, **fields)
    assert response.status == status
    assert OTHER_NAME not in response.text
    assert (laurel.delivery_store.links, laurel.delivery_store.mailbox(mailbox.digest(EMAIL))) == before
    assert events(laurel, EventKind.SHARED) == []
    assert other in client.get(wide, **PHONE).text


def test_ending_one_issuers_links_ends_none_of_another_issuer(laurel: Laurel, client: Gateway, quoted: str) -> None:
    harbours = link_path(laurel, "harbour")
    laurel.now += timedelta(minutes=1)
    assert submit(client, quoted, do="link").status == 200
    assert client.get(quoted, **PHONE).status == 410
    assert client.get(harbours, **PHONE).status == 200
    renewed = client.get(sent_path(laurel), **PHONE)
    assert renewed.status == 200
    assert OTHER_NAME not in renewed.text


def test_the_wider_view_is_emailed_to_the_holder_alone_and_lasts_a_day(
    laurel: Laurel, client: Gateway, quoted: str, other: str
) -> None:
    response = submit(client, quoted, do="all")
    assert response.status == 200
    [email] = laurel.mailer.sent
    assert (email.kind, email.to, email.reply_to, email.unsubscribe) == (Kind.HOLDER_LINK, EMAIL, None, None)
    assert email.brand.name == "Laurel"
    secret = email.main.url.rpartition("/")[2]
    assert secret not in response.text + repr(dict(response.headers))
    path = sent_path(laurel)
    shown = client.get(path, **PHONE).text
    assert OTHER_NAME in shown
    assert CREDENTIAL in shown
    assert client.get(quoted, **PHONE).status == 200
    laurel.now += WIDE_VALIDITY
    over = client.get(path, **PHONE)
    assert over.status == 410
    assert EMAIL not in over.text
    assert client.get(quoted, **PHONE).status == 200


def test_an_expired_wide_link_is_renewed_without_ending_the_issuers_links(
    laurel: Laurel, client: Gateway, quoted: str
) -> None:
    path = link_path(laurel, None)
    laurel.now += WIDE_VALIDITY
    assert 'value="all"' in client.get(path, **PHONE).text
    assert submit(client, path, do="all").status == 200
    assert client.get(sent_path(laurel), **PHONE).status == 200
    assert client.get(quoted, **PHONE).status == 200
    laurel.now += WIDE_RETENTION
    assert client.get(path, **PHONE).status == 404


def test_whoever_uses_up_the_links_of_a_day_leaves_the_holder_with_one_that_works(
    laurel: Laurel, client: Gateway, quoted: str
) -> None:
    limit = link_requests.WIDE_LINKS.max_count
    statuses = []
    for _ in range(2 * limit):
        statuses.append(submit(client, quoted, do="all").status)
        laurel.now += link_requests.NEW_LINK.window
    assert statuses == [200] * limit + [429] * limit
    assert len(laurel.mailer.sent) == limit
    assert client.get(sent_path(laurel), **PHONE).status == 200
    assert link_requests.WIDE_LINKS.window <= WIDE_VALIDITY
    laurel.now += link_requests.WIDE_LINKS.window
    assert submit(client, quoted, do="all").status == 200


def test_the_links_of_one_issuer_do_not_use_up_those_to_everything(
    laurel: Laurel, client: Gateway, quoted: str
) -> None:
    for _ in range(link_requests.ISSUER_LINKS.max_count + link_requests.FROM_ENDED_LINKS.max_count):
        submit(client, quoted, do="link")
        laurel.now += link_requests.NEW_LINK.window
    assert submit(client, quoted, do="link").status == 429
    laurel.now += link_requests.NEW_LINK.window
    assert submit(client, quoted, do="all").status == 200


def test_a_refused_request_for_a_link_makes_no_one_wait(laurel: Laurel, client: Gateway, quoted: str) -> None:
    for _ in range(link_requests.WIDE_LINKS.max_count):
        assert submit(client, quoted, do="all").status == 200
        laurel.now += link_requests.NEW_LINK.window
    assert submit(client, quoted, do="all").status == 429
    # The holder replaces the link to another issuer's credentials.
    assert submit(client, link_path(laurel, "harbour"), do="link").status == 200


def test_a_link_that_was_ended_cannot_end_its_successors(laurel: Laurel, client: Gateway, quoted: str) -> None:
    laurel.now += link_requests.NEW_LINK.window
    assert submit(client, quoted, do="link").status == 200
    fresh = sent_path(laurel)
    assert (client.get(quoted, **PHONE).status, client.get(fresh, **PHONE).status) == (410, 200)
    laurel.now += link_requests.NEW_LINK.window
    again = submit(client, quoted, do="link")
    assert again.status == 200
    assert "no longer work" not in again.text
    assert "no longer work" not in repr(laurel.mailer.sent[-1])
    assert client.get(fresh, **PHONE).status == 200
    assert client.get(sent_path(laurel), **PHONE).status == 200


def test_whoever_has_an_ended_link_uses_up_nothing_of_the_links_that_work(
    laurel: Laurel, client: Gateway, quoted: str
) -> None:
    laurel.now += link_requests.NEW_LINK.window
    assert submit(client, quoted, do="link").status == 200
    fresh = sent_path(laurel)
    statuses = []
    for _ in range(2 * link_requests.FROM_ENDED_LINKS.max_count):
        laurel.now += link_requests.NEW_LINK.window
        statuses.append(submit(client, quoted, do="link").status)
    assert (statuses[0], statuses[-1]) == (200, 429)
    # Nor does a refused request start the time to wait.
    assert submit(client, fresh, do="link").status == 200
    assert client.get(fresh, **PHONE).status == 410
    assert submit(client, sent_path(laurel), do="all").status == 200


@pytest.mark.parametrize("wanted", ["link", "all"])
def test_a_link_that_the_email_service_does_not_accept_makes_no_one_wait(
    laurel: Laurel, client: Gateway, quoted: str, wanted: str
) -> None:
    laurel.mailer.failure = lambda: NotSent("not now")
    for _ in range(link_requests.ISSUER_LINKS.max_count + 1):
        assert submit(client, quoted, do=wanted).status == 503
    laurel.mailer.failure = lambda: None
    assert submit(client, quoted, do=wanted).status == 200


def test_an_issuer_cannot_undo_an_unsubscription_with_the_links_in_its_own_email(
    laurel: Laurel, client: Gateway, quoted: str
) -> None:
    url, link = laurel.delivery_context.link(Purpose.UNSUBSCRIBE, EMAIL, issuer_id="fernhill", credential_id=CREDENTIAL)
    laurel.delivery_store.add_links((link,))
    stop, box = urlsplit(url).path, mailbox.digest(EMAIL)
    assert submit(client, stop).status == 200
    page = client.get(quoted, **PHONE).text
    assert 'value="none" checked' in page
    assert 'value="all"' not in page.partition('id="settings"')[2].partition("</form>")[0]
    for wanted in ("all", "new"):
        assert submit(client, quoted, do="mail", issuer="fernhill", wanted=wanted).status == 403
    response = submit(client, stop, do="undo")
    assert response.status == 200
    assert mailbox.choice(laurel.delivery_store.mailbox(box), "fernhill") == "none"
    [email] = laurel.mailer.sent
    assert (email.to, email.reply_to) == (EMAIL, None)
    assert email.main.url.rpartition("/")[2] not in response.text
    fresh = sent_path(laurel)
    assert 'value="all"' in client.get(fresh, **PHONE).text.partition('id="settings"')[2]
    assert submit(client, fresh, do="mail", issuer="harbour", wanted="all").status == 404
    assert submit(client, fresh, do="mail", issuer="fernhill", wanted="all").status == 303
    assert mailbox.choice(laurel.delivery_store.mailbox(box), "fernhill") == "all"


def test_an_issuers_own_link_turns_reminders_off_but_not_on(laurel: Laurel, client: Gateway, quoted: str) -> None:
    assert submit(client, quoted, do="mail", issuer="fernhill", wanted="new").status == 303
    assert submit(client, quoted, do="mail", issuer="fernhill", wanted="all").status == 403
    assert submit(client, quoted, do="mail", issuer="fernhill", wanted="new").status == 303
    assert submit(client, quoted, do="mail", issuer="fernhill", wanted="none").status == 303


def test_ending_all_links_from_the_wider_view_ends_those_of_every_issuer(
    laurel: Laurel, client: Gateway, quoted: str
) -> None:
    wide = link_path(laurel, None)
    laurel.now += timedelta(minutes=1)
    assert submit(client, wide, do="link").status == 200
    for path in (wide, quoted):
        assert client.get(path, **PHONE).status == 410
    assert client.get(sent_path(laurel), **PHONE).status == 200


def test_a_credential_of_another_holder_is_not_opened_by_any_link(laurel: Laurel, client: Gateway, quoted: str) -> None:
    theirs = id_of("expired")
    recipient = laurel.issuer_store.recipient(theirs)
    laurel.issuer_store._recipients[theirs] = replace(recipient, email="eve@example.org")
    for path in (quoted, link_path(laurel, None)):
        assert theirs not in client.get(path, **PHONE).text
        assert submit(client, path, do="download", credential=theirs).status == 404


def test_the_holders_page_marks_an_issuer_that_no_one_vouches_for(laurel: Laurel, client: Gateway, other: str) -> None:
    unproven = client.get(link_path(laurel, "harbour"), **PHONE).text
    assert "Not proven" in unproven
    assert f"Issued under the name <bdi>“{OTHER_NAME}”</bdi>" in unproven
    registered = client.get(link_path(laurel, "fernhill"), **PHONE).text
    assert "Not proven" not in registered
    assert "Issued by <bdi>Fernhill College</bdi>" in registered


def test_the_pages_to_unsubscribe_mark_an_issuer_that_no_one_vouches_for(
    laurel: Laurel, client: Gateway, other: str
) -> None:
    url, link = laurel.delivery_context.link(Purpose.UNSUBSCRIBE, EMAIL, issuer_id="harbour")
    laurel.delivery_store.add_links((link,))
    path = urlsplit(url).path
    for response in (client.get(path, **PHONE), submit(client, path)):
        assert f"an organization that calls itself “{OTHER_NAME}” (not verified)" in response.text
