"""The ES module of clients on another website, in a real browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from chalicelib.embed import client
from tests import quickstart
from tests.browser.test_widgets import opened, website
from tests.embed.makers import PAYLOADS
from tests.fakes import RateStore
from tests.http.embed.test_widgets import hostile_document
from tests.http.fake_laurel import KINDS, VERDICTS, Laurel, hostile, id_of

assert website  # fixtures

Website = tuple[Path, str]


@pytest.fixture(autouse=True)
def unused_limits(laurel: Laurel) -> Iterator[None]:
    """Give each test, and those after it, the whole limit: the clock of the fakes stands still."""
    laurel.rate_store = RateStore()
    yield
    laurel.rate_store = RateStore()


@contextmanager
def importing(
    browser: Browser, laurel: Laurel, website: Website, digest: str | None = None, policy: str = ""
) -> Iterator[Page]:
    """A page of another website on which the module is `window.client` once it is loaded."""
    url = f"{laurel.base_url}/client/{client.LATEST}"
    pinned = {"integrity": {url: digest}} if digest else {}
    scripts = f'<script type="importmap">{json.dumps(pinned)}</script>' if pinned else ""
    (website[0] / "page.js").write_text(f'import * as client from "{url}"; window.client = client;')
    with opened(browser, website, scripts + '<script type="module" src="page.js"></script>', policy) as page:
        yield page


def test_another_website_verifies_links_texts_and_files(chromium: Browser, laurel: Laurel, website: Website) -> None:
    text = laurel.issuer_store.record(id_of("valid")).document.decode()
    script = """async ([link, text]) => {
      const inputs = [link, text, JSON.parse(text), new File([text], "badge.json")];
      const reports = await Promise.all(inputs.map((input) => client.verify(input)));
      return reports.map((report) => report.verdict);
    }"""
    with importing(chromium, laurel, website) as page:
        page.wait_for_function("window.client")
        assert page.evaluate(script, [f"{laurel.base_url}/c/{id_of('valid')}", text]) == ["valid"] * 4


def test_another_website_verifies_many_and_sees_the_stable_code_of_an_error(
    chromium: Browser, laurel: Laurel, website: Website
) -> None:
    links = [f"{laurel.base_url}/c/{id_of(kind)}" for kind in KINDS]
    batch = "async (links) => (await client.verifyBatch(links)).map((result) => result.verdict)"
    failed = "() => client.verify('no credential').catch((error) => [error.name, error.code, error.status])"
    with importing(chromium, laurel, website) as page:
        page.wait_for_function("window.client")
        assert page.evaluate(batch, links) == [VERDICTS.get(kind, kind) for kind in KINDS]
        assert page.evaluate(failed) == ["LaurelError", "nothing_found", 422]


def test_a_page_can_read_how_long_to_wait(chromium: Browser, laurel: Laurel, website: Website) -> None:
    links = [f"{laurel.base_url}/c/{id_of('valid')}"] * 50
    limited = """async (links) => {
      for (let i = 0; i < 3; i++) {
        const error = await client.verifyBatch(links, { maxWait: 0 }).then(() => null, (error) => error);
        if (error) return [error.code, error.retryAfter > 0];
      }
    }"""
    with importing(chromium, laurel, website) as page:
        page.wait_for_function("window.client")
        assert page.evaluate(limited, links) == ["too_many_requests", True]


def test_it_works_under_a_strict_policy_and_stores_nothing(chromium: Browser, laurel: Laurel, website: Website) -> None:
    own, host = website[1].rpartition("/")[0], laurel.base_url
    policy = f"default-src 'none'; script-src {own} {host}; connect-src {host}; require-trusted-types-for 'script'"
    with importing(chromium, laurel, website, policy=policy) as page:
        page.wait_for_function("window.client")
        link = f"{host}/c/{id_of('revoked')}"
        assert page.evaluate("async (link) => (await client.verify(link)).verdict", link) == "revoked"
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("genuine", [True, False])
def test_a_website_can_pin_the_version(chromium: Browser, laurel: Laurel, website: Website, genuine: bool) -> None:
    content = (client.module(client.LATEST) or "").encode() + (b"" if genuine else b" ")
    digest = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
    with importing(chromium, laurel, website, digest) as page:
        page.wait_for_timeout(1000)
        assert page.evaluate("Boolean(window.client)") is genuine


@pytest.mark.parametrize("payload", PAYLOADS[:3])
def test_the_documented_page_shows_the_verdict_as_text(
    chromium: Browser, laurel: Laurel, website: Website, payload: str
) -> None:
    record = hostile(laurel, hostile_document(payload))
    [example] = re.findall(r"```html\n(<p.*?)```", quickstart.PAGE.read_text(), re.DOTALL)
    body = example.replace("https://laurel.example/c/ID", f"{laurel.base_url}/c/{record.id}")
    ran: list[str] = []
    with opened(chromium, website, body.replace("https://laurel.example", laurel.base_url)) as page:
        page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
        page.wait_for_function("document.querySelector('#verdict').textContent === 'valid'")
        assert page.locator("#verdict > *").count() == 0
        assert ran == []
