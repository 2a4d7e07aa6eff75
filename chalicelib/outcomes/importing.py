"""Import and delete outcomes of an issuer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.award import daily_limits
from chalicelib.award.daily_limits import Limit
from chalicelib.award.export import Exporter, Line
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.errors import NotFound, Refused
from chalicelib.outcomes import rows as outcome_rows
from chalicelib.outcomes.outcome import MAX_EARLIER, MAX_MEASURES, Earlier, Measure, Outcome, OutcomeStore
from chalicelib.outcomes.rows import RowError, RowsRefused

IMPORTED = Limit("outcomes", "import {:,} outcomes", 2_000, 100_000)
"""Maximum outcomes per issuer and day. Each takes 0.2 KB until it is deleted. An unproven issuer can import a year of a
small programme, and any other as many people as the largest upload has."""
UNKNOWN = "There are no outcomes with this name."


@dataclass(frozen=True, slots=True)
class OutcomeContext:
    """Dependencies of outcomes."""

    store: OutcomeStore
    issuer_context: IssuerContext


def import_rows(context: OutcomeContext, issuer_id: str, rows: Sequence[tuple[int, Mapping[str, str]]]) -> int:
    """Store the outcomes in ``rows``, all or none, and return how many there are. The same rows again change nothing;
    a new value keeps those that it replaces (`Outcome.earlier`).

    Raises `RowsRefused`, `Malformed`, `Refused` (`too_many_outcome_names`, `too_many_corrections`), `QuotaExceeded`.
    """
    now = context.issuer_context.now()
    measures, outcomes = outcome_rows.parse(issuer_id, rows, now)
    known = {measure.name: measure for measure in context.store.measures(issuer_id)}
    if len(known.keys() | measures.keys()) > MAX_MEASURES:
        raise Refused(f"An issuer can have up to {MAX_MEASURES} outcome names.", code="too_many_outcome_names")
    _check_units(measures, known, rows)
    issuer = context.issuer_context.issuer_store.issuer(issuer_id)
    daily_limits.take(context.issuer_context, issuer, IMPORTED, len(outcomes))
    new = [measure for name, measure in measures.items() if name not in known]
    _check_units(measures, {measure.name: context.store.add_measure(measure) for measure in new}, rows)
    context.store.save(_changed(context.store, outcomes))
    return len(outcomes)


def _changed(store: OutcomeStore, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those of ``outcomes`` that are new or have a new value. Raises `Refused` (`too_many_corrections`)."""
    stored = {one.key: one for one in store.stored(outcomes)}
    found = []
    for one in outcomes:
        before = stored.get(one.key)
        if before is None:
            found.append(one)
        elif before.value != one.value:
            if len(before.earlier) == MAX_EARLIER:
                detail = f"{one.name} of one person on {one.on.isoformat()} was changed {MAX_EARLIER} times. Delete it."
                raise Refused(detail, code="too_many_corrections")
            found.append(replace(one, earlier=(*before.earlier, Earlier(before.value, before.stored_at))))
    return found


def _check_units(
    measures: Mapping[str, Measure], stored: Mapping[str, Measure], rows: Sequence[tuple[int, Mapping[str, str]]]
) -> None:
    """Raises `RowsRefused` for a name that is stored with another unit."""
    for name, measure in measures.items():
        if stored.get(name, measure) != measure:
            number = next(number for number, cells in rows if cells.get("name", "").strip() == name)
            detail = f"{name} was previously imported with a different unit: {stored[name].unit}."
            raise RowsRefused([RowError(number, "unit", detail)])


def exporter(context: OutcomeContext) -> Exporter:
    """The exporter of an issuer's outcomes, by name, person and day."""

    def export(issuer_id: str, after: str) -> Iterator[tuple[str, Line]]:
        for measure in context.store.measures(issuer_id):
            if f"{measure.name}$" < after:  # "$" comes after "#": all outcomes with this name are before the position
                continue
            for one in context.store.outcomes(issuer_id, measure.name):
                place = f"{one.name}#{one.person}#{one.on.isoformat()}"
                if place > after:
                    line = {"name": one.name, "unit": measure.unit, "hash": one.person, "date": one.on.isoformat()}
                    yield place, {**line, "value": one.value}

    return export


def measure_of(context: OutcomeContext, issuer_id: str, name: str) -> Measure:
    """The kind of outcome with a name. Raises `NotFound`."""
    for found in context.store.measures(issuer_id):
        if found.name == name:
            return found
    raise NotFound(UNKNOWN)
