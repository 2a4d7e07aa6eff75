"""The badge drawn for an achievement without an image."""

from __future__ import annotations

import pytest

from chalicelib.award.images import default_badge


@pytest.mark.parametrize("name", ["Rust", "Data analysis in practice", "Émile & Søn", "***", "a b c d", "<b> ß"])
@pytest.mark.parametrize("accent", [None, "#7A1FA2", "#ffffff"])
def test_drawn_badge_is_recognised_in_any_colour(name: str, accent: str | None) -> None:
    assert default_badge.is_drawn(default_badge.draw(name, accent))


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b'<svg xmlns="http://www.w3.org/2000/svg"><circle fill="#0b55a0" r="9"/></svg>',
        default_badge.draw("Rust", None) + b" ",
        default_badge.draw("Rust", None).replace(b"#0b55a0", b"#0b55a1", 1),
    ],
)
def test_another_image_is_not_a_drawn_badge(picture: bytes) -> None:
    assert not default_badge.is_drawn(picture)
