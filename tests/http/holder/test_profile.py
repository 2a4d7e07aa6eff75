"""A holder's public profile: publishing, consent, withdrawing, and the page and frame that others see."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib.access import sessions, tokens
from chalicelib.award.issuing import status_changes
from chalicelib.credential.issuer import DomainProof, ProofLocation
from chalicelib.delivery import delivery_status, mailbox
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.surveys.survey import SurveyAnswer
from chalicelib.directory.profiles import own_profile
from chalicelib.directory.profiles.consent import FIELDS, TEXT_VERSION
from chalicelib.directory.saved import actions as saved_actions
from chalicelib.directory.saved.saved import with_person
from chalicelib.directory.writing import updates
from chalicelib.email.message import message as mime
from chalicelib.embed.appearance import Size
from chalicelib.http.directory import credentials_frame, holder_view
from chalicelib.http.directory.sitemap import SECONDS
from chalicelib.http.public.credential.credential_facts import Link
from chalicelib.moderation import takedown
from chalicelib.outcomes.outcome import Earlier, Measure, Outcome
from tests.http.fake_laurel import BASE_URL, KINDS, Laurel, id_of
from tests.http.gateway import HTML, Gateway, Response
from tests.http.holder.test_holder import EMAIL, FORM, deliver, resend, submit
from tests.http.signed_in import as_person

VALID = id_of("valid")
DETAILS = {
    "name": "Ada N.", "headline": "Analyst of rivers", "place": "Lagos", "links": "https://ada.example/work",
    "language_en": "yes", "language_ig": "yes", "open_mentoring": "yes",
}  # fmt: skip
PAGE = {"accept": HTML}


@pytest.fixture
def narrow(laurel: Laurel, client: Gateway) -> str:
    """The path of the holder's page, from the link in an issuer's email."""
    resend(laurel, client)
    deliver(laurel)
    return urlsplit(laurel.mailer.sent[-1].main.url).path


@pytest.fixture
def path(laurel: Laurel, client: Gateway, narrow: str) -> str:
    """The path of the profile, from the link that the holder requests."""
    return requested(laurel, client, narrow)


def requested(laurel: Laurel, client: Gateway, narrow: str) -> str:
    assert submit(client, narrow, do="all").status == 200
    return f"{urlsplit(laurel.mailer.sent[-1].main.url).path}/profile"


def see(visibility: str) -> dict[str, str]:
    return {f"see_{field}": visibility for field in FIELDS}


AGREED = str(TEXT_VERSION)


def publish(client: Gateway, path: str, **fields: str) -> Response:
    sent = {**DETAILS, **see("everyone"), "agree": "yes", "text_version": AGREED, "ends": "never", **fields}
    return submit(client, path, do="save", **sent)


def change(client: Gateway, path: str, **fields: str) -> Response:
    """Save the form of a published profile again."""
    return publish(client, path, **{"ends": "keep", **fields})


def public_path(laurel: Laurel) -> str:
    (profile,) = laurel.profile_store.profiles.values()
    return f"/holders/{profile.holder_id}"


@pytest.fixture
def published(laurel: Laurel, client: Gateway, path: str) -> str:
    """The path of the public page of a profile that shows all valid credentials."""
    assert publish(client, path).status == 303
    assert change(client, path, all_valid="yes").status == 303
    return public_path(laurel)


def test_profile_is_published_with_all_valid_credentials_in_one_step(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    assert publish(client, path, all_valid="yes").status == 303
    assert read(client, public_path(laurel))["credentials"]
    assert "shows no credentials yet" not in client.get(path, **PAGE).text


def test_profile_without_credentials_says_where_to_choose_them(client: Gateway, path: str) -> None:
    assert publish(client, path).status == 303
    assert "shows no credentials yet. Choose them here." in client.get(path, **PAGE).text


def test_box_ticked_before_an_error_stays_ticked(client: Gateway, path: str) -> None:
    page = publish(client, path, links="ftp://elsewhere.example", all_valid="yes")
    assert page.status == 422
    assert re.search(r'id="agree"[^>]* checked', page.text)
    assert re.search(r'id="all-valid"[^>]* checked', page.text)


def read(client: Gateway, path: str) -> Any:
    return json.loads(client.get(path, accept="application/json").text)


def history(client: Gateway, path: str) -> list[str]:
    """The changes in the history of the choices, the newest first."""
    (part,) = re.findall(r'<h2 id="history-title">(.*?)</section>', client.get(path, **PAGE).text, re.DOTALL)
    return re.findall(r"<li>((?:No longer s|S)hown to .*?)</li>", part)


def everything_public(client: Gateway, path: str) -> list[Response]:
    return [
        client.get(path, **PAGE),
        client.get(path, accept="application/json"),
        client.get(f"{path}/embed", **PAGE),
        client.get(f"/embed{path}", **PAGE),
        client.get(f"/embed{path}?format=json", accept="application/json"),
    ]


def test_an_issuers_email_invites_to_publish_a_profile_and_publishes_none(laurel: Laurel, narrow: str) -> None:
    body = mime(laurel.mailer.sent[-1], "laurel@laurel.example").get_body(("plain",))
    assert body is not None
    assert "Show your credentials on a public profile." in " ".join(body.get_content().split())
    assert (laurel.profile_store.profiles, laurel.profile_store.public, laurel.profile_store.recruiters) == ({}, {}, {})


def test_there_is_no_profile_until_the_holder_publishes_one(laurel: Laurel, client: Gateway, path: str) -> None:
    response = client.get(path, **PAGE)
    assert response.status == 200
    assert "You have no public profile" in response.text
    assert "checked" not in re.findall(r'<input[^>]*id="(?:agree|search-engines)"[^>]*>', response.text)[0]
    assert laurel.profile_store.public == {}


def test_publishing_needs_the_ticked_box(laurel: Laurel, client: Gateway, path: str) -> None:
    fields = {**DETAILS, **see("everyone"), "text_version": AGREED}
    response = submit(client, path, do="save", **fields)
    assert response.status == 422
    assert "Tick the box" in response.text
    assert "Analyst of rivers" in response.text
    assert laurel.profile_store.profiles == {}


def test_consent_to_an_older_text_is_not_taken(laurel: Laurel, client: Gateway, path: str) -> None:
    response = publish(client, path, text_version="0")
    assert response.status == 422
    assert laurel.profile_store.public == {}


def test_details_beyond_a_limit_are_refused_beside_their_field(laurel: Laurel, client: Gateway, path: str) -> None:
    response = publish(client, path, links="http://ada.example/")
    assert response.status == 422
    assert 'id="links-error"' in response.text
    assert laurel.profile_store.profiles == {}


def test_no_credential_is_shown_until_it_is_chosen(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path)
    assert read(client, public_path(laurel))["credentials"] == []


def test_the_public_page_shows_what_was_chosen(laurel: Laurel, client: Gateway, published: str) -> None:
    response = client.get(published, **PAGE)
    assert response.status == 200
    for text in ("Ada N.", "Analyst of rivers", "Lagos", "English, Igbo", "Mentoring", "https://ada.example/work"):
        assert text in response.text
    assert f"{BASE_URL}/c/{VALID}" in response.text
    assert "own words" in response.text
    assert EMAIL not in response.text
    assert mailbox.digest(EMAIL) not in response.text


def test_the_public_page_says_what_is_proven_of_issuers_skills_and_whoever_shows_it(
    laurel: Laurel, client: Gateway, published: str
) -> None:
    proven = client.get(published, **PAGE).text
    assert "Each is genuine and valid, and the identity of its issuer is proven." in proven
    assert "Laurel does not check who is showing you this page" in proven
    assert "from issuers with a proven identity" in proven
    laurel.issuer_store._issuers["fernhill"] = replace(laurel.issuer_store.issuer("fernhill"), registered_as=None)
    page = client.get(published, **PAGE).text
    assert "identity of its issuer is proven" not in page
    assert "Each is genuine and valid. Where an issuer is marked" in page


def test_skills_name_the_credentials_that_prove_them(client: Gateway, published: str) -> None:
    found = {one["name"]: one["credentials"] for one in read(client, published)["skills"]}
    assert VALID in found["Python"]


def test_an_issuer_that_no_one_identifies_proves_no_skill(laurel: Laurel, client: Gateway, published: str) -> None:
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store._issuers["fernhill"] = replace(issuer, registered_as=None)
    assert read(client, published)["skills"] == []
    page = client.get(published, **PAGE)
    assert "Issued under the name" in page.text
    assert "Not proven" in page.text


def test_another_name_for_the_url_of_a_skill_gets_no_credential_of_those_who_use_the_right_one() -> None:
    def card(name: str) -> SimpleNamespace:
        facts = SimpleNamespace(
            issuer=SimpleNamespace(caution=None), skills=(Link(name, "https://skills.example/python"),)
        )
        return SimpleNamespace(facts=facts)

    genuine, forged = card("Python"), card("Certified Nuclear Engineer")
    found = {one.skill.text: one.credentials for one in holder_view.skills((genuine, forged, card("python")))}  # type: ignore[arg-type]
    assert len(found["Python"]) == 2
    assert found["Certified Nuclear Engineer"] == (forged,)


def test_page_and_json_say_which_domain_is_behind_an_issuer_that_no_registry_names(
    laurel: Laurel, client: Gateway, published: str
) -> None:
    issuer = laurel.issuer_store.issuer("fernhill")
    proof = DomainProof("fernhill.example", ProofLocation.DNS, laurel.now - timedelta(days=1), "ab" * 32)
    laurel.issuer_store._issuers["fernhill"] = replace(issuer, registered_as=None, domains=(proof,))
    card = next(one for one in read(client, published)["credentials"] if one["id"] == VALID)
    assert "fernhill.example" in card["issuer"]["identity"]
    assert "fernhill.example" in client.get(published, **PAGE).text


def test_structured_data_knows_only_skills_that_a_vouched_issuer_proves(
    laurel: Laurel, client: Gateway, published: str
) -> None:
    def known() -> list[str]:
        page = client.get(published, **PAGE).text
        (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        return json.loads(script).get("knowsAbout", [])

    assert "Python" in known()
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store._issuers["fernhill"] = replace(issuer, registered_as=None)
    assert known() == []


def test_each_field_is_shown_only_to_those_it_was_shown_to(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path, see_place="recruiters", see_headline="anyone", see_links="nobody")
    stated = read(client, public_path(laurel))["stated_by_holder"]
    assert stated == {
        "name": "Ada N.", "headline": None, "place": None, "languages": ["en", "ig"], "links": [],
        "open_to": ["mentoring"],
    }  # fmt: skip


def test_a_profile_that_shows_nothing_to_everyone_is_like_one_that_does_not_exist(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    publish(client, path, **see("recruiters"))
    hidden = everything_public(client, public_path(laurel))
    absent = everything_public(client, f"/holders/{'q' * 26}")
    assert [(one.status, one.text, one.headers) for one in hidden] == [
        (one.status, one.text, one.headers) for one in absent
    ]
    assert [one.status for one in hidden] == [410] * 5


def test_one_credential_can_be_shown_and_hidden(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path)
    change(client, path, **{f"show_{VALID}": "everyone"})
    assert [one["id"] for one in read(client, public_path(laurel))["credentials"]] == [VALID]
    change(client, path, **{f"show_{VALID}": "nobody"})
    assert read(client, public_path(laurel))["credentials"] == []


def test_another_persons_credential_cannot_be_shown(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path)
    recipient = laurel.issuer_store.recipient(VALID)
    laurel.issuer_store._recipients[VALID] = replace(recipient, email="eve@example.org")
    assert change(client, path, **{f"show_{VALID}": "everyone"}).status == 404
    assert read(client, public_path(laurel))["credentials"] == []


def test_only_valid_and_expired_credentials_are_shown_and_never_as_more_than_that(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    publish(client, path)
    change(client, path, **{f"show_{id_of(kind)}": "everyone" for kind in KINDS})
    found = {one["id"]: one["verdict"] for one in read(client, public_path(laurel))["credentials"]}
    assert found == {VALID: "valid", id_of("expired"): "expired"}
    frame = client.get(f"/embed{public_path(laurel)}", **PAGE)
    assert VALID in frame.text
    assert id_of("expired") not in frame.text


def test_all_valid_credentials_are_shown_by_one_action(laurel: Laurel, client: Gateway, published: str) -> None:
    (public,) = laurel.profile_store.public.values()
    assert VALID in public.credentials
    assert not {id_of("expired"), id_of("revoked"), id_of("suspended")} & set(public.credentials)


def test_one_action_shows_no_credential_of_an_unidentified_issuer(laurel: Laurel, client: Gateway, path: str) -> None:
    """Anyone could otherwise put their own credentials on a stranger's profile."""
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store._issuers["fernhill"] = replace(issuer, registered_as=None, domains=())
    publish(client, path, all_valid="yes")
    change(client, path, all_valid="yes")
    assert read(client, public_path(laurel))["credentials"] == []
    change(client, path, **{f"show_{VALID}": "everyone"})
    assert [one["id"] for one in read(client, public_path(laurel))["credentials"]] == [VALID]


@pytest.mark.parametrize("by", ["revocation", "takedown", "erasure"])
def test_a_credential_that_is_gone_leaves_page_frame_and_json(
    laurel: Laurel, client: Gateway, published: str, by: str
) -> None:
    assert all(VALID in one.text for one in everything_public(client, published) if "snippet" not in one.text)
    if by == "revocation":
        status_changes.revoke(laurel.issuer_context, "fernhill", VALID, "Wrong person.")
    elif by == "takedown":
        takedown.set_taken_down(laurel.issuer_context, VALID, taken_down=True)
    else:
        del laurel.issuer_store._records[VALID]
    assert not any(VALID in one.text for one in everything_public(client, published))


def test_withdrawing_removes_everything_within_a_minute(
    laurel: Laurel, client: Gateway, path: str, published: str
) -> None:
    """The page says so: at once for what is requested, and a minute for what a browser keeps."""
    for one in everything_public(client, published):
        assert one.status == 200
        kept = re.search(r"max-age=(\d+)", one.headers["cache-control"])
        assert one.headers["cache-control"] == "no-store" or (kept and int(kept[1]) <= 60)
    assert submit(client, path, do="withdraw").status == 303
    after = everything_public(client, published)
    assert [one.status for one in after] == [410] * 5
    for one in after:
        assert not any(text in one.text for text in ("Ada N.", "rivers", "Lagos", VALID))
    assert laurel.profile_store.public == {}


def test_withdrawing_removes_the_person_from_all_that_leads_to_them(laurel: Laurel, client: Gateway, path: str) -> None:
    """Searches, exports, directories and frames of issuers, and saved lists at once; numbers and suggestions when the
    index has been updated, which takes seconds; the sitemap after its time."""
    issuers = laurel.issuer_store._issuers
    issuers["fernhill"] = replace(issuers["fernhill"], directory="yes")
    publish(client, path, all_valid="yes", search_engines="yes")
    holder_id = public_path(laurel).rpartition("/")[2]
    updates.update(laurel.listing_updates, [holder_id])
    saved_actions.change(
        laurel.saved_context, "grace@agency.example", lambda one: with_person(one, holder_id, laurel.now)
    )
    recruiter = as_person(laurel, "grace@agency.example", client=client)
    at_once = ("/directory", "/directory?q=rivers", "/v1/directory", "/v1/directory?format=csv&place=Lagos",
               "/issuers/fernhill/directory", "/embed/issuers/fernhill/directory")  # fmt: skip
    numbers = ("/v1/directory?include=total,facets", "/v1/directory/suggest?q=lag", "/directory")
    sitemap = f"/sitemaps/holders-{holder_id[0]}.xml"
    page = lambda one: client.get(one, **({} if one.startswith("/v1") else PAGE)).text  # noqa: E731

    assert all("Ada N." in page(one) for one in at_once)
    assert all("Lagos" in page(one) for one in numbers)
    assert "Ada N." in recruiter.get("/directory/saved").text
    assert holder_id in client.get(sitemap).text

    assert submit(client, path, do="withdraw").status == 303
    for text in (*map(page, at_once), recruiter.get("/directory/saved").text):
        assert "Ada N." not in text
        assert holder_id not in text
    updates.update(laurel.listing_updates, [holder_id])
    assert not any("Lagos" in page(one) for one in numbers)
    assert json.loads(page(numbers[0]))["total"] == {"value": 0, "exact": True, "at_most": 0}
    laurel.now += timedelta(seconds=SECONDS)
    assert holder_id not in client.get(sitemap).text


def test_a_withdrawn_profile_is_published_again_as_a_new_one(client: Gateway, path: str, published: str) -> None:
    submit(client, path, do="withdraw")
    page = client.get(path, **PAGE)
    assert "Analyst of rivers" in page.text
    assert [chosen_for(client, path, f"see_{field}") for field in FIELDS] == ["everyone"] * len(FIELDS)
    assert not re.search(r'id="agree"[^>]* checked', page.text)
    publish(client, path)
    found = read(client, published)
    assert found["stated_by_holder"]["name"] == "Ada N."
    assert found["credentials"] == []


def test_a_profile_ends_by_itself(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path, ends="180")
    public = public_path(laurel)
    laurel.now += timedelta(days=180) - timedelta(seconds=1)
    assert client.get(public, **PAGE).status == 200
    laurel.now += timedelta(seconds=1)
    assert [one.status for one in everything_public(client, public)] == [410] * 5


@pytest.mark.parametrize("ends", ["never", "180", "365"])
def test_publishing_again_suggests_the_period_that_was_chosen_last(client: Gateway, path: str, ends: str) -> None:
    publish(client, path, ends=ends)
    submit(client, path, do="withdraw")
    assert f'<option value="{ends}" selected>' in client.get(path, **PAGE).text


def test_what_was_shown_before_the_end_is_chosen_again(laurel: Laurel, client: Gateway, narrow: str, path: str) -> None:
    publish(client, path, ends="180")
    change(client, path, all_valid="yes")
    laurel.now += timedelta(days=181)
    fresh = requested(laurel, client, narrow)
    publish(client, fresh)
    assert read(client, public_path(laurel))["credentials"] == []


def test_credentials_chosen_on_a_page_from_before_a_withdrawal_are_not_shown(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    publish(client, path)
    submit(client, path, do="withdraw")
    for chosen in ({f"show_{VALID}": "everyone"}, {"all_valid": "yes"}):
        assert submit(client, path, do="save", **DETAILS, text_version=AGREED, ends="keep", **chosen).status == 422
    publish(client, path)
    assert read(client, public_path(laurel))["credentials"] == []


def test_changing_a_detail_keeps_the_end_and_adds_no_consent(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path, ends="180")
    (before,) = laurel.profile_store.public.values()
    laurel.now += timedelta(hours=1)
    publish(client, path, ends="keep", headline="Analyst of lakes")
    (after,) = laurel.profile_store.public.values()
    assert after.expires_at == before.expires_at
    assert after.details.headline == "Analyst of lakes"
    assert len(laurel.profile_store.entries(mailbox.digest(EMAIL))) == 1


def test_the_history_is_shown(client: Gateway, path: str, published: str) -> None:
    submit(client, path, do="withdraw")
    newest, shown, first = history(client, path)
    assert first.startswith("Shown to everyone: The profile as a whole, Name, Headline")
    assert shown.startswith("Shown to everyone:")
    assert newest.startswith("No longer shown to anyone: The profile as a whole, Name")
    assert "credential" in newest


def test_the_history_lists_no_empty_field(client: Gateway, path: str) -> None:
    publish(client, path, headline="", place="", see_place="recruiters")
    publish(client, path, headline="Analyst of lakes", place="", ends="keep")
    added, first = history(client, path)
    assert "Name, Languages" in first
    assert "Headline" not in first
    assert "Place" not in first
    assert added == "Shown to everyone: Headline"


def chosen_for(client: Gateway, path: str, field: str) -> str:
    """The selected option of one "Who can see it"."""
    select = client.get(path, **PAGE).text.split(f'name="{field}"')[1].split("</select>")[0]
    (value,) = re.findall(r'value="(\w+)" selected', select)
    return str(value)


@pytest.mark.parametrize("ended", ["unpublished", "expired"])
def test_who_may_see_a_field_stays_as_chosen_when_the_profile_is_not_published(
    laurel: Laurel, client: Gateway, narrow: str, path: str, ended: str
) -> None:
    publish(client, path, see_place="nobody", see_links="nobody", links="", ends="180")
    if ended == "unpublished":
        submit(client, path, do="withdraw")
    else:
        laurel.now += timedelta(days=181)
        path = requested(laurel, client, narrow)
    for field, chosen in (("place", "nobody"), ("links", "nobody"), ("name", "everyone")):
        assert chosen_for(client, path, f"see_{field}") == chosen


def test_a_profile_published_again_as_the_form_suggests_shows_no_more_than_before(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    publish(client, path, see_place="nobody", all_valid="yes", **{f"show_{VALID}": "nobody"})
    change(client, path, see_place="nobody", **{f"show_{VALID}": "nobody"})
    before = laurel.profile_store.public
    submit(client, path, do="withdraw")
    page = client.get(path, **PAGE).text
    suggested = {
        name: re.findall(r'value="(\w+)" selected', options)[0]
        for name, options in re.findall(r'<select [^>]*name="((?:see|show)_\w+)">(.*?)</select>', page, re.DOTALL)
    }
    publish(client, path, **suggested)
    after = laurel.profile_store.public
    assert [(one.details, one.credentials) for one in after.values()] == [
        (one.details, one.credentials) for one in before.values()
    ]
    assert read(client, public_path(laurel))["stated_by_holder"]["place"] is None


def test_the_choice_for_an_empty_field_is_kept_until_it_is_filled_in(client: Gateway, path: str) -> None:
    publish(client, path, headline="", see_headline="nobody")
    assert chosen_for(client, path, "see_headline") == "nobody"
    assert chosen_for(client, path, "see_name") == "everyone"


def test_one_button_saves_details_and_credentials_together(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path)
    page = client.get(path, **PAGE).text
    (form,) = (one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'value="save"' in one)
    assert f'name="show_{VALID}"' in form
    assert 'name="headline"' in form
    assert page.count("Save profile") == 1
    change(client, path, headline="Analyst of lakes", **{f"show_{VALID}": "everyone"})
    found = read(client, public_path(laurel))
    assert found["stated_by_holder"]["headline"] == "Analyst of lakes"
    assert [one["id"] for one in found["credentials"]] == [VALID]


def test_an_error_keeps_the_choices_for_credentials_on_the_form(client: Gateway, path: str) -> None:
    page = publish(client, path, links="ftp://x", **{f"show_{VALID}": "everyone"})
    assert page.status == 422
    select = page.text.split(f'name="show_{VALID}"')[1].split("</select>")[0]
    assert 'value="everyone" selected' in select


def test_too_many_credentials_are_an_error_on_the_form_which_keeps_what_was_entered(
    client: Gateway, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_profile, "MAX_CREDENTIALS", 0)
    page = publish(client, path, headline="Analyst of lakes", **{f"show_{VALID}": "everyone"})
    assert page.status == 422
    assert 'id="credentials-error"' in page.text
    assert "Analyst of lakes" in page.text


def test_showing_all_leaves_a_credential_that_the_same_form_hides(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path, all_valid="yes")
    change(client, path, all_valid="yes", **{f"show_{VALID}": "nobody"})
    assert VALID not in {one["id"] for one in read(client, public_path(laurel))["credentials"]}


def test_showing_all_leaves_a_credential_that_is_shown_to_fewer(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path, **{f"show_{VALID}": "recruiters"})
    change(client, path, all_valid="yes")
    assert VALID not in {one["id"] for one in read(client, public_path(laurel))["credentials"]}


def test_other_credentials_open_after_the_form_was_saved(laurel: Laurel, client: Gateway, path: str) -> None:
    response = publish(client, path, headline="Analyst of lakes", then="issuer=fernhill&before=x&other=1")
    assert "/profile?issuer=fernhill&before=x&saved=profile" in response.headers["location"]
    (stored,) = laurel.profile_store.profiles.values()
    assert stored.details.headline == "Analyst of lakes"


def test_the_form_offers_only_audiences_that_exist(client: Gateway, path: str) -> None:
    select = client.get(path, **PAGE).text.split('name="see_place"')[1].split("</select>")[0]
    assert re.findall(r">([^<]+)</option>", select) == [
        "Only me", "People who have signed in with their email address", "Everyone",
    ]  # fmt: skip
    assert "“Everyone” means anyone on the internet" in client.get(path, **PAGE).text


def lead(client: Gateway, path: str) -> str:
    return re.findall(r'<p class="lead">(.*?)</p>', client.get(path, **PAGE).text, re.DOTALL)[0]


def test_the_texts_fit_a_profile_that_was_never_published_is_published_or_was_unpublished(
    client: Gateway, path: str
) -> None:
    def on_home() -> str:
        (part,) = re.findall(
            r'<h2 id="profile-title">.*?</section>', client.get(path.removesuffix("/profile"), **PAGE).text, re.DOTALL
        )
        return str(part)

    assert "You have no public profile yet" in lead(client, path)
    assert "You have no public page until you publish one" in on_home()
    publish(client, path)
    assert "Your profile is published" in lead(client, path)
    assert "Your profile is published" in on_home()
    assert "There is no page" not in on_home()
    submit(client, path, do="withdraw")
    assert "Your profile is not published" in lead(client, path)
    assert "Your profile is not published" in on_home()


def test_publishing_without_credentials_says_so(client: Gateway, path: str) -> None:
    response = publish(client, path)
    page = client.get(response.headers["location"].removeprefix(BASE_URL).partition("#")[0], **PAGE).text
    (banner,) = re.findall(r'id="saved">(.*?)</div></div>', page, re.DOTALL)
    assert "shows no credentials, so it shows no skills either" in banner
    change(client, path, all_valid="yes")
    page = client.get(f"{path}?saved=profile", **PAGE).text
    (banner,) = re.findall(r'id="saved">(.*?)</div></div>', page, re.DOTALL)
    assert "no credentials" not in banner


def test_the_form_says_where_skills_come_from(client: Gateway, path: str) -> None:
    assert "skills on your profile come from the credentials" in client.get(path, **PAGE).text


def test_the_form_says_that_a_credential_of_an_issuer_that_is_not_proven_does_not_count_in_the_directory(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    about = "it does not count in directory searches and adds no skills until"
    saved = "is not proven do not count"
    assert about not in client.get(path, **PAGE).text
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store._issuers["fernhill"] = replace(issuer, registered_as=None, domains=())
    page = client.get(path, **PAGE).text
    row = page.partition(f'for="show-{VALID}"')[2].partition("<select")[0]
    assert about in row
    publish(client, path)
    assert saved not in client.get(f"{path}?saved=profile", **PAGE).text
    publish(client, path, **{f"show_{VALID}": "everyone"})
    assert saved in client.get(f"{path}?saved=profile", **PAGE).text


def test_a_link_without_a_scheme_is_saved_with_https(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path, links="instagram.com/ada\r\nhttps://ada.example/work")
    (stored,) = laurel.profile_store.profiles.values()
    assert stored.details.links == ("https://instagram.com/ada", "https://ada.example/work")
    assert publish(client, path, links="http://ada.example").status == 422


def test_the_history_names_narrower_audiences(client: Gateway, path: str) -> None:
    publish(client, path, see_place="recruiters")
    publish(client, path, see_place="nobody", see_name="recruiters", ends="keep")
    found = history(client, path)
    assert "Shown to people who have signed in: Place" in found
    assert "No longer shown to everyone: Name" in found
    assert "No longer shown to anyone: Place" in found


def test_the_page_says_if_nothing_is_public(client: Gateway, path: str) -> None:
    publish(client, path, **see("recruiters"))
    assert "so it has no public page" in client.get(path, **PAGE).text


def test_search_engines_list_the_page_only_with_consent(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path)
    page = client.get(public_path(laurel), **PAGE)
    assert page.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.text
    publish(client, path, search_engines="yes", ends="keep")
    page = client.get(public_path(laurel), **PAGE)
    assert "x-robots-tag" not in page.headers
    assert "noindex" not in page.text


def test_structured_data_describes_a_person_and_cannot_leave_its_script(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    publish(client, path, name="</script><script>alert(1)</script>", all_valid="yes")
    page = client.get(public_path(laurel), **PAGE)
    assert "<script>alert" not in page.text
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text)[0])
    assert data["@type"] == "Person"
    assert data["name"] == "</script><script>alert(1)</script>"
    assert {one["@type"] for one in data["hasCredential"]} == {"EducationalOccupationalCredential"}


def test_an_issuers_own_link_opens_no_profile(laurel: Laurel, client: Gateway, narrow: str) -> None:
    """An issuer may have read the link in its own email, and would publish a profile in the holder's name."""
    assert client.get(f"{narrow}/profile", **PAGE).status == 403
    assert publish(client, f"{narrow}/profile").status == 403
    assert client.get(f"{narrow}/data", **PAGE).status == 403
    assert laurel.profile_store.profiles == {}


def test_an_expired_link_opens_no_profile(laurel: Laurel, client: Gateway, path: str) -> None:
    laurel.now += timedelta(days=2)
    assert client.get(path, **PAGE).status == 410
    assert publish(client, path).status == 410
    assert client.get(path.replace("/profile", "/data")).status == 410


def test_deleting_the_data_deletes_the_profile_with_its_history(
    laurel: Laurel, client: Gateway, path: str, published: str
) -> None:
    assert submit(client, path.removesuffix("/profile"), do="forget", sure="yes").status == 200
    store = laurel.profile_store
    assert (store.profiles, store.ledgers, store.public) == ({}, {}, {})
    assert [one.status for one in everything_public(client, published)] == [410] * 5


def test_changes_are_limited_but_withdrawing_never_is(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path)
    for number in range(own_profile.CHANGES.max_count):
        laurel.now += timedelta(seconds=1)
        response = publish(client, path, headline=f"Change {number}", ends="keep")
    assert response.status == 429
    assert submit(client, path, do="withdraw").status == 303
    assert laurel.profile_store.public == {}


def test_no_more_credentials_are_shown_than_a_page_can_verify(
    laurel: Laurel, client: Gateway, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_profile, "MAX_CREDENTIALS", 1)
    publish(client, path)
    change(client, path, **{f"show_{VALID}": "everyone"})
    response = change(client, path, **{f"show_{id_of('expired')}": "everyone"})
    assert response.status == 422
    assert [one["id"] for one in read(client, public_path(laurel))["credentials"]] == [VALID]


def test_the_data_contains_everything_about_the_holder(
    laurel: Laurel, client: Gateway, path: str, published: str
) -> None:
    response = client.get(path.replace("/profile", "/data"))
    found = json.loads(response.text)
    assert "attachment" in response.headers["content-disposition"]
    assert found["email"] == EMAIL
    assert found["profile"]["headline"] == "Analyst of rivers"
    assert [entry["number"] for entry in found["consents"]] == [1, 2]
    credentials = {one["id"]: one for one in found["credentials"]}
    assert credentials[VALID]["delivery"]["state"] == "sent"
    assert found["credentials_complete"]


def test_only_the_consent_that_was_given_is_recorded(client: Gateway, path: str) -> None:
    """The data listed "recruiters" and "issuers" as granted, which the form does not offer."""
    publish(client, path, contact="recruiters")
    found = json.loads(client.get(path.replace("/profile", "/data")).text)
    granted = {(one["subject"], one["audience"]) for one in found["consents"][0]["decisions"] if one["granted"]}
    assert ("contact", "recruiters") in granted
    assert {audience for subject, audience in granted if subject != "contact"} == {"public"}


def test_a_wider_choice_is_not_called_a_withdrawal_in_the_history(client: Gateway, path: str) -> None:
    publish(client, path, contact="recruiters")
    change(client, path, contact="everyone")
    assert history(client, path)[0] == "Shown to everyone: Messages by email"
    assert not any(one.startswith("No longer") for one in history(client, path))
    change(client, path, contact="nobody")
    assert history(client, path)[0] == "No longer shown to anyone: Messages by email"


def test_nothing_is_public_before_the_holder_chooses_it(client: Gateway, path: str) -> None:
    """The town was shown to everyone, because credentials started as “Only me” and details as “Everyone”."""
    page = client.get(path, **PAGE).text
    assert "Everything starts as “Only me”." in page
    assert 'value="everyone" selected' not in page


def test_the_download_has_a_heading_of_its_own_before_the_deletion(client: Gateway, path: str) -> None:
    page = client.get(path.removesuffix("/profile"), **PAGE).text
    places = [page.index(one) for one in (">Download your data</h2>", '/data" download', ">Delete my data</h2>")]
    assert places == sorted(places)


def test_unpublishing_mentions_the_directory(client: Gateway, path: str, published: str) -> None:
    assert "people can no longer find you in the directory" in client.get(path, **PAGE).text


def test_the_data_contains_what_the_same_person_saved_as_a_recruiter(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    found = json.loads(client.get(path.replace("/profile", "/data")).text)
    assert found["saved"] is None
    saved_actions.change(laurel.saved_context, EMAIL, lambda one: with_person(one, "p" * 26, laurel.now))
    found = json.loads(client.get(path.replace("/profile", "/data")).text)
    assert [one["value"] for one in found["saved"]["people"]] == ["p" * 26]
    assert found["saved"]["emails"] is True


def test_the_data_contains_the_sessions_of_the_same_person_without_their_secrets(
    laurel: Laurel, client: Gateway, path: str
) -> None:
    session, _ = sessions.sign_in(laurel.access_context, EMAIL)
    sessions.sign_in(laurel.access_context, "someone@example.org")
    response = client.get(path.replace("/profile", "/data"))
    (found,) = json.loads(response.text)["sign_in_sessions"]
    assert found["expires_at"] == f"{session.expires:%Y-%m-%dT%H:%M:%SZ}"
    assert session.id not in response.text
    assert session.csrf not in response.text


def test_the_data_contains_answers_to_surveys(laurel: Laurel, client: Gateway, path: str) -> None:
    context = laurel.delivery_context
    context.change("fernhill", VALID, lambda one: delivery_status.sent(one, Kind.SURVEY_6, context.now()))
    laurel.survey_store.save_answer(SurveyAnswer("fernhill", VALID, "p", 6, context.now(), {"Helped?": 1}))
    found = json.loads(client.get(path.replace("/profile", "/data")).text)
    answers = {one["id"]: one["survey_answers"] for one in found["credentials"]}
    assert [each["answers"] for each in answers.pop(VALID)] == [{"Helped?": 1}]
    assert not any(answers.values())


def test_the_data_contains_the_outcomes_that_issuers_have_imported(laurel: Laurel, client: Gateway, path: str) -> None:
    store, now = laurel.outcome_store, laurel.now
    store.add_measure(Measure("fernhill", "pay", "EUR"))
    earlier = (Earlier(40_000, now - timedelta(days=1)),)
    store.save(
        [
            Outcome("fernhill", "pay", mailbox.digest(EMAIL), date(2026, 11, 1), 42_000, now, earlier),
            Outcome("fernhill", "pay", mailbox.digest("someone@example.org"), date(2026, 11, 1), 1, now),
        ]
    )
    found = json.loads(client.get(path.replace("/profile", "/data")).text)
    (outcome,) = found["outcomes"]
    assert {name: outcome[name] for name in ("issuer", "name", "unit", "date", "value")} == {
        "issuer": "fernhill", "name": "pay", "unit": "EUR", "date": "2026-11-01", "value": 42_000,
    }  # fmt: skip
    assert [each["value"] for each in outcome["earlier"]] == [40_000]
    assert found["outcomes_complete"] is True


def test_profile_has_a_link_without_an_image_for_emails(client: Gateway, published: str) -> None:
    page = html.unescape(client.get(f"{published}/embed?language=de", **PAGE).text)
    assert f'<a href="{BASE_URL}{published}">Geprüfte Nachweise</a></textarea>' in page


def test_what_is_not_an_id_is_not_found(client: Gateway) -> None:
    for path in ("/holders/x", "/embed/holders/x", "/holders/x/embed"):
        assert client.get(path, **PAGE).status == 404


def test_the_credentials_frame_may_be_embedded_anywhere_and_runs_only_its_own_script(
    client: Gateway, published: str
) -> None:
    response = client.get(f"/embed{published}?size=compact&theme=dark", **PAGE)
    policy = response.headers["content-security-policy"]
    assert "frame-ancestors" not in policy
    assert "default-src 'none'" in policy
    assert 'class="l compact dark good"' in response.text
    assert response.headers["cache-control"] == "public, max-age=30"


def test_the_credentials_frame_leaves_out_credentials_of_issuers_that_allow_only_some_websites(
    laurel: Laurel, client: Gateway, published: str
) -> None:
    issuer = laurel.issuer_store.issuer("fernhill")
    laurel.issuer_store._issuers["fernhill"] = replace(issuer, embed_sites="https://fernhill.example")
    response = client.get(f"/embed{published}", **PAGE)
    assert VALID not in response.text
    assert f'href="{BASE_URL}{published}"' in response.text


def test_the_code_to_copy_names_no_one(client: Gateway, published: str) -> None:
    """Copied code outlives a profile that is withdrawn."""
    page = client.get(f"{published}/embed?size=badge&theme=light", **PAGE)
    snippet = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)[0]
    assert "/embed/holders/" in snippet
    assert "size=badge" in snippet
    assert "Ada" not in page.text


def code(page: Response) -> str:
    """The code to copy."""
    return str(re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)[0])


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_credentials_frame_states_no_colour_scheme(client: Gateway, published: str, theme: str) -> None:
    found = client.get(f"/embed{published}?theme={theme}").text
    assert "color-scheme" not in found.replace("prefers-color-scheme", "")


@pytest.mark.parametrize(
    ("credentials", "size", "height"),
    [
        (0, Size.CARD, 60), (1, Size.CARD, 224), (4, Size.CARD, 388), (4, Size.COMPACT, 212), (5, Size.BADGE, 232),
        (8, Size.CARD, 716), (9, Size.CARD, 720), (500, Size.BADGE, 720),
    ],
)  # fmt: skip
def test_the_credentials_frame_is_as_high_as_its_credentials_up_to_a_limit(
    credentials: int, size: Size, height: int
) -> None:
    assert credentials_frame.box(credentials, size).height == height


def test_the_code_has_the_language_that_was_chosen(client: Gateway, published: str) -> None:
    chosen = code(client.get(f"{published}/embed?language=de", **PAGE))
    assert "lang=de" in chosen
    assert "Geprüfte Nachweise" in chosen
    assert "lang" not in code(client.get(f"{published}/embed", **PAGE))


def test_the_builder_of_an_empty_frame_says_who_chooses_the_credentials(client: Gateway, path: str) -> None:
    publish(client, path)
    public = re.findall(r"/holders/[a-z0-9]+", client.get(path, **PAGE).text)[0]
    page = client.get(f"{public}/embed", **PAGE)
    assert "The holder chooses the credentials on their own profile page" in page.text
    assert path.split("/")[2] not in page.text


def test_the_builder_of_a_frame_with_credentials_says_nothing_of_an_empty_one(client: Gateway, published: str) -> None:
    assert "The frame shows no credentials now" not in client.get(f"{published}/embed", **PAGE).text


def test_a_repeated_form_adds_nothing_to_the_history(laurel: Laurel, client: Gateway, path: str) -> None:
    publish(client, path)
    before = dict(laurel.profile_store.ledgers)
    laurel.now += timedelta(minutes=1)
    publish(client, path)
    assert laurel.profile_store.ledgers == before


def test_unknown_actions_and_forms_are_refused(client: Gateway, path: str) -> None:
    assert submit(client, path, do="publish").status == 400
    assert client.post(path, urlencode({"do": "save"}).encode(), **FORM).status == 422


def decide(laurel: Laurel, client: Gateway, public: str, taken_down: bool) -> Response:
    _, text = tokens.make(laurel.access_context, None, None, "operator's", "tests")
    body = json.dumps({"taken_down": taken_down}).encode()
    return client(
        "PUT", f"/v1{public}/takedown", body=body, content_type="application/json", authorization=f"Bearer {text}"
    )


def test_an_operator_hides_a_profile_and_its_holder_can_still_withdraw_and_delete_it(
    laurel: Laurel, client: Gateway, path: str, published: str
) -> None:
    assert decide(laurel, client, published, True).json["taken_down"] == "2026-11-22T12:00:00Z"
    assert [one.status for one in everything_public(client, published)] == [410] * 5
    laurel.now += timedelta(minutes=1)
    publish(client, path, headline="Someone else", ends="keep")
    assert laurel.profile_store.public == {}
    assert "has taken down your profile" in client.get(path, **PAGE).text
    assert submit(client, path, do="withdraw").status == 303
    assert submit(client, path.removesuffix("/profile"), do="forget", sure="yes").status == 200
    assert laurel.profile_store.profiles == {}


def test_a_hidden_profile_becomes_public_when_its_holder_saves_it_after_the_decision_is_undone(
    laurel: Laurel, client: Gateway, path: str, published: str
) -> None:
    decide(laurel, client, published, True)
    assert decide(laurel, client, published, True).status == 200
    assert decide(laurel, client, published, False).json["taken_down"] is None
    assert client.get(published, **PAGE).status == 410
    publish(client, path, headline="Analyst", ends="keep")
    assert client.get(published, **PAGE).status == 200


def test_a_hidden_profile_that_is_deleted_and_made_again_stays_hidden(
    laurel: Laurel, client: Gateway, narrow: str, path: str, published: str
) -> None:
    decide(laurel, client, published, True)
    laurel.now += timedelta(minutes=1)
    assert submit(client, path.removesuffix("/profile"), do="forget", sure="yes").status == 200
    laurel.now += timedelta(days=2)
    laurel.delivery_context.change_mailbox(mailbox.digest(EMAIL), lambda one: replace(one, forgotten_at=None))
    resend(laurel, client)
    deliver(laurel)
    again = requested(laurel, client, urlsplit(laurel.mailer.sent[-1].main.url).path)
    publish(client, again, all_valid="yes")
    assert laurel.profile_store.public == {}
    (profile,) = laurel.profile_store.profiles.values()
    new = f"/holders/{profile.holder_id}"
    assert client.get(new, **PAGE).status == 410
    assert decide(laurel, client, new, False).json["taken_down"] is None
    publish(client, again, ends="keep")
    assert client.get(new, **PAGE).status == 200


def test_a_profile_that_is_not_public_now_can_be_hidden_and_is_not_published_again(
    laurel: Laurel, client: Gateway, path: str, published: str
) -> None:
    submit(client, path, do="withdraw")
    assert decide(laurel, client, published, True).json["taken_down"] == "2026-11-22T12:00:00Z"
    publish(client, path, ends="never")
    assert laurel.profile_store.public == {}
    assert client.get(published, **PAGE).status == 410


@pytest.mark.parametrize("holder_id", ["q" * 25, "Q" * 26, "q" * 64], ids=["short", "upper-case", "digest"])
def test_only_the_id_of_a_profile_can_be_hidden(laurel: Laurel, client: Gateway, holder_id: str) -> None:
    assert decide(laurel, client, f"/holders/{holder_id}", True).status == 404
    assert laurel.profile_store.hidden_at == {}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ("Auténtic", "Credenciales verificadas", "igbo")),
        ("fr", ("authentiques", "Attestations vérifiées", "igbo")),
        (
            "de",
            (
                "Alle sind echt und gültig, und die Identität ihrer Aussteller ist nachgewiesen.",
                "Geprüfte Nachweise",
                "Igbo",
            ),
        ),
        ("ar", ("جميعها أصلية وصالحة، وهوية جهات إصدارها مثبتة.", "شهادات جرى التحقق منها", "الإرشاد")),
        ("ja", ("いずれも本物で有効であり、発行者の身元は証明されています。", "検証済みの証明書", "イボ語")),
    ],
)
def test_page_frame_and_form_are_in_the_readers_language(
    client: Gateway, path: str, published: str, language: str, words: tuple[str, str, str]
) -> None:
    page, frame = client.get(f"{published}?lang={language}", **PAGE), client.get(f"/embed{published}?lang={language}")
    assert words[0].lower() in page.text.lower()
    assert words[1] in frame.text
    assert words[2] in page.text
    direction = "rtl" if language == "ar" else None
    for found in (page, frame, client.get(f"{path}?lang={language}", **PAGE)):
        assert found.headers["content-language"] == language
        assert ('dir="rtl"' in found.text[:200]) == (direction == "rtl")
    response = client.post(f"{path}?lang={language}", urlencode({"do": "withdraw"}).encode(), **FORM)
    assert f"lang={language}" in response.headers["location"]


def test_errors_of_the_form_are_in_the_readers_language(client: Gateway, path: str) -> None:
    sent = {
        **DETAILS,
        **see("everyone"),
        "text_version": AGREED,
        "links": "ftp://x",
        "agree": "yes",
        "do": "save",
    }
    response = client.post(f"{path}?lang=de", urlencode(sent).encode(), **FORM)
    assert response.status == 422
    assert "Jeder Link muss mit https:// beginnen" in response.text
