"""Make the screenshots in docs/ from the running demo: `make screenshots`.

docs/page.png      the page of the valid demo credential
docs/console.png   the console's check of a list with errors, signed in as the demo's owner
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from local.chromium import ChromiumMissing, chromium
from local.stack import ADA, Stack, StackError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DOCS = Path(__file__).resolve().parent.parent / "docs"
ISSUE = "/console/harbour-college/issue"
ROWS = """\
name,email,valid_until
Grace Osei,grace@example.org,2027-12-31
Tomás Núñez,tomas.example.org,2027-12-31
Mei Chen,mei@example.org,31.02.2027
"""
"""A list with two errors: an address and a date."""


def credential_page(browser: Browser, url: str, file: Path) -> None:
    """Save the top of a credential's page."""
    page = browser.new_page(viewport={"width": 1000, "height": 1150})
    page.goto(url)
    page.screenshot(path=file)
    page.close()


def console_page(browser: Browser, base_url: str, file: Path) -> None:
    """Sign in as the demo's owner, check a list with errors, and save the result."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sign_in(page, base_url)
    page.goto(f"{base_url}{ISSUE}")
    page.locator("select[name=achievement]").select_option(index=1)
    page.locator("[name=rows]").fill(ROWS)
    page.locator("button[name=do][value=check]").click()
    page.locator("input[name=checked]").wait_for(state="attached")  # only on the page of a checked list
    page.screenshot(path=file)
    context.close()


def sign_in(page: Page, base_url: str) -> None:
    """Request a link, read it in the newest email to the owner, and use it in the same browser."""
    page.goto(f"{base_url}/sign-in")
    page.locator("input[name=email]").fill(ADA)
    page.locator("form:has(input[name=email]) button").click()
    page.goto(f"{base_url}/_mail")
    page.locator("tr", has_text=ADA).first.locator("a").click()
    link = re.search(r"https?://\S+/sign-in/\S+", page.locator("pre").inner_text())
    if link is None:
        raise StackError(f"The newest email to {ADA} has no sign-in link; see {page.url}")
    page.goto(link[0])
    page.locator("form[action*='/sign-in/'] button").click()
    page.wait_for_load_state()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="port of the running stack")
    stack = Stack.of(parser.parse_args().port)
    try:
        stack.environment()  # raises StackError if it is not running
        demo: Mapping[str, Mapping[str, str]] = json.loads(stack.demo.read_text())
        with chromium() as browser:
            credential_page(browser, demo["valid"]["url"], DOCS / "page.png")
            console_page(browser, stack.base_url, DOCS / "console.png")
    except (StackError, ChromiumMissing) as error:
        print(error, file=sys.stderr)
        return 1
    print("Created docs/page.png and docs/console.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
