"""Text fitting without a font."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.embed import fitting


@given(text=st.text(max_size=300), room=st.floats(40, 400), size=st.floats(9, 16), maximum=st.integers(1, 3))
def test_every_line_fits_and_no_text_is_lost_without_an_ellipsis(
    text: str, room: float, size: float, maximum: int
) -> None:
    found = fitting.lines(text, room, size, maximum)
    assert len(found) <= maximum
    assert all(fitting.width(line.removesuffix(fitting.ELLIPSIS), size) <= room for line in found)
    if not any(line.endswith(fitting.ELLIPSIS) for line in found):
        assert "".join("".join(found).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"), [("Ada", False), ("آدا", True), ("1. آدا", True), ("שלום Ada", True), ("12", False)]
)
def test_direction_is_that_of_the_first_letter(text: str, expected: bool) -> None:
    assert fitting.is_right_to_left(text) is expected


def test_a_mark_has_no_width_and_an_ideograph_has_the_full_width() -> None:
    assert fitting.width("e\u0301", 10) == fitting.width("e", 10)
    assert fitting.width("証", 10) > fitting.width("e", 10)
