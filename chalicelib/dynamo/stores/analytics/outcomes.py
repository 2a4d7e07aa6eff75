"""The store of outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Self

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.dynamo import keys, reads
from chalicelib.dynamo.items.base import Item, members, read
from chalicelib.dynamo.tables import UNCONDITIONAL, ConditionFailed, Put, Tables
from chalicelib.dynamo.writes import delete_range
from chalicelib.outcomes.outcome import Earlier, Held, Measure, Outcome
from chalicelib.outcomes.savings import ManualCheck

READ_AT_ONCE = 100
"""Items in one BatchGetItem, at most; these have 0.3 KB."""


class MeasureItem(Item, discriminator="outcome_measure"):
    """A kind of outcome of an issuer."""

    issuer_id = UnicodeAttribute()
    name = UnicodeAttribute()
    unit = UnicodeAttribute()

    @classmethod
    def of(cls, one: Measure) -> Self:
        return cls(*keys.outcome_measure(one.issuer_id, one.name), **members(one, Measure))

    def to_domain(self) -> Measure:
        return Measure(**members(self, Measure))


class OutcomeItem(Item, discriminator="outcome"):
    """An outcome of a person, who is named by the hash of their address only."""

    issuer_id = UnicodeAttribute()
    name = UnicodeAttribute()
    person = UnicodeAttribute()
    on = UnicodeAttribute()
    value = NumberAttribute()
    stored_at = UnicodeAttribute()
    earlier = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, one: Outcome) -> Self:
        key = keys.outcome(one.issuer_id, one.name, one.person, one.on)
        rest = members(one, Outcome, exclude=("on", "stored_at", "earlier"))
        earlier = (
            json.dumps([[each.value, each.stored_at.isoformat()] for each in one.earlier]) if one.earlier else None
        )
        return cls(*key, **rest, on=one.on.isoformat(), stored_at=one.stored_at.isoformat(), earlier=earlier)

    def to_domain(self) -> Outcome:
        rest = members(self, Outcome, exclude=("on", "value", "stored_at", "earlier"))
        on, stored_at = date.fromisoformat(self.on), datetime.fromisoformat(self.stored_at)
        replaced = json.loads(self.earlier) if self.earlier else []
        earlier = tuple(Earlier(float(value), datetime.fromisoformat(at)) for value, at in replaced)
        return Outcome(**rest, on=on, value=float(self.value), stored_at=stored_at, earlier=earlier)


class OutcomePointer(Item, discriminator="outcome_pointer"):
    """Records that an issuer has outcomes with this name for a person, so that the person can see them."""

    person = UnicodeAttribute()
    issuer_id = UnicodeAttribute()
    name = UnicodeAttribute()

    def to_domain(self) -> tuple[str, str]:
        return str(self.issuer_id), str(self.name)


class ManualCheckItem(Item, discriminator="manual_check"):
    """What an issuer says about checking a certificate by hand."""

    issuer_id = UnicodeAttribute()
    minutes = NumberAttribute()
    cost = NumberAttribute()
    currency = UnicodeAttribute()
    percent = NumberAttribute()

    @classmethod
    def of(cls, one: ManualCheck) -> Self:
        return cls(*keys.manual_check(one.issuer_id), **members(one, ManualCheck))

    def to_domain(self) -> ManualCheck:
        return ManualCheck(
            str(self.issuer_id), int(self.minutes), int(self.cost), str(self.currency), int(self.percent)
        )


class DynamoOutcomeStore:
    """`outcomes.outcome.OutcomeStore` on DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.credentials

    def measures(self, issuer_id: str) -> Sequence[Measure]:
        return list(reads.list_range(self._tables, self._table, MeasureItem, keys.outcome_measures(issuer_id)))

    def add_measure(self, measure: Measure) -> Measure:
        try:
            self._tables.put(self._table, Put(MeasureItem.of(measure).raw()))
        except ConditionFailed:
            key = keys.outcome_measure(measure.issuer_id, measure.name)
            return reads.require(self._tables, self._table, MeasureItem, key, "The outcomes were just deleted.")
        return measure

    def stored(self, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
        wanted = [keys.outcome(one.issuer_id, one.name, one.person, one.on) for one in outcomes]
        for start in range(0, len(wanted), READ_AT_ONCE):
            found = self._tables.get_many({self._table: wanted[start : start + READ_AT_ONCE]})
            yield from (read(OutcomeItem, raw) for raw in found.values())

    def save(self, outcomes: Sequence[Outcome]) -> None:
        pointed = dict.fromkeys((one.person, one.issuer_id, one.name) for one in outcomes)
        pointers = [
            OutcomePointer(*keys.outcome_pointer(*each), person=each[0], issuer_id=each[1], name=each[2]).raw()
            for each in pointed
        ]
        # The pointers first: where an outcome is stored, its pointer is too.
        self._tables.write_many(self._table, [*pointers, *(OutcomeItem.of(one).raw() for one in outcomes)])

    def of_person(self, person: str) -> Iterator[tuple[str, str]]:
        return reads.list_range(self._tables, self._table, OutcomePointer, keys.outcomes_of(person))

    def outcomes(self, issuer_id: str, name: str, person: str | None = None) -> Iterator[Outcome]:
        return reads.list_range(self._tables, self._table, OutcomeItem, keys.outcomes(issuer_id, name, person))

    def delete(self, issuer_id: str, name: str, person: str | None = None) -> None:
        # The pointers last: a pointer without outcomes reveals less than outcomes without one.
        people = dict.fromkeys(one.person for one in self.outcomes(issuer_id, name, person))
        delete_range(self._tables, self._table, keys.outcomes(issuer_id, name, person))
        self._tables.write_many(self._table, (), [keys.outcome_pointer(each, issuer_id, name) for each in people])
        if person is None:  # deleted last, so that a repeated call can still find the others through it
            self._tables.delete(self._table, keys.outcome_measure(issuer_id, name))

    def manual_check(self, issuer_id: str) -> ManualCheck | None:
        return reads.find(self._tables, self._table, ManualCheckItem, keys.manual_check(issuer_id))

    def save_manual_check(self, manual: ManualCheck) -> None:
        self._tables.put(self._table, Put(ManualCheckItem.of(manual).raw(), UNCONDITIONAL))

    def held(self, issuer_id: str) -> Iterator[Held]:
        # Not as `Row`: a comparison reads tens of thousands, and converting them would take longer than reading them.
        for raw in self._tables.query(self._table, keys.rows(issuer_id), consistent=False):
            if "S" in raw.get("email", {}):
                is_corrected = raw.get("corrected", {}).get("BOOL", False)
                revoked = raw.get("revoked_at", {}).get("S") if not is_corrected else None
                yield Held(
                    raw["email"]["S"],
                    raw["achievement_id"]["S"],
                    datetime.fromisoformat(raw["issued_at"]["S"]),
                    datetime.fromisoformat(revoked) if revoked else None,
                )
