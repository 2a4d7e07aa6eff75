"""No text of Laurel's own stays English on a page in another language, however it was composed."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote
from uuid import UUID

import pytest

from tests.http.catalogue.conftest import ENROL, store, without_proof
from tests.http.fake_laurel import BASE_URL, KINDS, Laurel, id_of
from tests.http.gateway import HTML, Gateway
from tests.http.holder.test_holder import path, wide_path

assert path
assert wide_path  # fixtures
UNREAD = ("style", "script", "code", "pre", "option", "textarea", "title")
"""Elements that contain code, names of timezones, or the title of a credential."""
READ = ("alt", "aria-label", "placeholder", "data-copied", "data-blocked", "data-updating")
ISSUERS_OWN = re.compile(
    r"Ada Nwosu|Fernhill.*|Data analysis.*|A bar chart|Plans, cleans.*|Completed twelve.*|Handed in.*|Python|statistics"
    r"|Example framework.*|Talk: the river.*|Recorded on stage.*|Evening courses.*|Emails? from Fernhill.*",
    re.DOTALL,
)
SAME_IN_EVERY_LANGUAGE = re.compile(
    r"Laurel|English|Español|Français|Deutsch|SHA-256|PNG|SVG|JSON|JWT|Markdown|reStructuredText|https?://\S*|did:\S*|\S+@\S+|[\w-]+\.example\S*"
    r"|Open Badges 3\.0, eddsa-rdfc-2022|UTC|office@.*"
)
PUBLIC = (*(f"/c/{id_of(kind)}" for kind in KINDS), "/", "/nowhere", "/sign-in", f"/c/{id_of('valid')}/embed")


class Texts(HTMLParser):
    """What a person reads on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.unread = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unread += tag in UNREAD
        self.found |= {value for name, value in attrs if name in READ and value}

    def handle_endtag(self, tag: str) -> None:
        self.unread -= tag in UNREAD

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.found.add(data.strip())


def left(client: Gateway, url: str) -> list[str]:
    """The texts of the page in Arabic that are those of the page in English."""
    both = Texts(client.get(url, accept=HTML).text).found & Texts(client.get(f"{url}?lang=ar", accept=HTML).text).found
    return [
        text
        for text in sorted(both)
        if re.search(r"[A-Za-z]{2}", text)
        and not ISSUERS_OWN.fullmatch(text)
        and not SAME_IN_EVERY_LANGUAGE.fullmatch(text)
    ]


@pytest.mark.parametrize("url", PUBLIC)
def test_public_page(client: Gateway, laurel: Laurel, url: str) -> None:
    assert left(client, url) == []


def test_public_pages_of_the_catalogue(client: Gateway, laurel: Laurel) -> None:
    (first,) = laurel.issuer_store.achievements("fernhill")
    other = store(laurel, replace(first, id=str(UUID(int=7)), name="Fernhill’s talk"))
    store(laurel, replace(first, enrolment_url=ENROL, eligibility="Fernhill’s students", valid_days=3))
    paths = ["/issuers/fernhill", f"/achievements/{first.id}", f"/achievements/{other.id}", f"/c/{id_of('valid')}"]
    assert [left(client, path) for path in paths] == [[], [], [], []]
    assert "Has the same skills" in client.get(paths[1], accept=HTML).text
    without_proof(laurel)
    store(laurel, replace(first, archived=True))
    assert [left(client, path) for path in (*paths, "/issuers/nobody")] == [[], [], [], [], []]


def test_share_links_and_holders_page_with_wallets(laurel: Laurel, wide_path: str) -> None:
    laurel.settings = replace(laurel.settings, google_wallet="x", apple_wallet="y")
    client = Gateway.over(laurel)
    for url in (f"/c/{id_of('valid')}", wide_path):
        assert "Add to Google Wallet" in client.get(url, accept=HTML).text
        assert left(client, url) == []
    page = client.get(f"/c/{id_of('valid')}?lang=de", accept=HTML).text
    assert "ein Nachweis von Fernhill College" in unquote(page)
    assert f'href="{BASE_URL}/c/{id_of("valid")}/certificate.pdf?lang=de"' in page


def test_holders_page(client: Gateway, wide_path: str, path: str) -> None:
    assert left(client, wide_path) == []
    assert left(client, path) == []


def test_problem_of_a_submission(client: Gateway) -> None:
    form = {"content_type": 'multipart/form-data; boundary="b"', "accept": HTML}
    body = b'--b\r\nContent-Disposition: form-data; name="credential"\r\n\r\nnothing\r\n--b--\r\n'
    english, arabic = (Texts(client.post(f"/{query}", body, **form).text).found for query in ("", "?lang=ar"))
    assert not {text for text in english & arabic if re.search(r"[a-z]{3} [a-z]", text)}
