from __future__ import annotations

from benchmarks.suites import page
from benchmarks.visit import Visit

HOST = "http://localhost:8000"


def test_image_of_the_achievement_is_not_counted() -> None:
    sizes = {f"{HOST}/c/x": 40_000, f"{HOST}/c/x/qr.svg": 5_000, f"{HOST}/images/{'0' * 64}.png": 90_000}
    assert page._kilobytes(Visit(sizes, 100.0, 0.0)) == 45


def test_page_has_a_widget_for_each_place_of_every_size() -> None:
    html = page._website([f"{HOST}/c/a", f"{HOST}/c/b"], HOST)
    assert html.count("<laurel-badge ") == page.WIDGETS
    assert all(f'size="{size}"' in html for size in page.BOXES)
