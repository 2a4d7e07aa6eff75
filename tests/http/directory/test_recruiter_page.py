"""What a holder shows only to people who have signed in."""

from __future__ import annotations

from dataclasses import asdict, replace
from urllib.parse import urlsplit

import pytest

from chalicelib.analytics.event import Kind
from chalicelib.delivery.emails.parts.email_content import Kind as EmailKind
from chalicelib.directory.profiles.takedown import set_taken_down
from chalicelib.directory.reading_limit import PER_PERSON
from chalicelib.directory.writing import updates
from tests.http.fake_laurel import Laurel
from tests.http.gateway import HTML, Gateway
from tests.http.holder.test_holder import deliver, resend, submit
from tests.http.holder.test_profile import VALID, change, everything_public, public_path, publish, requested, see
from tests.http.signed_in import Browser, as_person

PAGE = {"accept": HTML}
BROWSER = {"user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"}
RECRUITER = "grace@agency.example"
FULL = {"see_place": "recruiters", f"show_{VALID}": "recruiters"}


@pytest.fixture
def path(laurel: Laurel, client: Gateway) -> str:
    """The path of the holder's own page of their profile."""
    resend(laurel, client)
    deliver(laurel)
    return requested(laurel, client, urlsplit(laurel.mailer.sent[-1].main.url).path)


@pytest.fixture
def holder(laurel: Laurel, client: Gateway, path: str) -> str:
    """The path of the public page of a holder who shows their town and a credential to recruiters only."""
    assert publish(client, path, **FULL).status == 303
    return public_path(laurel)


@pytest.fixture
def recruiter(laurel: Laurel, client: Gateway) -> Browser:
    return as_person(laurel, RECRUITER, client=client)


def test_recruiters_see_what_the_public_page_only_announces(
    client: Gateway, holder: str, recruiter: Browser, path: str
) -> None:
    page = client.get(holder, **PAGE).text
    assert "Ada N." in page
    assert f"{holder}/more" in page
    assert "Sign in to see more" in page
    full = recruiter.get(f"{holder}/more")
    assert full.status == 200
    assert "Ada N." in full.text
    assert f"/c/{VALID}" in full.text
    assert "Sign in to see more" not in full.text
    assert full.headers["x-robots-tag"] == "noindex"
    assert full.headers["cache-control"] == "private, no-store"
    assert f"{holder}/more" in client.get(path, **PAGE).text


def test_what_only_recruiters_see_is_nowhere_else(laurel: Laurel, client: Gateway, holder: str, path: str) -> None:
    publish(client, path, see_place="recruiters", place="Zamunda", ends="keep", **{f"show_{VALID}": "recruiters"})
    updates.update(laurel.listing_updates, [holder.rpartition("/")[2]])
    replies = everything_public(client, holder)
    replies += [client.get(f"/directory?{query}", **PAGE) for query in ("q=zamunda", "place=Zamunda", "q=python", "")]
    replies += [client.get(f"/v1/directory?{query}&include=facets") for query in ("place=Zamunda", "q=python")]
    replies += [client.get("/v1/directory/suggest?q=zamu"), client.get("/sitemap.xml")]
    for reply in replies:
        assert VALID not in reply.text
    assert all("Zamunda" not in reply.text for reply in (*everything_public(client, holder), replies[-2]))
    assert client.get("/v1/directory?q=zamunda").json["items"] == []
    assert client.get("/v1/directory?place=Zamunda").json["items"] == []


def test_the_link_is_shown_only_where_there_is_more(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path, see_place="nobody")
    page = client.get(public_path(laurel), **PAGE).text
    assert "Sign in to see more" not in page
    assert client.get(public_path(laurel), accept="application/json").json["more"] is None


def test_the_page_needs_a_session_and_signing_in_leads_back(client: Gateway, holder: str) -> None:
    reply = client.get(f"{holder}/more", **PAGE)
    assert (reply.status, reply.headers["location"].partition("next=")[2]) == (303, f"{holder}/more")


def test_a_profile_for_recruiters_alone_has_a_page_saving_and_messages_but_is_not_public(
    laurel: Laurel, client: Gateway, path: str, recruiter: Browser
) -> None:
    publish(client, path, contact="recruiters", **see("recruiters"), **{f"show_{VALID}": "recruiters"})
    (holder_id,) = laurel.profile_store.recruiters
    public = f"/holders/{holder_id}"
    assert [one.status for one in everything_public(client, public)] == [410] * 5
    assert "Ada N." in recruiter.get(f"{public}/more").text
    offered = recruiter.get(f"/directory/saved?person={holder_id}").text
    assert f"{public}/more" in offered
    assert recruiter.post("/directory/saved", {"do": "save_person", "value": holder_id}).status == 303
    assert f"{public}/more" in recruiter.get("/directory/saved").text
    assert f"{public}/more" in recruiter.get(f"{public}/contact").text
    words = {"name": "Grace", "organization": "", "message": "Hello"}
    assert recruiter.post(f"{public}/contact", words).status == 200
    assert [one.kind for one in laurel.mailer.sent][-1] is EmailKind.CONTACT


@pytest.mark.parametrize("how", ["withdraw", "narrow", "take-down", "expire"])
def test_what_is_withdrawn_is_gone_with_the_next_request(
    laurel: Laurel, client: Gateway, path: str, holder: str, recruiter: Browser, how: str
) -> None:
    match how:
        case "withdraw":
            submit(client, path, do="withdraw")
        case "narrow":
            change(client, path, **see("nobody"), **{f"show_{VALID}": "nobody"})
        case "take-down":
            set_taken_down(laurel.profile_context, holder.rpartition("/")[2], taken_down=True)
        case _:
            (one,) = laurel.profile_store.recruiters.values()
            laurel.profile_store.recruiters[one.holder_id] = replace(one, expires_at=laurel.now)
    gone, absent = recruiter.get(f"{holder}/more"), recruiter.get(f"/holders/{'q' * 26}/more")
    assert (gone.status, gone.text) == (absent.status, absent.text)
    assert gone.status == 410


def test_one_person_can_open_a_stated_number_of_profiles_a_day(
    laurel: Laurel, client: Gateway, holder: str, recruiter: Browser
) -> None:
    for _ in range(5):  # what is not shown does not count
        recruiter.get(f"/holders/{'q' * 26}/more")
    with laurel.reading_limit.reading("198.51.100.1", PER_PERSON - 1, person=RECRUITER) as reading:
        reading.shown = PER_PERSON - 1
    assert recruiter.get(f"{holder}/more").status == 200
    for path in (f"{holder}/more", f"/directory/saved?person={holder.rpartition('/')[2]}"):
        assert recruiter.get(path).status == 429
    colleague = as_person(laurel, "alan@agency.example", client=client)
    assert colleague.get(f"{holder}/more").status == 200
    assert RECRUITER not in str(laurel.counters.values)


def test_a_view_by_a_recruiter_is_the_same_event_as_any_other(laurel: Laurel, holder: str, recruiter: Browser) -> None:
    laurel.event_store.events.clear()
    recruiter.get(f"{holder}/more", **BROWSER)
    (event,) = (one for one in laurel.event_store.events.values() if one.kind is Kind.PROFILE_VIEW)
    assert (event.issuer_id, event.credential_id) == ("fernhill", None)
    assert RECRUITER not in str(asdict(event))
    assert holder.rpartition("/")[2] not in str(asdict(event))


def test_the_form_says_that_searches_do_not_find_what_recruiters_see(client: Gateway, path: str) -> None:
    assert "Searches do not find you by these details" in client.get(path, **PAGE).text
