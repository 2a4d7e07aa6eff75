"""The holder's page, unsubscribing, and resending the email."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import pytest

from chalicelib.access.roles import Role
from chalicelib.analytics.event import Kind as EventKind
from chalicelib.award.issuing import issue
from chalicelib.credential.build import Holder
from chalicelib.delivery import handlers, mailbox
from chalicelib.delivery.delivery_status import State
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.holder import link_requests
from chalicelib.delivery.holder.link_requests import NEW_LINK
from chalicelib.delivery.links import RETENTION, VALIDITY, WIDE_VALIDITY
from chalicelib.delivery.resend import STORED_AFTER
from chalicelib.errors import Unavailable
from chalicelib.tasks.task_queue import Task
from tests.http.fake_laurel import BASE_URL, Laurel, id_of
from tests.http.gateway import HTML, Gateway, Response
from tests.http.signed_in import as_token

CREDENTIAL = id_of("valid")
EMAIL = "ada@example.org"
PHONE = {
    "accept": HTML,
    "user_agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
    "sec_fetch_mode": "navigate",
    "sec_fetch_dest": "document",
}
FORM = {"content_type": "application/x-www-form-urlencoded", "accept": HTML}


@pytest.fixture
def path(laurel: Laurel, client: Gateway) -> str:
    """The path of the holder's page, from the link in the credential email."""
    resend(laurel, client)
    deliver(laurel)
    return urlsplit(laurel.mailer.sent[-1].main.url).path


@pytest.fixture
def wide_path(laurel: Laurel, client: Gateway, path: str) -> str:
    """The path of the page with the credentials of all issuers, from the link that the holder requests."""
    assert submit(client, path, do="all").status == 200
    return urlsplit(laurel.mailer.sent[-1].main.url).path


def resend(laurel: Laurel, client: Gateway, credential: str = CREDENTIAL, issuer: str = "fernhill") -> Response:
    return client.post(f"/v1/credentials/{credential}/send", b"", **as_token(laurel, issuer, Role.EDITOR))


def deliver(laurel: Laurel) -> None:
    handlers.handlers(laurel.delivery_context)["deliver"](Task("deliver", "fernhill", CREDENTIAL, laurel.now))


def submit(client: Gateway, path: str, **fields: str) -> Response:
    return client.post(path, urlencode(fields).encode(), **FORM)


def requested(laurel: Laurel) -> str:
    """The path of a link to everything that the holder requested, as on a credential's page."""
    link_requests.send_link_to_recipient(laurel.delivery_context, EMAIL)
    return urlsplit(laurel.mailer.sent[-1].main.url).path


def events(laurel: Laurel, kind: EventKind) -> list[str | None]:
    return [event.target for event in laurel.event_store.events.values() if event.kind is kind]


def state(laurel: Laurel) -> State:
    return laurel.delivery_context.store.delivery("fernhill", CREDENTIAL).state


def test_resending_queues_the_email_and_returns_the_delivery_status(laurel: Laurel, client: Gateway) -> None:
    response = resend(laurel, client)
    assert (response.status, response.json["state"]) == (202, "waiting")
    assert Task("deliver", "fernhill", CREDENTIAL, laurel.now + STORED_AFTER) in laurel.tasks.status
    deliver(laurel)
    assert [email.to for email in laurel.mailer.sent] == [EMAIL]


def test_resending_is_rate_limited(laurel: Laurel, client: Gateway) -> None:
    for _ in range(3):
        assert resend(laurel, client).status == 202
        deliver(laurel)
        assert resend(laurel, client).status == 429
        laurel.now += timedelta(minutes=11)
    response = resend(laurel, client)
    assert (response.status, response.json["code"]) == (429, "too_many_requests")
    laurel.now += timedelta(days=1)
    assert resend(laurel, client).status == 202


def test_a_bounced_mailbox_gets_no_email(laurel: Laurel, client: Gateway) -> None:
    laurel.delivery_context.change_mailbox(mailbox.digest(EMAIL), lambda box: mailbox.bounced(box, laurel.now))
    response = resend(laurel, client)
    assert response.status == 422
    assert "bounce" in response.json["detail"]


def test_the_page_lists_the_holders_credentials_and_records_the_opening(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    response = client.get(path, **PHONE)
    assert response.status == 200
    assert "Data analysis in practice" in response.text
    assert f"{BASE_URL}/c/{CREDENTIAL}" in response.text
    assert "The issuer revoked it on" in response.text
    assert "The issuer’s reason: <bdi>“Issued to the wrong person.”</bdi>" in response.text
    assert state(laurel) is State.OPENED
    client.get(path, **PHONE)
    assert len(events(laurel, EventKind.OPENED)) == 1


def test_a_reason_on_the_page_cannot_end_its_quotation(laurel: Laurel, client: Gateway, path: str) -> None:
    record = laurel.issuer_store.record(id_of("revoked"))
    laurel.put(replace(record, status=replace(record.status, reason="An error.” It is valid again. “")))
    assert "<bdi>“An error.&#39; It is valid again. &#39;”</bdi>" in client.get(path, **PHONE).text


def test_the_page_is_not_cached_indexed_or_sent_as_referrer(client: Gateway, path: str) -> None:
    headers = client.get(path, **PHONE).headers
    assert headers["cache-control"] == "private, no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex, nofollow"


@pytest.mark.parametrize(
    "headers",
    [
        {"purpose": "prefetch"},
        {"sec_purpose": "prefetch;prerender"},
        {"x_moz": "prefetch"},
        {"sec_fetch_dest": "empty"},
        {"sec_fetch_mode": "no-cors"},
        {"user_agent": ""},
        {"user_agent": "python-requests/2.32"},
        {"user_agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"},
        {"user_agent": "Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/130.0 Safari/537.36"},
        {"user_agent": "Mozilla/5.0 (Windows NT 10.0) BarracudaLinkProtect"},
    ],
    ids=str,
)
def test_a_mail_scanner_does_not_count_as_opening(
    laurel: Laurel, client: Gateway, path: str, headers: dict[str, str]
) -> None:
    assert client.get(path, **{**PHONE, **headers}).status == 200
    assert client.head(path, **PHONE).status == 200
    assert state(laurel) is State.SENT
    assert events(laurel, EventKind.OPENED) == []


def test_get_requests_change_no_holder_data(laurel: Laurel, client: Gateway, path: str) -> None:
    boxes, links = dict(laurel.delivery_store.mailboxes), dict(laurel.delivery_store.links)
    for address in (path, urlsplit(laurel.mailer.sent[-1].unsubscribe or "").path):
        assert client.get(address, **PHONE).status == 200
    assert (laurel.delivery_store.mailboxes, laurel.delivery_store.links) == (boxes, links)


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("linkedin_profile", "www.linkedin.com"),
        ("linkedin_post", "www.linkedin.com"),
        ("facebook", "www.facebook.com"),
        ("x", "x.com"),
        ("whatsapp", "wa.me"),
    ],
)
def test_sharing_redirects_and_is_recorded(laurel: Laurel, client: Gateway, path: str, target: str, host: str) -> None:
    response = submit(client, path, do="share", credential=CREDENTIAL, target=target)
    location = urlsplit(response.headers["location"])
    assert (response.status, location.scheme, location.netloc) == (303, "https", host)
    assert f"{BASE_URL}/c/{CREDENTIAL}" in unquote_plus(location.query)
    assert f"https://{host}" in client.get(path, **PHONE).headers["content-security-policy"]
    assert state(laurel) is State.SHARED
    assert events(laurel, EventKind.SHARED) == [target]


def test_linkedin_url_has_the_certification_fields(client: Gateway, path: str, laurel: Laurel) -> None:
    response = submit(client, path, do="share", credential=CREDENTIAL, target="linkedin_profile")
    fields = {name: value for name, [value] in parse_qs(urlsplit(response.headers["location"]).query).items()}
    record = laurel.issuer_store.record(CREDENTIAL)
    assert record.valid_until is not None
    assert fields == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Data analysis in practice",
        "organizationName": "Fernhill College",
        "issueYear": str(record.issued_at.year),
        "issueMonth": str(record.issued_at.month),
        "expirationYear": str(record.valid_until.year),
        "expirationMonth": str(record.valid_until.month),
        "certUrl": f"{BASE_URL}/c/{CREDENTIAL}?via=linkedin_profile",
        "certId": CREDENTIAL,
    }


@pytest.mark.parametrize("fields", [{"target": "https://evil.example"}, {"target": "x", "credential": "e" * 26}])
def test_unknown_share_target_or_foreign_credential_is_404(
    laurel: Laurel, client: Gateway, path: str, fields: dict[str, str]
) -> None:
    response = submit(client, path, **{"do": "share", "credential": CREDENTIAL, **fields})
    assert response.status == 404
    assert "location" not in response.headers
    assert state(laurel) is State.SENT


def test_the_signed_credential_can_be_downloaded(laurel: Laurel, client: Gateway, path: str) -> None:
    response = submit(client, path, do="download", credential=CREDENTIAL)
    assert response.body == laurel.issuer_store.record(CREDENTIAL).document
    assert response.headers["content-disposition"] == 'attachment; filename="Data analysis in practice.json"'
    assert [event.kind for event in laurel.event_store.events.values()][-1] == EventKind.DOWNLOAD


def test_settings_are_saved(laurel: Laurel, client: Gateway, path: str, wide_path: str) -> None:
    assert submit(client, wide_path, do="zone", zone="Asia/Kolkata").status == 303
    assert submit(client, path, do="mail", issuer="fernhill", wanted="new").status == 303
    box = laurel.delivery_store.mailbox(mailbox.digest(EMAIL))
    assert (box.zone, mailbox.choice(box, "fernhill")) == ("Asia/Kolkata", "new")
    shown = client.get(wide_path, **PHONE).text
    assert '<option value="Asia/Kolkata" selected>Kolkata, India</option>' in shown
    assert 'name="wanted" value="new" checked' in shown


def test_the_saved_notice_is_shown_once(client: Gateway, path: str) -> None:
    location = submit(client, path, do="mail", issuer="fernhill", wanted="new").headers["location"]
    assert location == f"{BASE_URL}{path}?saved=emails#settings"
    assert "Saved." in client.get(f"{path}?saved=emails", **PHONE).text
    assert "Saved." not in client.get(path, **PHONE).text


def test_an_unknown_timezone_is_an_error_at_its_field(client: Gateway, wide_path: str) -> None:
    response = submit(client, wide_path, do="zone", zone='Europe/"Atlantis')
    assert response.status == 422
    assert "Unknown timezone." in response.text
    assert "Atlantis" not in response.text
    assert "Your credentials" in response.text
    assert "Add to LinkedIn profile" in response.text


def test_timezones_are_listed_by_region_with_the_city_first(client: Gateway, wide_path: str) -> None:
    page = client.get(wide_path, **PHONE).text
    assert '<optgroup label="Europe">' in page
    assert '<option value="Europe/Berlin">Berlin, Germany</option>' in page
    assert '<option value="America/Argentina/Buenos_Aires">Buenos Aires, Argentina</option>' in page


@pytest.mark.parametrize("country", ["Allemagne", "Deutschland", "ドイツ"])
def test_timezones_are_found_by_the_name_of_a_country_in_any_language(
    client: Gateway, wide_path: str, country: str
) -> None:
    found = submit(client, wide_path, do="find_zone", city=country).text
    assert '<option value="Europe/Berlin" selected>' in found
    assert "Africa/Dakar" not in found


def test_timezones_are_found_by_name_without_script(laurel: Laurel, client: Gateway, wide_path: str) -> None:
    response = submit(client, wide_path, do="find_zone", city=" buenos AIRES ")
    assert response.status == 200
    assert "1 timezone matches “buenos AIRES”. Save it to use it." in response.text
    assert '<option value="America/Argentina/Buenos_Aires" selected>' in response.text
    assert "Europe/Berlin" not in response.text
    assert laurel.delivery_store.mailbox(mailbox.digest(EMAIL)).zone is None
    nothing = submit(client, wide_path, do="find_zone", city="<Atlantis>").text
    assert "No timezone matches “&lt;Atlantis&gt;”. Try your country or the nearest large city." in nothing
    assert '<option value="Europe/Berlin">' in nothing
    assert "Europe/Berlin" in submit(client, wide_path, do="find_zone", city="").text


@pytest.mark.parametrize("term", ["vietnam", "Saigon", "ho chi minh"])
def test_a_timezone_is_found_by_country_and_by_another_spelling(client: Gateway, wide_path: str, term: str) -> None:
    page = submit(client, wide_path, do="find_zone", city=term).text
    assert '<option value="Asia/Ho_Chi_Minh" selected>Ho Chi Minh, Vietnam</option>' in page
    assert "Asia/Saigon" not in page


def test_a_saved_timezone_is_confirmed_at_its_field(client: Gateway, wide_path: str) -> None:
    location = submit(client, wide_path, do="zone", zone="Asia/Kolkata").headers["location"]
    assert location == f"{BASE_URL}{wide_path}?saved=zone#timezone"
    page = client.get(f"{wide_path}?saved=zone", **PHONE).text
    assert page.index("Timezone saved.") > page.index('id="timezone"')
    assert "<strong>Saved." not in page


def test_the_language_of_emails_is_chosen_and_confirmed_at_its_field(
    laurel: Laurel, client: Gateway, wide_path: str
) -> None:
    assert '<option value="">The language that the issuer chose</option>' in client.get(wide_path, **PHONE).text
    location = submit(client, f"{wide_path}?lang=de", do="lang", lang="es").headers["location"]
    assert location == f"{BASE_URL}{wide_path}?saved=lang#language"
    page = client.get(f"{wide_path}?saved=lang", **PHONE).text
    assert page.index("Idioma guardado.") > page.index('id="language"')
    assert '<option value="es" lang="es" selected>Español</option>' in page
    laurel.now += timedelta(hours=1)
    resend(laurel, client)
    deliver(laurel)
    assert laurel.mailer.sent[-1].language == "es"
    submit(client, wide_path, do="lang", lang="")
    assert laurel.delivery_store.mailbox(mailbox.digest(EMAIL)).lang is None


@pytest.mark.parametrize("lang", ["tlh", "ES", "de-AT", "../x"])
def test_an_unknown_language_of_emails_is_refused(laurel: Laurel, client: Gateway, wide_path: str, lang: str) -> None:
    assert submit(client, wide_path, do="lang", lang=lang).status == 422
    assert laurel.delivery_store.mailbox(mailbox.digest(EMAIL)).lang is None


def test_an_issuers_link_cannot_change_the_language_of_emails(laurel: Laurel, client: Gateway, path: str) -> None:
    assert submit(client, path, do="lang", lang="es").status == 403
    assert laurel.delivery_store.mailbox(mailbox.digest(EMAIL)).lang is None


def test_the_page_is_in_the_chosen_language_unless_its_url_names_one(
    client: Gateway, path: str, wide_path: str
) -> None:
    assert client.get(wide_path, accept_language="fr", **PHONE).headers["content-language"] == "fr"
    submit(client, wide_path, do="lang", lang="es")
    for each in (path, wide_path):
        chosen = client.get(each, accept_language="fr", **PHONE)
        assert chosen.headers["content-language"] == "es"
        assert f"{BASE_URL}{each}?lang=es" in chosen.text  # its forms stay in this language
        assert client.get(f"{each}?lang=de", **PHONE).headers["content-language"] == "de"


def test_copy_buttons_are_in_the_language_of_the_page(client: Gateway, path: str) -> None:
    page = client.get(f"{path}?lang=es", **PHONE).text
    assert 'data-copy="Copiar enlace" data-copied="Copiado."' in page
    assert 'data-copy="Copiar texto"' in page


def test_the_data_can_be_downloaded_beside_their_deletion(client: Gateway, path: str, wide_path: str) -> None:
    submit(client, wide_path, do="lang", lang="en")
    link = f'<a href="{BASE_URL}{wide_path}/data" download>Download everything that Laurel stores about you</a>'
    assert link in client.get(wide_path, **PHONE).text
    assert client.get(f"{wide_path}/data").json["settings"]["email_language"] == "en"
    assert "/data" not in client.get(path, **PHONE).text


def test_only_a_valid_credential_has_a_certificate_whether_or_not_its_issuer_is_proven(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    url = f"{BASE_URL}/c/{CREDENTIAL}/certificate.pdf"
    link = f'<a href="{url}?lang=de">Zertifikat herunterladen (PDF)</a>'
    page = client.get(f"{path}?lang=de", **PHONE).text
    assert link in page
    assert client.get(url.removeprefix(BASE_URL)).status == 200
    statuses = page.count('class="status"')
    assert statuses
    assert page.count("certificate.pdf") == page.count('class="own"') - statuses
    issuer = laurel.issuer_store.issuer("fernhill")
    unproven = replace(issuer, registered_as=None, domains=(), version=issuer.version + 1)
    laurel.issuer_store.replace_issuer(unproven)
    assert url in client.get(path, **PHONE).text
    assert client.get(url.removeprefix(BASE_URL)).status == 200


def test_the_page_says_what_the_link_allows_and_how_long_it_works(client: Gateway, path: str, wide_path: str) -> None:
    page = client.get(path, **PHONE).text
    assert "can see this page and change these settings or request a new link" in page
    assert f"The link works for {VALIDITY.days} days." in page
    assert '<a href="#all-title">request a link to all of your credentials</a>' in page
    wide = client.get(wide_path, **PHONE).text
    assert "change these settings, delete your data or request a new link" in wide
    assert f"The link works for {WIDE_VALIDITY // timedelta(hours=1)} hours." in wide


def test_a_requested_link_names_the_address_only_while_the_link_works(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    page = submit(client, path, do="all").text
    assert f"<strong>{EMAIL}</strong>" in page
    assert f'<a href="{BASE_URL}{path}">Back to your credentials</a>' in page
    laurel.now += NEW_LINK.window
    ended = submit(client, path, do="link").text
    assert EMAIL in ended
    assert "Back to your credentials" not in ended
    laurel.now += NEW_LINK.window
    page = submit(client, path, do="all").text
    assert "A new link has been sent" in page
    assert EMAIL not in page
    assert "Back to your credentials" not in page


def test_whoever_deletes_their_data_sees_how_to_contact_the_issuer(
    laurel: Laurel, client: Gateway, wide_path: str
) -> None:
    assert "mailto:hello" not in client.get(wide_path, **PHONE).text
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store.replace_issuer(replace(issuer, email="hello@fernhill.example", version=issuer.version + 1))
    assert '<a href="mailto:hello@fernhill.example">' in client.get(wide_path, **PHONE).text


def test_card_names_the_holder(client: Gateway, path: str) -> None:
    assert '<p class="holder">Earned by <strong><bdi>Ada Nwosu</bdi></strong></p>' in client.get(path, **PHONE).text


def test_replaced_card_links_to_the_newest_version(laurel: Laurel, client: Gateway, path: str) -> None:
    for old, new in (("expired", "revoked"), ("revoked", "valid")):
        laurel.put(replace(laurel.issuer_store.record(id_of(old)), superseded_by=id_of(new)))
    page = client.get(path, **PHONE).text
    assert page.count(f'<a href="{BASE_URL}/c/{CREDENTIAL}">View the new version</a>') == 2


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"do": "zone", "zone": "../../etc/passwd"}, 422),
        ({"do": "zone", "zone": "Europe/Atlantis"}, 422),
        ({"do": "mail", "issuer": "other", "wanted": "none"}, 404),
        ({"do": "mail", "issuer": "fernhill", "wanted": "some"}, 422),
        ({"do": "dance"}, 400),
        ({}, 400),
    ],
    ids=str,
)
def test_invalid_settings_are_refused(
    laurel: Laurel, client: Gateway, wide_path: str, fields: dict[str, str], status: int
) -> None:
    before = laurel.delivery_store.mailbox(mailbox.digest(EMAIL))
    assert submit(client, wide_path, **fields).status == status
    assert laurel.delivery_store.mailbox(mailbox.digest(EMAIL)) == before


def test_a_new_link_is_emailed_and_revokes_the_previous_ones(laurel: Laurel, client: Gateway, path: str) -> None:
    laurel.now += timedelta(minutes=1)
    assert submit(client, path, do="link").status == 200
    email = laurel.mailer.sent[-1]
    assert (email.kind, email.to) == (Kind.HOLDER_LINK, EMAIL)
    assert client.get(path, **PHONE).status == 410
    assert client.get(urlsplit(email.main.url).path, **PHONE).status == 200
    refused = submit(client, path, do="link")
    assert refused.status == 429
    assert "Earlier links were not ended." in refused.text
    assert len(laurel.mailer.sent) == 2


def test_a_link_expires_after_a_year_and_is_renewed_only_by_email(laurel: Laurel, client: Gateway, path: str) -> None:
    laurel.now += VALIDITY - timedelta(seconds=1)
    assert client.get(path, **PHONE).status == 200
    laurel.now += timedelta(seconds=1)
    over = client.get(path, **PHONE)
    assert over.status == 410
    assert EMAIL not in over.text
    assert submit(client, path, do="share", credential=CREDENTIAL, target="x").status == 410
    assert submit(client, path, do="link").status == 200
    assert laurel.mailer.sent[-1].to == EMAIL
    laurel.now += RETENTION
    assert client.get(path, **PHONE).status == 404


def test_forgetting_a_holder_keeps_only_a_hash(laurel: Laurel, client: Gateway, path: str, wide_path: str) -> None:
    assert submit(client, wide_path, do="forget").status == 400
    assert laurel.delivery_store.links
    page = submit(client, wide_path, do="forget", sure="yes")
    assert page.status == 200
    assert "We have deleted your public profile with its history, your settings and your links." in page.text
    assert laurel.delivery_store.links == {}
    assert EMAIL not in repr(laurel.delivery_store.mailboxes)
    assert client.get(path, **PHONE).status == 404
    laurel.now += timedelta(days=2)
    assert resend(laurel, client).status == 422


def test_email_settings_show_that_deleting_the_data_stopped_emails_and_saving_keeps_it(
    laurel: Laurel, client: Gateway, wide_path: str
) -> None:
    submit(client, wide_path, do="forget", sure="yes")
    again = requested(laurel)
    page = client.get(again, **PHONE).text
    assert "You deleted your data on" in page
    assert 'id="mail-fernhill-none" name="wanted" value="none" checked' in page
    assert page.count('name="wanted" value="all" checked') == 0
    assert submit(client, again, do="mail", issuer="fernhill", wanted="none").status == 303
    laurel.now += timedelta(days=2)
    assert resend(laurel, client).status == 422


def test_after_deleting_the_data_a_holder_chooses_the_emails_of_one_issuer_again(
    laurel: Laurel, client: Gateway, wide_path: str
) -> None:
    submit(client, wide_path, do="forget", sure="yes")
    again = requested(laurel)
    assert submit(client, again, do="mail", issuer="fernhill", wanted="all").status == 303
    assert 'id="mail-fernhill-all" name="wanted" value="all" checked' in client.get(again, **PHONE).text
    laurel.now += timedelta(days=2)
    assert resend(laurel, client).status == 202


def test_the_data_says_that_deleting_the_data_stopped_emails(laurel: Laurel, client: Gateway, wide_path: str) -> None:
    submit(client, wide_path, do="forget", sure="yes")
    again = requested(laurel)
    submit(client, again, do="mail", issuer="fernhill", wanted="new")
    settings = client.get(f"{again}/data").json["settings"]
    assert settings["emails_stopped_at"] == f"{laurel.now:%Y-%m-%dT%H:%M:%SZ}"
    assert settings["subscribed_again_to"] == ["fernhill"]


def test_the_email_with_a_link_says_where_it_was_requested(laurel: Laurel, client: Gateway, path: str) -> None:
    stop = urlsplit(laurel.mailer.sent[-1].unsubscribe or "").path
    submit(client, path, do="all")
    assert "requested it on your page" in laurel.mailer.sent[-1].why
    client.post(stop, b"", **FORM)
    submit(client, stop, do="undo")
    assert "requested it with a link from an earlier email" in laurel.mailer.sent[-1].why
    laurel.now += VALIDITY
    submit(client, path, do="all")
    assert "requested it with a link from an earlier email" in laurel.mailer.sent[-1].why
    laurel.now += timedelta(days=1)
    link_requests.send_link_to_person(laurel.delivery_context, EMAIL)
    assert "signed in with this address and requested it" in laurel.mailer.sent[-1].why


def test_the_email_with_a_link_does_not_say_that_deleted_links_work(
    laurel: Laurel, client: Gateway, path: str, wide_path: str
) -> None:
    before = laurel.mailer.sent[-1]
    assert "Requesting this link does not end earlier links." in before.paragraphs
    submit(client, wide_path, do="forget", sure="yes")
    requested(laurel)
    email = laurel.mailer.sent[-1]
    assert "Links from before you deleted your data no longer work." in email.paragraphs
    assert client.get(path, **PHONE).status == 404


def test_one_click_unsubscribe_is_idempotent(laurel: Laurel, client: Gateway, path: str) -> None:
    stop = urlsplit(laurel.mailer.sent[-1].unsubscribe or "").path
    assert "Unsubscribe" in client.get(stop, **PHONE).text
    box = mailbox.digest(EMAIL)
    assert mailbox.choice(laurel.delivery_store.mailbox(box), "fernhill") == "all"
    for _ in range(2):
        # The request of an email client under RFC 8058, 3.2: no cookie, no referrer.
        response = client.post(stop, b"List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert response.status == 200
    assert mailbox.choice(laurel.delivery_store.mailbox(box), "fernhill") == "none"
    assert "You have unsubscribed" in client.get(stop, **PHONE).text


def test_unsubscribing_can_be_undone_with_a_link_that_the_holder_requests(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    stop, box = urlsplit(laurel.mailer.sent[-1].unsubscribe or "").path, mailbox.digest(EMAIL)
    page = client.post(stop, b"", **FORM).text
    assert "select the “Email settings” link at the bottom" in page
    assert mailbox.choice(laurel.delivery_store.mailbox(box), "fernhill") == "none"
    assert '<input type="hidden" name="do" value="undo">' in page
    response = submit(client, stop, do="undo")
    assert response.status == 200
    assert "A new link has been sent" in response.text
    assert EMAIL not in response.text
    fresh = urlsplit(laurel.mailer.sent[-1].main.url).path
    assert submit(client, fresh, do="mail", issuer="fernhill", wanted="new").status == 303
    assert mailbox.choice(laurel.delivery_store.mailbox(box), "fernhill") == "new"
    assert client.post(f"/mail/unsubscribe/{path.rpartition('/')[2]}", b"do=undo", **FORM).status == 404


def test_page_and_unsubscribe_tokens_are_not_interchangeable(laurel: Laurel, client: Gateway, path: str) -> None:
    token = path.rpartition("/")[2]
    stop = (laurel.mailer.sent[-1].unsubscribe or "").rpartition("/")[2]
    assert client.post(f"/mail/unsubscribe/{token}", b"").status == 404
    assert client.get(f"/my/{stop}", **PHONE).status == 404


def test_an_issuer_sets_the_accent_colour_of_its_emails(laurel: Laurel, client: Gateway) -> None:
    owner = {**as_token(laurel, "fernhill", Role.OWNER), "content_type": "application/json"}
    changed = client("PATCH", "/v1/issuers/fernhill", body=b'{"accent": "#7a1fa2", "version": 1}', **owner)
    assert changed.json["accent"] == "#7a1fa2"
    assert client("PATCH", "/v1/issuers/fernhill", body=b'{"accent": "purple", "version": 2}', **owner).status == 422
    resend(laurel, client)
    deliver(laurel)
    assert laurel.mailer.sent[-1].brand.accent == "#7a1fa2"


def test_a_new_member_gets_an_invitation(laurel: Laurel, client: Gateway) -> None:
    owner = as_token(laurel, "fernhill", Role.OWNER)
    laurel.mailer.failure = lambda: Unavailable("no email today")
    assert client.post("/v1/members", b'{"email": "eve@example.org", "role": "owner"}', **owner).status == 201
    laurel.mailer.failure = lambda: None
    assert client.post("/v1/members", b'{"email": "ben@example.org", "role": "editor"}', **owner).status == 201
    [email] = laurel.mailer.sent
    assert (email.kind, email.to, email.main.url) == (Kind.INVITATION, "ben@example.org", f"{BASE_URL}/sign-in")
    assert "editor" in " ".join(email.paragraphs)


def test_no_token_and_no_email_address_is_logged(client: Gateway, path: str, log_lines: object) -> None:
    client.get(path, **PHONE)
    submit(client, path, do="zone", zone="Asia/Kolkata")
    text = log_lines.getvalue()  # type: ignore[attr-defined]
    assert "/my/{token}" in text
    assert path.rpartition("/")[2] not in text
    assert EMAIL not in text


def test_the_date_of_an_earlier_start_is_the_same_on_the_public_page_in_the_email_and_on_the_holders_page(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    """An issuer can give a date months before the day on which it issues the credential here."""
    record = laurel.issuer_store.record(CREDENTIAL)
    first = "b" * 26
    award = issue.Award(
        "fernhill", record.achievement_id, Holder("Ada Nwosu", EMAIL), laurel.now - timedelta(days=200),
        credential_id=first,
    )  # fmt: skip
    start = issue.issue(laurel.issuer_context, award).issued_at - timedelta(days=200)
    public = client.get(f"/c/{first}", accept=HTML).text
    shared = submit(client, path, do="share", credential=first, target="linkedin_profile").headers["location"]
    resend(laurel, client, first)
    handlers.handlers(laurel.delivery_context)["deliver"](Task("deliver", "fernhill", first, laurel.now))
    other = laurel.mailer.sent[-1].other
    assert other is not None
    on_page = re.findall(r'href="([^"]*profile/add[^"]*)"', public)[0]
    for url in (unescape(on_page), shared, other.url):
        found = parse_qs(urlsplit(url).query)
        assert (found["issueYear"], found["issueMonth"]) == ([str(start.year)], [str(start.month)])
    page = re.sub(r"<[^>]+>", "", client.get(path, **PHONE).text)
    assert f"Issued by Fernhill College on {start:%-d %B %Y}" in page


def test_a_credential_can_be_sent_by_email_as_from_its_public_page(client: Gateway, path: str) -> None:
    page = client.get(f"{path}?lang=de", **PHONE).text
    url = unescape(re.findall(r'<a href="(mailto:[^"]*)">Per E-Mail senden</a>', page)[0])
    body = parse_qs(url.partition("?")[2])["body"][0]
    assert f"{BASE_URL}/c/{CREDENTIAL}?via=email" in body
    assert "Data analysis in practice" in body
