"""Geometry of the charts. They are SVG without script and without inline styles, so that the Content Security Policy
allows them; colours come from the style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 150
"""Units of a column chart. Text in it has 11 units, 10 px on the narrowest phone."""
_TOP, _BOTTOM = 18, 18
"""Space for the numbers above and the labels below."""
_FILLED = 0.72
"""How much of its place a column fills."""
MAX_LABELLED = 14
"""Maximum columns that have a label and a number each: more would not fit."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a series; ``name`` is its full label, ``short`` the one that fits below a column."""

    name: str
    short: str
    value: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column; positions are in units. ``label`` and ``number`` are empty if there is no room for them."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    number: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """A series over time. ``question`` is its title, and ``summary`` says what a reader would see."""

    question: str
    summary: str
    columns: tuple[Column, ...]
    total: int
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - _BOTTOM


@dataclass(frozen=True, slots=True)
class Bar:
    """A horizontal bar; ``width`` is a percentage of the longest one, as SVG expects it."""

    label: str
    number: str
    width: str
    note: str = ""


def column_chart(question: str, points: Sequence[Point]) -> ColumnChart:
    """Draw ``points`` from zero."""
    most = max((point.value for point in points), default=0)
    slot = WIDTH / max(len(points), 1)
    columns = tuple(_column(points, n, slot, most) for n in range(len(points)))
    return ColumnChart(question, _summary(points, most), columns, sum(point.value for point in points))


def _column(points: Sequence[Point], n: int, slot: float, most: int) -> Column:
    point = points[n]
    height = round((HEIGHT - _TOP - _BOTTOM) * point.value / most, 1) if most else 0.0
    every = len(points) <= MAX_LABELLED
    first, last, highest = n == 0, n == len(points) - 1, point.value == most
    labelled = every or first or last
    anchor = "middle" if every else "start" if n * slot < WIDTH / 4 else "end" if n * slot > WIDTH * 3 / 4 else "middle"
    numbered = every or (highest and [each.value for each in points].index(most) == n)
    return Column(
        x=round(slot * (n + (1 - _FILLED) / 2), 1),
        y=round(HEIGHT - _BOTTOM - height, 1),
        width=round(slot * _FILLED, 1),
        height=height,
        middle=round(slot * (n + 0.5), 1),
        label=point.short if labelled else "",
        number=short_number(point.value) if numbered and point.value else "",
        anchor=anchor,
    )


def _summary(points: Sequence[Point], most: int) -> str:
    if not most:
        return "None in this period."
    highest = next(point for point in points if point.value == most)
    first, last = points[0], points[-1]
    return f"{first.value:,} in {first.name}, {last.value:,} in {last.name}; most in {highest.name}: {most:,}."


def bars(rows: Sequence[tuple[str, int, str]], longest: int | None = None) -> tuple[Bar, ...]:
    """Draw rows of label, value and note; the bar of value ``longest`` fills the width."""
    most = max((value for _, value, _ in rows), default=0) if longest is None else longest
    return tuple(
        Bar(label, f"{value:,}", f"{100 * value / most:.1f}%" if most else "0%", note) for label, value, note in rows
    )


def short_number(value: int) -> str:
    """A number with at most four characters, such as 1.2k."""
    for divisor, unit in ((1_000_000, "M"), (1_000, "k")):
        if value >= divisor:
            short = value / divisor
            return f"{short:.1f}{unit}" if short < 10 else f"{short:.0f}{unit}"
    return str(value)
