"""Pages used without a mouse."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def press_until(page: Page, key: str, focused: Locator) -> None:
    """Press ``key`` until ``focused`` has the focus, as someone without a mouse does."""
    for _ in range(120):
        if focused.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not reach {focused}")
