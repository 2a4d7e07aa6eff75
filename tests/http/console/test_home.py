"""The start page of the console, and creating an issuer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.access import members, signing_keys
from chalicelib.access.roles import Role
from chalicelib.access.sign_in import known
from chalicelib.award.issuers import creator
from chalicelib.award.issuing import issue
from chalicelib.credential.build import Holder
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.http.console import home
from chalicelib.http.html import render
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.gateway import ADDRESS, Gateway
from tests.http.signed_in import Browser, add_member, as_person

NEW = {
    "name": "Riverside Academy",
    "id": "",
    "url": "https://riverside.example/",
    "description": "Evening courses.",
    "email": "",
}


def test_anonymous_visitor_is_redirected_to_sign_in(client: Gateway) -> None:
    response = client.get("/console", accept="text/html")
    assert (response.status, response.headers["location"]) == (303, f"{BASE_URL}/sign-in?next=/console")


def test_person_without_an_issuer_creates_one(non_member: Browser, laurel: Laurel) -> None:
    start = non_member.get("/console")
    assert (start.status, f'href="{BASE_URL}/console/new">Create your organization</a>' in start.text) == (200, True)
    assert "sam@elsewhere.example and do not belong to an organization yet" in start.text
    page = non_member.get("/console/new").text
    assert "<h1>Create your organization</h1>" in page
    assert '<button class="go">Create your organization</button>' in page
    response = non_member.post("/console/new", NEW)
    assert response.status == 303
    assert response.headers["location"] == f"{BASE_URL}/console/riverside-academy?did=issuer_created"
    assert laurel.issuer_store.issuer("riverside-academy").name == "Riverside Academy"
    assert laurel.access_context.member_store.member("riverside-academy", "sam@elsewhere.example").role is Role.OWNER


def test_a_holder_who_signed_in_is_told_where_their_credentials_are(non_member: Browser) -> None:
    page = non_member.get("/console").text
    assert page.index("See your own credentials") < page.index("Create your organization")
    assert "Send me the link to my credentials" in page
    assert f'href="{BASE_URL}/console?for=holder"' in non_member.get("/console/new").text


def test_a_member_can_ask_for_the_link_to_their_own_credentials(owner: Browser) -> None:
    page = owner.get("/console?for=holder").text
    assert "Send me the link to my credentials" in page
    assert "Open the console" in page
    assert "do not belong to an organization" not in page


def test_a_holder_who_signed_in_gets_a_link_and_others_get_the_same_answer(non_member: Browser, laurel: Laurel) -> None:
    answers = [non_member.post("/console/new", {"do": "holder"})]
    assert laurel.mailer.sent == []
    achievement = next(laurel.issuer_store.achievements("fernhill"))
    issue.issue(laurel.issuer_context, issue.Award("fernhill", achievement.id, Holder("Sam", "sam@elsewhere.example")))
    answers.append(non_member.post("/console/new", {"do": "holder"}))
    assert [(one.status, "a link to all of them should arrive" in one.text) for one in answers] == [(200, True)] * 2
    (email,) = laurel.mailer.sent
    assert (email.kind, email.to) == (Kind.HOLDER_LINK, "sam@elsewhere.example")
    again = non_member.post("/console/new", {"do": "holder"})
    assert (again.status, "We sent a link a few minutes ago" in again.text) == (422, True)


def test_member_of_one_issuer_is_redirected_to_it(owner: Browser) -> None:
    assert owner.get("/console").headers["location"] == f"{BASE_URL}/console/fernhill"
    assert "Create another issuer" in owner.get("/console?all=1").text


def test_issuers_of_one_person_and_network_share_email_budgets(non_member: Browser, laurel: Laurel) -> None:
    for number in range(2):
        non_member.post("/console/new", {**NEW, "id": f"academy-{number}"})
    one, other = (laurel.issuer_store.issuer(f"academy-{number}").creator for number in range(2))
    secret = signing_keys.derived(known.key_of_year(laurel.access_context)[1], "issuer-creator")
    assert one == other == creator.creator_ids(secret, "sam@elsewhere.example", ADDRESS)


def test_member_of_several_issuers_chooses(non_member: Browser, laurel: Laurel) -> None:
    non_member.post("/console/new", NEW)
    add_member(laurel.access_context, "fernhill", "sam@elsewhere.example", Role.VIEWER)
    page = non_member.get("/console").text
    assert "Your role: viewer" in page
    assert "Your role: owner" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"url": "our site"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"description": " "}, "description"),
        ({"id": "New Id"}, "id"),
        ({"id": "new"}, "id"),
        ({"id": "fernhill"}, "id"),
        ({"name": "学校", "id": ""}, "id"),
        ({"email": "not mail"}, "email"),
    ],
)
def test_error_is_shown_at_its_field(non_member: Browser, laurel: Laurel, changes: dict[str, str], field: str) -> None:
    response = non_member.post("/console/new", {**NEW, **changes})
    assert response.status == 422
    assert f'<a href="#{field}">' in response.text
    assert f'aria-describedby="{field}-' in response.text
    assert "<title>Error: " in response.text
    assert [issuer.id for issuer in laurel.issuer_store.issuers()] == ["fernhill"]


def test_all_errors_are_shown_together(non_member: Browser) -> None:
    page = non_member.post("/console/new", {}).text
    assert "There are 3 problems" in page
    assert page.index('href="#name"') < page.index('href="#url"') < page.index('href="#description"')


def test_number_of_own_issuers_is_limited_by_mailbox(laurel: Laurel) -> None:
    for number in range(home.ISSUERS_PER_PERSON.max_count):
        sam = as_person(laurel, f"sam+{number}@elsewhere.example")
        assert sam.post("/console/new", {**NEW, "id": f"academy-{number}"}).status == 303
    response = sam.post("/console/new", {**NEW, "id": "one-more"})
    assert response.status == 422
    assert "Too many issuers were created today from your account or network." in response.text


def add_to_issuers_of_a_stranger(laurel: Laurel, prefix: str) -> None:
    """Add Sam to more issuers than a page shows, whose ids start with ``prefix``."""
    for number in range(home.PAGE_SIZE + 10):
        fernhill = laurel.issuer_store.issuer("fernhill")
        evil = replace(fernhill, id=f"{prefix}-{number:02}", did=f"did:web:evil-{number}", registered_as=None)
        laurel.issuer_store.add_issuer(evil, ())
        add_member(laurel.access_context, evil.id, "eve@evil.example", Role.OWNER)
        add_member(laurel.access_context, evil.id, "sam@elsewhere.example", Role.VIEWER)


def test_strangers_who_add_a_person_to_their_issuers_do_not_keep_them_from_creating_one(
    non_member: Browser, laurel: Laurel
) -> None:
    """Five issuers, which one stranger creates in a minute, were enough, and nobody could leave them."""
    add_to_issuers_of_a_stranger(laurel, "evil")
    laurel.now += timedelta(seconds=1)
    response = non_member.post("/console/new", NEW)
    assert response.headers["location"] == f"{BASE_URL}/console/riverside-academy?did=issuer_created"
    assert non_member.get("/console").text.count("Your role: viewer") == home.PAGE_SIZE
    page = non_member.get(f"/console?after=evil-{home.PAGE_SIZE - 1}").text
    assert page.count("Your role: viewer") == 10
    assert "Your role: owner" in page
    assert "More issuers" not in page


def test_issuers_of_strangers_do_not_come_before_those_that_a_person_already_has(
    non_member: Browser, laurel: Laurel
) -> None:
    """Strangers choose the ids of their issuers, and can add anyone to any number of them."""
    non_member.post("/console/new", NEW)
    laurel.now += timedelta(seconds=1)
    add_to_issuers_of_a_stranger(laurel, "0")
    assert "Your role: owner" in non_member.get("/console").text


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Fernhill College", "fernhill-college"), ("École d’Été 2026!", "ecole-d-ete-2026"), ("学校", ""), ("-", "")],
)
def test_slug_is_derived_from_the_name(name: str, slug: str) -> None:
    assert home.slug(name) == slug


def test_script_matches_the_csp_hash(client: Gateway, owner: Browser) -> None:
    response = client.get("/console.js")
    assert response.headers["content-type"].startswith("text/javascript")
    policy = owner.get("/console?all=1").headers["content-security-policy"]
    assert f"script-src '{render.digest(response.text)}';" in policy


def test_console_pages_are_private(owner: Browser) -> None:
    headers = owner.get("/console?all=1").headers
    assert headers["cache-control"] == "private, no-store"
    assert "access-control-allow-origin" not in headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_form_without_the_csrf_token_is_refused(non_member: Browser, laurel: Laurel) -> None:
    assert non_member.post("/console/new", {**NEW, "csrf": "wrong"}).status == 403
    assert non_member.post("/console/new", NEW, origin="https://evil.example").status == 403
    assert [issuer.id for issuer in laurel.issuer_store.issuers()] == ["fernhill"]


def test_created_issuers_are_limited_even_if_handed_over(non_member: Browser, laurel: Laurel) -> None:
    def create(number: int) -> int:
        issuer_id = f"riverside-{number}"
        status = non_member.post("/console/new", {**NEW, "id": issuer_id}).status
        if status == 303:
            add_member(laurel.access_context, issuer_id, "accomplice@elsewhere.example", Role.OWNER)
            members.remove(laurel.access_context, issuer_id, "sam@elsewhere.example")
        return status

    assert [create(number) for number in range(home.ISSUERS_PER_PERSON.max_count + 2)] == [
        303
    ] * home.ISSUERS_PER_PERSON.max_count + [422] * 2
    assert len(list(laurel.issuer_store.issuers())) == 1 + home.ISSUERS_PER_PERSON.max_count


def test_website_without_a_scheme_is_taken_as_https(non_member: Browser, laurel: Laurel) -> None:
    assert non_member.post("/console/new", {**NEW, "url": "riverside.example"}).status == 303
    assert laurel.issuer_store.issuer("riverside-academy").url == "https://riverside.example"
    refused = non_member.post("/console/new", {**NEW, "name": "Other", "url": "javascript:alert(1)"})
    assert refused.status == 422


def test_a_name_that_looks_like_a_registered_one_is_refused_beside_the_field(laurel: Laurel) -> None:
    registered = laurel.issuer_store.issuer("fernhill").name
    browser = as_person(laurel, "eve@elsewhere.example")
    fields = {"name": registered.replace("e", "е"), "id": "evil", "url": "evil.example", "description": "Courses."}
    response = browser.post("/console/new", fields)
    assert response.status == 422
    assert "looks like the name of a registered issuer" in response.text
    assert "evil" not in {issuer.id for issuer in laurel.issuer_store.issuers()}
