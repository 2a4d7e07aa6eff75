"""Pages in Chromium, each in a window of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Dialog, Page


@contextmanager
def new_page(browser: Browser, **context_options: Any) -> Iterator[Page]:
    """Yield an empty page without cookies."""
    page = browser.new_page(**context_options)
    yield page
    page.context.close()


@contextmanager
def open_page(browser: Browser, url: str, **context_options: Any) -> Iterator[tuple[Page, list[str]]]:
    """Open ``url``; yields the page and its console messages, errors, failed requests and dialogs."""
    messages: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        messages.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    with new_page(browser, **context_options) as page:
        page.on("console", lambda message: messages.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: messages.append(f"error: {error}"))
        page.on("requestfailed", lambda request: messages.append(f"failed: {request.url}"))
        page.on("dialog", dismiss)
        page.goto(url)
        yield page, messages
