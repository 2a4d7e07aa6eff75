"""A comparison as a sentence, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from chalicelib.analytics.kpi.suppression import MIN_GROUP
from chalicelib.outcomes.comparison import MAX_SHIFT_PEOPLE, Compared, Comparison
from chalicelib.outcomes.outcome import Measure

CSV_COLUMNS = ("comparison", "figure", "group", "people", "value", "low_95", "high_95")
CAVEAT = "Association does not prove causation: the groups may differ in other ways."
SHIFT_LIMIT = f"The shift of the median is computed for up to {MAX_SHIFT_PEOPLE:,} people."
TOO_FEW = f"Each group needs at least {MIN_GROUP} people."


def note(measure: Measure) -> str:
    """What to know about the figures of any comparison."""
    return CAVEAT if measure.yes_no else f"{CAVEAT} {SHIFT_LIMIT}"


def number(measure: Measure, value: float, *, sign: bool = False) -> str:
    """``value`` with its unit, for people: percent, or percentage points with ``sign``."""
    plus = "+" if sign else ""
    if not measure.yes_no:
        return f"{value:{plus},.4g} {measure.unit}" if abs(value) < 1_000 else f"{value:{plus},.0f} {measure.unit}"
    return f"{100 * value:{plus}.1f} percentage points" if sign else f"{100 * value:.1f}%"


def sentence(compared: Compared, measure: Measure, comparison: Comparison) -> str:
    """What the comparison says, without claiming a cause."""
    if comparison.suppressed:
        return TOO_FEW
    first = comparison.differences[0]
    what = "Having the credential" if compared is Compared.HOLDERS else "The period after the credential was issued"
    name = measure.name.replace("_", " ")
    if first.low is None or first.high is None or first.low <= 0 <= first.high:
        size = number(measure, first.value, sign=True)
        return f"{what} is not clearly associated with {name}: {size}, and the interval includes zero."
    higher, more = ("higher", "more") if first.value > 0 else ("lower", "less")
    size = number(measure, abs(first.value), sign=measure.yes_no).removeprefix("+")
    if measure.yes_no:
        return f"{what} is associated with a {higher} share of yes for {name}: {size} {more}."
    return f"{what} is associated with {higher} {name}: {size} {more} on average."


def to_json(compared: Compared, measure: Measure, comparison: Comparison) -> dict[str, object]:
    """A comparison for programs."""
    return {
        "comparison": compared.value,
        "suppressed": comparison.suppressed,
        "summary": sentence(compared, measure, comparison),
        "groups": [asdict(group) for group in comparison.groups],
        "differences": [asdict(each) for each in comparison.differences],
    }


def rows(found: Mapping[Compared, Comparison]) -> Iterator[tuple[object, ...]]:
    """The rows of a CSV file, by `CSV_COLUMNS`; none of a comparison that is suppressed."""
    for compared, comparison in found.items():
        for group in comparison.groups:
            yield compared.value, "mean", group.name, group.people, group.mean, None, None
            if group.median is not None:
                yield compared.value, "median", group.name, group.people, group.median, None, None
        for each in comparison.differences:
            yield compared.value, each.method, "", None, each.value, each.low, each.high
