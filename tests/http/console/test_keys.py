"""API tokens: made, shown once, revoked."""

from __future__ import annotations

import re

from chalicelib.access import tokens
from tests.http.signed_in import Browser
from tests.http.world import Laurel

KEYS = "/console/fernhill/keys"


def test_key_is_shown_once_and_opens_what_was_said(owner: Browser, laurel: Laurel) -> None:
    assert "There is no key yet." in owner.get(KEYS).text
    said = owner.post(KEYS, {"name": "Moodle", "role": "editor"}).text
    (text,) = re.findall(r"laurel_[a-z2-7]{16}_[a-z2-7]{52}", said)
    token = tokens.opened(laurel.gate, text)
    assert (token.issuer_id, token.role, token.created_by) == ("fernhill", "editor", "olu@fernhill.example")
    again = owner.get(KEYS).text
    assert "Moodle" in again
    assert text not in again


def test_key_is_revoked(owner: Browser, laurel: Laurel) -> None:
    owner.post(KEYS, {"name": "Moodle", "role": "viewer"})
    (token,) = tokens.of_issuer(laurel.gate, "fernhill")
    assert owner.post(f"{KEYS}/{token.id}").headers["location"].endswith("/keys?did=token_revoked")
    assert list(tokens.of_issuer(laurel.gate, "fernhill")) == []
    assert owner.post(f"{KEYS}/{token.id}").status == 404


def test_faults_are_told_beside_the_fields(owner: Browser, laurel: Laurel) -> None:
    answer = owner.post(KEYS, {"name": "  ", "role": "editor"})
    assert answer.status == 422
    assert 'id="name-told"' in answer.text
    assert 'id="role-told"' in owner.post(KEYS, {"name": "Moodle", "role": "king"}).text
    assert list(tokens.of_issuer(laurel.gate, "fernhill")) == []


def test_only_an_owner_sees_the_keys(editor: Browser, viewer: Browser) -> None:
    for browser in (editor, viewer):
        assert browser.get(KEYS).status == 403
        assert browser.post(KEYS, {"name": "Moodle", "role": "viewer"}).status == 403
