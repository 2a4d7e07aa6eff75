"""Badge images, share images and certificates of a credential."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from benchmarks.core import pinned_to_one_core
from benchmarks.line import Line
from benchmarks.rounds import measure, repeated
from chalicelib.award.images import default_badge
from chalicelib.embed import png, svg
from chalicelib.embed.appearance import Size, Theme
from chalicelib.embed.artefacts import certificate, rendering, share_image
from chalicelib.embed.artefacts.artefact import Artefact, Picture
from chalicelib.embed.artefacts.template import Paper, Template
from chalicelib.embed.badge_view import BadgeView, Claims
from chalicelib.embed.texts import shown

VIEW = BadgeView(
    id="a" * 26,
    url="https://laurel.example/c/" + "a" * 26,
    verdict="valid",
    label="Valid",
    headline="This credential is genuine and valid.",
    tone="good",
    shape="tick",
    checked_at=datetime(2026, 11, 22, tzinfo=UTC),
    claims=Claims("Data analysis in practice", "Ada Nwosu", "Fernhill College", True, None),
)


CLAIMS = Claims("データ分析の実践", "山田 太郎", "Fernhill College", True, None)
"""In a script whose font is large: the slowest kind."""
BADGE = Picture(default_badge.draw("Data analysis", None), "image/svg+xml")
ARTEFACT = Artefact(VIEW.url, CLAIMS, "Vouched for.", VIEW.checked_at, None, "#0b55a0", BADGE, BADGE)
BARS_MS = {"badge/svg": 0.2, "card/png": 150.0, "certificate/pdf": 300.0}


def _card() -> bytes:
    rendering.square_png.cache_clear()
    return share_image.png.__wrapped__(ARTEFACT)


def _certificate() -> bytes:
    rendering.square_png.cache_clear()
    return certificate.draw.__wrapped__(ARTEFACT, CLAIMS, Template.CLASSIC, Paper.A4)


def lines() -> Iterator[Line]:
    """Measure drawing from a view, without verification: `badge/svg`, `badge/png`, `card/png`, `certificate/pdf`.

    They are milliseconds of this process, so that other programs on a busy machine do not count.
    """
    texts, render = shown(VIEW), png.draw.__wrapped__
    tasks: dict[str, Callable[[], object]] = {
        "badge/svg": lambda: svg.draw(texts, Size.CARD),
        "badge/png": lambda: render(texts, Size.CARD, Theme.LIGHT, 2),
        "card/png": _card,
        "certificate/pdf": _certificate,
    }
    with pinned_to_one_core():
        found = measure({name: repeated(task, time.process_time_ns) for name, task in tasks.items()})
    for name, samples in found.items():
        median, tail = samples.percentile_ms(50), samples.percentile_ms(99)
        bar = BARS_MS.get(name)
        yield Line(name, median, "ms", median, tail, "the bar" if bar else None, bar)
