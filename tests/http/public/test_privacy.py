"""The privacy notice."""

from __future__ import annotations

from tests.http.fake_laurel import Laurel
from tests.http.gateway import Gateway

PAGE = {"Accept": "text/html"}


def test_the_notice_says_how_long_events_are_stored(client: Gateway, laurel: Laurel) -> None:
    page = client.get("/privacy", headers=PAGE)
    assert page.status == 200
    assert f"stored for {laurel.settings.event_retention_days} days" in page.text


def test_public_pages_link_to_the_notice(client: Gateway) -> None:
    for path in ("/", "/directory"):
        assert 'href="http://localhost:8000/privacy"' in client.get(path, headers=PAGE).text
