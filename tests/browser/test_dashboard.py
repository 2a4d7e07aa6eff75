"""The dashboard in a real browser, with a simulated year: accessible, readable on a phone, in the dark and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from cli.demo.year import Programme, simulate
from tests.analytics.counts.simulated import counted
from tests.browser.broken_words import broken_words
from tests.browser.signed_in import console, member
from tests.browser.widths import WIDTHS, assert_accessible_and_fits
from tests.http.fake_laurel import NOW, Laurel, id_of

HERE = "/console/fernhill"
PAPER: ViewportSize = {"width": 800, "height": 1100}
QUERIES = {
    "year": "",
    "month": "?from=2026-11-01",
    "filtered": "?channel=linkedin",
    "wrong": "?from=2026-11-30&to=2026-11-01",
}


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


WIDER_THAN_THEIR_FOLD = """[...document.querySelectorAll("details.fold")].flatMap(fold => {
  fold.open = true;
  return [...fold.querySelectorAll("table")]
    .filter(table => table.getBoundingClientRect().right > fold.getBoundingClientRect().right)
    .map(table => table.caption.textContent);
})"""


def test_tables_fit_into_the_box_that_is_unfolded(chromium: Browser, laurel: Laurel, screenshots: Path) -> None:
    for width in (*WIDTHS, 1100, 900, 700):
        with console(chromium, laurel, HERE, viewport={"width": width, "height": 812}) as (page, _):
            assert page.evaluate(WIDER_THAN_THEIR_FOLD) == [], width
            page.screenshot(path=screenshots / f"dashboard-unfolded-{width}.png", full_page=True)


@pytest.mark.parametrize("kind", QUERIES)
def test_dashboard_is_accessible_fits_and_logs_nothing(
    chromium: Browser, laurel: Laurel, screenshots: Path, kind: str
) -> None:
    with console(chromium, laurel, HERE + QUERIES[kind]) as (page, messages):
        assert [message for message in messages if "422" not in message] == []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 812})
            assert broken_words(page) == []
        assert_accessible_and_fits(page, screenshots, f"dashboard-{kind}")


BESIDE_THEIR_LABELS = """[...document.querySelectorAll("details.fold td > span")].filter(value => {
  value.closest("details").open = true;
  const cell = value.closest("td"), label = getComputedStyle(cell, "::before");
  const written = document.createElement("canvas").getContext("2d");
  written.font = label.font;
  const words = label.content.slice(1, -1).split(" ").map(word => written.measureText(word).width);
  const free = value.getBoundingClientRect().left - cell.getBoundingClientRect().left;
  return label.whiteSpace === "nowrap" || Math.max(...words) > free;
}).map(value => value.closest("td").dataset.label)"""


def test_labels_of_a_table_on_a_phone_leave_room_for_the_values(chromium: Browser, laurel: Laurel) -> None:
    with console(chromium, laurel, HERE, viewport={"width": WIDTHS[0], "height": 812}) as (page, _):
        assert page.locator("details.fold td > span").count() > 50
        assert page.evaluate(BESIDE_THEIR_LABELS) == []


def test_printed_dashboard_shows_the_formulas_and_its_filters(
    chromium: Browser, laurel: Laurel, screenshots: Path
) -> None:
    with console(chromium, laurel, f"{HERE}?channel=linkedin&from=2026-10-01", viewport=PAPER) as (page, _):
        page.emulate_media(media="print")
        expect(page.get_by_text("Filtered by channel: LinkedIn.").first).to_be_visible()
        expect(page.get_by_role("link", name="Show all figures")).not_to_be_visible()
        expect(page.get_by_text("Numbers over time as a table")).not_to_be_visible()
        expect(page.get_by_text("Last 3 months")).not_to_be_visible()
    with console(chromium, laurel, HERE, viewport=PAPER) as (page, _):
        page.emulate_media(media="print")
        page.screenshot(path=screenshots / "dashboard-print.png", full_page=True)
        expect(page.get_by_role("button", name="Show figures")).not_to_be_visible()
        expect(page.get_by_text("Number of credentials issued in the period. A corrected").first).to_be_visible()


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
