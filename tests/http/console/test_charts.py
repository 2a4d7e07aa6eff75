"""Geometry of the charts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.http.console.overview.charts import HEIGHT, WIDTH, Point, bars, column_chart, short_number

VALUES = st.lists(st.integers(0, 10_000_000), max_size=92)


@given(VALUES)
def test_columns_start_at_zero_and_stay_inside(values: list[int]) -> None:
    chart = column_chart("How many?", [Point(f"day {n}", f"{n}", value) for n, value in enumerate(values)])
    assert chart.total == sum(values)
    for column, value in zip(chart.columns, values, strict=True):
        assert (column.height > 0) <= (value > 0)
        assert 0 <= column.x <= column.x + column.width <= WIDTH + 0.1
        assert 0 < column.y <= column.y + column.height <= HEIGHT
        assert abs(column.height * max(values) - value * max(each.height for each in chart.columns)) <= max(values)


def test_summary_says_what_a_reader_would_see() -> None:
    points = [Point("May 2026", "May", 3), Point("June 2026", "Jun", 1_200), Point("July 2026", "Jul", 0)]
    assert column_chart("?", points).summary == "3 in May 2026, 0 in July 2026; most in June 2026: 1,200."
    assert column_chart("?", [Point("May 2026", "May", 0)]).summary == "None in this period."


def test_bars_are_percentages_of_the_longest() -> None:
    assert [bar.width for bar in bars([("a", 40, ""), ("b", 10, ""), ("c", 0, "")])] == ["100.0%", "25.0%", "0.0%"]
    assert [bar.width for bar in bars([("a", 0, "")])] == ["0%"]


def test_numbers_above_columns_are_short() -> None:
    assert [short_number(each) for each in (0, 999, 1_234, 45_678, 2_300_000)] == ["0", "999", "1.2k", "46k", "2.3M"]
