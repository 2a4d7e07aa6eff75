"""Widgets on another website in a real browser: shown, still, silent, and harmless without script."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from chalicelib.analytics import event as events
from chalicelib.analytics.event import Event
from chalicelib.embed import element, snippets
from chalicelib.embed.appearance import BOXES, Size
from chalicelib.embed.snippets import SANDBOX, Kind, Look
from chalicelib.http.embed.badge_of import badge_of
from tests.browser.opening import new_page
from tests.browser.widths import axe_violations
from tests.embed.makers import PAYLOADS
from tests.http.embed.test_widgets import hostile_document
from tests.http.fake_laurel import KINDS, Laurel, hostile, id_of

SHIFT = """() => new Promise(done => {
  let total = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) total += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(total), 500);
})"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own
        """Log nothing."""


@pytest.fixture
def website(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Another website: its folder and its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}/page.html"
    server.shutdown()
    server.server_close()


def script(laurel: Laurel) -> str:
    url, digest = f"{laurel.base_url}/embed/{element.LATEST}.js", element.integrity(laurel.base_url)
    return f'<script async src="{url}" integrity="{digest}" crossorigin="anonymous"></script>'


def tag(laurel: Laurel, kind: str, size: Size = Size.CARD, theme: str = "auto") -> str:
    box, url = BOXES[size], f"{laurel.base_url}/c/{id_of(kind)}"
    style = f"display:inline-block;width:{box.width}px;height:{box.height}px"
    link = f'<a href="{url}">A credential</a>'
    return f'<laurel-badge credential="{url}" size="{size}" theme="{theme}" style="{style}">{link}</laurel-badge>'


@contextmanager
def opened(browser: Browser, website: tuple[Path, str], body: str, policy: str = "", **options: Any) -> Iterator[Page]:
    folder, url = website
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else ""
    html = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Blog</title>{meta}</head>'
    (folder / "page.html").write_text(f"{html}<body><main><h1>Blog</h1>{body}</main></body></html>")
    with new_page(browser, **options) as page:
        page.goto(url)
        yield page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_verdict_and_size_is_shown_without_a_layout_shift_or_violation(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str], screenshots: Path, scheme: Any
) -> None:
    tags = "\n".join(f"<p>{' '.join(tag(laurel, kind, size) for size in Size)}</p>" for kind in KINDS)
    view = {"width": 800, "height": 1600}
    with opened(chromium, website, tags + script(laurel), viewport=view, color_scheme=scheme) as page:
        page.locator("laurel-badge a.l").first.wait_for()
        for badge in page.locator("laurel-badge").all():
            badge.scroll_into_view_if_needed()
            expect(badge.locator("a.l .v")).to_have_count(1)
        assert page.evaluate(SHIFT) == 0
        page.screenshot(path=screenshots / f"widgets-{scheme}.png", full_page=True)
        assert axe_violations(page) == []


def test_widget_below_the_fold_loads_when_it_is_near(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str]
) -> None:
    body = f'<div style="height:4000px">Text</div>{tag(laurel, "valid")}{script(laurel)}'
    with opened(chromium, website, body) as page:
        page.wait_for_function("!!customElements.get('laurel-badge')")
        page.wait_for_timeout(300)
        assert page.locator("laurel-badge a.l").count() == 0
        page.locator("laurel-badge").scroll_into_view_if_needed()
        expect(page.locator("laurel-badge a.l .v")).to_have_text("Valid")


def test_plain_link_remains_without_script(chromium: Browser, laurel: Laurel, website: tuple[Path, str]) -> None:
    body = tag(laurel, "valid") + script(laurel)
    with opened(chromium, website, body, java_script_enabled=False) as page:
        expect(page.get_by_role("link", name="A credential")).to_be_visible()


def test_plain_link_remains_if_the_credential_does_not_exist(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str]
) -> None:
    body = f'<laurel-badge credential="{"z" * 26}"><a href="/x">A credential</a></laurel-badge>{script(laurel)}'
    with opened(chromium, website, body) as page:
        page.wait_for_timeout(500)
        expect(page.get_by_role("link", name="A credential")).to_be_visible()


def test_widget_works_under_a_strict_policy_and_loads_from_one_host_only(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str]
) -> None:
    host = laurel.base_url
    policy = (
        f"default-src 'none'; script-src {host}; connect-src {host}; img-src {host}; require-trusted-types-for 'script'"
    )
    requested: list[str] = []
    with opened(chromium, website, tag(laurel, "valid") + script(laurel), policy) as page:
        page.on("request", lambda request: requested.append(request.url))
        page.reload()
        expect(page.locator("laurel-badge a.l .t")).to_have_text("Data analysis in practice")
        assert {url.split("/")[2] for url in requested} == {host.split("/")[2], website[1].split("/")[2]}
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_changed_attributes_change_the_widget(chromium: Browser, laurel: Laurel, website: tuple[Path, str]) -> None:
    with opened(chromium, website, tag(laurel, "valid") + script(laurel)) as page:
        expect(page.locator("laurel-badge a.l .v")).to_have_text("Valid")
        page.evaluate(f"document.querySelector('laurel-badge').setAttribute('credential', '{id_of('revoked')}')")
        expect(page.locator("laurel-badge a.l .v")).to_have_text("Revoked")


@pytest.mark.parametrize("sandbox", ["", "allow-scripts allow-popups allow-popups-to-escape-sandbox"])
def test_frame_works_in_a_sandbox_and_reports_its_height(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str], sandbox: str, screenshots: Path
) -> None:
    listen = "<script>addEventListener('message', event => { window.told = event.data })</script>"
    frames = "".join(
        f'<iframe title="{kind} {size}" sandbox="{sandbox}" width="{box.width}" height="{box.height}" '
        f'src="{laurel.base_url}/embed/{id_of(kind)}?size={size}"></iframe>'
        for kind in ("valid", "tampered")
        for size, box in BOXES.items()
    )
    with opened(chromium, website, listen + frames) as page:
        frame = page.frame_locator("iframe").first
        expect(frame.get_by_text("Data analysis in practice")).to_be_visible()
        if sandbox:
            page.wait_for_function("window.told && window.told.laurel === 'badge' && window.told.height > 50")
        page.screenshot(path=screenshots / "frames.png")


def test_no_text_of_a_credential_runs_in_any_form(chromium: Browser, laurel: Laurel, website: tuple[Path, str]) -> None:
    """The frame, the image, the page with the code, and every snippet that becomes HTML."""
    with new_page(chromium) as page:
        ran: list[str] = []
        page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: ran.append(message.text) if "Refused" in message.text else None)
        page.on("pageerror", lambda error: ran.append(str(error)))
        for payload in [text for text in PAYLOADS if text.isascii()]:
            record = hostile(laurel, hostile_document(payload))
            for path in (f"/embed/{record.id}", f"/badge/{record.id}.svg", f"/c/{record.id}/embed?kind=email"):
                page.goto(laurel.base_url + path)
            view = badge_of(laurel.hosted_reports.open(record.id, None), laurel.base_url)
            made = {
                kind: snippets.snippet(kind, view, Look(), laurel.base_url) for kind in Kind if kind is not Kind.RST
            }
            body = "".join({**made, Kind.MARKDOWN: MarkdownIt("commonmark").render(made[Kind.MARKDOWN])}.values())
            (website[0] / "page.html").write_text(f"<!DOCTYPE html><html><body>{body}</body></html>")
            page.goto(website[1])
            expect(page.locator("laurel-badge a.l .v")).to_have_text("Valid, issuer not proven")
            assert ran == [], payload


def icon(message: ConsoleMessage) -> bool:
    """Whether ``message`` is about the icon of the other website, which has none."""
    return message.location["url"].endswith("/favicon.ico")


def clicked(laurel: Laurel) -> list[Event]:
    return [event for event in laurel.event_store.events.values() if event.kind is events.Kind.CLICK]


@pytest.mark.parametrize("widget", ["script", "frame"])
def test_click_is_reported_once_with_the_website(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str], widget: str
) -> None:
    frame = f'<iframe src="{laurel.base_url}/embed/{id_of("valid")}" sandbox="{SANDBOX}"></iframe>'
    body = tag(laurel, "valid") + script(laurel) if widget == "script" else frame
    before = len(clicked(laurel))
    with opened(chromium, website, body) as page:
        errors: list[str] = []
        page.on("console", lambda one: errors.append(one.text) if one.type == "error" and not icon(one) else None)
        place = page.locator("laurel-badge") if widget == "script" else page.frame_locator("iframe").locator("body")
        place.locator("a.l").click()
        page.wait_for_timeout(1500)
        assert [(one.widget, one.referrer) for one in clicked(laurel)[before:]] == [(widget, "127.0.0.1")]
        assert errors == []
        assert page.context.cookies() == []


@pytest.mark.parametrize("answer", ["undefined", "() => false"])
def test_link_opens_where_no_click_can_be_reported(
    chromium: Browser, laurel: Laurel, website: tuple[Path, str], answer: str
) -> None:
    """A handler that returns false would cancel the click, and one that fails would show an error."""
    before = len(clicked(laurel))
    broken = f"<script>Navigator.prototype.sendBeacon = {answer}</script>"
    with opened(chromium, website, broken + tag(laurel, "valid") + script(laurel)) as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        link = page.locator("laurel-badge a.l")
        link.evaluate("link => link.removeAttribute('target')")
        link.click()
        page.wait_for_url(f"{laurel.base_url}/c/{id_of('valid')}")
        assert errors == []
        assert len(clicked(laurel)) == before
