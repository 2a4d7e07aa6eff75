"""Revoking a compromised signing key in the console."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.credential import dates
from tests.http.console.conftest import BASE_URL, Browser, Laurel
from tests.http.console.test_bulk import text_of
from tests.http.fake_laurel import NOW, id_of

SINCE = dates.write(NOW - timedelta(days=1))


def key_of(laurel: Laurel) -> str:
    return laurel.issuer_store.issuer("fernhill").signing_key.fragment


def verdict(laurel: Laurel, kind: str) -> str:
    return laurel.hosted_reports.open(id_of(kind), None).report.verdict.value


def test_page_shows_the_effect_before_anything_changes(owner: Browser, laurel: Laurel) -> None:
    key = key_of(laurel)
    here = f"/console/fernhill/keys/{key}"
    assert f"/keys/{key}" in owner.get("/console/fernhill/settings").text
    assert "What revoking does" not in text_of(owner.get(here))
    shown = text_of(owner.post(here, {"since": SINCE, "do": "check"}))
    assert "0 credentials issued since" in shown
    assert "8 credentials issued earlier will stay valid on Laurel" in shown
    assert key_of(laurel) == key
    everything = text_of(owner.post(here, {"since": "2020-01-01", "do": "check"}))
    assert "8 credentials issued since 2020-01-01T00:00:00Z will be" in everything


def test_confirmation_revokes_the_key(owner: Browser, laurel: Laurel) -> None:
    key = key_of(laurel)
    response = owner.post(f"/console/fernhill/keys/{key}", {"since": SINCE, "do": "revoke"})
    assert response.headers["location"] == f"{BASE_URL}/console/fernhill/settings?did=key_revoked"
    assert key_of(laurel) != key
    assert verdict(laurel, "valid") == "valid"
    assert "Compromised since" in text_of(owner.get("/console/fernhill/settings"))


def test_revoking_since_before_all_credentials_makes_them_invalid(owner: Browser, laurel: Laurel) -> None:
    owner.post(f"/console/fernhill/keys/{key_of(laurel)}", {"since": "2020-01-01", "do": "revoke"})
    assert verdict(laurel, "valid") == "invalid"


def test_invalid_time_is_shown_at_its_field(owner: Browser, laurel: Laurel) -> None:
    for since in ("", "yesterday", dates.write(NOW + timedelta(days=1))):
        response = owner.post(f"/console/fernhill/keys/{key_of(laurel)}", {"since": since, "do": "revoke"})
        assert response.status == 422
        assert 'id="since-error"' in response.text


def test_editor_may_not_revoke_a_key(editor: Browser, laurel: Laurel) -> None:
    key = key_of(laurel)
    assert editor.post(f"/console/fernhill/keys/{key}", {"since": SINCE, "do": "revoke"}).status == 403
    assert key_of(laurel) == key


def test_shared_key_cannot_be_revoked_here(owner: Browser, laurel: Laurel) -> None:
    shared = laurel.issuer_store.issuer("fernhill").keys[0]
    assert shared.shared
    response = owner.post(f"/console/fernhill/keys/{shared.fragment}", {"since": SINCE, "do": "revoke"})
    assert response.status == 422
    assert laurel.issuer_store.issuer("fernhill").keys[0].revoked is None
