"""No text of Laurel's own stays English on a page in another language, however it was composed."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.http.fake_laurel import KINDS, Laurel, id_of
from tests.http.gateway import HTML, Gateway
from tests.http.holder.test_holder import path, wide_path

assert path
assert wide_path  # fixtures
UNREAD = ("style", "script", "code", "pre", "option", "textarea", "title")
"""Elements that contain code, names of timezones, or the title of a credential."""
READ = ("alt", "aria-label", "placeholder")
ISSUERS_OWN = re.compile(
    r"Ada Nwosu|Fernhill.*|Data analysis.*|A bar chart|Plans, cleans.*|Completed twelve.*|Handed in.*|Python|statistics"
    r"|Example framework.*|Talk: the river.*|Recorded on stage.*|Evening courses.*|Emails? from Fernhill.*",
    re.DOTALL,
)
SAME_IN_EVERY_LANGUAGE = re.compile(
    r"Laurel|English|Español|Français|Deutsch|SHA-256|Markdown|reStructuredText|https?://\S*|did:\S*|\S+@\S+|[\w-]+\.example\S*"
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


def test_holders_page(client: Gateway, wide_path: str, path: str) -> None:
    assert left(client, wide_path) == []
    assert left(client, path) == []


def test_problem_of_a_submission(client: Gateway) -> None:
    form = {"content_type": 'multipart/form-data; boundary="b"', "accept": HTML}
    body = b'--b\r\nContent-Disposition: form-data; name="credential"\r\n\r\nnothing\r\n--b--\r\n'
    english, arabic = (Texts(client.post(f"/{query}", body, **form).text).found for query in ("", "?lang=ar"))
    assert not {text for text in english & arabic if re.search(r"[a-z]{3} [a-z]", text)}
