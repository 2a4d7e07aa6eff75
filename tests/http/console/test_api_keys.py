"""API keys in the console: create, show once, revoke."""

from __future__ import annotations

import html
import re
import shlex

import pytest

from chalicelib.access import tokens
from chalicelib.access.roles import Role
from tests.http.fake_laurel import Laurel
from tests.http.public.test_pages import Outline
from tests.http.signed_in import Browser

KEYS = "/console/fernhill/api-keys"


def test_key_is_shown_once_and_has_the_chosen_role(owner: Browser, laurel: Laurel) -> None:
    assert "No API keys yet." in owner.get(KEYS).text
    page = owner.post(KEYS, {"name": "Moodle", "role": "editor", "belongs_to": "member"}).text
    (text,) = re.findall(r"laurel_[a-z2-7]{16}_[a-z2-7]{52}", page)
    token = tokens.authenticate(laurel.access_context, text)
    assert (token.issuer_id, token.role, token.created_by) == ("fernhill", "editor", "olu@fernhill.example")
    again = owner.get(KEYS).text
    assert "Moodle" in again
    assert text not in again


def test_resubmitted_form_creates_no_second_key(owner: Browser, laurel: Laurel) -> None:
    (token_id,) = re.findall(r'name="key" value="([a-z2-7]{16})"', owner.get(KEYS).text)
    form = {"name": "Moodle", "role": "editor", "belongs_to": "member", "key": token_id}
    first, again = owner.post(KEYS, form), owner.post(KEYS, form)
    assert f"laurel_{token_id}_" in first.text
    assert again.status == 409
    assert "No new key was created." in again.text
    assert not re.search(r"laurel_[a-z2-7]{16}_[a-z2-7]{52}", again.text)
    assert [one.id for one in tokens.of_issuer(laurel.access_context, "fernhill")] == [token_id]
    (next_token_id,) = re.findall(r'name="key" value="([a-z2-7]{16})"', again.text)
    assert next_token_id != token_id, "the form that is shown next creates another key"
    assert owner.post(KEYS, {**form, "key": next_token_id}).status == 200


def test_form_with_an_error_keeps_its_key_id(owner: Browser) -> None:
    (token_id,) = re.findall(r'name="key" value="([a-z2-7]{16})"', owner.get(KEYS).text)
    response = owner.post(KEYS, {"name": "", "role": "editor", "belongs_to": "member", "key": token_id})
    assert f'name="key" value="{token_id}"' in response.text


@pytest.mark.parametrize("made_up", ["x", "A" * 16, "a" * 17])
def test_malformed_key_id_is_refused(owner: Browser, laurel: Laurel, made_up: str) -> None:
    assert owner.post(KEYS, {"name": "Moodle", "role": "editor", "belongs_to": "member", "key": made_up}).status == 422
    assert list(tokens.of_issuer(laurel.access_context, "fernhill")) == []


def test_key_is_revoked(owner: Browser, laurel: Laurel) -> None:
    owner.post(KEYS, {"name": "Moodle", "role": "viewer", "belongs_to": "member"})
    (token,) = tokens.of_issuer(laurel.access_context, "fernhill")
    assert owner.post(f"{KEYS}/{token.id}").headers["location"].endswith("/api-keys?did=token_revoked")
    assert list(tokens.of_issuer(laurel.access_context, "fernhill")) == []
    assert owner.post(f"{KEYS}/{token.id}").status == 404


def test_revoking_a_key_asks_for_confirmation(owner: Browser, laurel: Laurel) -> None:
    owner.post(KEYS, {"name": "Moodle", "role": "viewer", "belongs_to": "member"})
    (token,) = tokens.of_issuer(laurel.access_context, "fernhill")
    assert f'href="http://localhost:8000{KEYS}/{token.id}">Revoke' in owner.get(KEYS).text
    confirmation = owner.get(f"{KEYS}/{token.id}").text
    assert "This cannot be undone." in confirmation
    assert "never used" in confirmation
    assert list(tokens.of_issuer(laurel.access_context, "fernhill")) == [token]


def test_key_of_another_issuer_is_not_shown(owner: Browser, laurel: Laurel) -> None:
    token, _ = tokens.make(laurel.access_context, "elsewhere", Role.OWNER, "theirs", "tests")
    response = owner.get(f"{KEYS}/{token.id}")
    assert (response.status, "theirs" in response.text) == (404, False)


def test_errors_are_shown_at_the_fields(owner: Browser, laurel: Laurel) -> None:
    response = owner.post(KEYS, {"name": "  ", "role": "editor", "belongs_to": "member"})
    assert response.status == 422
    assert 'id="name-error"' in response.text
    assert 'id="role-error"' in owner.post(KEYS, {"name": "Moodle", "role": "king", "belongs_to": "member"}).text
    assert list(tokens.of_issuer(laurel.access_context, "fernhill")) == []


def test_only_an_owner_sees_the_api_keys(editor: Browser, viewer: Browser) -> None:
    for browser in (editor, viewer):
        assert browser.get(KEYS).status == 403
        assert browser.post(KEYS, {"name": "Moodle", "role": "viewer", "belongs_to": "member"}).status == 403


def test_roles_are_offered_in_full_and_the_one_with_the_fewest_permissions_is_chosen(owner: Browser) -> None:
    for path in (KEYS, "/console/fernhill/members"):
        page = owner.get(path).text
        roles = [attrs for _, attrs in Outline(page).elements if attrs.get("name") == "role"]
        assert [(role["type"], role["value"], "checked" in role) for role in roles] == [
            ("radio", "viewer", True),
            ("radio", "editor", False),
            ("radio", "owner", False),
        ]
        assert "Owner: can do everything, including managing settings, members and API keys" in page


def test_missing_role_is_an_error_at_the_roles(owner: Browser) -> None:
    response = owner.post(KEYS, {"name": "Moodle"})
    assert response.status == 422
    assert '<a href="#role">Choose a role.</a>' in response.text
    assert 'id="role-error"' in response.text


@pytest.mark.parametrize(
    ("choice", "member", "shown"),
    [("member", "olu@fernhill.example", "olu@fernhill.example"), ("organization", None, "The organization")],
)
def test_key_belongs_to_its_maker_or_to_the_organization(
    owner: Browser, laurel: Laurel, choice: str, member: str | None, shown: str
) -> None:
    assert '<option value="member" selected>' in owner.get(KEYS).text
    owner.post(KEYS, {"name": "Moodle", "role": "editor", "belongs_to": choice})
    (token,) = tokens.of_issuer(laurel.access_context, "fernhill")
    assert token.member == member
    assert shown in owner.get(KEYS).text.partition('data-label="Belongs to"')[2].partition("</td>")[0]


def test_owner_of_a_key_must_be_chosen(owner: Browser, laurel: Laurel) -> None:
    response = owner.post(KEYS, {"name": "Moodle", "role": "editor"})
    assert (response.status, 'id="belongs_to-error"' in response.text) == (422, True)
    assert list(tokens.of_issuer(laurel.access_context, "fernhill")) == []


def test_page_says_how_a_program_uses_the_key(owner: Browser, laurel: Laurel) -> None:
    page = owner.post(KEYS, {"name": "Moodle", "role": "editor", "belongs_to": "member"}).text
    (text,) = re.findall(r"laurel_[a-z2-7]{16}_[a-z2-7]{52}", page)
    assert '<a href="#use">How to use it</a>' in page
    assert f"{laurel.base_url}/v1</code>" in page
    lists, issues = (
        html.unescape(each) for each in re.findall(r'<code data-copy="Copy example">(.*?)</code>', page, re.DOTALL)
    )
    path, headers, _ = request_of(lists.replace("YOUR_API_KEY", text), laurel)
    listed = owner.client.get(path, **headers)
    assert listed.status == 200
    issued = issues.replace("YOUR_API_KEY", text).replace("ACHIEVEMENT_ID", listed.json["items"][0]["id"])
    path, headers, body = request_of(issued, laurel)
    assert owner.client.post(path, body.encode(), **headers).status == 201


def request_of(command: str, laurel: Laurel) -> tuple[str, dict[str, str], str]:
    """The path, headers and body that a curl command sends."""
    words = shlex.split(command)
    assert words[0] == "curl"
    headers, body, url = {}, "", ""
    for option, value in zip(words[1::2], words[2::2], strict=False):
        if option == "-H":
            name, _, content = value.partition(": ")
            headers[name.lower().replace("-", "_")] = content
        elif option == "-d":
            body = value
    url = words[-1]
    assert url.startswith(laurel.base_url)
    return url.removeprefix(laurel.base_url), headers, body
