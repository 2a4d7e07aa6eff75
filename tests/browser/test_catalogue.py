"""The public pages of issuers and achievements, and sharing, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.analytics.event import Kind
from chalicelib.award.pathways.pathway_progress import build_pathway_link
from chalicelib.credential.achievement import Achievement
from tests.award.pathways.fakes import in_order, leaf, pathway
from tests.browser.opening import open_page
from tests.browser.test_pages import page_url
from tests.browser.widths import assert_accessible_and_fits
from tests.http.catalogue.conftest import ENROL, store, without_proof
from tests.http.fake_laurel import Laurel

ARABIC = "تحليل البيانات للمبتدئين"


@pytest.fixture(autouse=True)
def restored(laurel: Laurel) -> Iterator[None]:
    """Undo what a test stored: all browser tests of a process share ``laurel``."""
    stored = (laurel.issuer_store._issuers, laurel.issuer_store._achievements)
    before = tuple(map(dict, stored))
    yield
    for items, former in zip(stored, before, strict=True):
        items.clear()
        items.update(former)  # type: ignore[arg-type]


def offered(laurel: Laurel) -> Achievement:
    """Fernhill's achievement, with everything that a page can show, beside an Arabic one with a long name."""
    (found, *_) = laurel.issuer_store.achievements("fernhill")
    arabic = replace(found, id=str(UUID(int=1)), name=f"{ARABIC} " * 6, description=ARABIC, criteria=ARABIC)
    store(laurel, arabic)
    return store(laurel, replace(found, enrolment_url=ENROL, eligibility="Anyone.", valid_days=365))


@pytest.mark.parametrize("proven", [True, False])
def test_pages_are_accessible_fit_and_log_nothing(
    chromium: Browser, laurel: Laurel, screenshots: Path, proven: bool
) -> None:
    achievement = offered(laurel)
    if proven:
        brand = replace(laurel.issuer_store.issuer("fernhill"), accent="#7a2048", font="serif", footer="River Street 1")
        laurel.issuer_store._issuers["fernhill"] = brand
    else:
        without_proof(laurel)
    paths = {"issuer": "/issuers/fernhill", "achievement": f"/achievements/{achievement.id}"}
    for name, path in {**paths, "arabic": f"/achievements/{UUID(int=1)}"}.items():
        with open_page(chromium, laurel.base_url + path) as (page, messages):
            assert messages == []
            assert_accessible_and_fits(page, screenshots, f"{name}-{'proven' if proven else 'unproven'}")


def test_the_link_is_copied_with_its_channel_which_is_reported(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, page_url(laurel, "valid"), permissions=["clipboard-read", "clipboard-write"]) as (
        page,
        messages,
    ):
        page.get_by_text("Share, download or embed").click()
        with page.expect_request_finished(lambda one: one.url.endswith("/v1/events")):
            page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_text("Link copied.")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == f"{page_url(laurel, 'valid')}?via=copy"
        assert [one.target for one in laurel.event_store.events.values() if one.kind is Kind.SHARED] == ["copy"]
        assert messages == []


def test_sharing_works_without_script(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, page_url(laurel, "valid"), java_script_enabled=False) as (page, _):
        page.get_by_text("Share, download or embed").click()
        expect(page.get_by_role("link", name="Add to LinkedIn profile")).to_be_visible()
        expect(page.get_by_role("button", name="Copy link")).to_be_hidden()


def test_share_or_download_opens_every_way_to_share(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, page_url(laurel, "valid")) as (page, _):
        page.evaluate("window.print = () => { window.printed = true; }")
        page.get_by_role("link", name="Share or download").click()
        ways = page.locator("#share-or-download")
        for name in (
            *("Add to LinkedIn profile", "Post on LinkedIn", "Post on X", "Share on Facebook", "Share on WhatsApp"),
            *("Send by email", "Embed this credential", "A4 PDF", "Letter PDF", "PNG", "SVG", "JSON", "JWT"),
            "QR code for this page",
        ):
            expect(ways.get_by_role("link", name=name, exact=True)).to_be_visible()
        ways.get_by_role("button", name="Print this page").click()
        assert page.evaluate("window.printed")


def test_page_with_everything_to_earn_next_is_short_on_a_phone(chromium: Browser, laurel: Laurel) -> None:
    first = offered(laurel).id
    way = pathway(in_order(first, leaf("b", name="Statistics that persuade", url=ENROL)), name="Data scientist")
    laurel.pathways.posts["fernhill", first] = (build_pathway_link(replace(way, reward_name="Scientist"), first),)
    with open_page(chromium, page_url(laurel, "valid"), viewport={"width": 375, "height": 812}) as (page, _):
        for heading in ("Before you decide", "Skills", "How it was earned", "Evidence", "About the issuer"):
            expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        section = page.get_by_role("region", name="Earn this too")
        for link in ("Enrol", "What it takes to earn this", "More from this issuer", "Statistics that persuade"):
            expect(section.get_by_role("link", name=link)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollHeight") < 2000
    del laurel.pathways.posts["fernhill", first]
