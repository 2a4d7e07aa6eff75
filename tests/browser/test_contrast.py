"""Contrast of all text is at least AA in every state of a credential's page, in light and dark mode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from tests import makers
from tests.browser.contrast import contrast_violations
from tests.browser.opening import open_page
from tests.browser.test_pages import KINDS_OF_PAGES
from tests.browser.widths import violations
from tests.http.fake_laurel import KINDS, Laurel, hostile, id_of


def superseded(laurel: Laurel) -> str:
    """A credential that was revoked because a corrected one replaces it."""
    revoked = laurel.issuer_store.record(id_of("revoked"))
    return laurel.put(replace(revoked, id="s" * 26, superseded_by=id_of("valid"))).id


def renewed(laurel: Laurel) -> str:
    """A valid credential that a newer one replaces."""
    valid = laurel.issuer_store.record(id_of("valid"))
    return laurel.put(replace(valid, id="n" * 26, superseded_by=id_of("expired"))).id


def unproven(laurel: Laurel) -> str:
    """A valid credential of an issuer that is in no registry."""
    return hostile(laurel, makers.unsigned(), "u" * 26).id


STATES: dict[str, Callable[[Laurel], str]] = {"superseded": superseded, "renewed": renewed, "unproven": unproven}


def credential_id(laurel: Laurel, state: str) -> str:
    return STATES[state](laurel) if state in STATES else id_of(state)


@pytest.mark.parametrize("state", sorted({*KINDS, *STATES} - set(KINDS_OF_PAGES)))
def test_every_text_and_link_has_enough_contrast(chromium: Browser, laurel: Laurel, state: str) -> None:
    with open_page(chromium, f"{laurel.base_url}/c/{credential_id(laurel, state)}") as (page, messages):
        assert violations(page) == []
        assert messages == []


@pytest.mark.parametrize("email", ["ada@example.org", "eve@example.org", "no address"])
def test_result_of_the_recipient_check_has_enough_contrast(chromium: Browser, laurel: Laurel, email: str) -> None:
    with open_page(chromium, f"{laurel.base_url}{laurel.url('valid')}") as (page, _):
        page.locator(".ask-recipient summary").click()
        page.locator(".ask-recipient form").evaluate("form => { form.noValidate = true }")
        page.get_by_label("The person’s email address").fill(email)
        page.get_by_role("button", name="Check email address").click()
        page.wait_for_load_state()
        assert page.get_by_label("The person’s email address").input_value() == email
        assert email not in page.url
        assert violations(page) == []


def test_link_in_the_verdict_band_has_the_color_of_the_band(chromium: Browser, laurel: Laurel) -> None:
    with open_page(chromium, f"{laurel.base_url}{laurel.url('revoked')}") as (page, _):
        page.evaluate("document.querySelector('.verdict p').innerHTML = '<a href=\"#main\">a link</a>'")
        colors = "node => [getComputedStyle(node).color, getComputedStyle(node.closest('.verdict')).color]"
        link, band = page.locator(".verdict p a").evaluate(colors)
        assert link == band
        assert contrast_violations(page) == []


def test_low_contrast_is_reported(chromium: Browser, laurel: Laurel) -> None:
    """The check above can fail: the link color of the page is unreadable on the red band."""
    with open_page(chromium, f"{laurel.base_url}{laurel.url('revoked')}") as (page, _):
        page.evaluate("document.querySelector('.verdict p').style.color = '#0b55a0'")
        (fault, *_) = contrast_violations(page)
        assert "(light): Revoked on" in fault
