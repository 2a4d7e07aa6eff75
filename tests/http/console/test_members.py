"""Members in the console: add, change role, remove; an issuer keeps at least one owner."""

from __future__ import annotations

import html
import re

import pytest

from chalicelib.access import members, tokens
from chalicelib.access.roles import Role
from chalicelib.delivery.ports import NotSent
from chalicelib.errors import Unauthenticated
from tests.http.console.conftest import OWNER
from tests.http.console.test_webhooks import create_webhook
from tests.http.fake_laurel import BASE_URL, Laurel
from tests.http.signed_in import Browser

PEOPLE = "/console/fernhill/members"
EDITOR = "edi@fernhill.example"


def test_members_are_listed_with_their_roles(owner: Browser, viewer: Browser) -> None:
    page = owner.get(PEOPLE).text.replace("<wbr>", "")
    assert f'{OWNER}</bdi> <span class="soft">(you)</span>' in page
    assert "vi@fernhill.example" in page
    assert "Add a member" in page


def test_the_description_of_viewers_promises_no_page_that_they_cannot_open(owner: Browser, viewer: Browser) -> None:
    assert viewer.get("/console/fernhill/settings").status == 403
    page = owner.get(PEOPLE).text
    assert "can view everything" not in page
    assert "can view figures, achievements, credentials, pathways and members, but no settings" in page
    for path in ("", "/achievements", "/credentials", "/pathways", "/members"):
        assert viewer.get(f"/console/fernhill{path}").status == 200


def test_viewer_sees_no_member_actions(viewer: Browser) -> None:
    page = viewer.get(PEOPLE).text
    assert "Add a member" not in page
    assert "/members/change" not in page
    assert ">Keys<" not in page
    assert viewer.post(PEOPLE, {"email": "eve@fernhill.example", "role": "owner"}).status == 403
    assert viewer.post(f"{PEOPLE}/change", {"email": OWNER, "do": "remove"}).status == 403


def test_member_is_added(owner: Browser, laurel: Laurel) -> None:
    response = owner.post(PEOPLE, {"email": " Ada@Example.org ", "role": "viewer"})
    assert (response.status, response.headers["location"]) == (303, f"{BASE_URL}{PEOPLE}?did=member_added")
    assert laurel.access_context.member_store.member("fernhill", "ada@example.org").role is Role.VIEWER
    assert "Member added." in owner.get(f"{PEOPLE}?did=member_added").text


def test_owner_is_told_if_the_invitation_was_not_sent(owner: Browser, laurel: Laurel) -> None:
    laurel.mailer.failure = lambda: NotSent("not now")
    response = owner.post(PEOPLE, {"email": "ada@example.org", "role": "viewer"})
    assert response.headers["location"] == f"{BASE_URL}{PEOPLE}?did=member_not_told"
    assert "we could not email them" in owner.get(f"{PEOPLE}?did=member_not_told").text
    assert laurel.access_context.member_store.member("fernhill", "ada@example.org").role is Role.VIEWER


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [("nobody", "editor", "email"), ("", "editor", "email"), ("ada@example.org", "king", "role")],
)
def test_error_is_shown_at_its_field_and_the_input_is_kept(owner: Browser, email: str, role: str, field: str) -> None:
    response = owner.post(PEOPLE, {"email": email, "role": role})
    assert response.status == 422
    assert f'<a href="#{field}">' in response.text
    assert f'id="{field}-error"' in response.text
    assert f'name="email" type="email" value="{email}"' in response.text


def test_role_is_changed(owner: Browser, viewer: Browser, laurel: Laurel) -> None:
    assert 'value="viewer" checked' in owner.get(f"{PEOPLE}/change?email=vi@fernhill.example").text
    response = owner.post(f"{PEOPLE}/change", {"email": "vi@fernhill.example", "role": "editor", "do": "change"})
    assert response.headers["location"].endswith("?did=member_changed")
    assert laurel.access_context.member_store.member("fernhill", "vi@fernhill.example").role is Role.EDITOR


def test_removed_member_loses_access(owner: Browser, viewer: Browser) -> None:
    assert viewer.get(PEOPLE).status == 200
    response = owner.post(f"{PEOPLE}/change", {"email": "vi@fernhill.example", "do": "remove"})
    assert response.headers["location"].endswith("/members?did=member_removed")
    assert viewer.get(PEOPLE).status == 404


@pytest.mark.parametrize("fields", [{"do": "remove"}, {"do": "change", "role": "viewer"}])
def test_last_owner_cannot_be_removed_or_demoted(owner: Browser, laurel: Laurel, fields: dict[str, str]) -> None:
    response = owner.post(f"{PEOPLE}/change", {"email": OWNER, **fields})
    assert response.status == 422
    assert "An issuer must have at least one owner" in html.unescape(response.text)
    assert laurel.access_context.member_store.member("fernhill", OWNER).role is Role.OWNER


def test_unknown_member_is_a_404_with_an_explanation(owner: Browser) -> None:
    response = owner.get(f"{PEOPLE}/change?email=nobody@fernhill.example")
    assert response.status == 404
    assert "This member does not exist." in response.text


def test_removal_page_lists_the_members_keys_and_ends_them(owner: Browser, editor: Browser, laurel: Laurel) -> None:
    _, text = tokens.make(laurel.access_context, "fernhill", Role.EDITOR, "Her script", EDITOR, member=EDITOR)
    _, kept = tokens.make(laurel.access_context, "fernhill", Role.EDITOR, "Moodle", EDITOR)
    page = owner.get(f"{PEOPLE}/change?email={EDITOR}").text
    assert "These API keys belong to them and will be revoked too:" in page
    assert "Her script" in page
    assert "Which organization keys should be revoked too?" in page
    owner.post(f"{PEOPLE}/change", {"email": EDITOR, "do": "remove"})
    with pytest.raises(Unauthenticated):
        tokens.authenticate(laurel.access_context, text)
    assert tokens.authenticate(laurel.access_context, kept).name == "Moodle"


def test_organization_keys_are_revoked_with_the_member_who_may_know_them(
    owner: Browser, editor: Browser, laurel: Laurel
) -> None:
    known, text = tokens.make(laurel.access_context, "fernhill", Role.EDITOR, "Moodle", EDITOR)
    assert (
        f'name="revoke-{known.id}" type="checkbox" value="yes" aria'
        in owner.get(f"{PEOPLE}/change?email={EDITOR}").text
    ), "the organization decides about each key"
    owner.post(f"{PEOPLE}/change", {"email": EDITOR, "do": "remove", f"revoke-{known.id}": "yes"})
    with pytest.raises(Unauthenticated):
        tokens.authenticate(laurel.access_context, text)


def test_key_that_was_revoked_meanwhile_is_reported_and_no_one_is_removed(
    owner: Browser, editor: Browser, laurel: Laurel
) -> None:
    form = {"email": EDITOR, "do": "remove", f"revoke-{'a' * 16}": "yes"}
    response = owner.post(f"{PEOPLE}/change", form)
    assert (response.status, "One of the API keys no longer exists." in response.text) == (422, True)
    assert laurel.access_context.member_store.member("fernhill", EDITOR)


def test_removal_page_without_keys_asks_nothing(owner: Browser, editor: Browser) -> None:
    page = owner.get(f"{PEOPLE}/change?email={EDITOR}").text
    assert "organization keys" not in page
    assert "will be revoked" not in page


def test_removal_page_reminds_of_webhook_secrets(owner: Browser, editor: Browser, laurel: Laurel) -> None:
    assert "Rotate each secret" not in owner.get(f"{PEOPLE}/change?email={EDITOR}").text
    create_webhook(owner, laurel)
    assert "Rotate each secret that this person may have copied." in owner.get(f"{PEOPLE}/change?email={EDITOR}").text


def test_a_key_created_while_the_removal_page_was_open_is_shown_to_the_owner(
    owner: Browser, editor: Browser, laurel: Laurel
) -> None:
    """The person who leaves creates an organization key just before."""
    listed, _ = tokens.make(laurel.access_context, "fernhill", Role.EDITOR, "Moodle", OWNER)
    assert f'name="listed" value="{listed.id}"' in owner.get(f"{PEOPLE}/change?email={EDITOR}").text
    tokens.make(laurel.access_context, "fernhill", Role.EDITOR, "just in time", EDITOR)
    response = owner.post(f"{PEOPLE}/change", {"email": EDITOR, "do": "remove", "listed": listed.id})
    assert response.headers["location"].endswith("/fernhill/api-keys?did=member_removed_new_keys")
    page = owner.get(response.headers["location"].removeprefix("http://localhost:8000")).text
    assert "while this page was open" in page
    assert "just in time" in page


def test_a_removal_that_showed_all_keys_leads_back_to_the_members(
    owner: Browser, editor: Browser, laurel: Laurel
) -> None:
    listed, _ = tokens.make(laurel.access_context, "fernhill", Role.EDITOR, "Moodle", OWNER)
    response = owner.post(f"{PEOPLE}/change", {"email": EDITOR, "do": "remove", "listed": listed.id})
    assert response.headers["location"].endswith("/fernhill/members?did=member_removed")


def test_demotion_page_lists_the_organization_keys_and_ends_the_chosen_ones(
    owner: Browser, editor: Browser, laurel: Laurel
) -> None:
    members.change(laurel.access_context, "fernhill", EDITOR, Role.OWNER)
    known, text = tokens.make(laurel.access_context, "fernhill", Role.OWNER, "Moodle", EDITOR)
    _, kept = tokens.make(laurel.access_context, "fernhill", Role.EDITOR, "LMS", OWNER)
    page = owner.get(f"{PEOPLE}/change?email={EDITOR}").text
    form = page.partition("Change role</h2>")[2].partition("</form>")[0]
    assert "even for actions that the new role does not allow" in form
    assert form.count(f'name="revoke-{known.id}" type="checkbox" value="yes" aria') == 1
    listed = re.search(r'name="listed" value="([^"]+)"', form)
    assert listed is not None
    sent = {"email": EDITOR, "do": "change", "role": "viewer", "listed": listed[1], f"revoke-{known.id}": "yes"}
    assert owner.post(f"{PEOPLE}/change", sent).headers["location"].endswith("/members?did=member_changed")
    with pytest.raises(Unauthenticated):
        tokens.authenticate(laurel.access_context, text)
    assert tokens.authenticate(laurel.access_context, kept)


def test_a_key_created_while_an_owner_was_demoted_is_shown(owner: Browser, editor: Browser, laurel: Laurel) -> None:
    members.change(laurel.access_context, "fernhill", EDITOR, Role.OWNER)
    tokens.make(laurel.access_context, "fernhill", Role.OWNER, "just in time", EDITOR)
    response = owner.post(f"{PEOPLE}/change", {"email": EDITOR, "do": "change", "role": "viewer", "listed": ""})
    assert response.headers["location"].endswith("/fernhill/api-keys?did=member_changed_new_keys")


def test_a_key_that_was_revoked_meanwhile_changes_no_role(owner: Browser, editor: Browser, laurel: Laurel) -> None:
    sent = {"email": EDITOR, "do": "change", "role": "viewer", f"revoke-{'a' * 16}": "yes"}
    response = owner.post(f"{PEOPLE}/change", sent)
    assert (response.status, "One of the API keys no longer exists." in response.text) == (422, True)
    assert laurel.access_context.member_store.member("fernhill", EDITOR).role is Role.EDITOR


def test_every_member_can_leave(viewer: Browser, laurel: Laurel) -> None:
    """Anyone can add anyone as a member, and only owners could remove them."""
    assert "Leave this issuer" in viewer.get(PEOPLE).text
    response = viewer.post(f"{PEOPLE}/leave")
    assert response.headers["location"] == f"{BASE_URL}/console?did=member_left"
    assert viewer.get(PEOPLE).status == 404
    assert members.issuers_of(laurel.access_context, "vi@fernhill.example") == []


def test_the_only_owner_cannot_leave(owner: Browser, laurel: Laurel) -> None:
    response = owner.post(f"{PEOPLE}/leave")
    assert response.status == 422
    assert "Make someone else an owner first." in response.text
    assert "ask the operator of this service to take it over" in response.text
    assert members.issuers_of(laurel.access_context, OWNER) == ["fernhill"]
