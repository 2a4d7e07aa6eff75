"""Write to a holder through their profile: nothing reveals the address, and nothing is sent in another's name."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib.access.sign_in import links
from chalicelib.analytics.event import Kind as EventKind
from chalicelib.delivery import mailbox
from chalicelib.delivery.emails.parts.email_content import EmailContent, Kind
from chalicelib.delivery.links import mailbox_id_of
from chalicelib.delivery.ports import NotSent
from chalicelib.directory.contact import message, relaying
from chalicelib.directory.contact.organization import organization
from chalicelib.directory.profiles.consent import Subject, grants_of, visibility
from chalicelib.email.message import message as mime
from chalicelib.errors import Unavailable
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import HTML, Gateway, Response
from tests.http.holder.test_holder import EMAIL, deliver, resend, submit
from tests.http.holder.test_profile import public_path, publish, requested
from tests.http.signed_in import as_person

PAGE = {"accept": HTML}
SENDER = "grace@agency.example"
WORDS = {
    "name": "Grace Hopper", "organization": "River Agency", "email": SENDER,
    "message": "Dear Ada,\n\nWe use ASP.NET and look for someone who knows rivers.\nGrace",
}  # fmt: skip


def allow(laurel: Laurel, client: Gateway, path: str, contact: str = "everyone") -> str:
    """Publish a profile that allows messages; the path of its page."""
    assert publish(client, path, contact=contact, all_valid="yes").status == 303
    return public_path(laurel)


@pytest.fixture
def path(laurel: Laurel, client: Gateway) -> str:
    """The path of the holder's own page of their profile."""
    resend(laurel, client)
    deliver(laurel)
    return requested(laurel, client, urlsplit(laurel.mailer.sent[-1].main.url).path)


@pytest.fixture
def holder(laurel: Laurel, client: Gateway, path: str) -> str:
    return allow(laurel, client, path)


def write(client: Gateway, holder: str, **fields: str) -> Response:
    return client.post(
        f"{holder}/contact",
        urlencode({**WORDS, **fields}).encode(),
        content_type="application/x-www-form-urlencoded",
        accept=HTML,
        origin=BASE_URL,
    )


def of_kind(laurel: Laurel, kind: Kind) -> list[EmailContent]:
    return [each for each in laurel.mailer.sent if each.kind is kind]


def link_of(content: EmailContent) -> str:
    return urlsplit(content.main.url).path


def relay(laurel: Laurel, client: Gateway, holder: str, **fields: str) -> EmailContent:
    """The email to the holder, of a sender who confirmed."""
    assert write(client, holder, **fields).status == 200
    assert submit(client, link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1])).status == 200
    return of_kind(laurel, Kind.CONTACT)[-1]


def text_of(content: EmailContent) -> str:
    return mime(content, "laurel@laurel.example").get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize("contact", ["", "nobody", "everything"])
def test_messages_are_off_until_the_holder_allows_them(
    laurel: Laurel,
    client: Gateway,
    path: str,
    contact: str,
) -> None:
    holder = allow(laurel, client, path, contact)
    assert "/contact" not in client.get(holder, **PAGE).text
    assert client.get(f"{holder}/contact", **PAGE).status == 404
    assert write(client, holder).status == 404
    assert of_kind(laurel, Kind.CONTACT_CONFIRMATION) == []


def test_message_is_relayed_once_after_the_sender_has_confirmed(laurel: Laurel, client: Gateway, holder: str) -> None:
    assert f"{holder}/contact" in client.get(holder, **PAGE).text
    assert "Your message has not been sent yet" in write(client, holder).text
    assert of_kind(laurel, Kind.CONTACT) == []
    link = link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1])
    assert "River Agency" in client.get(link, **PAGE).text
    assert of_kind(laurel, Kind.CONTACT) == []  # a mail scanner opens links
    assert "Message sent" in submit(client, link).text
    assert submit(client, link).status == client.get(link, **PAGE).status == 404
    (sent,) = of_kind(laurel, Kind.CONTACT)
    assert (sent.to, sent.reply_to) == (EMAIL, SENDER)
    assert laurel.contact_store.messages == {}


def test_address_of_the_holder_never_leaks(laurel: Laurel, client: Gateway, holder: str) -> None:
    replies = [client.get(holder, **PAGE), client.get(holder, accept="application/json")]
    replies += [client.get(f"{holder}/contact", **PAGE), write(client, holder), write(client, holder, message="")]
    confirmation = of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1]
    link = link_of(confirmation)
    replies += [client.get(link, **PAGE), submit(client, link), submit(client, link)]
    back = link_of(of_kind(laurel, Kind.CONTACT)[-1])  # a reply quotes it to the sender
    replies += [client.get(back, **PAGE), submit(client, back, do="report"), submit(client, back)]
    stored = repr((laurel.contact_store.links, laurel.contact_store.reports, laurel.event_store.events))
    for secret in (EMAIL, mailbox.digest(EMAIL), mailbox_id_of(mailbox.digest(EMAIL))):
        for reply in replies:
            assert secret not in reply.text + repr(reply.headers)
        assert secret not in mime(confirmation, "laurel@laurel.example").as_string()
    assert EMAIL not in stored


def test_confirmation_contains_nothing_that_was_entered(laurel: Laurel, client: Gateway, holder: str) -> None:
    """Otherwise anyone could have Laurel send their words to any address."""
    write(client, holder)
    whole = mime(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1], "laurel@laurel.example").as_string()
    for words in ("Grace", "Hopper", "River Agency", "rivers", "Ada"):
        assert words not in whole


def test_hidden_and_absent_profiles_are_indistinguishable(
    laurel: Laurel,
    client: Gateway,
    path: str,
    holder: str,
) -> None:
    def answers(at: str) -> list[tuple[int, str, object]]:
        found = [client.get(f"{at}/contact", **PAGE), write(client, at), client.get(f"{at}/contact")]
        return [(each.status, each.text.replace(at, ""), each.headers) for each in found]

    absent = answers(f"/holders/{'a' * 26}")
    assert {status for status, _, _ in absent} == {410}
    laurel.profile_store.hide(holder.rpartition("/")[2], laurel.now)
    assert answers(holder) == absent
    laurel.profile_store.unhide(holder.rpartition("/")[2])
    assert allow(laurel, client, path) == holder
    assert answers(holder) != absent
    submit(client, path, do="withdraw")
    assert answers(holder) == absent


@pytest.mark.parametrize("change", ["withdraw", "off", "narrow", "hide"])
def test_message_is_not_relayed_after_the_holder_has_changed_their_mind(
    laurel: Laurel,
    client: Gateway,
    path: str,
    holder: str,
    change: str,
) -> None:
    write(client, holder)
    link = link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1])
    match change:
        case "withdraw":
            submit(client, path, do="withdraw")
        case "off":
            publish(client, path, contact="nobody")
        case "narrow":
            publish(client, path, contact="recruiters")
        case _:
            laurel.profile_store.hide(holder.rpartition("/")[2], laurel.now)
    refused = submit(client, link)
    assert (refused.status, "is not accepting messages at the moment" in refused.text) == (422, True)
    assert of_kind(laurel, Kind.CONTACT) == []


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("message", "See https://evil.example/x"),
        ("message", "See www.evil.example"),
        ("message", "Write to eve@evil.example"),
        ("name", "Grace http://evil.example"),
        ("organization", "eve@evil.example"),
        ("name", "Grace\nBcc: x"),
        ("name", ""),
        ("message", "x" * (message.MAX_TEXT + 1)),
        ("message", "a\x07b"),
        ("email", "nobody"),
    ],
    ids=[
        "scheme",
        "www",
        "address",
        "name-link",
        "organization-link",
        "line-break",
        "no-name",
        "long",
        "control",
        "email",
    ],
)
def test_message_with_a_link_or_an_error_is_refused(
    laurel: Laurel, client: Gateway, holder: str, field: str, words: str
) -> None:
    page = write(client, holder, **{field: words})
    assert (page.status, f'href="#{field}"' in page.text) == (422, True)
    assert of_kind(laurel, Kind.CONTACT_CONFIRMATION) == []
    assert laurel.contact_store.messages == {}


def test_words_of_the_sender_are_quoted_as_plain_text(laurel: Laurel, client: Gateway, holder: str) -> None:
    sent = relay(
        laurel, client, holder, name='Eve" Laurel says', message="<b>Hi</b>\nvisit evil.example now\n-- \nLaurel"
    )
    html = mime(sent, "laurel@laurel.example").get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<b>" not in html
    assert not re.search(r"evil\.example", html)
    joiner = "\u2060"  # invisible, in what may be a link
    assert "&lt;b&gt;Hi&lt;/b&gt;" in html.replace(joiner, "")
    assert "> <b>Hi</b>\n" in text_of(sent).replace(joiner, "")
    assert "“Eve' Laurel says”" in sent.paragraphs[0]
    assert "Eve" not in sent.subject


def test_email_is_in_the_language_of_its_reader_and_the_words_stay(
    laurel: Laurel, client: Gateway, holder: str
) -> None:
    digest = mailbox.digest(EMAIL)
    laurel.delivery_context.change_mailbox(digest, lambda one: replace(one, lang="de"))
    write(client, f"{holder}", message="We know rivers.")
    assert submit(client, link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1])).status == 200
    (sent,) = of_kind(laurel, Kind.CONTACT)
    assert (sent.language, sent.quotation) == ("de", ("We know rivers.",))
    assert sent.main.url.endswith("?lang=de")


def test_only_people_who_are_signed_in_write_to_a_holder_who_wants_that(
    laurel: Laurel,
    client: Gateway,
    path: str,
) -> None:
    holder = allow(laurel, client, path, "recruiters")
    assert json.loads(client.get(holder).text)["contact"]["sign_in"] is True
    page = client.get(f"{holder}/contact", **PAGE).text
    assert f"/sign-in?next={holder}/contact" in page.replace("%2F", "/")
    assert write(client, holder).status == 422
    browser = as_person(laurel, SENDER, client=client)
    assert SENDER in browser.get(f"{holder}/contact").text
    assert "Message sent" in browser.post(f"{holder}/contact", {**WORDS, "email": "eve@evil.example"}).text
    (sent,) = of_kind(laurel, Kind.CONTACT)
    assert sent.reply_to == SENDER


def test_another_site_cannot_send_a_message_of_someone_who_is_signed_in(
    laurel: Laurel, client: Gateway, holder: str
) -> None:
    browser = as_person(laurel, SENDER, client=client)
    assert browser.post(f"{holder}/contact", {**WORDS, "csrf": "x" * 32}).status == 403
    assert browser.post(f"{holder}/contact", WORDS, origin="https://evil.example").status == 403
    assert of_kind(laurel, Kind.CONTACT) == []


def test_sender_can_be_reported_and_messages_turned_off_with_the_link(
    laurel: Laurel,
    client: Gateway,
    path: str,
    holder: str,
) -> None:
    link = link_of(relay(laurel, client, holder))
    assert "Report sender" in client.get(link, **PAGE).text
    unsure = submit(client, link, do="report")
    assert (unsure.status, "Nothing was reported" in unsure.text) == (422, True)
    assert laurel.contact_store.reports == {}
    assert "For a year, the sender cannot write to you, and neither can anyone else" in unsure.text
    assert "Sender reported" in submit(client, link, do="report", sure="yes").text
    data = client.get(path.replace("/profile", "/data")).json
    assert len(data["reported_senders"]) == 2, "the sender and their domain"
    laurel.now += timedelta(days=1)
    write(client, holder, email="Grace+again@agency.example")
    refused = submit(client, link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1]))
    assert (refused.status, "You cannot send this message" in refused.text) == (422, True)
    assert client.get(f"{holder}/contact", **PAGE).status == 200
    # As an email client unsubscribes (RFC 8058).
    assert submit(client, link, **{"List-Unsubscribe": "One-Click"}).status == 200
    assert client.get(f"{holder}/contact", **PAGE).status == 404
    entries = laurel.profile_store.entries(mailbox.digest(EMAIL))
    assert visibility(grants_of(entries), Subject.CONTACT) == "nobody"
    assert submit(client, link).status == 200
    assert laurel.profile_store.entries(mailbox.digest(EMAIL)) == entries
    assert client.get(holder).status == 200


def test_sender_whom_several_holders_report_writes_to_no_one(laurel: Laurel, client: Gateway, holder: str) -> None:
    sender = relaying.email_events.recipient(SENDER)
    for number in range(relaying.BLOCKED_BY):
        laurel.contact_store.report(sender, f"other-{number}", laurel.now + relaying.BLOCKED_FOR)
    write(client, holder)
    assert submit(client, link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1])).status == 422
    laurel.now += relaying.BLOCKED_FOR
    relay(laurel, client, holder)


def test_email_to_the_holder_has_the_header_that_turns_messages_off(
    laurel: Laurel, client: Gateway, holder: str
) -> None:
    sent = mime(relay(laurel, client, holder), "laurel@laurel.example")
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/mail/contact/" in sent["List-Unsubscribe"]
    assert sent["From"] == "Laurel <laurel@laurel.example>"
    assert sent["Reply-To"] == SENDER


def test_one_sender_reaches_a_holder_once_a_day(laurel: Laurel, client: Gateway, holder: str) -> None:
    relay(laurel, client, holder)
    write(client, holder, email="grace+2@agency.example")
    link = link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1])
    refused = submit(client, link)
    assert (refused.status, refused.headers["retry-after"]) == (429, "86400")
    laurel.now += timedelta(days=1)
    assert submit(client, link).status == 200  # the message has waited


def test_holder_gets_few_messages_a_day(
    laurel: Laurel, client: Gateway, holder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "PER_HOLDER", replace(relaying.PER_HOLDER, max_count=1))
    relay(laurel, client, holder)
    write(client, holder, email="another@agency.example")
    assert submit(client, link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1])).status == 429
    assert len(of_kind(laurel, Kind.CONTACT)) == 1


def confirmed(laurel: Laurel, client: Gateway, holder: str, email: str) -> int:
    """The status of the answer to the sender ``email``, who confirms."""
    laurel.now += timedelta(minutes=30)  # the budgets of emails to strangers renew
    write(client, holder, email=email)
    confirmation = of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1]
    assert confirmation.to == email
    return submit(client, link_of(confirmation)).status


@pytest.mark.parametrize("subdomain", ["", "{}."], ids=["catch-all", "subdomains"])
def test_owner_of_a_domain_cannot_use_up_what_a_holder_gets_in_a_day(
    laurel: Laurel, client: Gateway, holder: str, subdomain: str
) -> None:
    count = relaying.PER_ORGANIZATION_AND_HOLDER.max_count
    senders = [f"one{number}@{subdomain.format(number)}evil.example" for number in range(count + 2)]
    statuses = [confirmed(laurel, client, holder, each) for each in senders]
    assert statuses == [200] * count + [429] * 2
    assert confirmed(laurel, client, holder, SENDER) == 200


def test_customers_of_a_mail_provider_share_no_limit(laurel: Laurel, client: Gateway, holder: str) -> None:
    count = relaying.PER_ORGANIZATION_AND_HOLDER.max_count + 1
    senders = [f"one{number}@gmail.com" for number in range(count)]
    assert [confirmed(laurel, client, holder, each) for each in senders] == [200] * count


@pytest.mark.parametrize(
    ("reported", "other", "status"),
    [
        ("grace@evil.example", "eve@evil.example", 422),
        ("grace@evil.example", "eve@mail.evil.example", 422),
        ("grace@evil.example", "eve@agency.example", 200),
        ("grace@gmail.com", "eve@gmail.com", 200),
        ("grace@gmail.com", "grace+2@gmail.com", 422),
    ],
    ids=["same-domain", "subdomain", "other-domain", "provider", "provider-tag"],
)
def test_a_report_blocks_the_domain_of_the_sender_for_this_holder(
    laurel: Laurel, client: Gateway, holder: str, reported: str, other: str, status: int
) -> None:
    assert confirmed(laurel, client, holder, reported) == 200
    submit(client, link_of(of_kind(laurel, Kind.CONTACT)[-1]), do="report", sure="yes")
    laurel.now += timedelta(days=1)
    assert confirmed(laurel, client, holder, other) == status


def test_reports_of_a_domain_block_it_for_no_other_holder(laurel: Laurel, client: Gateway, holder: str) -> None:
    """Otherwise three holders could keep a whole company from writing to anyone."""
    domain = organization(SENDER)
    assert domain is not None
    for number in range(relaying.BLOCKED_BY):
        laurel.contact_store.report(domain, f"other-{number}", laurel.now + relaying.BLOCKED_FOR)
    assert confirmed(laurel, client, holder, SENDER) == 200


def test_network_writes_few_messages_a_day(
    laurel: Laurel, client: Gateway, holder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "PER_NETWORK", replace(relaying.PER_NETWORK, per_client=1))
    assert write(client, holder).status == 200
    limited = write(client, holder, email="another@agency.example")
    assert (limited.status, limited.headers["retry-after"]) == (429, "86400")


def test_stranger_gets_no_more_emails_than_from_signing_in(laurel: Laurel, client: Gateway, holder: str) -> None:
    """Both draw on one budget, and the response does not tell when it is used up."""
    replies = [write(client, holder).text for _ in range(10)]
    emails = len(of_kind(laurel, Kind.CONTACT_CONFIRMATION))
    assert emails <= links.PER_ADDRESS_AND_NETWORK.per_client
    assert len(set(replies)) == 1
    assert len(laurel.contact_store.messages) == emails
    client.post("/sign-in", urlencode({"email": SENDER}).encode(), content_type="application/x-www-form-urlencoded")
    assert laurel.sign_in_mailer.sent == []


def test_sender_does_not_learn_that_the_address_bounces(laurel: Laurel, client: Gateway, holder: str) -> None:
    digest = mailbox.digest(EMAIL)
    laurel.delivery_context.change_mailbox(digest, lambda one: mailbox.bounced(one, laurel.now))
    write(client, holder)
    assert "Message sent" in submit(client, link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1])).text
    assert of_kind(laurel, Kind.CONTACT) == []


def test_message_that_could_not_be_sent_can_be_sent_again(laurel: Laurel, client: Gateway, holder: str) -> None:
    write(client, holder)
    link = link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1])
    laurel.mailer.failure = lambda: NotSent("down")
    assert submit(client, link).status == 503
    laurel.mailer.failure = lambda: None
    assert submit(client, link).status == 200


def test_message_is_deleted_after_two_days(laurel: Laurel, client: Gateway, holder: str) -> None:
    write(client, holder)
    link = link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1])
    laurel.now += message.WAITS
    assert client.get(link, **PAGE).status == submit(client, link).status == 404


def test_contact_is_an_event_without_names(laurel: Laurel, client: Gateway, holder: str) -> None:
    relay(laurel, client, holder)
    (event,) = [each for each in laurel.event_store.events.values() if each.kind is EventKind.CONTACTED]
    assert (event.issuer_id, event.credential_id, event.visitor, event.target) == ("fernhill", None, None, None)


def test_contact_is_counted_once_for_each_issuer(laurel: Laurel, client: Gateway, holder: str) -> None:
    laurel.put(replace(laurel.issuer_store.record(id_of("expired")), issuer_id="other"))
    holder_id = holder.rpartition("/")[2]
    public = laurel.profile_store.public[holder_id]
    shown = (*public.credentials, id_of("expired"))
    laurel.profile_store.public[holder_id] = replace(public, credentials=shown)
    relay(laurel, client, holder)
    found = [each.issuer_id for each in laurel.event_store.events.values() if each.kind is EventKind.CONTACTED]
    assert sorted(found) == ["fernhill", "other"]


def test_email_that_may_have_been_sent_is_not_sent_twice(laurel: Laurel, client: Gateway, holder: str) -> None:
    write(client, holder)
    link = link_of(of_kind(laurel, Kind.CONTACT_CONFIRMATION)[-1])
    laurel.mailer.after = lambda: Unavailable("no reply")
    assert submit(client, link).status == 200
    laurel.mailer.after = lambda: None
    assert submit(client, link).status == 404
    assert len(of_kind(laurel, Kind.CONTACT)) == 1
