"""The page of a credential and a page full of widgets in Chromium, on a local stack of its own."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from benchmarks.line import Line
from benchmarks.peers import PeerMissing
from benchmarks.rounds import progress
from benchmarks.visit import Visit, visit
from benchmarks.website import served
from chalicelib.embed import element
from chalicelib.embed.appearance import BOXES
from local.chromium import ChromiumMissing, chromium
from local.ports import free_port
from local.stack import Stack

ROUNDS = 7
MAX_KB = 60.0
"""Of the page without the achievement's image, in 1,000 bytes."""
WIDGETS = 24
"""More than fit into one screen, so that some load while the reader scrolls."""
BAR = "the bar"


def lines() -> Iterator[Line]:
    """Measure `page/transfer`, `page/requests`, `page/fcp` and `page/cls` of the page, then `widgets/cls`.

    ``value`` is the median of the rounds, ``p50_ms`` and ``p99_ms`` the median and the slowest paint. The stack starts
    on a free port and is deleted at the end. The layout shift is that of the worst round.
    """
    try:
        with chromium() as browser, tempfile.TemporaryDirectory(prefix="laurel-bench-") as home:
            stack = Stack.of(free_port(), Path(home))
            try:
                with redirect_stdout(sys.stderr):  # which is for progress here
                    stack.up()
                yield from _lines(browser, json.loads(stack.demo.read_text()), stack.base_url)
            finally:
                with redirect_stdout(sys.stderr):
                    stack.down()
    except ChromiumMissing as missing:
        raise PeerMissing(str(missing)) from missing


def _lines(browser: Browser, demo: dict[str, dict[str, str]], base_url: str) -> Iterator[Line]:
    visits = [_visited(browser, demo["valid"]["url"], turn) for turn in range(ROUNDS + 1)][1:]
    yield Line("page/transfer", median(map(_kilobytes, visits)), "KB", peer=BAR, peer_value=MAX_KB)
    yield Line("page/requests", median(len(one.transferred) for one in visits), "requests")
    paints = sorted(one.first_contentful_paint for one in visits)
    yield Line("page/fcp", median(paints), "ms", median(paints), paints[-1])
    yield Line("page/cls", _shift(visits), "shift")
    credentials = [found["url"] for kind, found in demo.items() if kind in ("valid", "expired", "revoked", "suspended")]
    with served(_website(credentials, base_url)) as url:
        found = [visit(browser, url, scroll="laurel-badge") for _ in range(3)]
    yield Line("widgets/cls", _shift(found), "shift")


def _visited(browser: Browser, url: str, turn: int) -> Visit:
    progress(f"page: visit {turn} of {ROUNDS}")  # the first one warms up the functions
    return visit(browser, url)


def _kilobytes(one: Visit) -> float:
    return sum(size for url, size in one.transferred.items() if not urlsplit(url).path.startswith("/images/")) / 1000


def _shift(visits: Sequence[Visit]) -> float:
    return max(one.layout_shift for one in visits)


def _website(credentials: Sequence[str], base_url: str) -> str:
    """Write a page with widgets of every size and verdict."""
    sizes = list(BOXES.items())
    tags = []
    for number in range(WIDGETS):
        url, (size, box) = credentials[number % len(credentials)], sizes[number % len(sizes)]
        style = f"display:inline-block;width:{box.width}px;height:{box.height}px"
        link = f'<a href="{url}">A credential</a>'
        tags.append(
            f'<p><laurel-badge credential="{url}" size="{size}" style="{style}">{link}</laurel-badge> Text.</p>'
        )
    script = f'<script async src="{base_url}/embed/{element.LATEST}.js" crossorigin="anonymous"></script>'
    return (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Blog</title><h1>Blog</h1>{"".join(tags)}{script}'
    )
