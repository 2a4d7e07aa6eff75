"""Item of the view counts that a holder shows on the page of a credential."""

from __future__ import annotations

from typing import Any, Self

from pynamodb.attributes import BooleanAttribute, ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.analytics.counts.view_counts import ByPeople, ViewCounts
from chalicelib.dynamo import keys
from chalicelib.dynamo.items.base import Item, mapped


class MonthMap(MapAttribute[str, Any]):
    """The numbers of a month."""

    name = UnicodeAttribute()
    views = NumberAttribute()
    verifications = NumberAttribute()


class ViewCountsItem(Item, discriminator="credential_view_counts"):
    """The view counts of a credential. It exists only while its holder shows them."""

    issuer_id = UnicodeAttribute()
    credential_id = UnicodeAttribute()
    run_number = NumberAttribute()
    complete = BooleanAttribute()
    months = ListAttribute(of=MonthMap)

    @classmethod
    def of(cls, issuer_id: str, view_counts: ViewCounts, number: int) -> Self:
        """``number`` is that of the fold that counted; 0 before there was one."""
        return cls(
            *keys.view_counts(issuer_id, view_counts.credential_id),
            issuer_id=issuer_id,
            credential_id=view_counts.credential_id,
            run_number=number,
            complete=view_counts.complete,
            months=[mapped(MonthMap, name=name, **many._asdict()) for name, many in sorted(view_counts.months.items())],
        )

    def to_domain(self) -> ViewCounts:
        months = {str(one.name): ByPeople(int(one.views), int(one.verifications)) for one in self.months}
        return ViewCounts(str(self.credential_id), bool(self.complete), months)
