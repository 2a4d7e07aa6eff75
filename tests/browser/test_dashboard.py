"""The dashboard in a real browser, with a simulated year: accessible, readable on a phone, in the dark and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from cli.demo.year import Programme, simulate
from tests.analytics.counts.simulated import counted
from tests.browser.broken_words import broken_words
from tests.browser.signed_in import console, member
from tests.browser.test_pages import violations
from tests.http.fake_laurel import NOW, Laurel, id_of

HERE = "/console/fernhill"
QUERIES = {
    "year": "",
    "month": "?from=2026-11-01",
    "filtered": "?channel=linkedin",
    "wrong": "?from=2026-11-30&to=2026-11-01",
}

WIDE = """[...document.querySelectorAll("main *")]
  .filter(node => node.getBoundingClientRect().right > innerWidth + 1 && !node.closest("thead"))
  .map(node => node.outerHTML.slice(0, 200))"""
"""What is wider than the screen."""


@pytest.fixture(autouse=True)
def year(laurel: Laurel) -> Iterator[None]:
    member(laurel, "olu@fernhill.example")
    achievements = [each.id for each in laurel.issuer_store.achievements("fernhill")]
    programmes = [
        Programme("fernhill", achievement, [id_of("valid")], 1 / (n + 1), "ladder", n + 1)
        for n, achievement in enumerate(achievements)
    ]
    before = laurel.count_store
    yesterday = NOW.date() - timedelta(days=1)
    laurel.count_store = counted(simulate(programmes, yesterday, 9_000), yesterday)
    yield
    laurel.count_store = before


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("kind", QUERIES)
def test_dashboard_is_accessible_fits_and_logs_nothing(
    chromium: Browser, laurel: Laurel, screenshots: Path, kind: str, width: int
) -> None:
    with console(chromium, laurel, HERE + QUERIES[kind], viewport={"width": width, "height": 812}) as (page, messages):
        page.screenshot(path=screenshots / f"dashboard-{kind}-{width}.png", full_page=True)
        assert [message for message in messages if "422" not in message] == []
        assert violations(page) == []
        assert broken_words(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.evaluate(WIDE)


@pytest.mark.parametrize("width", [375, 1280])
def test_dashboard_is_accessible_in_dark_mode_with_every_fold_open(
    chromium: Browser, laurel: Laurel, screenshots: Path, width: int
) -> None:
    with console(chromium, laurel, HERE, color_scheme="dark", viewport={"width": width, "height": 812}) as (page, _):
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        page.screenshot(path=screenshots / f"dashboard-dark-{width}.png", full_page=True)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_printed_dashboard_shows_the_formulas(chromium: Browser, laurel: Laurel, screenshots: Path) -> None:
    with console(chromium, laurel, HERE, viewport={"width": 800, "height": 1100}) as (page, _):
        page.emulate_media(media="print")
        page.screenshot(path=screenshots / "dashboard-print.png", full_page=True)
        expect(page.get_by_role("button", name="Show figures")).not_to_be_visible()
        expect(page.get_by_text("Number of credentials issued in the period.").first).to_be_visible()


def test_filters_work_without_script_and_are_in_the_url(chromium: Browser, laurel: Laurel) -> None:
    with console(chromium, laurel, HERE, java_script_enabled=False) as (page, messages):
        page.get_by_text("Choose a period, achievement").click()
        page.get_by_label("From", exact=True).fill("2026-06-01")
        page.get_by_label("Country", exact=True).select_option("CH")
        page.get_by_role("button", name="Show figures").click()
        assert "from=2026-06-01" in page.url
        assert "country=CH" in page.url
        expect(page.get_by_text("1 June to 22 November 2026, compared with")).to_be_visible()
        assert messages == []
