"""Badge images of a credential."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from benchmarks.core import pinned_to_one_core
from benchmarks.line import Line
from benchmarks.rounds import measure, repeated
from chalicelib.embed import png, svg
from chalicelib.embed.appearance import Size, Theme
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


def lines() -> Iterator[Line]:
    """Measure `badge/svg` and `badge/png`: drawing a card from its view, without verification."""
    texts, render = shown(VIEW), png.draw.__wrapped__
    tasks: dict[str, Callable[[], object]] = {
        "badge/svg": lambda: svg.draw(texts, Size.CARD),
        "badge/png": lambda: render(texts, Size.CARD, Theme.LIGHT, 2),
    }
    with pinned_to_one_core():
        found = measure({name: repeated(task) for name, task in tasks.items()})
    for name, samples in found.items():
        yield Line(name, samples.per_second, "images/s", samples.percentile_ms(50), samples.percentile_ms(99))
