"""The next steps on a credential's page, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chalicelib.award.pathways.pathway_progress import build_pathway_link
from tests.award.pathways.fakes import (
    in_order,
    leaf,
    pathway,
    some,
)
from tests.browser.opening import open_page
from tests.browser.test_pages import page_url
from tests.browser.widths import assert_accessible_and_fits
from tests.http.fake_laurel import Laurel, id_of

LONG = "A name that goes on " * 9


@pytest.fixture(autouse=True)
def next_steps(laurel: Laurel) -> Iterator[None]:
    """Make the issuer's achievement a step of two pathways, one of them with long names."""
    first = laurel.issuer_store.record(id_of("valid")).achievement_id
    sign_up = "https://fernhill.example/sign-up"
    short = pathway(
        in_order(first, leaf("b", name="Statistics that persuade", url=sign_up)),
        name="Data scientist",
        reward="r",
        reward_name="Certified data scientist",
    )
    long = replace(short, name=LONG, root=some(2, first, leaf("b", name=LONG, url=sign_up), leaf("c", name="x" * 200)))
    laurel.pathways.posts["fernhill", first] = tuple(build_pathway_link(each, first) for each in (short, long))
    yield
    del laurel.pathways.posts["fernhill", first]


def test_next_steps_are_accessible_and_fit(chromium: Browser, laurel: Laurel, screenshots: Path) -> None:
    with open_page(chromium, page_url(laurel, "valid")) as (page, messages):
        section = page.get_by_role("region", name="Earn this too")
        expect(section.get_by_role("link", name="Statistics that persuade")).to_be_visible()
        expect(section.get_by_text("Step 1 of 2 in Data scientist")).to_be_visible()
        assert messages == []
        assert_accessible_and_fits(page, screenshots, "pathways")
