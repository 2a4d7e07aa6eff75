"""A holder without an email from Laurel requests a link to their own page on the public page of their credential."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib.access.sign_in import links
from chalicelib.access.sign_in.return_paths import OWN_CREDENTIALS
from chalicelib.delivery import mailbox
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.holder import lost_link
from chalicelib.delivery.holder.link_requests import LOST_LINKS, WIDE_LINKS, link_for_person
from chalicelib.delivery.links import WIDE_VALIDITY, Purpose
from chalicelib.delivery.ports import NotSent
from chalicelib.errors import Unavailable
from chalicelib.moderation import takedown
from chalicelib.tasks.worker import Worker, run
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import HTML, Gateway, Response
from tests.http.holder.test_holder import EMAIL, FORM, submit

CREDENTIAL = id_of("valid")
PATH = f"/c/{CREDENTIAL}/holder"


def ask(client: Gateway, email: str = EMAIL, path: str = PATH) -> Response:
    return submit(client, path, email=email)


def own_path(laurel: Laurel) -> str:
    """The path of a link to all of the holder's credentials."""
    url, link = laurel.delivery_context.link(Purpose.MY, EMAIL)
    laurel.delivery_store.add_links((link,))
    return urlsplit(url).path


def work(laurel: Laurel) -> None:
    """Do what the worker does."""
    handlers = {lost_link.KIND: partial(lost_link.handle_request, laurel.delivery_context)}
    run(
        Worker(laurel.tasks, handlers, lambda: laurel.now, laurel.entropy, lambda _: None),
        laurel.now + timedelta(seconds=50),
    )


def sent(laurel: Laurel) -> list[str]:
    work(laurel)
    return [one.to for one in laurel.mailer.sent if one.kind is Kind.HOLDER_LINK]


def test_the_public_page_and_the_sign_in_page_lead_to_the_holders_own_page(client: Gateway) -> None:
    assert f'href="{BASE_URL}{PATH}"' in client.get(f"/c/{CREDENTIAL}", accept=HTML).text
    assert "request a link to all of your credentials</a>" in client.get("/sign-in", accept=HTML).text
    assert "Is this your credential?" in client.get(PATH, accept=HTML).text


def signed_in_for_credentials(laurel: Laurel, client: Gateway, email: str) -> str:
    """The path to which someone is redirected who signs in by email to see their credentials."""
    fields = {"email": email, "next": OWN_CREDENTIALS}
    asked = client.post("/sign-in?lang=de", urlencode(fields).encode(), **FORM)
    cookie = asked.headers["set-cookie"].split(";")[0]
    path = laurel.sign_in_mailer.sent[-1][1].removeprefix(BASE_URL)
    reply = client.post(f"{path}?lang=de", b"", **FORM, cookie=cookie)
    assert reply.status == 303
    return reply.headers["location"].removeprefix(BASE_URL)


def test_signing_in_to_see_credentials_opens_them_without_a_second_email(laurel: Laurel, client: Gateway) -> None:
    path = signed_in_for_credentials(laurel, client, EMAIL)
    assert path.endswith("?lang=de")
    assert f"{BASE_URL}/c/{CREDENTIAL}" in client.get(path, accept=HTML).text
    assert Kind.HOLDER_LINK not in [one.kind for one in laurel.mailer.sent]


def test_signing_in_to_see_credentials_without_any_says_what_else_to_do(laurel: Laurel, client: Gateway) -> None:
    assert signed_in_for_credentials(laurel, client, "sam@elsewhere.example") == OWN_CREDENTIALS


def test_links_made_by_signing_in_are_limited_per_day(laurel: Laurel, client: Gateway) -> None:
    for _ in range(WIDE_LINKS.max_count):
        assert link_for_person(laurel.delivery_context, EMAIL) is not None
    assert link_for_person(laurel.delivery_context, EMAIL) is None
    assert signed_in_for_credentials(laurel, client, EMAIL) == OWN_CREDENTIALS


def test_the_recipient_gets_a_link_to_everything_in_the_language_of_the_page(laurel: Laurel, client: Gateway) -> None:
    response = client.post(f"{PATH}?lang=de", urlencode({"email": EMAIL.upper()}).encode(), **FORM)
    assert response.status == 200
    work(laurel)
    email = laurel.mailer.sent[-1]
    assert (email.kind, email.to, email.language) == (Kind.HOLDER_LINK, EMAIL, "de")
    page = client.get(urlsplit(email.main.url).path, accept=HTML)
    assert f"{BASE_URL}/c/{CREDENTIAL}" in page.text


def test_the_email_says_that_someone_entered_the_address_on_the_page_of_a_credential(
    laurel: Laurel, client: Gateway
) -> None:
    ask(client)
    work(laurel)
    email = laurel.mailer.sent[-1]
    assert "entered this address on the public page of one of your credentials" in email.why
    assert "on your page" not in email.why


def test_the_answer_is_the_same_for_every_address_and_only_the_recipient_is_emailed(
    laurel: Laurel, client: Gateway
) -> None:
    other = "eve@example.org"
    answers = [ask(client, email).text.replace(email, "") for email in (EMAIL, other)]
    assert answers[0] == answers[1]
    assert sent(laurel) == [EMAIL]


@pytest.mark.parametrize("email", [EMAIL, "eve@example.org"], ids=["right", "wrong"])
def test_a_request_sends_nothing_itself_and_leaves_nothing_when_it_is_answered(
    laurel: Laurel, client: Gateway, email: str
) -> None:
    ask(client, email)
    assert laurel.mailer.sent == []
    (task,) = laurel.tasks.status
    assert email not in repr(task)
    work(laurel)
    assert (laurel.tasks.status, laurel.delivery_store.requests) == ({}, {})


def test_the_budget_of_new_addresses_does_not_tell_who_the_recipient_is(
    laurel: Laurel, client: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A credential that was never emailed counts every address as new, not only the right one."""
    monkeypatch.setattr(links, "NEW_PER_DOMAIN", replace(links.NEW_PER_DOMAIN, max_count=0))
    for email in (EMAIL, "eve@example.org"):
        ask(client, email)
    assert laurel.tasks.status == {}


def test_a_request_is_repeated_while_no_email_can_be_sent_but_not_for_long(laurel: Laurel, client: Gateway) -> None:
    laurel.mailer.failure = lambda: NotSent("down")
    ask(client)
    assert sent(laurel) == []
    laurel.mailer.failure = lambda: None
    laurel.now += timedelta(minutes=5)
    assert sent(laurel) == [EMAIL]
    ask(client)
    laurel.now += lost_link.WAITS
    assert sent(laurel) == [EMAIL]
    assert laurel.tasks.status == {}


def test_nothing_is_sent_about_a_credential_that_was_taken_down_since(laurel: Laurel, client: Gateway) -> None:
    ask(client)
    takedown.set_taken_down(laurel.issuer_context, CREDENTIAL, taken_down=True)
    assert sent(laurel) == []
    assert laurel.tasks.status == {}


@pytest.mark.parametrize("why", ["bounced", "no-email-service", "limit"])
def test_the_answer_does_not_say_why_nothing_was_sent(
    laurel: Laurel, client: Gateway, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    expected = ask(client, "eve@example.org").text.replace("eve@example.org", EMAIL)
    if why == "bounced":
        digest = mailbox.digest(EMAIL)
        laurel.delivery_context.change_mailbox(digest, lambda box: mailbox.bounced(box, laurel.now, requested=True))
    elif why == "limit":
        ask(client)
        work(laurel)
        laurel.mailer.sent.clear()
    else:

        def fail(_content: object) -> str:
            raise Unavailable("no email")

        monkeypatch.setattr(laurel.mailer, "send", fail)
    response = ask(client)
    assert (response.status, response.text) == (200, expected)
    assert sent(laurel) == []


def test_a_strangers_requests_are_limited_for_each_address_and_day(laurel: Laurel, client: Gateway) -> None:
    for _ in range(LOST_LINKS.max_count + 3):
        laurel.now += timedelta(minutes=30)
        ask(client)
        work(laurel)
    assert len(sent(laurel)) == LOST_LINKS.max_count


@pytest.mark.parametrize("wanted", ["link", "all"])
@pytest.mark.parametrize("ended", [False, True], ids=["works", "ended"])
def test_a_link_from_the_holders_own_page_does_not_delay_one_that_is_requested_here(
    laurel: Laurel, client: Gateway, wanted: str, *, ended: bool
) -> None:
    path = own_path(laurel)
    if ended:
        laurel.now += WIDE_VALIDITY
    assert submit(client, path, do=wanted).status == 200
    ask(client)
    assert sent(laurel) == [EMAIL, EMAIL]


@pytest.mark.parametrize("ended", [False, True], ids=["works", "ended"])
def test_links_requested_here_do_not_use_up_those_of_the_holders_own_page(
    laurel: Laurel, client: Gateway, *, ended: bool
) -> None:
    for _ in range(LOST_LINKS.max_count):
        laurel.now += timedelta(minutes=30)
        ask(client)
        work(laurel)
    path = own_path(laurel)
    if ended:
        laurel.now += WIDE_VALIDITY - timedelta(minutes=1)
        ask(client)
        work(laurel)
        laurel.now += timedelta(minutes=1)
    assert submit(client, path, do="all").status == 200


def test_a_network_that_asks_for_many_addresses_is_limited_like_one_that_asks_to_sign_in(
    laurel: Laurel, client: Gateway
) -> None:
    for number in range(links.PER_NETWORK.per_client):
        ask(client, f"person{number}@example.org")
    ask(client)
    assert sent(laurel) == []


def test_made_up_recipients_whom_laurel_never_emailed_use_the_budget_of_new_addresses(
    laurel: Laurel, client: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An issuer could otherwise have Laurel email addresses that it made up, without using up its own quota."""
    monkeypatch.setattr(links, "NEW_PER_DOMAIN", replace(links.NEW_PER_DOMAIN, max_count=1))
    for number, kind in enumerate(("valid", "expired")):
        recipient = laurel.issuer_store.recipient(id_of(kind))
        laurel.issuer_store._recipients[id_of(kind)] = replace(recipient, email=f"made-up-{number}@example.org")
        ask(client, f"made-up-{number}@example.org", f"/c/{id_of(kind)}/holder")
        work(laurel)
    assert sent(laurel) == ["made-up-0@example.org"]


def test_what_is_not_an_address_is_refused_beside_the_field(laurel: Laurel, client: Gateway) -> None:
    page = ask(client, "ada at example")
    assert (page.status, 'aria-invalid="true"' in page.text) == (400, True)
    assert sent(laurel) == []


def test_another_website_cannot_send_the_form(laurel: Laurel, client: Gateway) -> None:
    form = {**FORM, "origin": "https://evil.example"}
    assert client.post(PATH, urlencode({"email": EMAIL}).encode(), **form).status == 403
    assert sent(laurel) == []


def test_there_is_no_form_for_a_credential_that_is_taken_down_or_unknown(laurel: Laurel, client: Gateway) -> None:
    assert client.get(f"/c/{'q' * 26}/holder", accept=HTML).status == 404
    takedown.set_taken_down(laurel.issuer_context, CREDENTIAL, taken_down=True)
    assert ask(client).status == client.get(f"/c/{CREDENTIAL}", accept=HTML).status
    assert sent(laurel) == []
