"""Item of the counters that a holder shows on the page of a credential."""

from __future__ import annotations

from typing import Any, Self

from pynamodb.attributes import BooleanAttribute, ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.analytics.counts.counters import ByPeople, Counters
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, mapped


class MonthMap(MapAttribute[str, Any]):
    """The numbers of a month."""

    name = UnicodeAttribute()
    views = NumberAttribute()
    verifications = NumberAttribute()


class CountersItem(Item, discriminator="credential_counters"):
    """The counters of a credential. It exists only while its holder shows them."""

    issuer_id = UnicodeAttribute()
    credential_id = UnicodeAttribute()
    run_number = NumberAttribute()
    complete = BooleanAttribute()
    months = ListAttribute(of=MonthMap)

    @classmethod
    def of(cls, issuer_id: str, counters: Counters, number: int) -> Self:
        """``number`` is that of the fold that counted; 0 before there was one."""
        return cls(
            *keys.counters(issuer_id, counters.credential_id),
            issuer_id=issuer_id,
            credential_id=counters.credential_id,
            run_number=number,
            complete=counters.complete,
            months=[mapped(MonthMap, name=name, **many._asdict()) for name, many in sorted(counters.months.items())],
        )

    def to_domain(self) -> Counters:
        months = {str(one.name): ByPeople(int(one.views), int(one.verifications)) for one in self.months}
        return Counters(str(self.credential_id), bool(self.complete), months)
