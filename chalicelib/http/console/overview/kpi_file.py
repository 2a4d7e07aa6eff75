"""Key figures as a CSV file, with the values, units and rounding of the page, as numbers for a spreadsheet."""

from __future__ import annotations

from chalicelib.analytics.counts.reading import CountReader
from chalicelib.analytics.kpi.changes import percent
from chalicelib.analytics.kpi.kpis import Kpi, Unit, Value
from chalicelib.analytics.kpi.tables import KpiFigure, Request, Row, Table, kpi_figures
from chalicelib.http.console.overview import wording

PERCENT = "%"
PERCENTAGE_POINTS = "percentage points"
COLUMNS = (
    "code", "name", "value", "unit", "part", "base", "before", "before_part", "before_base", "change", "change_unit",
    "formula",
)  # fmt: skip


def table(reader: CountReader, request: Request) -> Table:
    """Every key figure that the filter applies to; rates name the numbers that they were computed from."""
    return Table(COLUMNS, [row(figure) for figure in kpi_figures(reader, request)])


def row(figure: KpiFigure) -> Row:
    """The cells of one figure."""
    kpi, now, before = figure.kpi, figure.now, figure.before
    unit = _unit(kpi)
    numbers = (now.numerator, now.denominator), (before.numerator, before.denominator)
    change_unit = PERCENTAGE_POINTS if unit == PERCENT else unit
    return (
        kpi.code, kpi.name, _value(kpi, now), unit, *numbers[0], _value(kpi, before), *numbers[1], _change(figure),
        change_unit, kpi.formula,
    )  # fmt: skip


def _unit(kpi: Kpi) -> str:
    if wording.is_percentage(kpi):
        return PERCENT
    return "hours" if kpi.unit is Unit.HOURS else "number"


def _value(kpi: Kpi, found: Value) -> object:
    """The number on the page without its unit, or the reason why it is missing."""
    if found.suppressed:
        return wording.left_out(found.left_out)
    if found.value is None:
        return None
    if wording.is_percentage(kpi):
        return percent(found.value).removesuffix("%").replace(",", "")
    return _rounded(kpi, found.value)


def _rounded(kpi: Kpi, value: float) -> float:
    if wording.is_percentage(kpi):
        return round(100 * value)
    return int(value) if kpi.unit is Unit.COUNT else round(value, 1)


def _change(figure: KpiFigure) -> float | None:
    """The difference between the two rounded values, as on the page."""
    now, before = figure.now.value, figure.before.value
    if now is None or before is None:
        return None
    return round(_rounded(figure.kpi, now) - _rounded(figure.kpi, before), 1)
