"""The issuer's details, and the export, in the console."""

from __future__ import annotations

import json

import pytest

from tests.http.console.test_bulk import text_of
from tests.http.fake_laurel import Laurel, id_of
from tests.http.signed_in import Browser

HERE = "/console/fernhill/settings"
DETAILS = {"name": "Fernhill University", "url": "https://fernhill.example/", "description": "Since 1921.", "email": ""}


def test_details_are_changed_and_issued_credentials_are_not(owner: Browser, laurel: Laurel) -> None:
    assert 'value="Fernhill College"' in owner.get(HERE).text
    document = laurel.issuer_store.record(id_of("valid")).document
    response = owner.post(HERE, {**DETAILS, "email": "hello@fernhill.example"})
    assert response.headers["location"].endswith("/settings?did=settings_changed")
    issuer = laurel.issuer_store.issuer("fernhill")
    assert (issuer.name, issuer.email) == ("Fernhill University", "hello@fernhill.example")
    owner.post(HERE, DETAILS)
    assert laurel.issuer_store.issuer("fernhill").email is None
    assert laurel.issuer_store.record(id_of("valid")).document == document


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", ""), ("url", ""), ("url", "ftp://x"), ("description", "x" * 2001), ("email", "hello@@fernhill.example")],
)
def test_error_is_shown_at_its_field(owner: Browser, laurel: Laurel, name: str, value: str) -> None:
    response = owner.post(HERE, {**DETAILS, name: value})
    assert response.status == 422
    assert f'id="{name}-error"' in response.text
    assert laurel.issuer_store.issuer("fernhill").name == "Fernhill College"


def test_identity_is_shown(owner: Browser, laurel: Laurel) -> None:
    page = text_of(owner.get(HERE))
    issuer = laurel.issuer_store.issuer("fernhill")
    assert issuer.did in page
    assert issuer.signing_key.multibase in page


def test_only_an_owner_can_download_the_export(owner: Browser, editor: Browser, viewer: Browser) -> None:
    assert "Download export" in text_of(owner.get("/console/fernhill/export"))
    response = owner.get("/console/fernhill/export/file")
    assert response.headers["content-disposition"] == 'attachment; filename="fernhill-1.ndjson"'
    assert response.headers["cache-control"] == "private, no-store"
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert len(lines) > 8
    for browser in (editor, viewer):
        assert browser.get("/console/fernhill/export").status == 403
        assert browser.get("/console/fernhill/export/file").status == 403
        assert browser.get(HERE).status == 403


@pytest.mark.parametrize("query", ["cursor=nonsense", "part=0&cursor=<b>", "part=99999999999"])
def test_invalid_export_query_is_an_error_or_the_first_part(owner: Browser, query: str) -> None:
    assert owner.get(f"/console/fernhill/export?{query}").status in (200, 400)
    assert owner.get(f"/console/fernhill/export/file?{query}").status in (200, 400)
