"""`make screenshots`: the pictures in the documentation come from the running demo."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from local.chromium import ChromiumMissing, chromium
from tests.conftest import RunningStack
from tools import screenshots

pytestmark = pytest.mark.slow


def test_both_screenshots_are_made_from_the_running_demo(stack: RunningStack, tmp_path: Path) -> None:
    page, console = tmp_path / "page.png", tmp_path / "console.png"
    try:
        with chromium() as browser:
            screenshots.credential_page(browser, stack.demo["valid"]["url"], page)
            screenshots.console_page(browser, stack.url, console)
    except ChromiumMissing as missing:
        pytest.skip(str(missing))
    assert (size(page), size(console)) == ((1000, 1150), (1280, 800))


def size(file: Path) -> tuple[int, int]:
    with Image.open(file) as image:
        assert len(image.getcolors(1 << 24) or ()) > 100, f"{file.name} is blank"
        return image.size
